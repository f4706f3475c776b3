"""The migrations, linted; and applied and reversed on filled tables, in a database of the test's own."""

import json
import shutil
import uuid
from pathlib import Path

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_migration_linter import MigrationLinter

from blog.models import Tag
from blog.tests.factories import CommentFactory, PostFactory, UserFactory
from bloggy.tests import databases

# What a schema consists of -> how PostgreSQL tells it.
CATALOG = {
    "columns": """
        SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attcollation,
               pg_get_expr(adbin, adrelid)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    """,
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "triggers": "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "configurations": """
        SELECT cfgname, cfgparser, maptokentype, mapseqno, mapdict::regdictionary::text
        FROM pg_ts_config LEFT JOIN pg_ts_config_map ON mapcfg = oid WHERE cfgnamespace = 'public'::regnamespace
    """,
}
ADDED_COLUMN = "migrations.AddField('post', 'mood', models.CharField(max_length=9, default='calm'))"
ONE_WAY_DATA = "migrations.RunPython(lambda apps, schema_editor: None)"
BAD = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("blog", "%s")]
    operations = [%s]
"""


def ask(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def schema():
    return {kind: sorted(ask(query), key=repr) for kind, query in CATALOG.items()}


def tables():
    return [name for name in connection.introspection.table_names() if name != "django_migrations"]


def rows():
    """Return each table's rows as dicts."""
    return {
        table: [json.loads(row) for (row,) in ask(f"SELECT to_jsonb(t)::text FROM {table} t")] for table in tables()
    }


def only(columns, rows):
    """Return what rows hold in some columns, in an order that depends on nothing else."""
    return sorted(json.dumps([row[column] for column in columns]) for row in rows)


def fill():
    """Put rows into every table."""
    call_command("seed_demo", posts=30, comments=60, verbosity=0)
    author = UserFactory(groups=["Authors"])
    author.user_permissions.add(Permission.objects.first())
    post = PostFactory(author=author, tags=2)
    post.slug = "moved"
    post.save()
    CommentFactory(post=post, parent=CommentFactory(post=post))
    LogEntry.objects.log_actions(author.pk, [post], ADDITION)
    SessionStore().create()
    assert {table for table, found in rows().items() if not found} == set()


@pytest.fixture
def filled(django_db_modify_db_settings, django_db_setup, django_db_blocker):
    """Lead this process, while a test runs, to a migrated database of the test's own with rows in every table."""
    base, shared = django_db_modify_db_settings, connection.settings_dict["NAME"]
    name = databases.prefix(base) + uuid.uuid4().hex[:12]
    with django_db_blocker.unblock(), databases.claimed(name, base, connection.get_connection_params()) as claim:
        claim.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        lead_to(name)
        try:
            call_command("migrate", verbosity=0)
            fill()
            yield
        finally:
            lead_to(shared)


def lead_to(database):
    connection.close()
    connection.settings_dict["NAME"] = database
    ContentType.objects.clear_cache()


def plan():
    """Return all migrations in the order in which they are applied."""
    executor = MigrationExecutor(connection)
    return [migration for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes(), True)]


def step(migration, back):
    MigrationExecutor(connection).migrate([], plan=[(migration, back)])


def test_everything_migrates_to_zero_and_back_on_filled_tables(filled):
    before = schema()

    for app in dict.fromkeys(migration.app_label for migration in reversed(plan())):
        call_command("migrate", app, "zero", verbosity=0)
    empty = {kind: [row for row in found if "django_migrations" not in repr(row)] for kind, found in schema().items()}
    call_command("migrate", verbosity=0)

    assert not any(empty.values())
    assert schema() == before


def test_each_migration_goes_back_and_forth_and_keeps_the_rows_of_the_tables_that_it_does_not_make(filled):
    for migration in reversed(plan()):
        before, schema_before = rows(), schema()

        step(migration, back=True)
        meanwhile = rows()
        step(migration, back=False)
        after = rows()

        assert schema() == schema_before, migration
        for table, found in meanwhile.items():
            assert found, (migration, table)
            columns = sorted(set(before[table][0]) & set(found[0]))
            assert only(columns, before[table]) == only(columns, found) == only(columns, after[table]), migration
        step(migration, back=True)
    assert tables() == []


def test_a_slug_that_has_no_address_is_named_before_anything_is_changed(filled):
    call_command("migrate", "blog", "0010", verbosity=0)
    tag = Tag.objects.first()
    Tag.objects.filter(pk=tag.pk).update(slug="two words")
    before = schema()

    with pytest.raises(CommandError, match=rf"blog_tag .*'two words' \({tag.pk}\)\. Give"):
        call_command("migrate", verbosity=0)

    assert schema() == before
    Tag.objects.filter(pk=tag.pk).update(slug="two-words")
    call_command("migrate", verbosity=0)


def lint():
    linter = MigrationLinter(no_cache=True, all_warnings_as_errors=True)
    linter.lint_all_migrations()
    return linter


@pytest.mark.django_db(transaction=True)  # an index made concurrently can't be looked at within one
def test_every_migration_passes_the_linter():
    linter = lint()

    assert linter.nb_valid == linter.nb_total >= 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", [ADDED_COLUMN, ONE_WAY_DATA], ids=["column without db_default", "one way"])
def test_the_linter_refuses_what_breaks_others_or_has_no_way_back(operation, tmp_path, monkeypatch, settings, capsys):
    from blog import migrations

    shutil.copytree(Path(migrations.__file__).parent, tmp_path / "worse")
    newest = max(path.stem for path in (tmp_path / "worse").glob("0*.py"))
    (tmp_path / "worse" / "9999_bad.py").write_text(BAD % (newest, operation))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"blog": "worse"}

    lint()

    assert "(blog, 9999_bad)... ERR" in capsys.readouterr().out
