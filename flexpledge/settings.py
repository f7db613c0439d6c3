"""One settings file, read from the environment (`.env.example` lists every variable)."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("Set SECRET_KEY, or DEBUG=true on a developer's machine.")
    SECRET_KEY = "for-development-only-" + "x" * 40
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var")

# The canonical origin: every link in a mail starts with it, whatever the request's Host.
SITE_URL = (env.str("SITE_URL", "") or "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [
    urlsplit(SITE_URL).hostname,
    *(["127.0.0.1", "localhost", "[::1]"] if DEBUG else []),
]

INSTALLED_APPS = [
    "flexpledge",
    "pledges",
    "coalition",
    "blog",
    "common",
    "flexpledge.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.sitemaps",
    "content_editor",
    "django_prose_editor",
    "reversion",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
SITE_ID = 1

MIDDLEWARE = [
    "flexpledge.metrics.RequestMetricsMiddleware",
    "common.logs.RequestIdMiddleware",
    "common.pagecache.middleware.PageCacheMiddleware",
    "common.outage.DatabaseOutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.headers.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.hygiene.RequestHygieneMiddleware",
    "flexpledge.staff.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "flexpledge.staff.middleware.CsrfViewMiddleware",
    "flexpledge.staff.middleware.AuthenticationMiddleware",
    "flexpledge.staff.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "flexpledge.staff.area.StaffAreaMiddleware",
    "common.frames.FramesMiddleware",
]
ROOT_URLCONF = "flexpledge.urls"
WSGI_APPLICATION = "flexpledge.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "flexpledge.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "common.templatetags.mail",
            ],
        },
    }
]

# --- Database ---------------------------------------------------------------------------------

# True behind PgBouncer in transaction mode.
DATABASE_POOLED = env.bool("DATABASE_POOLED", False)
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.db_url("DATABASE_URL", engine="common.postgresql")}
elif DEBUG or env.bool("LOCALPG", False):
    from flexpledge import localpg

    DATABASES = {"default": localpg.database(VAR_DIR)}
else:
    raise ImproperlyConfigured(
        "Set DATABASE_URL. The private PostgreSQL is meant for development; LOCALPG=true allows it."
    )
# A standby, for pages that are the same for everybody; see common.replica.
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = env.db_url("DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["common.replica.Router"]
for database in DATABASES.values():
    database |= {
        "CONN_MAX_AGE": 60,  # seconds
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
    }
    database.setdefault("OPTIONS", {})["connect_timeout"] = 3  # seconds
    if not DATABASE_POOLED:  # PgBouncer refuses start-up options; there they belong to the role
        database["OPTIONS"]["options"] = (
            "-c lock_timeout=4s -c idle_in_transaction_session_timeout=60s"
            # Nobody waits longer for a page; deploy/gunicorn.conf.py sets it for web processes.
            f" -c statement_timeout={env.int('DATABASE_STATEMENT_TIMEOUT_S', 0)}s"
        )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if env.str("CACHE_URL", ""):
    CACHES = {"default": env.cache_url("CACHE_URL")}
    if "RedisCache" in CACHES["default"]["BACKEND"]:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # Nobody waits for a cache that is away: what is missing is built anew.
        CACHES["default"]["OPTIONS"] = {
            "socket_timeout": 0.5,  # seconds
            "socket_connect_timeout": 0.5,
            "retry": Retry(NoBackoff(), 0),
        }
else:
    CACHES = {
        "default": {
            "BACKEND": "common.filecache.FileCache",
            "LOCATION": VAR_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 1000},
        }
    }

# --- Mail -------------------------------------------------------------------------------------

EMAIL_TIMEOUT = 10  # seconds
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = (
    env.str("DEFAULT_FROM_EMAIL", "")
    or f"1 Million for Work Flexibility <hello@{urlsplit(SITE_URL).hostname}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Mails that anybody can set off for an address, in a UTC day, whatever form they come from.
MAILS_PER_ADDRESS_PER_DAY = env.int("MAILS_PER_ADDRESS_PER_DAY", 3)

# --- The campaign -----------------------------------------------------------------------------

PLEDGE_GOAL = env.int("PLEDGE_GOAL", 1_000_000)  # confirmed supporters
COUNT_MAX_LAG_S = env.int("COUNT_MAX_LAG_S", 5)  # seconds between a confirmation and its count
# Seconds that public pages are kept: besides the worker's tick, up to twice in our own cache and
# twice in one on the way.
PAGE_FRESH_S = min(1, COUNT_MAX_LAG_S // 5)
REMINDED_AFTER_DAYS = env.int("REMINDED_AFTER_DAYS", 3)  # days unconfirmed, then one reminder
UNCONFIRMED_KEPT_DAYS = env.int("UNCONFIRMED_KEPT_DAYS", 21)  # days, then erased
WITHDRAWN_KEPT_DAYS = env.int("WITHDRAWN_KEPT_DAYS", 30)  # days after a withdrawal, then erased
SIGN_LIMIT_PER_IP = env.str("SIGN_LIMIT_PER_IP", "60/1m")  # requests/window; empty: no limit
# Sign-ups/window from one network (IPv4 /24, IPv6 /48) or with one mail domain: more of them wait
# for a look before they count. Empty: none do.
BURST_PER_NETWORK = env.str("BURST_PER_NETWORK", "150/10m")
BURST_PER_DOMAIN = env.str("BURST_PER_DOMAIN", "300/10m")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)  # proxies of ours in front

# --- Words, dates and numbers -----------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", "") or VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a long blog post in the admin has many
FILE_UPLOAD_HANDLERS = ["common.uploads.UploadHandler"]

# --- Security ---------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The nonce appears only where a page reads it: in the admin's editor of posts.
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # tokens in addresses reach no other site
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# It looks for Django's own CSRF middleware; ours is that one, below /admin/.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
SESSION_ENGINE = "flexpledge.staff.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60  # seconds without a request
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
if not DEBUG:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Staff ------------------------------------------------------------------------------------

# Whether every page of the admin asks for a second factor; only a plain no switches it off.
STAFF_MFA = (env.str("STAFF_MFA", "") or str(not DEBUG)).lower() not in ("false", "0", "no", "off")
LOGIN_FAILURES = env.str("LOGIN_FAILURES", "10/15m")  # failures/window; empty: no limit
AUTHENTICATION_BACKENDS = ["flexpledge.staff.backends.StaffBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "flexpledge.staff.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # who invites somebody answers for the address
ACCOUNT_FORMS = {
    "login": "flexpledge.staff.forms.LoginForm",
    "reauthenticate": "flexpledge.staff.forms.ReauthenticateForm",
    "change_password": "flexpledge.staff.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}  # the backend takes an address for it, too
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # flexpledge.staff.limits counts for all processes
ACCOUNT_SESSION_REMEMBER = True  # until SESSION_COOKIE_AGE has passed
MFA_ADAPTER = "flexpledge.staff.adapters.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "flexpledge.staff.forms.AuthenticateForm",
    "reauthenticate": "flexpledge.staff.forms.ReauthenticateCodeForm",
    "activate_totp": "flexpledge.staff.forms.ActivateTOTPForm",
    "add_webauthn": "flexpledge.staff.forms.PasskeyForm",
    "edit_webauthn": "flexpledge.staff.forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute: clocks differ, and people type slowly
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Watching ---------------------------------------------------------------------------------

METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # what Prometheus bears; empty: no /metrics

# --- Logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"redacted": {"()": "common.logs.formatter", "for_people": DEBUG}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "redacted"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
