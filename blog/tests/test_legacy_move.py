import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.core.management import CommandError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from accounts.models import User
from blog.models import Comment, Post
from blog.tests.legacy_any import any_files
from blog.tests.legacy_files import PASSWORD, bad_text, comment, old_file, post, reasons, user
from blog.tests.legacy_moves import dump, keys, move

WHEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_accounts_posts_and_comments_keep_their_ids_and_the_next_ones_follow(folder):
    path = old_file(
        folder / "old.db",
        users=[user(3), user(40)],
        posts=[post(5, user=3), post(26, user=40, text="a\n*b*")],
        comments=[comment(8, post=26, user=3, text="<b>")],
    )

    report, rest = move(path)

    assert list(User.objects.order_by("id").values_list("id", "email")) == [
        (3, "user3@example.com"),
        (40, "user40@example.com"),
    ]
    posted = Post.objects.get(pk=26)
    assert (posted.author_id, posted.title, posted.slug, posted.body) == (40, "Post 26", "post-26", "a\n*b*")
    assert posted.published_at == posted.created_at == posted.updated_at == WHEN
    assert (posted.body_html, posted.words, posted.excerpt, posted.version) == ("<p>a<br>*b*</p>", 2, "a *b*", 1)
    commented = Comment.objects.get(pk=8)
    assert (commented.post_id, commented.author_id, commented.body_html) == (26, 3, "<p>&lt;b&gt;</p>")
    assert User.objects.create_user("new@example.com").pk == 41
    assert Post.objects.next_id() == 27
    assert Comment.objects.create(post=posted, author_id=3, body="new").pk == 9
    assert (reasons(report), rest) == ([], [])


@pytest.mark.django_db
def test_an_old_password_logs_in_and_is_renewed(folder, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    path = old_file(folder / "old.db", users=[user(1, email="doc@emmettbrown.com"), user(2, password=PASSWORD)])

    move(path)

    assert authenticate(username="Doc@EmmettBrown.com", password="wrong") is None
    assert authenticate(username="doc@emmettbrown.com", password=PASSWORD).pk == 1
    assert User.objects.get(pk=1).password.startswith("pbkdf2_sha256$")
    assert authenticate(username="doc@emmettbrown.com", password=PASSWORD).pk == 1
    assert authenticate(username="user2@example.com", password=PASSWORD) is None
    assert not User.objects.get(pk=2).has_usable_password()


@pytest.mark.django_db
def test_an_old_address_leads_to_the_post(folder, client):
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(42, title="Ünder <b>", text="<script>alert(1)")])
    move(path)

    redirect = client.get("/post/42")
    page = client.get(redirect["Location"])

    assert (redirect.status_code, redirect["Location"]) == (301, "/post/%C3%BCnder-b/")
    assert b"&lt;script&gt;alert(1)" in page.content
    assert b"<script>" not in page.content


@pytest.mark.django_db
def test_roles_become_rights_and_groups(folder):
    schemas = {"user_roles": "role_id, assigned_by, user_id", "auth_groups": "description, role, id"}
    names = ("admin", "moderator", "author", "viewer", "gardener", "Editors")
    path = old_file(
        folder / "old.db",
        schemas,
        users=[user(id) for id in range(1, 9)],
        roles=[{"id": id, "name": name} for id, name in enumerate(names, 1)],
        user_roles=[{"user_id": id, "role_id": id} for id in range(1, 7)],
        auth_groups=[{"id": 9, "role": "admin"}],
        auth_memberships=[{"id": 1, "user": 7, "auth_group": 9}],
    )

    move(path)

    accounts = User.objects.order_by("id").prefetch_related("groups")
    assert [(a.pk, a.is_superuser, a.is_staff, [g.name for g in a.groups.all()]) for a in accounts] == [
        (1, True, True, []),
        (2, False, True, ["Moderators"]),
        (3, False, True, ["Authors"]),
        (4, False, False, []),
        (5, False, False, ["gardener"]),
        (6, False, False, ["Editors (old)"]),
        (7, True, True, []),
        (8, False, False, []),
    ]
    assert not Group.objects.filter(name__in=["gardener", "Editors (old)"], permissions__isnull=False).exists()
    assert User.objects.get(pk=3).has_perm("blog.add_post")


@pytest.mark.django_db
def test_what_nobody_wrote_belongs_to_an_inactive_former_member(folder):
    path = old_file(
        folder / "old.db",
        users=[user(1), user(7), user(2**62 + 1)],
        posts=[post(1, user=99), post(2)],
        comments=[comment(1, user=None), comment(2, post=99), comment(3, user=2**62 + 1)],
    )

    report, _rest = move(path)

    former = User.objects.get(email="former-member@legacy.invalid")
    assert (former.pk, former.public_name, former.is_active) == (8, "Former member", False)
    assert not former.has_usable_password()
    assert [post.author_id for post in Post.objects.order_by("id")] == [8, 1]
    assert list(Comment.objects.order_by("id").values_list("id", "author_id")) == [(1, 8), (3, 8)]
    assert reasons(report) == [
        ("users", 2**62 + 1, "id-unusable"),
        ("posts", 1, "author-missing"),
        ("comments", 1, "author-missing"),
        ("comments", 2, "post-missing"),
        ("comments", 3, "author-missing"),
    ]


@pytest.mark.django_db
def test_a_row_whose_id_cannot_be_a_key_is_set_aside_whole(folder):
    written = [None, 0, "five", 2**62 + 1, 2**62, "7", 7.0]
    path = old_file(folder / "old.db", {"posts": "id, title"}, posts=[{"id": id, "title": "A title"} for id in written])

    report, rest = move(path)

    assert list(Post.objects.order_by("id").values_list("id", flat=True)) == [7, 2**62]
    assert report["tables"]["posts"] == {"found": 7, "imported": 2, "changed": 2, "set_aside": 5}
    assert [(row["id"], row["reason"]) for row in report["rows"] if row["what"] == "set aside"] == [
        (None, "id-unusable"),
        (0, "id-unusable"),
        ("five", "id-unusable"),
        (7, "id-twice"),
        (2**62 + 1, "id-unusable"),
    ]
    assert [line["row"]["id"] for line in rest] == [None, 0, "five", 7, 2**62 + 1]
    assert all(line["row"]["title"] == "A title" for line in rest)


@pytest.mark.django_db
def test_posts_of_one_title_get_addresses_of_their_own_in_order_of_id(folder):
    titles = ["Same", "Same", "Same 2", "Same", "42", "日本", None]
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(i, title=t) for i, t in enumerate(titles, 1)])

    move(path)

    assert list(Post.objects.order_by("id").values_list("slug", flat=True)) == [
        *("same", "same-2", "same-2-2", "same-3", "post-5", "日本", "untitled")
    ]


@pytest.mark.django_db
def test_dates_of_every_kind_are_moved(folder):
    path = old_file(
        folder / "old.db",
        users=[user(1, created_at=None)],
        posts=[post(1, date="2019-05-06T07:08:09.123456"), post(2, date=None), post(3, date="2099-01-01 00:00:00")],
        comments=[comment(1, date="?", post=1), comment(2, date="?", post=2), comment(3, date="?", post=3)],
    )

    report, _rest = move(path)

    earliest, latest = datetime(2019, 5, 6, 7, 8, 9, 123456, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    draft = Post.objects.get(pk=2)
    assert Post.objects.get(pk=1).published_at == User.objects.get(pk=1).date_joined == earliest
    assert (draft.published_at, draft.created_at) == (None, earliest)
    assert [comment.created_at for comment in Comment.objects.order_by("id")] == [earliest, earliest, latest]
    assert [entry[2] for entry in reasons(report)] == ["no-date", "no-date", "future-date"] + ["no-date"] * 3


@pytest.mark.django_db
def test_a_comment_alone_can_be_what_nobody_in_the_file_wrote(folder):
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(1)], comments=[comment(1, user=5)])

    move(path)

    assert Comment.objects.get().author == User.objects.get(first_name="Former")


@pytest.mark.django_db
def test_duplicate_emails_are_merged_when_asked_for(folder):
    path = old_file(
        folder / "old.db",
        users=[user(1, email="doc@example.com"), user(2), user(3, email=" DOC@Example.com")],
        posts=[post(1, user=3)],
        comments=[comment(1, user=3)],
        auth_groups=[{"id": 1, "role": "admin"}],
        auth_memberships=[{"id": 1, "user": 3, "auth_group": 1}],
    )

    report, rest = move(path, "--merge-duplicate-emails")

    assert list(User.objects.order_by("id").values_list("id", "is_superuser")) == [(1, False), (2, False)]
    assert Post.objects.get().author_id == Comment.objects.get().author_id == 1
    assert ("users", 3, "email-duplicate") in reasons(report)
    assert {"table": "posts", "row": {"id": 1, "user": 3}} in rest


def test_duplicate_emails_are_an_error_that_names_both_rows(folder):
    path = old_file(folder / "old.db", users=[user(4, email="doc@example.com"), user(9, email="DOC@example.com")])

    with pytest.raises(CommandError, match=r"rows 4 and 9 .* --merge-duplicate-emails"):
        dump(path)

    assert [file.name for file in folder.iterdir()] == ["old.db"]


@pytest.mark.parametrize(("value", "what"), [(b"a\0b", "a NUL character"), (b"caf\xe9", "bytes that are not UTF-8")])
@pytest.mark.parametrize(("table", "column"), [("users", "email"), ("posts", "title"), ("comments", "text")])
def test_what_postgresql_cannot_hold_is_an_error_that_names_it(folder, table, column, value, what):
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(1)], comments=[comment(1)])
    with closing(sqlite3.connect(path)) as connection, connection:
        bad_text(connection, table, 1, column, value)

    with pytest.raises(CommandError, match=f"table {table}, row 1, column {column}: {what}"):
        dump(path)


@pytest.mark.django_db
def test_what_postgresql_cannot_hold_is_replaced_when_asked_for(folder):
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(1, text=b"caf\xe9 \0")])

    report, rest = move(path, "--replace-invalid")

    assert Post.objects.get().body == "caf\ufffd \ufffd"
    assert reasons(report) == [("posts", 1, "invalid-replaced")]
    assert rest == [{"table": "posts", "row": {"id": 1, "text": {"base64": "Y2Fm6SAA"}}}]


@pytest.mark.usefixtures("folder")
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_files())
def test_every_row_of_any_file_is_moved_or_set_aside(file):
    Path("old.db").unlink(missing_ok=True)
    schemas, tables = file
    path = old_file(Path("old.db"), schemas, **tables)

    report, rest, lines = dump(path, "--replace-invalid", "--merge-duplicate-emails")

    counts = report["tables"]
    assert {table: found["found"] for table, found in counts.items()} == {t: len(rows) for t, rows in tables.items()}
    assert all(found["found"] == found["imported"] + found["set_aside"] for found in counts.values())
    posts = counts["posts"]["imported"] if "posts" in counts else 0
    assert len(keys(lines, "blog.post")) == posts
    assert len({line["fields"]["slug"] for line in lines if line["model"] == "blog.post"}) == posts
    accounts = set(keys(lines, "accounts.user"))
    assert {line["fields"]["author"] for line in lines if "author" in line["fields"]} <= accounts
    assert report["complete"]
    assert len(rest) >= sum(found["set_aside"] for found in counts.values())
