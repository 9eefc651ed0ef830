"""Django's settings. Nothing is started here: `config.database` does that."""

from datetime import timedelta
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from tieout.config import clock
from tieout.config.environment import Environment
from tieout.signatures.keys import KeyStore

_ENVIRONMENT = Environment.of()
_ADDRESS = urlsplit(_ENVIRONMENT.address)
_IS_SECURE = _ADDRESS.scheme == "https"

CLOCK = clock.now
"""How doors tell the time: `settings.CLOCK()`."""
KEYS = KeyStore(_ENVIRONMENT.home, _ENVIRONMENT.signing_key)
"""What signs the heads of audit chains here."""
TRUSTED_KEYS = KEYS.public_keys
"""Gives the public keys that signed heads are proved by."""
HOME = _ENVIRONMENT.home
SECRET_KEY = _ENVIRONMENT.secret_key
"""`config.database.set_up` fills it in when the environment gives none."""
SECRETS_KEYS = list(_ENVIRONMENT.secrets_keys)
"""What seals secrets that must be read again; filled in as `SECRET_KEY` is."""
ADDRESS = _ENVIRONMENT.address
METRICS_TOKEN = _ENVIRONMENT.metrics_token
HOOKS_INSIDE = _ENVIRONMENT.hooks_inside
PROXIES = _ENVIRONMENT.proxies
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "tieout.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "procrastinate.contrib.django",
    "tieout.store.tenancy",
    "tieout.store.audit",
    "tieout.store.operations",
    "tieout.store.requests",
    "tieout.store.ledger",
    "tieout.store.banking",
    "tieout.store.closing",
    "tieout.store.reconciliation",
]
MIDDLEWARE = [
    "tieout.config.logs.RequestMiddleware",
    "tieout.config.proxies.ProxiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tieout.web.limits.UploadLimitMiddleware",
]
ROOT_URLCONF = "tieout.config.urls"
CSRF_FAILURE_VIEW = "tieout.web.failures.form_too_old"
WSGI_APPLICATION = "tieout.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tieout.web.context.page",
            ],
        },
    }
]
DATABASES: dict[str, dict[str, object]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "tieout",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
"""Filled in by `config.database` once the server is known."""

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
"""Of a form's fields; files go to disk from `FILE_UPLOAD_MAX_MEMORY_SIZE` on."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000

ALLOWED_HOSTS = [_ADDRESS.hostname or "localhost", *_ENVIRONMENT.hosts]
CSRF_TRUSTED_ORIGINS = [f"{_ADDRESS.scheme}://{_ADDRESS.netloc}"]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = _IS_SECURE
SESSION_COOKIE_NAME = "tieout_session"
CSRF_COOKIE_NAME = "tieout_csrf"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if _IS_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _ENVIRONMENT.proxies else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

AUTH_USER_MODEL = "tenancy.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_BREACHED = (
    "pwned_passwords_django.validators.PwnedPasswordsValidator"
    if _ENVIRONMENT.breaches_online
    else "django.contrib.auth.password_validation.CommonPasswordValidator"
)
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": _BREACHED},
    {"NAME": "tieout.web.signin.strength.StrengthValidator"},
]
API_RATE = _ENVIRONMENT.api_rate
"""Calls a minute that a token may make."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tieout.web.signin.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "tieout.web.signin.adapter.name_of"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
"""Nobody signs up here: an address is verified by the invitation sent to it, or by the operator."""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = _ENVIRONMENT.proxies
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Tieout"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _IS_SECURE and _ADDRESS.hostname == "localhost"
USERSESSIONS_TRACK_ACTIVITY = True

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _ENVIRONMENT.mail
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
"""Without a mail server, letters are kept here for the operator to read."""
_MAIL = urlsplit(_ENVIRONMENT.mail)
EMAIL_HOST = _MAIL.hostname or "localhost"
EMAIL_PORT = _MAIL.port or 587
EMAIL_HOST_USER = _MAIL.username or ""
EMAIL_HOST_PASSWORD = _MAIL.password or ""
EMAIL_USE_TLS = _MAIL.scheme == "smtp"
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
DEFAULT_FROM_EMAIL = _ENVIRONMENT.mail_from or f"tieout@{_ADDRESS.hostname}"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["tieout.jobs.tasks"]
LOGGING_CONFIG = "tieout.config.logs.configure"
LOGGING = {"is_plain": _ENVIRONMENT.log_plain}
