"""Opens an old Bloggy's SQLite file without ever writing to it or beside it, and hands out its rows.

Text comes as bytes: sqlite3's own decoding would end a whole SELECT at the first byte that is not
UTF-8. `detect_types` stays off, its converters crash on odd dates.
"""

import errno
import hashlib
import re
import shlex
import shutil
import sqlite3
import stat
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from blog.legacy.errors import InvalidValue, UnreadableFile
from blog.legacy.values import json_value

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes; https://www.sqlite.org/fileformat.html#the_database_header
WAL = 2  # the header's write or read version of a file in WAL mode
BESIDE = ("-wal", "-journal")  # what the names of the files end in that hold what the file itself does not hold yet
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
MAX_VALUE = 16 * 1024 * 1024  # bytes
MAX_ROW = 4 * MAX_VALUE  # SQLite stops there by itself, before it takes the memory
# quick_check reports broken rules of the schema too. Such a row can be read, and types bind nobody.
READABLE = re.compile(
    r"(NULL|NUMERIC|TEXT|INT|REAL|BLOB|non-\w+) value in |CHECK constraint failed in |non-unique entry in "
)
RECOVER = "Run `sqlite3 {0} .recover | sqlite3 recovered.db` to save what can be read, and move recovered.db instead."


@dataclass(frozen=True)
class Table:
    """One table of the old file; columns by their names, in no order that matters."""

    name: str
    columns: tuple
    has_integer_key: bool
    connection: sqlite3.Connection

    def count(self):
        return self.connection.execute(f"SELECT count(*) FROM {quoted(self.name)} NOT INDEXED").fetchone()[0]

    def columns_named(self, *names):
        """Return those of these columns that the table has, in this order, as it spells them."""
        spelled = {column.lower(): column for column in self.columns}
        return [spelled[name] for name in names if name in spelled]

    def column(self, name):
        """Return a column as the table spells it, or None."""
        return next(iter(self.columns_named(name)), None)

    def rows(self, columns=None):
        """Yield a dict of column -> None, int, float or bytes for each row, in the order of `id`.

        Raises InvalidValue for a value of more than MAX_VALUE bytes.
        """
        columns = self.columns if columns is None else columns
        chosen = ", ".join(map(quoted, columns)) or "NULL"
        statement = f"SELECT {chosen} FROM {quoted(self.name)} NOT INDEXED {self.order()}"
        try:
            for values in self.connection.execute(statement):
                for value in values:  # any() of a generator takes three times as long
                    if type(value) is bytes and len(value) > MAX_VALUE:
                        raise self.too_large()
                yield dict(zip(columns, values, strict=False))
        except sqlite3.DataError as error:
            raise self.too_large() from error

    def order(self):
        """Sort by id as a number, whatever its type; by the key of the table itself where that is the id."""
        if (column := self.column("id")) is None:
            return ""
        return f"ORDER BY {quoted(column)}" if self.has_integer_key else f"ORDER BY CAST({quoted(column)} AS INTEGER)"

    def too_large(self):
        """Find the first value that is too large and return the error that names it."""
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2**31 - 1)
        key = self.column("id")
        for column in self.columns:
            found = self.connection.execute(
                f"SELECT {quoted(key) if key else 'NULL'} FROM {quoted(self.name)} NOT INDEXED "
                f"WHERE length(CAST({quoted(column)} AS BLOB)) > {MAX_VALUE} LIMIT 1"
            ).fetchone()
            if found:
                where = f"table {self.name}, row {json_value(found[0])}, column {column}"
                return InvalidValue(f"{where}: a value of more than 16 MB. Shorten it in the old Bloggy, or delete it.")
        return InvalidValue(f"table {self.name}: a row of more than {MAX_ROW // 1024**2} MB. Shorten it, or delete it.")


@dataclass(frozen=True)
class OldFile:
    """An old Bloggy's file, opened: its tables by their names, a to z in lower case, in the file's order."""

    path: Path
    sha256: str
    tables: dict
    state: tuple  # of the file and of what stands beside it, when it was opened

    def check_unchanged(self):
        """Raise UnreadableFile where somebody has written to the file meanwhile: its rows are not all moved."""
        if state(self.path) != self.state:
            raise changed(self.path)


@contextmanager
def open_readonly(path):
    """Open an old Bloggy's file as an OldFile, one state of it for as long as it is open.

    Raises UnreadableFile, and OSError where the system can't read it.
    """
    path = Path(path)
    with ExitStack() as stack:
        try:
            check_kind(path)
            before = state(path)
            sha256 = digest(path)  # now: closing a file drops the locks that SQLite will hold on it
            source, mode = path.resolve(), "ro"
            if would_be_written(source):
                source, mode = stack.enter_context(private_copy(source)), "rw"
            connection = stack.enter_context(closing(connect(source, mode)))
            check_soundness(path, connection)
            old = OldFile(path, sha256, tables_of(path, connection), before)
            old.check_unchanged()
            yield old
        except sqlite3.Error as error:
            raise explained(path, error) from error
        except UnicodeDecodeError as error:  # sqlite3's, of a message of SQLite's that shows such bytes
            raise damaged(path, "a name in its schema is not UTF-8") from error


def check_kind(path):
    """Raise UnreadableFile for what is no SQLite file."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableFile(f"{path} is a folder, not a file.")
        if not stat.S_ISREG(mode):  # opening a pipe would wait for ever
            raise UnreadableFile(f"{path} is not an ordinary file.")
        with path.open("rb") as file:
            header = file.read(len(MAGIC))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if not header:
        raise UnreadableFile(f"{path} is empty: it holds no old Bloggy.")
    if header != MAGIC:
        raise UnreadableFile(f"{path} is not a SQLite file.")


def state(path):
    """Return what changes when anybody writes to a file, or beside it as SQLite does."""
    status = [file.stat() for file in (path, *beside(path))]
    return tuple((item.st_size, item.st_mtime_ns, item.st_ino) for item in status)


def changed(path):
    return UnreadableFile(f"{path} changed while it was read: stop the old Bloggy first.")


def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def beside(path):
    """Return the files in which SQLite keeps what is not in the file itself yet."""
    candidates = [path.with_name(path.name + suffix) for suffix in BESIDE]
    return [candidate for candidate in candidates if candidate.exists()]


def would_be_written(path):
    """Tell whether SQLite would write beside the file to read it: WAL mode needs a -shm, a journal a rollback."""
    with path.open("rb") as file:
        return WAL in file.read(HEADER)[18:20] or bool(beside(path))


@contextmanager
def private_copy(path):
    """Copy a file and what stands beside it into a folder that only we can read; yields the copy's path."""
    with tempfile.TemporaryDirectory(prefix="bloggy-") as folder:
        before = state(path)
        try:
            for original in (path, *beside(path)):
                shutil.copyfile(original, Path(folder, original.name))
        except OSError as error:
            if error.errno in NO_ROOM:
                raise without_room(path) from error
            raise
        if state(path) != before:
            raise changed(path)
        yield Path(folder, path.name)


def connect(path, mode):
    """Return a connection that holds one state of the file; nothing in its schema can run functions of ours."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=1)
    connection.text_factory = bytes
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def check_soundness(path, connection):
    """Raise UnreadableFile where SQLite finds damage anywhere in the file."""
    for (message,) in connection.execute("PRAGMA quick_check(1000000000)"):
        message = message.decode(errors="replace")
        if message != "ok" and not READABLE.match(message):
            raise damaged(path, message)


def tables_of(path, connection):
    """Return the tables, without SQLite's own; raises UnreadableFile where they are not a Bloggy's."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    # The rows of a virtual table stand in ordinary ones beside it.
    names = [name for name, sql in found if not sql.lower().startswith(b"create virtual")]
    # Bytes are lowered as SQLite does it: to it É and é are two tables.
    tables = {name.lower().decode(): table_of(name.decode(), connection) for name in names}
    users = tables.get("users")
    if "posts" in tables or (users and users.column("email") and users.column("password")):
        return tables
    raise UnreadableFile(f"{path} is a SQLite file without an old Bloggy's tables (posts, or users with passwords).")


def table_of(name, connection):
    # SELECT * has generated columns too, table_info says what the key is. A key with an index of its own (DESC, WITHOUT
    # ROWID) may hold anything: https://www.sqlite.org/lang_createtable.html#rowid
    columns = tuple(item[0] for item in connection.execute(f"SELECT * FROM {quoted(name)} LIMIT 0").description)
    keys = [row[1:3] for row in connection.execute(f"PRAGMA table_info({quoted(name)})") if row[5]]
    has_index = any(row[3] == b"pk" for row in connection.execute(f"PRAGMA index_list({quoted(name)})"))
    has_integer_key = not has_index and [[part.lower() for part in key] for key in keys] == [[b"id", b"integer"]]
    return Table(name, columns, has_integer_key, connection)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def damaged(path, message):
    """Return the error for a damaged file, with SQLite's message on one line."""
    shown = " ".join(message.split())[:200]
    return UnreadableFile(f"{path} is damaged ({shown}). {RECOVER.format(shlex.quote(str(path)))}")


def without_room(path):
    """Return the error for a full disk where our copy or SQLite's own temporary files stand, in /tmp or /var/tmp."""
    return UnreadableFile(f"{path} cannot be read: no room for temporary files; TMPDIR names another folder for them.")


def explained(path, error):
    """Return the error that says in the operator's words what SQLite's means."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):  # it has a SQLite file's first bytes
        return damaged(path, str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreadableFile(f"{path} is being written: stop the old Bloggy first.")
    if code == sqlite3.SQLITE_FULL:
        return without_room(path)
    return UnreadableFile(f"{path} cannot be read: {error}.")
