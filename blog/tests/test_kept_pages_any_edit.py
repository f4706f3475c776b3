"""Whatever is changed, and however: the page that a reader gets is the one that would be made now."""

import threading
import time
from datetime import timedelta
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from blog import kept_pages
from blog.models import Comment, Post, PostSlug, PostTag, Tag
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.kept import forget

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FEW = hypothesis_settings(
    max_examples=10, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TABLES = "blog_comment, blog_posttag, blog_postslug, blog_tag, blog_post, accounts_user"
SOON = 0.03  # seconds
PAGES = ["/", "/tags/", "/archive/", "/archive/2024/", "/archive/2024/5/", "/sitemap.xml", "/sitemap/lists.xml"]
PAGES += ["/feed/", "/feed/rss/", "/feed.json", "/comments/feed/", "/sitemap/posts.xml?after=0-0"]
OF_POST = ["/post/{}/", "/post/{}.md", "/post/{}/feed/"]
OF_TAG = ["/tag/{}/", "/tag/{}/feed/"]
NO_SESSION = {"HTTP_COOKIE": f"sessionid={'a' * 32}"}  # its pages are filled, and always in the same way
handler = ClientHandler()


@pytest.fixture
def memory(settings):
    """Keep pages, and forget them afterwards."""
    settings.KEPT_PAGES_SIZE = 10_000_000
    yield
    forget()


def fill():
    """Begin anew: two posts of two authors, each with a tag and two comments, of which one is hidden; and a draft."""
    forget()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    for number in range(2):
        author = UserFactory(first_name="Ann", last_name=f"Number {number}")
        post = PostFactory(slug=f"post-{number}", author=author, published_at=NOON + timedelta(days=number))
        PostTag.objects.create(post=post, tag=TagFactory(name=f"Tag {number}", slug=f"tag-{number}"))
        for state in ("visible", "removed"):
            CommentFactory(post=post, author=author, state=state)
    PostFactory(draft=True, author=author)


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def changed(rows, n, **values):
    """Save one of the rows, if there is any, with other values."""
    if row := rows.order_by("pk")[n : n + 1].first():
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def deleted(rows, n):
    if row := rows.order_by("pk")[n : n + 1].first():
        row.delete()


def tagged(n, unique):
    post, tag = Post.objects.order_by("-pk").first(), Tag.objects.order_by("pk")[n : n + 1].first()
    if post and tag:
        PostTag.objects.get_or_create(post=post, tag=tag)


def commented(n, unique):
    if post := Post.objects.order_by("pk")[n : n + 1].first():
        CommentFactory(post=post, author=post.author, body=f"Words {unique}.")


def brought_by_copy(n, unique):
    with connection.cursor() as cursor, cursor.copy("COPY blog_tag (name, slug) FROM STDIN") as copy:
        copy.write_row((f"Copied {unique}", f"copied-{unique}"))
    tagged(Tag.objects.count() - 1, unique)


# What is done to the row of a number, with a number that no other edit has.
EDITS = {
    "create a post": lambda n, u: PostFactory(title=f"New {u}", slug=f"new-{u}", tags=n),
    "create a draft": lambda n, u: PostFactory(draft=True, title=f"Draft {u}", slug=f"draft-{u}"),
    "publish": lambda n, u: changed(Post.objects.filter(published_at=None), n, published_at=NOON),
    "withdraw": lambda n, u: changed(Post.objects, n, published_at=None),
    "schedule": lambda n, u: changed(Post.objects, n, published_at=timezone.now() + timedelta(seconds=SOON)),
    "date back": lambda n, u: changed(Post.objects, n, published_at=NOON - timedelta(days=40 * n)),
    "retitle": lambda n, u: changed(Post.objects, n, title=f"Title {u}"),
    "rewrite": lambda n, u: changed(Post.objects, n, body=f"Text {u}."),
    "move": lambda n, u: changed(Post.objects, n, slug=f"moved-{u}"),
    "feature": lambda n, u: changed(Post.objects, n, is_featured=True),
    "close": lambda n, u: changed(Post.objects, n, comments_open=False),
    "delete a post": lambda n, u: deleted(Post.objects, n),
    "tag": tagged,
    "untag": lambda n, u: deleted(PostTag.objects, n),
    "rename a tag": lambda n, u: changed(Tag.objects, n, name=f"Renamed {u}"),
    "move a tag": lambda n, u: changed(Tag.objects, n, slug=f"renamed-{u}"),
    "delete a tag": lambda n, u: deleted(Tag.objects, n),
    "comment": commented,
    "edit a comment": lambda n, u: changed(Comment.objects, n, body=f"Others {u}."),
    "hide comments": lambda n, u: Comment.objects.hide(),
    "show comments": lambda n, u: Comment.objects.show(),
    "delete a comment": lambda n, u: deleted(Comment.objects, n),
    "rename an author": lambda n, u: changed(User.objects, n, last_name=f"Named {u}"),
    "write a bio": lambda n, u: changed(User.objects, n, bio=f"Bio {u}."),
    "log in": lambda n, u: User.objects.update(last_login=timezone.now(), password=f"!{u}"),
    "lock out": lambda n, u: User.objects.filter(pk=n + 1).update(is_active=False, email=f"{u}@example.com"),
    "sign up": lambda n, u: UserFactory(),
    "forget addresses": lambda n, u: PostSlug.objects.all().delete(),
    "update in bulk": lambda n, u: Post.objects.update(title=f"All {u}"),
    "create in bulk": lambda n, u: Tag.objects.bulk_create([Tag(name=f"Bulk {u}", slug=f"bulk-{u}")]),
    "update by hand": lambda n, u: sql("UPDATE blog_comment SET body_html = %s", f"<p>By hand {u}.</p>"),
    "delete by hand": lambda n, u: sql("DELETE FROM blog_posttag"),
    "empty by hand": lambda n, u: sql("TRUNCATE blog_comment"),
    "copy": brought_by_copy,
}
ways = st.sampled_from(["one by one", "in a transaction", "rolled back", "rolled back in part"])
steps = st.tuples(ways, st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 2)), min_size=1, max_size=3))


class Readers:
    """They come to every page that there is, or was when they last looked."""

    def __init__(self):
        self.paths, self.unique, self.hits, self.last = set(PAGES), 0, 0, ""

    def go(self, way, edits):
        """Edit in one of the ways; let readers come while a transaction is open, and while a post becomes due."""
        if way == "one by one":
            self.edit(edits)
        else:
            with transaction.atomic():
                self.edit(edits[:1])
                with transaction.atomic():
                    self.edit(edits[1:])
                    if "empty by hand" not in dict(edits):  # there readers wait for the end
                        self.read_beside()
                    transaction.set_rollback(way == "rolled back in part")
                transaction.set_rollback(way == "rolled back")
        if "schedule" in dict(edits):
            self.read()
            time.sleep(SOON)

    def edit(self, edits):
        for name, n in edits:
            self.unique += 1
            EDITS[name](n, self.unique)
            self.last = name

    def read(self):
        for path in sorted(self.paths):
            get(path, **NO_SESSION)
        return {path: get(path) for path in sorted(self.paths)}

    def read_beside(self):
        """Read by another connection."""

        def read():
            self.read()
            connection.close()

        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    def look(self):
        """Assert that what is kept is what would be made now, at every address."""
        slugs = [*Post.objects.values_list("slug", flat=True), *PostSlug.objects.values_list("slug", flat=True)]
        paths = {path.format(slug) for slug in slugs for path in OF_POST}
        paths |= {path.format(slug) for slug in Tag.objects.values_list("slug", flat=True) for path in OF_TAG}
        for author in User.objects.filter(posts__isnull=False).distinct():
            paths |= {f"/author/{author.pk}/{author.public_slug}/", f"/author/{author.pk}/feed/"}
        before, self.paths = self.paths, paths.union(PAGES)
        for path in sorted(before | self.paths):
            answer = get(path)
            if answer.headers.get("Cache-Status") == kept_pages.HIT:
                self.hits += 1
                assert seen(answer) == seen(afresh(path)), (path, self.last)
            assert seen(get(path, **NO_SESSION)) == seen(afresh(path, **NO_SESSION)), (path, self.last)


def get(path, **environ):
    request = RequestFactory().get(path, **environ)
    return handler(request.environ)  # a test's Client would copy what each template is given


def afresh(path, **environ):
    """Return the answer of a process that keeps nothing."""
    with mock.patch.object(kept_pages, "memory_of", return_value=kept_pages.Memory(0)):
        return get(path, **environ)


def seen(answer):
    headers = {name: value for name, value in answer.headers.items() if name != "Cache-Status"}
    return answer.status_code, headers, answer.content


@FEW
@given(st.lists(steps, min_size=1, max_size=4))
def test_a_page_is_the_one_that_would_be_made_now_whatever_is_edited(memory, plan):
    fill()
    readers = Readers()
    readers.look()
    for way, edits in plan:
        readers.go(way, edits)
        readers.look()
    readers.look()

    assert readers.hits > len(PAGES)


def test_each_edit_alone_leaves_no_older_page(memory):
    readers = Readers()
    for name in EDITS:
        fill()
        readers.look()
        readers.go("one by one", [(name, 0)])
        readers.look()


def test_emptied_and_loaded_anew_it_is_right_too(memory, tmp_path):
    fill()
    call_command("dumpdata", "accounts.user", "blog", output=tmp_path / "all.json", verbosity=0)
    readers = Readers()
    readers.look()
    before = [path for path, answer in readers.read().items() if answer.status_code == 200]

    call_command("flush", interactive=False, verbosity=0)
    readers.look()
    emptied = {path for path in before if get(path).status_code == 404}
    call_command("loaddata", tmp_path / "all.json", verbosity=0)
    readers.look()

    assert "/post/post-0/" in emptied
    assert {get(path).status_code for path in before} == {200}
