"""The settings under which pytest runs: the tests' own database, and nothing of what the developer's shell sets."""

import os
import re
import sys

from django.core.exceptions import ImproperlyConfigured

from bloggy import database
from bloggy.env import Environment

SHELL = (
    *("ALLOWED_HOSTS", "BLOGGY_ENV", "CDN_MAX_AGE", "CSRF_TRUSTED_ORIGINS", "DATABASE_DIRECT_URL", "DATABASE_URL"),
    *("DB_CONNECT_TIMEOUT", "DB_CONN_MAX_AGE", "DB_PGBOUNCER", "DB_POOL_SIZE", "DEBUG", "DEFAULT_FROM_EMAIL"),
    *("EMAIL_URL", "FORWARDED_ALLOW_IPS", "GUNICORN_CMD_ARGS", "HSTS_SUBDOMAINS", "MEDIA_ROOT", "PORT", "SECRET_KEY"),
    *("SENTRY_DSN", "SITE_LANGUAGE", "SITE_NAME", "SITE_URL", "WEB_CONCURRENCY"),
)
for variable in SHELL:
    os.environ.pop(variable, None)
    os.environ.pop(f"{variable}_FILE", None)

# Of TEST_DATABASE_URL only the server is used, and the database's name as what the names of the tests' own start with:
# conftest.py makes them there, or starts a server first.
NO_SERVER_YET = "postgresql:///bloggy_test?host=/nonexistent&user=postgres"
TEST_DATABASE_URL = re.sub(r"^(\w+://[^/?]*)/?(?=\?|$)", r"\1/bloggy_test", Environment().text("TEST_DATABASE_URL"))
if TEST_DATABASE_URL:
    try:
        database.parse(TEST_DATABASE_URL, "TEST_DATABASE_URL")
    except ImproperlyConfigured as error:
        sys.exit(str(error))
os.environ |= {"BLOGGY_ENV": "test", "DATABASE_URL": TEST_DATABASE_URL or NO_SERVER_YET, "DB_POOL_SIZE": "4"}

from bloggy.settings import *  # noqa: E402, F403
from bloggy.settings import DATABASES, PASSWORD_HASHERS, STORAGES  # noqa: E402

# Every worker's tests share one server: no connection stays open, and a site that tests start opens few (DB_POOL_SIZE).
DATABASES = {"default": DATABASES["default"] | {"CONN_MAX_AGE": 0}}
# A test that logs in shouldn't wait a third of a second for it; the real hashers stay known.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
# No collectstatic before a test; the tests of the real storage name it themselves.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Each page is made anew: to be rolled back is no change of the content's version. Tests of kept pages give them room.
KEPT_PAGES_SIZE = 0
# Static files come from where they are written: what another run collects at this moment is not looked at.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
