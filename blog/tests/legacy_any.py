"""Strategies of hypothesis: old files with anything in them."""

from hypothesis import strategies as st

from blog.legacy.rows import COLUMNS
from blog.tests.test_legacy_values import ANY_VALUE

UNKNOWN = {
    "users": ("username", "reset_password_key"),
    "posts": ("mood",),
    "comments": ("likes",),
    "roles": ("description",),
    "user_roles": ("assigned_at", "assigned_by"),
    "auth_groups": ("description",),
    "auth_memberships": (),
    "auth_events": ("id", "client_ip", "origin"),
    "weather": ("sky", "x y"),
}
LIKELY = st.sampled_from([1, 2, 3, b"2", 3.0, None, "doc@example.com", "2020-01-02 03:04:05", "admin", "author"])
MOST = 4  # rows of a table


@st.composite
def any_files(draw):
    """Return (schemas, tables) for old_file().

    Any generation: some of the tables, most of their columns under one of the names that they had, in any order, with
    anything in them; now and then with a key as SQLite has it.
    """
    chosen = draw(st.sets(st.sampled_from(sorted(UNKNOWN)))) | {draw(st.sampled_from(["posts", "users"]))}
    schemas, tables = {}, {}
    for table in sorted(chosen):
        needed = {"email", "password"} if table == "users" and "posts" not in chosen else set()
        columns = draw(columns_of(table, needed))
        has_key = "id" in columns and draw(st.booleans())
        values = dict.fromkeys(columns, LIKELY | ANY_VALUE)
        rows = draw(st.lists(st.fixed_dictionaries(values), max_size=MOST))
        if has_key:
            ids = draw(st.sets(st.integers(-1, 9) | st.integers(-(2**63), 2**63 - 1), min_size=MOST))
            rows = [row | {"id": id} for row, id in zip(rows, ids, strict=False)]
        types = {"id": " INTEGER PRIMARY KEY"} if has_key else {}
        schemas[table] = ", ".join(f'"{column}"{types.get(column, "")}' for column in columns)
        tables[table] = rows
    return schemas, tables


@st.composite
def columns_of(draw, table, needed):
    """Return the names of a table's columns, those needed among them, in any order."""
    known = COLUMNS.get(table, {})
    left_out = draw(st.sets(st.sampled_from(sorted(known)), max_size=2)) - needed if known else ()
    names = [draw(st.sampled_from(names)) for meaning, names in known.items() if meaning not in left_out]
    return draw(st.permutations([*names, *UNKNOWN[table]])) or ["nothing"]
