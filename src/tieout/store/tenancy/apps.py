"""The app's name for Django."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Organisations and members."""

    name = "tieout.store.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"
