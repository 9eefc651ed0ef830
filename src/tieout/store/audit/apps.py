"""The app's name for Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit chain."""

    name = "tieout.store.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
