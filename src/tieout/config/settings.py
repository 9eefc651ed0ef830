"""Django's settings. Nothing is started here: `config.database` does that."""

from tieout.config.environment import Environment

_ENVIRONMENT = Environment.of()

SECRET_KEY = _ENVIRONMENT.secret_key
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "tieout.store.tenancy",
    "tieout.store.audit",
    "tieout.store.operations",
    "tieout.store.ledger",
    "tieout.store.banking",
    "tieout.store.reconciliation",
]
DATABASES: dict[str, dict[str, object]] = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "tieout"}
}
"""Filled in by `config.database` once the server is known."""
