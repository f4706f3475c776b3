"""Brings a file into PostgreSQL: one transaction, into an empty database, one import at a time."""

from functools import partial

from django.db import connection, transaction

from blog.legacy import comparing, filling
from blog.legacy.errors import LegacyError
from blog.legacy.moving import move
from blog.legacy.postgresql import Tables, set_limits
from bloggy.locks import poll, try_turn

PATIENCE = 600  # seconds
NAMES = {"accounts_user": "accounts", "blog_post": "posts", "blog_comment": "comments"}
EMPTY = (
    "Import into an empty database: a new one (createdb) or, with bin/run, var/postgres removed; then migrate, and "
    "import before createsuperuser and before bin/run."
)


def import_file(old, report, *, progress, say, dry_run=False, **chosen):
    """Move every row of an OldFile into PostgreSQL, or find all of them there; returns the report's result.

    All or nothing: the report is on the disk before the commit, and a dry run commits nothing.
    say(line) tells of a wait. chosen are move()'s. Raises LegacyError, DatabaseError and OSError.
    """
    with connection.wrap_database_errors, transaction.atomic():
        cursor = connection.connection.cursor()
        set_limits(cursor)
        wait_for_turn(say)
        cursor.execute(f"LOCK TABLE {', '.join(NAMES)} IN SHARE ROW EXCLUSIVE MODE")
        found = counts(cursor)
        write = partial(move, old.tables, report=report, progress=progress, **chosen)
        if any(found.values()):
            compare(cursor, found, write)
            result = "unchanged"
        else:
            fill(cursor, write, progress)
            result = "imported"
        old.check_unchanged()
        report.finish(result)
        transaction.set_rollback(dry_run)
    return result


def wait_for_turn(say):
    """Wait until no other import runs; a killed one may run until PostgreSQL notices."""
    waits = partial(say, "Another import into this database is running: waiting for it.")
    if not poll(partial(try_turn, "import_sqlite"), PATIENCE, waits):
        raise LegacyError(f"Another import has been running for {PATIENCE // 60} minutes: look there.")


def counts(cursor):
    return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in NAMES}


def fill(cursor, write, progress):
    """Fill the empty tables; write(target) moves the rows."""
    with filling.indexes_made_last(cursor, progress):
        with Tables(cursor) as tables:
            write(tables)
            tables.finish()
        filling.join_groups(cursor)
        filling.set_sequences(cursor)
    cursor.execute(f"ANALYZE {', '.join(filling.FILLED)}")


def compare(cursor, found, write):
    """Raise LegacyError unless the tables hold every row already; write(target) moves them to others."""
    comparing.make_tables(cursor)
    with Tables(cursor, comparing.PREFIX) as tables:
        write(tables)
        tables.finish()
    missing = comparing.missing(cursor)
    if any(missing.values()):
        there = ", ".join(f"{count:,} {NAMES[table]}" for table, count in found.items())
        lacking = ", ".join(f"{count:,} rows of {table}" for table, count in missing.items() if count)
        raise LegacyError(
            f"The database is not empty (it holds {there}), and {lacking} are not in it as the file gives them. "
            f"Nothing was written. {EMPTY}"
        )
