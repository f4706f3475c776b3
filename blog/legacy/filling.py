"""Fills an empty database: what must happen around the COPY so that the tables are as if they had grown."""

from contextlib import contextmanager

from blog.legacy.postgresql import GROUPS, MEMBERS

FILLED = ("auth_group", "accounts_user", "accounts_user_groups", "blog_post", "blog_comment")
# In order of id, as they come: a rolled back nextval() would leave a gap.
ADD_GROUPS = f"""
INSERT INTO auth_group (id, name)
SELECT coalesce((SELECT max(id) FROM auth_group), 0) + row_number() OVER (ORDER BY name), name
FROM {GROUPS} WHERE name NOT IN (SELECT name FROM auth_group)
"""
# A group that is here already, with rights, must not give them to strangers.
TAKE_RIGHTS = f"""
DELETE FROM auth_group_permissions
WHERE group_id IN (SELECT id FROM auth_group JOIN {GROUPS} USING (name))
"""
ADD_MEMBERS = f"""
INSERT INTO accounts_user_groups (id, user_id, group_id)
SELECT coalesce((SELECT max(id) FROM accounts_user_groups), 0) + row_number() OVER (ORDER BY user_id, name),
       user_id, auth_group.id
FROM {MEMBERS} JOIN auth_group USING (name)
"""
SEARCH_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
WHERE amname = 'gin' AND indrelid IN ('blog_post'::regclass, 'blog_comment'::regclass)
ORDER BY 1
"""
MEMORY = "256MB"  # of PostgreSQL's, for making an index: with its usual 64 MB that takes half as long again


@contextmanager
def search_indexes_made_last(cursor, progress):
    """Take the search indexes away and make them again at the end: together that is faster than row by row."""
    indexes = cursor.execute(SEARCH_INDEXES).fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
    for _name, definition in progress(indexes, "search indexes", len(indexes), unit=" indexes"):
        cursor.execute(definition)


def join_groups(cursor):
    """Make the new groups, without rights, and put the accounts into theirs."""
    for statement in (ADD_GROUPS, TAKE_RIGHTS, ADD_MEMBERS):
        cursor.execute(statement)


def set_sequences(cursor):
    """Let each table's ids go on after the highest. Not by setval(), which a rollback does not undo."""
    for table in FILLED:
        (highest,) = cursor.execute(f"SELECT max(id) FROM {table}").fetchone()
        if highest is not None:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {highest + 1}")
