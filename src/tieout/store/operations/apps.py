"""The app's name for Django."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Outbox and job runs."""

    name = "tieout.store.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
