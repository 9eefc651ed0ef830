"""The app's name for Django."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    """Banks, files and statements."""

    name = "tieout.store.banking"
    label = "banking"
    default_auto_field = "django.db.models.BigAutoField"
