"""The app's name for Django."""

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """Explained books, their periods and certifications."""

    name = "tieout.store.closing"
    label = "closing"
    default_auto_field = "django.db.models.BigAutoField"
