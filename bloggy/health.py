"""Whether this process can serve: PostgreSQL answers and holds every migration."""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from bloggy.database import in_short


def not_ready():
    """Return in a few words why pages cannot be served, or an empty string; never raises for the database."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error as error:
        return in_short(error)
    missing = migrations_on_disk() - applied.keys()
    return f"{len(missing)} migrations are not applied: run manage.py migrate" if missing else ""


@cache
def migrations_on_disk():
    """Return the (app, name) of every migration that this code comes with."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
