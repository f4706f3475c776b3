from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError
from django.db import transaction

from accounts.models import User
from blog.legacy import importing
from blog.markdown import RENDERER
from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, UserFactory
from blog.tests.legacy_databases import ask, contents, next_ids
from blog.tests.legacy_files import comment, old_file, post, small_file, user
from blog.tests.legacy_generations import GENERATIONS
from blog.tests.legacy_moves import bring, move, verify

pytestmark = [
    pytest.mark.usefixtures("folder"),
    pytest.mark.filterwarnings("ignore:No fixture data found"),  # of a file without a row to move
]
UNCHANGED = "Nothing to do: every row that the file gives is in the database already, and equal.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("generation", GENERATIONS)
def test_both_ways_end_in_equal_databases_and_say_the_same(generation):
    schemas, tables = generation()
    path = old_file(Path("old.db"), schemas, **tables)

    with transaction.atomic():
        imported = bring(path), contents(), next_ids()
        transaction.set_rollback(True)
    loaded = move(path)[0], contents(), next_ids()

    assert imported[1:] == loaded[1:]
    assert imported[0].pop("command") == "import_sqlite"
    assert loaded[0].pop("command") == "dump_sqlite"
    assert imported[0] == loaded[0]


@pytest.mark.django_db
def test_the_next_ids_follow_the_highest():
    bring(small_file())

    assert User.objects.create_user("new@example.com").pk == 4
    assert Post.objects.next_id() == 8
    assert Comment.objects.create(post_id=7, author_id=3, body="new").pk == 10


@pytest.mark.django_db
def test_a_dry_run_reports_all_and_keeps_nothing(capsys):
    before = contents(), next_ids()

    report = bring(small_file(), "--dry-run", verbosity=1)

    assert (contents(), next_ids()) == before
    assert (report["dry_run"], report["result"], report["complete"]) == (True, "imported", True)
    assert report["tables"]["comments"]["imported"] == 1
    said = capsys.readouterr().out
    assert "Nothing is missing" in said
    assert said.endswith("This was a dry run: the database is as it was.\n")


@pytest.mark.django_db
def test_a_second_import_has_nothing_to_do(capsys):
    path = small_file()
    first = bring(path)
    before = contents()

    second = bring(path, verbosity=1)

    assert (first["result"], second["result"]) == ("imported", "unchanged")
    assert first["tables"] == second["tables"]
    assert contents() == before
    assert capsys.readouterr().out.endswith(UNCHANGED)


@pytest.mark.django_db
def test_posts_that_another_renderer_made_are_equal_as_long_as_their_html_is(capsys):
    path = small_file()
    bring(path)
    Post.objects.update(renderer=RENDERER + 1)

    assert bring(path)["result"] == "unchanged"
    assert verify(path, capsys) == ([], "")
    Post.objects.update(body_html="<p>another</p>")
    assert "body_html" in verify(path, capsys)[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda: Comment.objects.update(body="changed"),
        lambda: Post.objects.update(title="Changed"),
        lambda: Post.objects.update(published_at=None),
        lambda: Comment.objects.all().delete(),
        lambda: User.objects.update(is_staff=True),
        lambda: User.objects.get().groups.clear(),
        lambda: Group.objects.get(name="gardener").delete(),
        lambda: Group.objects.get(name="gardener").permissions.add(1),
    ],
)
def test_a_row_that_is_missing_or_differs_stops_a_second_import(change):
    path = old_file(
        Path("old.db"),
        users=[user(3)],
        posts=[post(7, user=3)],
        comments=[comment(9, post=7, user=3)],
        roles=[{"id": 1, "name": "gardener"}],
        user_roles=[{"id": 1, "user": 3, "role": 1}],
    )
    bring(path)
    change()
    before = contents()

    with pytest.raises(CommandError, match=r"not empty .* Nothing was written\. .*createdb"):
        bring(path)

    assert contents() == before


@pytest.mark.django_db
def test_rows_of_others_beside_the_files_own_leave_nothing_to_do():
    path = small_file()
    bring(path)
    CommentFactory(post=Post.objects.get(), author=User.objects.get())

    assert bring(path)["result"] == "unchanged"


@pytest.mark.django_db
def test_a_database_that_is_not_empty_is_left_as_it_is_in_one_line():
    UserFactory()
    before = contents()

    with pytest.raises(CommandError) as error:
        bring(small_file())

    assert "it holds 1 accounts, 0 posts, 0 comments" in str(error.value)
    assert "1 rows of accounts_user, 1 rows of blog_post, 1 rows of blog_comment are not in it" in str(error.value)
    assert "\n" not in str(error.value)
    assert contents() == before
    assert [file.name for file in Path().iterdir()] == ["old.db"]


@pytest.mark.django_db
def test_a_group_that_is_here_already_keeps_no_rights_that_old_members_would_get():
    group = Group.objects.create(name="gardener")
    group.permissions.add(1)
    path = old_file(
        Path("old.db"),
        users=[user(1)],
        roles=[{"id": 1, "name": "gardener"}],
        user_roles=[{"id": 1, "user": 1, "role": 1}],
    )

    bring(path)

    assert list(User.objects.get().groups.all()) == [group]
    assert not group.permissions.exists()


def test_a_bar_for_each_table_shows_unless_asked_not_to(transactional_db, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    bring(small_file(), verbosity=1)

    said = capsys.readouterr().err
    assert all(f"{table}: 100%" in said for table in ("users", "posts", "comments", "indexes and keys"))


@pytest.mark.django_db
def test_the_roles_limits_are_not_for_imports(monkeypatch):
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    for limit in limits:
        ask(f"SELECT set_config('{limit}', '9s', true)")
    seen = []
    monkeypatch.setattr(importing, "wait_for_turn", lambda say: seen.extend(ask(f"SHOW {limit}") for limit in limits))

    bring(small_file())

    assert seen == [[("0",)], [("0",)]]
