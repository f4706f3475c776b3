"""Each test run's own database: its name, a sign that its run lives, and the end of those whose run was killed."""

import uuid
from contextlib import contextmanager, suppress
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql


def name_for(config, base):
    """Return the name of this process's test database: made of the run's id, and of the worker's under pytest-xdist.

    With --reuse-db the name is the same every time, and nothing sweeps it.
    """
    worker = getattr(config, "workerinput", {})
    run = "reused" if config.getvalue("reuse_db") else worker.get("testrunuid") or uuid.uuid4().hex
    parts = (f"{prefix(base)}{run[:12]}", worker.get("workerid"))
    return "_".join(part for part in parts if part)


def prefix(base):
    return f"test_{base[:30]}_"  # PostgreSQL cuts a name at 63 bytes


@contextmanager
def claimed(name, base, parameters):
    """Claim the database name while the context lasts, after dropping what killed runs left on this server.

    The claim is a connection whose application_name is the database's name: it stands before the database is made and
    falls when its process ends, however it ends. parameters are psycopg's, of a database that isn't dropped.
    """
    with _connect(parameters, name) as claim:
        for dead in _unclaimed(claim, base):
            with suppress(psycopg.Error):  # another run sweeps too
                claim.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(dead)))
        yield claim


def url_of(settings):
    """Return the URL of the database that a Django DATABASES entry names."""
    parameters = {key.lower(): settings[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if settings[key]}
    options = {key: value for key, value in settings["OPTIONS"].items() if isinstance(value, str)}
    return f"postgresql:///{quote(settings['NAME'])}?" + urlencode(options | parameters, quote_via=quote)


def _connect(parameters, name):
    parameters = parameters | {"application_name": name, "autocommit": True}
    try:
        return psycopg.connect(**parameters | {"dbname": "postgres"})
    except psycopg.OperationalError:  # a role may be shut out of it
        return psycopg.connect(**parameters)


def _unclaimed(connection, base):
    """Return the names of this role's test databases that no living run claims."""
    rows = connection.execute(
        """
        SELECT datname FROM pg_database
        WHERE starts_with(datname, %(prefix)s) AND NOT starts_with(datname, %(prefix)s || 'reused')
          AND pg_get_userbyid(datdba) = current_user
          AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = pg_database.datname)
        """,
        {"prefix": prefix(base)},
    )
    return [name for (name,) in rows]
