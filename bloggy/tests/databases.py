"""Each test run's own database: its name, a sign that its run lives, and the end of those whose run was killed."""

import uuid
from contextlib import contextmanager, suppress
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg import sql

SMALL = 2_000_000  # bytes of all tables together


def prefix(base):
    """Return what the names of all runs' databases start with; PostgreSQL cuts a name at 63 bytes, so base is cut."""
    return base.encode()[:43].decode(errors="ignore") + "_"


def name_for(config, base):
    """Return the name of this process's test database: made of the run's id, and of the worker's under pytest-xdist.

    With --reuse-db the name is the same every time, and nothing sweeps it.
    """
    worker = getattr(config, "workerinput", {})
    run = "reused" if config.getvalue("reuse_db") else worker.get("testrunuid") or uuid.uuid4().hex
    parts = (f"{prefix(base)}{run[:12]}", worker.get("workerid"))
    return "_".join(part for part in parts if part)


@contextmanager
def claimed(name, base, parameters, keep=False):
    """Claim the database name while the context lasts, and drop that database at its end unless it is to be kept.

    Before that, drop what killed runs left on this server. The claim is a connection whose application_name is the
    name's end (the whole may be longer than that can be, and not ASCII): it stands before the database is made and
    falls when its process ends, however it ends. parameters are psycopg's.
    """
    with _connect(parameters, name.removeprefix(prefix(base))) as claim:
        for dead in _unclaimed(claim, base):
            with suppress(psycopg.Error):  # another run sweeps too
                _drop(claim, dead)
        try:
            yield claim
        finally:
            if not keep:
                _drop(claim, name)


def empty_by_delete(connection):
    """Let a flush between tests delete the few rows there are: TRUNCATE makes new files for each table and index.

    Where there were many rows, or numbers shall begin anew, it still truncates.
    """
    truncate = connection.ops.sql_flush

    def sql_flush(style, tables, *, reset_sequences=False, allow_cascade=False):
        names = [connection.ops.quote_name(table) for table in tables]
        if not tables or reset_sequences or allow_cascade or _size(connection, names) > SMALL:
            return truncate(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        # As TRUNCATE does, it waits for those who write; foreign keys are looked at in the end.
        return [f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE", *(f"DELETE FROM {name}" for name in names)]

    connection.ops.sql_flush = sql_flush


def url_of(settings):
    """Return the URL of the database that a Django DATABASES entry names."""
    parameters = {key.lower(): settings[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if settings[key]}
    options = {key: value for key, value in settings["OPTIONS"].items() if isinstance(value, str)}
    return f"postgresql:///{quote(settings['NAME'])}?" + urlencode(options | parameters, quote_via=quote)


def _size(connection, names):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_table_size(t::regclass)) FROM unnest(%s::text[]) AS t", [names])
        return cursor.fetchone()[0]


def _connect(parameters, name):
    parameters = parameters | {"application_name": name, "autocommit": True}
    errors = []
    for database in ("postgres", "template1"):  # a server may lack the first, or shut a role out of it
        try:
            return psycopg.connect(**parameters | {"dbname": database})
        except psycopg.OperationalError as error:
            errors.append(error)
    pytest.fail(f"The tests' server cannot be used: {errors[0]}", pytrace=False)


def _drop(connection, name):
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _unclaimed(connection, base):
    """Return the names of this role's test databases that no living run claims."""
    rows = connection.execute(
        """
        SELECT datname FROM pg_database, substr(datname, length(%(prefix)s) + 1) AS run
        WHERE starts_with(datname, %(prefix)s) AND run ~ '^[0-9a-f]{12}(_gw[0-9]+)?$'
          AND pg_get_userbyid(datdba) = current_user
          AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = run)
        """,
        {"prefix": prefix(base)},
    )
    return [name for (name,) in rows]
