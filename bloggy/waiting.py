"""Wait for the database: the first thing that a container does, whose database may be starting beside it."""

import sys
import time

from django.core.exceptions import ImproperlyConfigured

from bloggy import database

PAUSE = 0.2  # seconds between two tries
# What no waiting mends. Anything else is tried again: a server that starts, a name that is not known yet.
FINAL = (
    "authentication failed",
    "no password supplied",
    '" does not exist',
    "no such database",  # PgBouncer's words
    "no pg_hba.conf entry",
    "server does not support SSL",
    "certificate",
)


def main():
    try:
        from bloggy.settings import DATABASES
    except ImproperlyConfigured as error:
        sys.exit(f"entrypoint: {error}")
    if error := wait_for(DATABASES["default"]):
        sys.exit(f"entrypoint: {database.explain(error, DATABASES['default'])}")


def wait_for(config):
    """Wait until the server of a DATABASES entry takes connections; return why it does not, as an exception, or None.

    All tries together take no longer than connect_timeout and two seconds.
    """
    deadline = time.monotonic() + int(config["OPTIONS"]["connect_timeout"])
    while True:
        left = max(1, round(deadline - time.monotonic()))
        error = database.connection_error(config | {"OPTIONS": config["OPTIONS"] | {"connect_timeout": str(left)}})
        if not error or any(words in str(error) for words in FINAL) or time.monotonic() + 1 > deadline:
            return error
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
