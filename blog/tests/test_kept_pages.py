import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from blog import kept_pages
from blog.models import Comment, Post
from blog.tests.factories import PostFactory, UserFactory
from blog.tests.kept import is_hit, paths

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("room"),
]  # what is rolled back is no change
LIST = "/"


def test_each_public_page_is_kept_and_then_costs_one_query(client, post, django_assert_num_queries):
    for path in paths():
        first = client.get(path)
        with django_assert_num_queries(1):  # the version
            second = client.get(path)

        assert (first.status_code, first.headers["Cache-Status"]) == (200, "bloggy; fwd=miss"), path
        assert is_hit(second), path
        assert second.content == first.content
        same = {name: value for name, value in first.headers.items() if name != "Cache-Status"}
        assert same == {name: value for name, value in second.headers.items() if name != "Cache-Status"}


def test_these_are_all_views_that_are_marked(post):
    from blog.urls import urlpatterns

    marked = {entry.name for entry in urlpatterns if hasattr(entry.callback, "kept_parameters")}

    assert {resolve(path).url_name for path in paths()} == marked


def test_a_page_made_anew_reads_the_version_once_before_anything_else(client, post):
    for path in paths():
        with CaptureQueriesContext(connection) as queries:
            client.get(path)

        assert ["content_version()" in query["sql"] for query in queries] == [True] + [False] * (len(queries) - 1)


def test_a_page_that_has_changed_asks_for_the_version_once(client, post, django_assert_num_queries):
    client.get(LIST)
    Post.objects.update(title="Another")

    with django_assert_num_queries(2):  # the version; posts with authors and tags
        response = client.get(LIST)

    assert b"Another" in response.content
    assert response.headers["Cache-Status"] == "bloggy; fwd=miss"
    assert is_hit(client.get(LIST))


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (LIST, lambda: Post.objects.update(title="Seen now")),
        ("/post/first/", lambda: Comment.objects.update(body_html="Seen now")),
        ("/post/first/", lambda: UserFactory._meta.model.objects.update(first_name="Seen now")),
        (LIST, lambda: PostFactory(title="Seen now")),
    ],
)
def test_a_change_is_seen_at_once(client, post, path, change):
    client.get(path)

    change()

    assert b"Seen now" in client.get(path).content


def test_a_scheduled_post_is_seen_when_it_is_due(client, post):
    PostFactory(title="Due", published_at=timezone.now() + timedelta(seconds=0.5))
    before = client.get(LIST)
    time.sleep(0.6)

    assert b"Due" not in before.content
    assert b"Due" in client.get(LIST).content


def test_who_is_logged_in_gets_a_page_of_their_own_and_leaves_none(client_of_a_reader, client, post):
    own = client_of_a_reader.get("/post/first/")

    assert b"Log out" in own.content
    assert "Cache-Status" not in own.headers
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert b"Log out" not in client.get("/post/first/").content
    assert b"Log out" in client_of_a_reader.get("/post/first/").content


def test_a_cookie_of_another_kind_is_no_session(post):
    client = Client()
    client.cookies["tracker"] = "1"
    client.get(LIST)

    assert is_hit(client.get(LIST))


def test_a_kept_page_sets_no_cookie_and_holds_no_token(client, post):
    for path in paths():
        for response in (client.get(path), client.get(path)):
            assert not response.cookies, path
            assert b"csrfmiddlewaretoken" not in response.content


@pytest.mark.parametrize(
    "path", ["/search/", "/search/?q=words", "/accounts/login/", "/accounts/signup/", "/robots.txt"]
)
def test_other_pages_are_not_kept(client, post, path):
    for response in (client.get(path), client.get(path)):
        assert response.status_code == 200
        assert "Cache-Status" not in response.headers
    assert not kept_pages.plain.pages | kept_pages.queried.pages


@pytest.mark.parametrize(
    "query", ["utm_source=letter", "x=" + "y" * 3000, "before=", "q=%00&page=7", "fbclid=1&after="]
)
def test_parameters_that_a_page_does_not_know_make_no_other_page(client, post, query):
    page = client.get(LIST)

    response = client.get(f"{LIST}?{query}")

    assert is_hit(response)
    assert response.content == page.content
    assert not kept_pages.queried.pages


def test_unknown_parameters_change_nothing_where_the_page_is_made_for_them(client, post):
    with_them = client.get("/tags/?utm_source=letter&before=5-5")

    assert b'rel="canonical"' in with_them.content
    assert client.get("/tags/").content == with_them.content
    assert len(kept_pages.plain.pages) == 1


def test_a_place_in_what_is_no_list_makes_no_page_anew(client, post, django_assert_num_queries):
    page = client.get("/archive/")

    with django_assert_num_queries(1):  # the version
        response = client.get("/archive/?before=5-5&utm_source=letter")

    assert is_hit(response)
    assert response.content == page.content


def test_the_places_of_a_list_are_pages_of_their_own(client):
    PostFactory.create_batch(15)
    before = client.get(LIST).context["page"].before
    older = client.get(f"{LIST}?before={before}")

    again = client.get(f"{LIST}?x=1&before={before}&y=2")

    assert is_hit(again)
    assert again.content == older.content != client.get(LIST).content


@pytest.mark.parametrize("query", ["before=x", "before=1-1&after=1-1", "&".join(f"a{n}=1" for n in range(2000))])
def test_what_cannot_be_read_is_answered_as_ever_and_not_kept(client, post, query):
    response = client.get(f"{LIST}?{query}")

    assert response.status_code in (400, 404)
    assert not kept_pages.plain.pages | kept_pages.queried.pages


def test_no_page_depends_on_the_host_or_the_scheme(client, post):
    for path in paths():
        page = client.get(path).content
        kept_pages.plain.clear()

        assert client.get(path, secure=True, headers={"host": "localhost"}).content == page, path
        kept_pages.plain.clear()


@pytest.fixture
def outage(monkeypatch):
    """Let PostgreSQL be away from now on."""

    def begin():
        def away(*args, **kwargs):
            raise OperationalError("server closed the connection")

        monkeypatch.setattr(connection, "first_row", away)
        monkeypatch.setattr(connection, "cursor", away)

    return begin


def test_without_postgresql_the_last_page_is_answered_with_its_age(client, post, room, outage, monkeypatch):
    room.CDN_MAX_AGE = 600
    client.get("/post/first/")
    etag = client.get("/post/first/").headers["ETag"]
    kept_pages.plain.pages[kept_pages.Key("/post/first/", "", "")].checked_at -= 75
    outage()

    response = client.get("/post/first/")

    assert response.status_code == 200
    assert response.headers["Cache-Status"] == "bloggy; hit; ttl=-75"
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"  # no CDN keeps it any longer
    assert client.get("/post/first/", headers={"if-none-match": etag}).status_code == 304


def test_without_postgresql_a_page_that_is_not_known_is_503(client, post, outage):
    client.raise_request_exception = False
    outage()

    response = client.get("/post/first/")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "ETag" not in response.headers


def test_an_error_is_neither_kept_nor_lets_a_page_be_forgotten(client, post, monkeypatch):
    client.get(LIST)
    Post.objects.update(title="Another")
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("blog.views.page_of", None)
        broken = client.get(LIST)

    assert broken.status_code == 500
    assert len(kept_pages.plain.pages) == 1
    assert b"Another" in client.get(LIST).content


def test_where_no_connection_is_to_stay_a_kept_page_leaves_none(client, post, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    connection.close()

    for _again in range(2):
        answer = client.get(LIST)
        assert connection.connection is None

    assert is_hit(answer)
