"""The app's name for Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Match runs, decisions, sign-offs."""

    name = "tieout.store.reconciliation"
    label = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
