"""The promise for any old file: each row is here or reported, importing twice changes nothing, what differs shows."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.legacy_any import any_files
from blog.tests.legacy_databases import ask, contents, drop_foreign_keys, next_ids
from blog.tests.legacy_files import old_file
from blog.tests.legacy_moves import bring, move, verify

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("folder"),
    pytest.mark.filterwarnings("ignore:No fixture data found"),  # of a file without a row to move
]
TOLERANT = ("--replace-invalid", "--merge-duplicate-emails")
TABLES = {"users": User, "posts": Post, "comments": Comment}
FEW = hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(file):
    schemas, tables = file
    Path("old.db").unlink(missing_ok=True)
    return old_file(Path("old.db"), schemas, **tables)


@FEW
@given(any_files())
def test_it_is_imported_as_its_fixture_is_loaded_and_a_second_time_changes_nothing(file):
    path = written(file)

    with transaction.atomic():
        report, imported = bring(path, *TOLERANT), (contents(), next_ids())
        here = {
            name: model.objects.exclude(email="former-member@legacy.invalid").count()
            if model is User
            else model.objects.count()
            for name, model in TABLES.items()
        }
        again, kept = bring(path, *TOLERANT), (contents(), next_ids())
        transaction.set_rollback(True)
    with transaction.atomic():
        move(path, *TOLERANT)
        loaded = contents(), next_ids()
        transaction.set_rollback(True)

    counts = {name: report["tables"].get(name, {"imported": 0})["imported"] for name in TABLES}
    assert counts == here
    assert {table: found["found"] for table, found in report["tables"].items()} == {
        table: len(rows) for table, rows in file[1].items()
    }
    assert all(found["found"] == found["imported"] + found["set_aside"] for found in report["tables"].values())
    assert imported == loaded == kept
    assert (report["result"], again["result"]) == ("imported", "unchanged" if any(here.values()) else "imported")


def change_a_value(dice):
    """Change one value of one row and return how its line begins; None where there is no row."""
    rows = [row for model in TABLES.values() for row in model.objects.order_by("pk")]
    if not rows:
        return None
    row = dice.draw(st.sampled_from(rows))
    meta = row._meta
    # What a password may be is in test_verify_sqlite.py. Of a post its HTML is compared, not its renderer's number.
    left_out = ("password", "renderer")
    fields = [field for field in meta.concrete_fields if not field.generated and field.name not in left_out]
    field = dice.draw(st.sampled_from(fields))
    value = other(field, getattr(row, field.attname), dice)
    drop_foreign_keys()
    type(row).objects.filter(pk=row.pk).update(**{field.attname: value})
    return f"{meta.db_table} {row.pk}: {field.name}: the file says "


def other(field, value, dice):
    """Return a value of a field's type that is not the one it has."""
    kind = field.db_type(connection)
    if kind == "timestamp with time zone":
        return dice.draw(st.datetimes(timezones=st.just(ask("SELECT now()")[0][0].tzinfo)).filter(lambda d: d != value))
    if kind == "boolean":
        return not value
    if kind.startswith(("smallint", "integer", "bigint")):
        return dice.draw(st.integers(1000, 9999).filter(lambda number: number != value))
    if field.choices:
        return dice.draw(st.sampled_from([choice for choice, _label in field.choices if choice != value]))
    letters = st.characters(codec="utf-8", exclude_characters="\0")
    wanted = st.text(letters, min_size=1, max_size=min(field.max_length or 999, 60)).map(lambda text: "x" + text[1:])
    return dice.draw(wanted.filter(lambda text: text != value))


def delete_a_row(dice):
    rows = [row for model in TABLES.values() for row in model.objects.order_by("pk")]
    if not rows:
        return None
    row = dice.draw(st.sampled_from(rows))
    drop_foreign_keys()
    type(row).objects.filter(pk=row.pk)._raw_delete("default")
    return f"{row._meta.db_table} {row.pk}: id: the file says a row, here is nothing"


def add_a_row(dice):
    add = dice.draw(st.sampled_from([UserFactory, PostFactory, CommentFactory, TagFactory]))
    row = add()
    return f"{row._meta.db_table} {row.pk}: id: the file says nothing, here is a row"


def add_a_right(dice):
    """Give an account a group, or a group of the file rights."""
    accounts = list(User.objects.exclude(groups__name="Editors").order_by("pk"))
    if not accounts:
        return None
    account = dice.draw(st.sampled_from(accounts))
    if dice.draw(st.booleans()):
        account.groups.add(Group.objects.get(name="Editors"))
        return f"accounts_user {account.pk}: groups: the file says "
    account.user_permissions.add(Permission.objects.first())
    return "accounts_user_user_permissions "


def set_a_sequence_back(dice):
    tables = [model._meta.db_table for model in TABLES.values() if model.objects.exists()]
    if not tables:
        return None
    table = dice.draw(st.sampled_from(tables))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH 1")
    return f"{table}: the next id is 1, but "


DAMAGES = [change_a_value, delete_a_row, add_a_row, add_a_right, set_a_sequence_back]


@FEW
@given(any_files(), st.sampled_from(DAMAGES), st.data())
def test_no_difference_is_found_until_one_thing_is_damaged_in_a_random_place(capsys, file, damage, dice):
    path = written(file)
    with transaction.atomic():
        bring(path, *TOLERANT)
        sound = verify(path, capsys)
        begins = damage(dice)
        lines, error = verify(path, capsys)
        transaction.set_rollback(True)

    assert sound == ([], "")
    if begins:
        assert any(line.startswith(begins) for line in lines)
        assert "difference" in error
