"""Writes rows into PostgreSQL by COPY, streamed: the blog's own tables, or temporary ones to compare with them."""

from array import array
from contextlib import ExitStack
from operator import itemgetter

from django.apps import apps
from django.db import connection

# The groups and their members are joined by name once all are there.
GROUPS, MEMBERS = "old_groups", "old_members"
# The role may have limits that are meant for web requests.
LIMITS = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "lock_timeout": "10s"}


class Columns:
    """The columns of a model that a move fills: all but the generated ones, which PostgreSQL makes itself."""

    def __init__(self, model):
        meta = apps.get_model(model)._meta
        fields = [field for field in meta.concrete_fields if not (field.generated or field.primary_key)]
        self.table = meta.db_table
        self.names = (meta.pk.column, *(field.column for field in fields))
        self.types = [field.db_type(connection).partition("(")[0] for field in (meta.pk, *fields)]  # without lengths
        self.values_of = itemgetter(*(field.name for field in fields))  # of a mapping's fields

    @property
    def listed(self):
        return ", ".join(map(connection.ops.quote_name, self.names))


class Tables:
    """A target of a move. A context manager: an exception ends the COPY that runs.

    cursor is one of psycopg's, in a transaction. prefix: what stands before the names of the tables
    that take the rows.
    """

    def __init__(self, cursor, prefix=""):
        self.cursor, self.prefix = cursor, prefix
        self.copying, self.model, self.columns, self.copy = ExitStack(), None, None, None
        self.groups = []
        self.numbers, self.members = {}, (array("q"), array("q"))  # name -> number; accounts and numbers of names

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return self.copying.__exit__(*exception)

    def write_group(self, name):
        """Keep the name of a group without rights for finish()."""
        self.groups.append((name,))

    def write(self, model, pk, fields):
        """Write one row of a model, its fields complete; the names of groups are kept for finish()."""
        if model != self.model:
            self.turn_to(model)
        self.copy.write_row((pk, *self.columns.values_of(fields)))
        for name in fields.get("groups", ()):
            self.members[0].append(pk)
            self.members[1].append(self.numbers.setdefault(name, len(self.numbers)))

    def turn_to(self, model):
        """End the COPY into one table and begin that into the next: a connection runs one at a time."""
        columns = Columns(model)
        self.begin_copy(f"{self.prefix}{columns.table}", columns.listed, columns.types)
        self.model, self.columns = model, columns

    def begin_copy(self, table, listed, types):
        """Begin a COPY in the binary format, which takes both sides less time than text."""
        self.copying.close()
        self.copy = self.copying.enter_context(self.cursor.copy(f"COPY {table} ({listed}) FROM STDIN (FORMAT binary)"))
        self.copy.set_types(types)

    def finish(self):
        """End the last COPY, and write the groups and who is in them into temporary tables, by name."""
        self.copying.close()
        names = list(self.numbers)
        members = ((pk, names[number]) for pk, number in zip(*self.members, strict=True))
        self.write_temporary(GROUPS, {"name": "text"}, self.groups)
        self.write_temporary(MEMBERS, {"user_id": "bigint", "name": "text"}, members)

    def write_temporary(self, table, columns, rows):
        """Make a temporary table and fill it; columns: name -> type."""
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        make_temporary(self.cursor, table, f"({listed})")
        self.begin_copy(table, ", ".join(columns), list(columns.values()))
        for row in rows:
            self.copy.write_row(row)
        self.copying.close()


def make_temporary(cursor, table, contents):
    """Make a table that this transaction alone sees, in place of one of an earlier savepoint."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} {contents}")


def set_limits(cursor):
    """Let this transaction take the time that it needs, but not wait long for a table."""
    for name, value in LIMITS.items():
        cursor.execute(f"SET LOCAL {name} = '{value}'")
