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
# Not those of primary keys and unique columns: they are needed all along.
INDEXES = """
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid IN ('blog_post'::regclass, 'blog_comment'::regclass)
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indexrelid
"""
FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid IN ('blog_post'::regclass, 'blog_comment'::regclass)
ORDER BY oid
"""


@contextmanager
def indexes_made_last(cursor, progress):
    """Take the indexes and the foreign keys away and make them again at the end: that is faster than row by row."""
    taken = cursor.execute(FOREIGN_KEYS).fetchall() + cursor.execute(INDEXES).fetchall()
    for drop, _make in taken:
        cursor.execute(drop)
    yield
    taken.reverse()  # the indexes first: they help to check the keys
    for _drop, make in progress(taken, "indexes and keys", len(taken), unit=""):
        cursor.execute(make)


def join_groups(cursor):
    """Make the new groups, without rights, and put the accounts into theirs."""
    for statement in (ADD_GROUPS, TAKE_RIGHTS, ADD_MEMBERS):
        cursor.execute(statement)
    for moment in ("IMMEDIATE", "DEFERRED"):  # checked now: with checks to come a table can't be altered
        cursor.execute(f"SET CONSTRAINTS ALL {moment}")


def set_sequences(cursor):
    """Let each table's ids go on after the highest. Not by setval(), which a rollback does not undo."""
    for table in FILLED:
        (highest,) = cursor.execute(f"SELECT max(id) FROM {table}").fetchone()
        if highest is not None:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {highest + 1}")
