"""Settings of the care wing. Everything that differs between installations comes from the environment.

KRING_DEMO=1 is the demo: mail is kept in a file, sign-in links are printed. Without it, what production needs and
is missing stops the start with a sentence that says what to set (see docs/operate.md).
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).resolve().parent
DEMO = os.environ.get("KRING_DEMO") == "1"
TESTING = "pytest" in sys.modules or "mypy" in sys.modules
STATE = Path(os.environ.get("KRING_STATE", HERE.parents[2] / "var" if (HERE.parents[2] / "run").exists() else "var"))


def from_environment(name: str, otherwise: str | None = None) -> str:
    """One setting; without a value and without a default the start stops and names it."""
    value = os.environ.get(name, otherwise)
    if value is None:
        if DEMO or TESTING:
            return "only for the demo and the tests, never for people's data"
        raise ImproperlyConfigured(f"Set {name} (see docs/operate.md).")
    return value


DEBUG = False
SECRET_KEY = from_environment("KRING_SECRET_KEY")
ALLOWED_HOSTS = from_environment("KRING_HOSTS", "localhost,127.0.0.1,testserver" if DEMO or TESTING else None).split(
    ","
)
HERE_URL = f"http://127.0.0.1:{os.environ.get('KRING_PORT', '8000')}"
SITE_URL = from_environment("KRING_URL", HERE_URL if DEMO or TESTING else None).rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "kring.care.audit",
    "kring.care.people",
    "kring.care.circles",
    "kring.care.plan",
    "kring.care.meetings",
    "kring.care.measures",
    "kring.care.board",
    "kring.care.training",
    "kring.care.research",
    "kring.care.export",
    "kring.care.home",
]

MIDDLEWARE = [
    "kring.care.health.Probe",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kring.care.second_guard.SecondGuard",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kring.care.home.second_factor.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kring.care.people.middleware.OwnLanguage",
    "kring.care.people.middleware.Privacy",
]

ROOT_URLCONF = "kring.care.urls"
WSGI_APPLICATION = "kring.care.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "NAME": "jinja2",
        "BACKEND": "kring.care.drawing.Pages",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,  # see jinja.environment: each room's `templates` folder, not `jinja2`
        "OPTIONS": {
            "environment": "kring.care.jinja.environment",
            "context_processors": ["kring.care.jinja.forms_of_a_page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Django's settings for one DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path.removeprefix("/")) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "cached_statements": 500,  # the pages together ask more than the 128 that Python's driver keeps
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;",
            },
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL must start with sqlite:/// or postgresql://, not {parts.scheme}:")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") if "%2F" not in url else unquote(parts.netloc.rpartition("@")[2]),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A page waits five seconds for a connection, then says that it is temporarily unavailable.
            "pool": {"min_size": 2, "max_size": int(os.environ.get("KRING_POOL", "10")), "timeout": 5},
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": 2,
            **({"assume_role": role} if (role := os.environ.get("KRING_DATABASE_ROLE")) else {}),
        },
    }


DATABASE_URL = from_environment("DATABASE_URL", f"sqlite:///{STATE / 'kring.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

# Accounts: no passwords. A mailed code signs one in; passkeys and codes from an app are the second step.
ACCOUNT_ADAPTER = "kring.care.people.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "signup": "kring.care.people.forms.SignUp",
    "request_login_code": "kring.care.people.forms.AskCode",
    "confirm_login_code": "kring.care.people.forms.SignInCode",
    "confirm_email_verification_code": "kring.care.people.forms.AddressCode",
    "add_email": "kring.care.people.forms.NewAddress",
}
ACCOUNT_RATE_LIMITS = {  # per address ("key") and per network address; docs/decisions/0010
    "request_login_code": "30/m/ip,3/m/key,10/h/key",
    "signup": "20/m/ip,100/h/ip",
    "login_failed": "30/m/ip,5/5m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("KRING_PROXIES", "0" if DEMO or TESTING else "1"))

MFA_ADAPTER = "kring.care.people.adapters.SecondSteps"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone must prove who holds it (PIN, finger, face)
MFA_TOTP_ISSUER = "Kring"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TESTING
MFA_FORMS = {
    "authenticate": "kring.care.people.forms.SecondStepCode",
    "reauthenticate": "kring.care.people.forms.SecondStepAgain",
    "activate_totp": "kring.care.people.forms.FirstAppCode",
    "login_webauthn": "kring.care.people.forms.PasskeyAlone",
    "add_webauthn": "kring.care.people.forms.NewPasskey",
    "edit_webauthn": "kring.care.people.forms.PasskeyName",
}
USERSESSIONS_TRACK_ACTIVITY = False  # one write less on each request; the list shows when one signed in

# Institutions' own sign-in (OpenID Connect): a JSON list, see docs/operate.md. `domains` are the mail domains for
# which the institution's word about an address is believed; without them it could sign in as anybody.
OIDC = json.loads(os.environ.get("KRING_OIDC", "[]"))
SOCIALACCOUNT_ADAPTER = "kring.care.people.adapters.Institutions"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True


def providers(institutions: list[dict[str, Any]]) -> dict[str, Any]:
    """What allauth wants to know of each institution."""
    apps = [
        {
            "provider_id": each["id"],
            "name": each["name"],
            "client_id": each["client"],
            "secret": each["secret"],
            "settings": {"server_url": each["url"], "domains": each["domains"]},
        }
        for each in institutions
    ]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


SOCIALACCOUNT_PROVIDERS = providers(OIDC)

# Chromium applies form-action to the redirect that follows a form: the way to an institution must be named.
INSTITUTIONS = [
    "{0.scheme}://{0.netloc}".format(urlsplit(url)) for each in OIDC for url in (each["url"], *each.get("also", []))
]

# Lock-out after wrong codes and links, shared by all servers through the database (see people.lockout).
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = dt.timedelta(hours=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware answers for Django's own sign-in form, which we do not have

CACHES = {  # in the database, so that rate limits hold over all servers
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *INSTITUTIONS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [HERE / "locale", *sorted(HERE.glob("*/locale"))]  # our words go before those of packages
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = STATE / "static"
WHITENOISE_USE_FINDERS = DEMO or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = STATE / "outbox"
DEFAULT_FROM_EMAIL = from_environment("KRING_MAIL_FROM", "Kring <kring@localhost>" if DEMO or TESTING else None)
EMAIL_HOST = os.environ.get("KRING_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("KRING_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("KRING_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KRING_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("KRING_MAIL_TLS") == "1"
EMAIL_TIMEOUT = 10

LOG_YEARS = int(os.environ.get("KRING_LOG_YEARS", "5"))  # NEN 7513: at least five

# Faults go to standard error, where the service manager keeps them: of which kind and where, never about whom.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without content": {"()": "kring.care.faults.WithoutContent"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without content"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},  # Django's own handlers write nothing in production
        "django.request": {"level": "ERROR"},  # a page that is not there is nobody's fault
        "django.security": {"level": "CRITICAL"},  # nor are robots that ask under another host name
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
