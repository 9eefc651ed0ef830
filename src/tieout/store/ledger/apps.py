"""The app's name for Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, journal entries, postings."""

    name = "tieout.store.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
