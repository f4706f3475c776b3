"""Bloggy's settings, read from the environment once. docs/configuration.md explains each variable."""

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from bloggy import database, embedded, errors, languages, mail
from bloggy.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

BLOGGY_ENV = env.choice("BLOGGY_ENV", "development", ("development", "test", "production"))
PRODUCTION = BLOGGY_ENV == "production"
if PRODUCTION and (missing := [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.text(name)]):
    raise ImproperlyConfigured(f"{', '.join(missing)} must be set when BLOGGY_ENV is production.")

DEBUG = env.flag("DEBUG")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG must be false when BLOGGY_ENV is production: it shows settings to visitors.")

# A key of the process's own where none is set: log-ins then last until it stops, and nobody can know it.
SECRET_KEY = env.text("SECRET_KEY") or get_random_secret_key()
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

SITE_NAME = env.text("SITE_NAME", "Bloggy")
SITE_URL = env.text("SITE_URL").rstrip("/")
if not SITE_URL:
    if PRODUCTION and ALLOWED_HOSTS[0].startswith((".", "*")):
        raise ImproperlyConfigured(
            "SITE_URL must be set, such as https://blog.example: ALLOWED_HOSTS names no one host."
        )
    SITE_URL = f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env.number('PORT', 8000, 1, 65535)}"
if not re.fullmatch(r"https?://[^/?#@\s]+", SITE_URL):
    raise ImproperlyConfigured("SITE_URL must be an address such as https://blog.example, without a path.")

INSTALLED_APPS = [
    "bloggy.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    # After auth, which makes the permissions that blog/roles.py hands out: both do it at post_migrate.
    "bloggy",
    "accounts",
    "blog",
]
MIDDLEWARE = [
    "bloggy.middleware.Head",
    "bloggy.middleware.Headers",
    "bloggy.middleware.Health",
    "blog.kept_pages.KeptPages",  # with the headers of all that follows
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "bloggy.middleware.Bounds",  # before anything reads what was sent; its answer has the headers of the three above
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.Private",
]
ROOT_URLCONF = "bloggy.urls"
WSGI_APPLICATION = "bloggy.wsgi.application"
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "bloggy.context_processors.site",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",  # pages; it leaves the other's templates alone
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "blog.jinja.environment", "context_processors": CONTEXT_PROCESSORS},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",  # the admin and mails
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]

DEFAULT_DATABASE_URL = "postgresql://bloggy:bloggy_password@postgres:5432/bloggy"
OWN_SERVER = embedded.VAR / "postgres"  # made by bin/run
if env.text("DATABASE_URL") or PRODUCTION or not OWN_SERVER.exists():
    DATABASE = database.parse(env.text("DATABASE_URL", DEFAULT_DATABASE_URL)) | {"ENGINE": "bloggy.postgresql"}
else:  # started by the first connection, and only by it
    DATABASE = database.parse(database.url_of_socket(embedded.socket_dir(OWN_SERVER), "bloggy", "postgres"))
    DATABASE["ENGINE"] = "bloggy.embedded_backend"
if direct_url := env.text("DATABASE_DIRECT_URL"):  # bloggy/commandline.py lets it take the place of the other
    database.parse(direct_url, "DATABASE_DIRECT_URL")
DB_PGBOUNCER = env.flag("DB_PGBOUNCER")
DB_POOL_SIZE = env.number("DB_POOL_SIZE", 20, 1, 1000)  # connections
WEB_CONCURRENCY = env.number("WEB_CONCURRENCY", 2, 1, 64)  # processes
if DB_POOL_SIZE < WEB_CONCURRENCY:
    raise ImproperlyConfigured(
        f"DB_POOL_SIZE ({DB_POOL_SIZE}) must be at least WEB_CONCURRENCY ({WEB_CONCURRENCY}): "
        "each process needs a connection."
    )
DATABASES = {
    "default": DATABASE
    | {
        "CONN_MAX_AGE": env.number("DB_CONN_MAX_AGE", 600, 0, 86_400),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DB_PGBOUNCER,
        "OPTIONS": {
            "application_name": "bloggy",
            "connect_timeout": str(env.number("DB_CONNECT_TIMEOUT", 3, 1, 60)),
            "sslmode": "require" if PRODUCTION else "prefer",
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
        }
        | DATABASE["OPTIONS"],
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Accounts"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.hashers.EmmettPBKDF2Hasher",
    "accounts.hashers.EmmettPBKDF2WrappedHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "accounts.validators.MaximumLengthValidator"}]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds; the mail says so
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "blog:post_list"

# One site, one language: pages are cached, and what a browser asks for (Accept-Language) is not looked at.
LANGUAGE_CODE = languages.checked(env.text("SITE_LANGUAGE", "en"))
LANGUAGES = [(LANGUAGE_CODE, LANGUAGE_CODE)]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = env.text("MEDIA_ROOT", str(BASE_DIR / "var" / "media"))

KEPT_PAGES_SIZE = 32 * 1024 * 1024  # bytes, in each process
CDN_MAX_AGE = env.number("CDN_MAX_AGE", 0, 0, 31_536_000)  # seconds

# gunicorn decides whether a request came by https (FORWARDED_ALLOW_IPS), so SECURE_PROXY_SSL_HEADER stays unset.
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS")
# W005 and W021: HSTS for subdomains, and preloading, bind hosts that are not the blog's; the operator decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_ENGINE = "bloggy.sessions"
SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 30 * 24 * 3600  # seconds; for who asks to be remembered
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # for everybody else
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie of its own less
CSRF_FAILURE_VIEW = "bloggy.views.csrf_failure"

# What a request may send: the longest post (200,000 characters of 4 bytes, percent-encoded) is 2.4 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# Nothing in production by default: a reset link on the console would be a secret in a log.
email_url = env.text("EMAIL_URL", "" if PRODUCTION else "consolemail://")  # not a setting: it holds a password
globals().update(mail.parse(email_url))
SENDS_MAIL = bool(email_url)
EMAIL_BACKEND = "bloggy.mail.EmailBackend"  # hands over to MAIL_DELIVERY, which parse() names
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail.sender(env.text("DEFAULT_FROM_EMAIL"), SITE_URL)

SENTRY_DSN_SECRET = errors.checked(env.text("SENTRY_DSN"))  # by its name, debug pages hide it

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "bloggy.logs.Formatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "hides_database": PRODUCTION,
        },
    },
    "filters": {"outages": {"()": "bloggy.logs.Outages", "seconds": 2 * WEB_CONCURRENCY}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outages"]}},
    "root": {"handlers": ["console"], "level": "DEBUG" if DEBUG else "INFO"},
    # Django's own handlers mail errors or write only with DEBUG; everything goes to the one console.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Anybody can send a foreign Host, as often as they like: a 400 is answer enough, a traceback is not needed.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
        # It warns of each connection that it closes in an outage, with all that it knows of it.
        "psycopg": {"handlers": [], "level": "ERROR"},
    },
}
