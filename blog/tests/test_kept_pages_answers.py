"""How kept pages are sent: methods, encodings, 304, hosts, and what caches may do."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone

from blog import kept_pages
from blog.models import Post
from blog.tests.factories import CommentFactory, PostFactory
from blog.tests.kept import is_hit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("room"),
]  # what is rolled back is no change
LIST = "/"


def test_only_get_and_head_are_kept(client, post):
    assert client.post(LIST).status_code == 405
    assert not kept_pages.plain.pages


def test_head_is_answered_from_the_same_page(client, post):
    page = client.get(LIST)

    head = client.head(LIST)

    assert is_hit(head)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(page.content))
    assert client.get(LIST).content == page.content


def test_head_alone_makes_a_whole_page(client, post):
    client.head(LIST)

    assert b"<article" in client.get(LIST).content


@pytest.mark.parametrize("method", ["get", "head"])
def test_who_has_it_gets_304_without_the_content_s_headers(client, post, method):
    etag = client.get(LIST).headers["ETag"]

    response = getattr(client, method)(LIST, headers={"if-none-match": f'"x", W/{etag}'})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(response.headers)


def test_what_is_made_anew_is_304_too_and_kept_whole(client, post):
    etag = client.get("/feed/").headers["ETag"]
    CommentFactory(post=post)  # another version, the same feed

    response = client.get("/feed/", headers={"if-none-match": etag})

    assert response.status_code == 304
    assert response.headers["Cache-Status"] == "bloggy; fwd=miss"
    assert is_hit(client.get("/feed/"))
    assert b"<entry>" in client.get("/feed/").content


def test_another_page_has_another_etag(client, post):
    etag = client.get(LIST).headers["ETag"]
    Post.objects.update(title="Another")

    response = client.get(LIST, headers={"if-none-match": etag})

    assert response.status_code == 200
    assert response.headers["ETag"] != etag


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.8", "GZIP", "br,gzip , x", "gzip;q=0.01", "gzip;q=0, gzip"])
def test_it_is_compressed_once_for_who_takes_that(client, post, monkeypatch, accepted):
    plain = client.get(LIST)
    first = client.get(LIST, headers={"accept-encoding": accepted})
    monkeypatch.setattr(gzip, "compress", None)

    second = client.get(LIST, headers={"accept-encoding": accepted})

    assert second.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(second.content) == gzip.decompress(first.content) == plain.content
    assert second.headers["Content-Length"] == str(len(second.content))
    assert second.headers["ETag"] != plain.headers["ETag"]
    assert {"Cookie", "Accept-Encoding"} == set(second.headers["Vary"].split(", "))
    assert second.headers["Vary"] == plain.headers["Vary"]


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "br, gzip ; q = 0", "gzipped", "not-gzip"]
)
def test_who_does_not_take_gzip_gets_none(client, post, accepted):
    client.get(LIST, headers={"accept-encoding": "gzip"})

    response = client.get(LIST, headers={"accept-encoding": accepted})

    assert "Content-Encoding" not in response.headers
    assert b"<article" in response.content


@pytest.mark.parametrize("host", ["evil.example", "testserver/evil", "testserver@evil.example", "[::1", ""])
def test_a_foreign_host_is_refused_on_a_kept_page_too(client, post, host):
    client.get(LIST)

    assert client.get(LIST, headers={"host": host}).status_code == 400


def test_a_kept_page_is_answered_at_any_port(client, post):
    client.get(LIST)

    assert client.get(LIST, headers={"host": "testserver:81"}).status_code == 200
    assert is_hit(client.get(LIST))


def test_http_is_redirected_on_a_kept_page_too_where_it_has_to_be(client, post, room):
    room.SECURE_SSL_REDIRECT = True
    middleware = client.handler
    middleware.load_middleware()
    client.get(LIST, secure=True)

    response = client.get(LIST)

    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/")
    assert is_hit(client.get(LIST, secure=True))


def test_a_cdn_may_keep_it_as_long_as_it_is_told(client, post, room):
    room.CDN_MAX_AGE = 600
    expected = "public, max-age=0, must-revalidate, s-maxage=600"

    assert [client.get(LIST).headers["Cache-Control"] for _ in range(2)] == [expected] * 2
    etag = client.get(LIST).headers["ETag"]
    assert client.get(LIST, headers={"if-none-match": etag}).headers["Cache-Control"] == expected


def test_a_cdn_keeps_nothing_beyond_the_next_scheduled_post(client, post, room):
    room.CDN_MAX_AGE = 600
    PostFactory(published_at=timezone.now() + timedelta(seconds=100))

    for _ in range(2):
        seconds = int(client.get(LIST).headers["Cache-Control"].rpartition("=")[2])
        assert 90 < seconds < 100
