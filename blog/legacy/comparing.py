"""Tells whether a database that is not empty holds already what a file gives, by joins and not row by row."""

from blog.legacy.moving import MODELS
from blog.legacy.postgresql import GROUPS, MEMBERS, Columns, make_temporary

PREFIX = "old_"  # of the temporary tables that take the file's rows
MISSING_GROUPS = f"""
SELECT count(*) FROM {GROUPS} WHERE NOT EXISTS (
  SELECT FROM auth_group WHERE name = {GROUPS}.name
  AND NOT EXISTS (SELECT FROM auth_group_permissions WHERE group_id = auth_group.id))
"""
MISSING_MEMBERS = f"""
SELECT count(*) FROM (
  SELECT user_id, name FROM {MEMBERS}
  EXCEPT SELECT user_id, name FROM accounts_user_groups JOIN auth_group ON auth_group.id = group_id) AS missing
"""


def make_tables(cursor):
    """Make temporary tables for the rows of a file, with the columns of the blog's."""
    for columns in map(Columns, MODELS.values()):
        contents = f"AS SELECT {columns.listed} FROM {columns.table} WITH NO DATA"
        make_temporary(cursor, PREFIX + columns.table, contents)


def missing(cursor):
    """Return how many rows of each temporary table are not in the blog's as they are, as a dict of names to numbers."""
    statements = {columns.table: missing_rows(columns) for columns in map(Columns, MODELS.values())}
    statements |= {"auth_group": MISSING_GROUPS, "accounts_user_groups": MISSING_MEMBERS}
    return {table: cursor.execute(statement).fetchone()[0] for table, statement in statements.items()}


def missing_rows(columns):
    """Return the statement that counts; a row is there if the one with its id is equal in every column.

    But for `renderer`, the version of what made a post's HTML: the HTML is compared itself.
    """
    names = [name for name in columns.names if name != "renderer"]
    theirs, ours = (", ".join(f"{table}.{name}" for name in names) for table in ("theirs", "ours"))
    return (
        f"SELECT count(*) FROM {PREFIX}{columns.table} AS theirs LEFT JOIN {columns.table} AS ours USING (id) "
        f"WHERE ({theirs}) IS DISTINCT FROM ({ours})"
    )
