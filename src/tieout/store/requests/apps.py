"""The app's name for Django."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """Requests of programs."""

    name = "tieout.store.requests"
    label = "requests"
    default_auto_field = "django.db.models.BigAutoField"
