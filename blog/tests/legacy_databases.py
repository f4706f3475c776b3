"""What a database holds, in a form that two of them can be compared by."""

from django.db import connection

TABLES = {
    "accounts_user": "*",
    "accounts_user_user_permissions": "user_id, permission_id",
    "auth_group": "name",  # the file has no ids for them
    "blog_post": "*",
    "blog_comment": "*",
    "blog_tag": "*",
    "blog_posttag": "*",
    "blog_postslug": "*",
}
MEMBERS = "SELECT user_id, name FROM accounts_user_groups JOIN auth_group ON auth_group.id = group_id ORDER BY 1, 2"
RIGHTS = (
    "SELECT name, permission_id FROM auth_group_permissions JOIN auth_group ON auth_group.id = group_id ORDER BY 1, 2"
)
NUMBERED = ("accounts_user", "blog_post", "blog_comment")
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"
CONSTRAINTS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
)


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def contents():
    """Return every row of the blog's tables, their indexes and their constraints."""
    rows = {table: sorted(ask(f"SELECT {columns} FROM {table}")) for table, columns in TABLES.items()}
    others = {"members": MEMBERS, "rights": RIGHTS, "indexes": INDEXES, "constraints": CONSTRAINTS}
    return rows | {name: ask(statement) for name, statement in others.items()}


def next_ids():
    """Return the next id of each table that has rows."""
    return {table: next_id(table) for table in NUMBERED if ask(f"SELECT EXISTS (SELECT FROM {table})")[0][0]}


def next_id(table):
    ((last, is_called),) = ask(f"SELECT last_value, is_called FROM {table}_id_seq")
    return last + is_called


def drop_foreign_keys():
    """Let anything be written, as if somebody had switched the constraints off."""
    found = ask("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f'")
    with connection.cursor() as cursor:
        for table, name in found:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
