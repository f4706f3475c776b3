"""A server of a benchmark's own and databases with many rows, made by SQL; what the benchmarks of growth share.

To be imported before Django is set up: begin() does that.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bloggy import embedded  # noqa: E402
from bloggy.database import url_of_socket  # noqa: E402
from bloggy.static_files import collect_if_changed  # noqa: E402

_connections = {}  # name of a database -> Django's connection to it


def begin(folder, settings=()):
    """Start a server whose data is in a folder, and set Django up on its database "bloggy"."""
    folder.mkdir(exist_ok=True)
    embedded.start("postgres", (*embedded.FAST, *settings), var=folder)
    os.environ["DATABASE_URL"] = url_of_socket(embedded.socket_dir(folder / "postgres"), "bloggy", "postgres")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "bloggy.settings", "ALLOWED_HOSTS": "testserver"}
    import django

    django.setup()
    collect_if_changed()


def use(name):
    """Let Django work on a database of the server from now on, one that is made if there is none of this name."""
    from django.db import connection, connections

    if name not in _connections:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        _connections[name] = type(connections["default"])(connections.settings["default"] | {"NAME": name}, "default")
    connections["default"] = _connections[name]


def fill(statements, numbers):
    """Run the statements that make the rows, the indexes of posts and comments after them: that halves the time."""
    from django.db import connection

    from blog.models import Comment, Post, PostTag

    indexes = [(model, index) for model in (Post, Comment, PostTag) for index in model._meta.indexes]
    with connection.cursor() as cursor, connection.schema_editor(atomic=False) as editor:
        cursor.execute("SELECT setseed(0.5)")
        for model, index in indexes:
            editor.remove_index(model, index)
        cursor.execute("SET session_replication_role = replica")  # no triggers, no look at foreign keys
        for statement in statements:
            cursor.execute(statement, numbers)
        cursor.execute("RESET session_replication_role")
    with connection.cursor() as cursor, connection.schema_editor(atomic=False) as editor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for model, index in indexes:
            editor.add_index(model, index)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM")  # the first one leaves pages of a new table unmarked, which index-only scans then read
        cursor.execute("VACUUM ANALYZE")


def worked():
    """Return how long PostgreSQL's process of the connection has worked, in milliseconds; waiting does not count."""
    from django.db import connection

    connection.ensure_connection()
    return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e6
