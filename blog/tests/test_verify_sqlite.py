from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection

from accounts.hashers import EmmettPBKDF2Hasher, EmmettPBKDF2WrappedHasher
from accounts.models import User
from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.legacy_databases import ask, drop_foreign_keys
from blog.tests.legacy_files import PASSWORD, comment, old_file, old_hash, post, user
from blog.tests.legacy_generations import GENERATIONS
from blog.tests.legacy_moves import verify

pytestmark = [pytest.mark.usefixtures("folder"), pytest.mark.django_db]
SALT = old_hash().split("$")[1]


def moved_file(name="old.db"):
    """Write a file with a bit of everything and import it; returns its path."""
    path = old_file(
        Path(name),
        users=[user(1), user(2), user(3, password="in the clear")],
        posts=[post(5, text="some words " * 30), post(6, user=2), post(7, date=None)],
        comments=[comment(8, post=5), comment(9, post=6, user=2), comment(10, post=6, user=77)],
        roles=[{"id": 1, "name": "gardener"}, {"id": 2, "name": "author"}],
        user_roles=[{"id": 1, "user": 2, "role": 1}, {"id": 2, "user": 2, "role": 2}],
    )
    call_command("import_sqlite", path, verbosity=0)
    return path


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_was_imported_does_not_differ(generation, capsys):
    schemas, tables = generation()
    path = old_file(Path("old.db"), schemas, **tables)
    call_command("import_sqlite", path, verbosity=0)

    call_command("verify_sqlite", path)

    said = capsys.readouterr().out
    assert said.endswith("No difference: the database holds what the file gives, and nothing else.\n")
    assert f"posts: {len(tables['posts']):,} rows in the file" in said


def test_every_table_of_the_file_is_counted(capsys):
    tables = {"users": [user(1)], "posts": [post(5), post(6)], "comments": [comment(8, post=5), comment(9, post=77)]}
    tables |= {"roles": [{"id": 1, "name": "viewer"}], "oauth_tokens": [{"id": 1}, {"id": 2}, {"id": 3}]}
    path = old_file(Path("old.db"), **tables)
    call_command("import_sqlite", path, verbosity=0)

    call_command("verify_sqlite", path)

    assert capsys.readouterr().out.splitlines()[:-1] == [
        "roles: 1 rows in the file, compared as rights",
        "user_roles: 0 rows in the file, compared as rights",
        "auth_groups: 0 rows in the file, compared as rights",
        "auth_memberships: 0 rows in the file, compared as rights",
        "users: 1 rows in the file, 1 compared, 0 set aside",
        "posts: 2 rows in the file, 2 compared, 0 set aside",
        "comments: 2 rows in the file, 1 compared, 1 set aside",
        "oauth_tokens: 3 rows in the file, no place here",
    ]


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (
            lambda: Comment.objects.filter(pk=9).delete(),
            "blog_comment 9: id: the file says a row, here is nothing",
        ),
        (
            lambda: CommentFactory(pk=4, post=Post.objects.get(pk=5), author=User.objects.get(pk=1)),
            "blog_comment 4: id: the file says nothing, here is a row",
        ),
        (
            lambda: UserFactory(pk=99, email="new@example.com"),
            "accounts_user 99: id: the file says nothing, here is a row",
        ),
        (
            lambda: Post.objects.filter(pk=5).update(body="some words " * 29 + "some wordz "),
            "blog_post 5: body: the file says …'words some words ', here is …'words some wordz '",
        ),
        (
            lambda: Post.objects.filter(pk=7).update(published_at="2020-01-02T03:04:05Z"),
            "blog_post 7: published_at: the file says empty, here is 2020-01-02 03:04:05+00:00",
        ),
        (
            lambda: User.objects.get(pk=2).groups.remove(Group.objects.get(name="gardener")),
            "accounts_user 2: groups: the file says ['Authors', 'gardener'], here is ['Authors']",
        ),
        (
            lambda: User.objects.get(pk=1).groups.add(Group.objects.get(name="Editors")),
            "accounts_user 1: groups: the file says [], here is ['Editors']",
        ),
        (
            lambda: Group.objects.filter(name="gardener").update(name="gardeners"),
            "auth_group 'gardener': name: the file says a group, here is nothing",
        ),
        (
            lambda: Group.objects.get(name="gardener").permissions.add(Permission.objects.get(codename="add_group")),
            "auth_group 'gardener': permissions: the file says nothing, here is 'add_group'",
        ),
        (
            lambda: Group.objects.get(name="Moderators").permissions.remove(
                Permission.objects.get(codename="view_comment")
            ),
            "auth_group 'Moderators': permissions: the file says 'view_comment', here is nothing",
        ),
        (
            lambda: User.objects.filter(email="former-member@legacy.invalid").update(is_active=True),
            "accounts_user 4: is_active: the file says False, here is True",
        ),
        (
            lambda: run("ALTER TABLE blog_post ALTER COLUMN id DROP IDENTITY"),
            "blog_post: nothing counts its ids any more",
        ),
        (
            lambda: run("DROP INDEX blog_comment_words"),
            "blog_comment: blog_comment_words is missing",
        ),
        (
            lambda: run("ALTER TABLE blog_post DROP CONSTRAINT blog_post_title_not_empty"),
            "blog_post: blog_post_title_not_empty is missing",
        ),
        (
            lambda: run("ALTER TABLE blog_post DROP CONSTRAINT blog_post_slug_key"),
            "blog_post: nothing keeps slug unique",
        ),
        (
            lambda: run("ALTER TABLE blog_post ALTER COLUMN search DROP EXPRESSION"),
            "blog_post: search is not generated any more",
        ),
        (
            drop_foreign_keys,
            "blog_comment: the foreign key of post_id is missing",
        ),
        (
            lambda: run("SELECT setval('blog_post_id_seq', 5)"),
            "blog_post: the next id is 6, but 7 is taken",
        ),
        (
            lambda: (drop_foreign_keys(), run("UPDATE blog_comment SET parent_id = 1234 WHERE id = 9")),
            "blog_comment 9: parent: the file says a row that exists, here is 1234, which does not",
        ),
        (
            lambda: (drop_foreign_keys(), run("DELETE FROM accounts_user WHERE id = 2")),
            "blog_comment 9: author: the file says a row that exists, here is 2, which does not",
        ),
    ],
)
def test_what_differs_is_one_line(damage, line, capsys):
    path = moved_file()
    assert verify(path, capsys) == ([], "")
    damage()

    lines, error = verify(path, capsys)

    assert line in lines
    assert "verify before the site opens" in error


def test_a_value_that_cannot_be_read_ends_it_in_one_line(capsys):
    path = moved_file()
    run("UPDATE blog_post SET created_at = 'infinity' WHERE id = 5")

    _lines, error = verify(path, capsys)

    assert error.startswith("PostgreSQL cannot be compared: timestamp too large")
    assert "\n" not in error


def test_an_account_with_the_number_of_a_former_member_that_nobody_needs_is_a_difference(capsys):
    path = old_file(Path("old.db"), users=[user(1)])
    call_command("import_sqlite", path, verbosity=0)
    UserFactory(email="new@example.com")

    lines, error = verify(path, capsys)

    assert lines == ["accounts_user 2: id: the file says nothing, here is a row"]
    assert error.startswith("1 difference. ")


def test_tags_and_rights_that_no_file_gives_are_differences(capsys):
    path = moved_file()
    TagFactory(pk=3)
    User.objects.get(pk=1).user_permissions.add(Permission.objects.first())

    lines, error = verify(path, capsys)

    assert "blog_tag 3: id: the file says nothing, here is a row" in lines
    assert error.startswith("2 differences. ")


def stored(password=PASSWORD, salt=SALT):
    return EmmettPBKDF2Hasher().encode(password, salt)


def wrapped(password=PASSWORD, salt=SALT):
    return EmmettPBKDF2WrappedHasher().wrap(stored(password, salt), "newsalt", 7)


@pytest.mark.parametrize(
    ("pk", "password", "difference"),
    [
        (1, wrapped(), None),
        (1, PBKDF2PasswordHasher().encode("new", "salt", 1), None),
        (3, PBKDF2PasswordHasher().encode("new", "salt", 1), None),
        (3, "!anything", None),
        (1, "!anything", "the file says an old hash, here is none that is usable"),
        (1, wrapped(salt="other"), "the file says an old hash, here is another wrapped hash"),
        (1, wrapped("another password"), "the file says an old hash, here is another wrapped hash"),
        (1, wrapped()[:-1], "the file says an old hash, here is another wrapped hash"),
        (1, wrapped().replace("$7$", "$8$"), "the file says an old hash, here is another wrapped hash"),
        (1, wrapped().replace("$7$", "$99999999999$"), "the file says an old hash, here is another wrapped hash"),
        (1, "emmett_pbkdf2_wrapped$x", "the file says an old hash, here is another wrapped hash"),
        (1, stored("another password"), "the file says an old hash, here is another old hash"),
        (1, f"emmett_pbkdf2$2000,20,sha512${SALT}$0000", "the file says an old hash, here is another old hash"),
        (1, "in the clear", "the file says an old hash, here is something that is no hash"),
        (1, "pbkdf2_sha256$x", "the file says an old hash, here is something that is no hash"),
        (3, wrapped(), "the file says none that is usable, here is another wrapped hash"),
        (3, "in the clear", "the file says none that is usable, here is something that is no hash"),
        (3, "", "the file says none that is usable, here is something that is no hash"),
    ],
)
def test_a_password_is_the_old_hash_its_wrapped_form_or_djangos_own_and_never_shown(pk, password, difference, capsys):
    path = moved_file()
    User.objects.filter(pk=pk).update(password=password)

    lines, _error = verify(path, capsys)

    assert lines == ([f"accounts_user {pk}: password: {difference}"] if difference else [])


def test_the_first_twenty_are_shown_and_all_counted(capsys):
    path = old_file(Path("old.db"), users=[user(1)], posts=[post(id) for id in range(1, 31)])
    call_command("import_sqlite", path, verbosity=0)
    Post.objects.update(words=1)

    lines, error = verify(path, capsys)

    assert len(lines) == 20
    assert error.startswith("30 differences, the first 20 above. ")


def test_a_row_that_the_copying_lost_or_spoiled_shows(monkeypatch, capsys):
    from blog.legacy.postgresql import Tables

    def write(self, model, pk, fields):
        if pk != 6:
            whole(self, model, pk, fields | {"body": fields["body"][:9]} if "body" in fields else fields)

    whole = Tables.write
    monkeypatch.setattr(Tables, "write", write)
    path = old_file(Path("old.db"), users=[user(1)], posts=[post(5, text="a long text"), post(6), post(7)])
    call_command("import_sqlite", path, verbosity=0)

    lines, _error = verify(path, capsys)

    assert lines == [
        "blog_post 5: body: the file says 'a long text', here is 'a long te'",
        "blog_post 6: id: the file says a row, here is nothing",
    ]


def test_another_file_or_an_empty_database_differs(capsys):
    path = old_file(Path("old.db"), users=[user(1)], posts=[post(5)])
    PostFactory(pk=900, author=UserFactory(pk=800, email="new@example.com"))

    lines, _error = verify(path, capsys)

    assert lines[:4] == [
        "accounts_user 1: id: the file says a row, here is nothing",
        "accounts_user 800: id: the file says nothing, here is a row",
        "blog_post 5: id: the file says a row, here is nothing",
        "blog_post 900: id: the file says nothing, here is a row",
    ]


def test_the_roles_limits_do_not_end_it(capsys):
    path = moved_file()
    ask("SELECT set_config('statement_timeout', '9s', true)")

    assert verify(path, capsys) == ([], "")
    assert ask("SHOW statement_timeout") == [("0",)]


def test_a_file_that_is_no_bloggys_is_one_line(capsys):
    Path("old.db").write_bytes(b"no database")

    assert verify(Path("old.db"), capsys) == ([], "old.db is not a SQLite file.")
