"""One old row while it is moved: its values by meaning, and a note of all that can't be kept."""

import re

from blog.legacy import values
from blog.legacy.errors import InvalidValue
from blog.legacy.reasons import Reason

# Table -> meaning -> the names that a column had in one generation or another.
USER = ("user", "user_id")
COLUMNS = {
    "users": {
        "id": ("id",),
        "email": ("email",),
        "password": ("password",),
        "registration_key": ("registration_key",),
        "created_at": ("created_at",),
        "first_name": ("first_name",),
        "last_name": ("last_name",),
    },
    "posts": {"id": ("id",), "title": ("title",), "text": ("text",), "date": ("date",), "user": USER},
    "comments": {"id": ("id",), "text": ("text",), "date": ("date",), "user": USER, "post": ("post", "post_id")},
    "roles": {"id": ("id",), "name": ("name", "role", "role_name")},
    "user_roles": {"id": ("id",), "user": USER, "role": ("role", "role_id")},
    "auth_groups": {"id": ("id",), "name": ("role", "name", "role_name")},
    "auth_memberships": {
        "id": ("id",),
        "user": USER,
        "role": ("auth_group", "auth_group_id", "group", "group_id"),
    },
}
# Their ids become primary keys; those of the others only link rows of the old file.
KEYED = ("users", "posts", "comments")
# password, password__tmp, user_passwd; not reset_password_key.
PASSWORD = re.compile(r"(^|_)(password|passwd|passphrase|pwd)(?!\w*_key$)(_|$)", re.IGNORECASE)
SHOWN = 80  # characters of an old value in the report


class Layout:
    """Which column of a table holds what, whatever its name and place; the other columns are extra."""

    def __init__(self, table):
        self.table = table.name
        known = COLUMNS.get(table.name.lower(), {"id": ("id",)})
        found = {meaning: table.columns_named(*names) for meaning, names in known.items()}
        self.columns = {meaning: names[0] if names else None for meaning, names in found.items()}
        # A file that was renamed by halves has two: the first may be empty.
        self.others = {meaning: names[1:] for meaning, names in found.items() if len(names) > 1}
        self.extra = [column for column in table.columns if column not in self.columns.values()]
        self.passwords = {column for column in table.columns if PASSWORD.search(column)}
        self.is_keyed = table.name.lower() in KEYED

    def columns_of(self, *meanings):
        """Return the names of the columns with these meanings that the table has."""
        columns = [self.columns[meaning] for meaning in meanings if self.columns[meaning]]
        return columns + [column for meaning in meanings for column in self.others.get(meaning, ())]


class Row:
    """The values of one row, read by meaning; a pure object, tested without a file.

    id is None where it can't be a key; problem is then the Reason. notes are pairs of a Reason and a
    detail: why the row is not quite as it was.
    """

    def __init__(self, layout, raw, problem=None, *, replace_invalid=False):
        self.layout, self.raw, self.problem = layout, raw, problem
        self.id = None if problem else values.identifier(self.value("id"))
        self.replace_invalid = replace_invalid
        self.notes, self.lost = [], []

    def value(self, meaning):
        """Return a value as the file holds it, None too where the table has no such column."""
        return self.raw.get(self.column(meaning) if meaning in self.layout.others else self.layout.columns[meaning])

    def column(self, meaning):
        """Return the name of the column that has the value."""
        column = self.layout.columns[meaning]
        if self.raw.get(column) is None:
            others = self.layout.others.get(meaning, ())
            return next((other for other in others if self.raw.get(other) is not None), column)
        return column

    def text(self, meaning):
        """Return a value as text, empty for NULL.

        Raises InvalidValue for what PostgreSQL can't hold, unless it is to be replaced.
        """
        value = self.value(meaning)
        try:
            return values.text(value) or ""
        except ValueError as error:
            if not self.replace_invalid:
                where = f"table {self.layout.table}, row {self.name}, column {self.layout.columns[meaning]}"
                raise InvalidValue(f"{where}: {error}. --replace-invalid puts U+FFFD in its place.") from error
            self.note(Reason.INVALID_REPLACED, meaning, losing=meaning)
            return values.repaired(value)

    def short_text(self, meaning, length):
        """Return a value as text of at most that many characters."""
        return self.cut(meaning, self.text(meaning), length)

    def cut(self, meaning, whole, length):
        """Return the first characters of a value's text."""
        if len(whole) > length:
            self.note(Reason.CUT, f"{meaning}: {len(whole)} characters, {length} kept", losing=meaning)
        return whole[:length]

    def moment(self, meaning):
        return values.moment(self.value(meaning))

    def link(self, meaning):
        return values.identifier(self.value(meaning))

    def shown(self, meaning):
        """Return the beginning of a value for the report."""
        return str(values.json_value(self.value(meaning)))[:SHOWN]

    @property
    def name(self):
        """The row's id for reports and errors: its number, else what the file has; None where it has none."""
        number = self.link("id")
        if number is not None and abs(number) < 2**63:
            return number
        return None if self.value("id") is None else self.shown("id")

    def note(self, reason, detail="", *, losing=None):
        """Note that the row is not quite as it was; losing: the column whose value nothing here holds."""
        self.notes.append((reason, detail))
        if losing and self.value(losing) is not None:
            self.lost.append(self.column(losing))

    def set_aside(self, reason, detail=""):
        """Note that the row is not moved; returns None, what a mapping returns for such a row."""
        self.notes, self.problem = [(reason, detail)], reason

    def leftover(self):
        """Return what of a moved row stands nowhere in PostgreSQL, with its id; None where all does."""
        read = {self.column(meaning) for meaning in self.layout.others}
        extra = [column for column in self.layout.extra if self.raw[column] not in (None, b"") and column not in read]
        if extra:
            self.note(Reason.COLUMNS_NOT_MOVED, ", ".join(extra))
        if not (extra or self.lost):
            return None
        return self.as_json({self.layout.columns["id"], *extra, *self.lost})

    def as_json(self, columns=None):
        """Return the row as JSON can hold it; a password's text is never written anywhere, whatever its table."""
        columns = self.raw if columns is None else columns
        chosen = {column: values.json_value(value) for column, value in self.raw.items() if column in columns}
        for column in self.layout.passwords & chosen.keys():
            if not self.password_is_hash(chosen[column]):
                chosen[column] = values.LEFT_OUT
        return chosen

    @staticmethod
    def password_is_hash(written):
        return written is None or (isinstance(written, str) and values.stored_password(written) is not None)


def read(table, meanings=None, *, replace_invalid=False):
    """Yield each row of a table as a Row, in order of id; a second row with an id has a problem."""
    layout = Layout(table)
    columns = None if meanings is None else layout.columns_of("id", *meanings)
    previous = None
    for raw in table.rows(columns):
        row = Row(layout, raw, replace_invalid=replace_invalid)
        if layout.is_keyed:
            if not values.is_usable_id(row.id):
                row = Row(layout, raw, Reason.ID_UNUSABLE, replace_invalid=replace_invalid)
            elif row.id == previous:
                row = Row(layout, raw, Reason.ID_TWICE, replace_invalid=replace_invalid)
            else:
                previous = row.id
        yield row
