from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from blog import feeds
from blog.models import Post
from blog.tests.factories import NOON, PostFactory, UserFactory
from blog.tests.feed_rules import ATOM, assert_a_new_answer_follows, atom, parsed

pytestmark = pytest.mark.django_db
URL = reverse("blog:post_feed")
FORBIDDEN = "a\x01b\x0b\x1f\ufffe\uffffc"
HOSTILE = f"<script>&amp;]]>{FORBIDDEN}\u2028"


def entries(response):
    return atom(response).findall(f"{ATOM}entry")


def titles(response):
    return [entry.findtext(f"{ATOM}title") for entry in entries(response)]


def content(response):
    """Return the HTML of the first entry."""
    return entries(response)[0].findtext(f"{ATOM}content")


def test_it_holds_the_twenty_newest_posts_newest_first(client):
    PostFactory.create_batch(22)
    newest = list(Post.objects.order_by("-published_at").values_list("title", flat=True)[:20])

    assert titles(client.get(URL)) == newest


def test_an_entry_has_everything_of_its_post(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    post = PostFactory(title="Q&A <b>", slug="größe", body="Some *words*.", author=author, published_at=NOON, tags=2)
    site = settings.SITE_URL

    (entry,) = parsed(client.get(URL)).entries

    assert entry.title_detail.type == "text/plain"
    assert entry.title == "Q&A <b>"
    assert entry.link == f"{site}/post/gr%C3%B6%C3%9Fe/"
    assert entry.id == f"{site}/post/{post.pk}"
    assert entry.published == "2024-05-01T12:00:00+00:00"
    assert entry.updated == post.updated_at.isoformat()
    assert entry.author_detail == {"name": "Ada Byron", "href": f"{site}/author/{author.pk}/ada-byron/"}
    assert [tag.term for tag in entry.tags] == [tag.name for tag in post.tags.all()]
    assert entry.summary == "Some words."
    assert entry.content[0].type == "text/html"
    assert "<p>Some <em>words</em>.</p>" in entry.content[0].value


def test_every_link_in_the_content_is_absolute(client):
    body = "[a](/x) [b](y?z=1&w=2) ![c](c.png) [d](https://other.example/) [e](#part) Note[^1].\n\n# Part\n\n[^1]: It."
    post = PostFactory(slug="a-post", body=body)
    base = settings.SITE_URL + post.get_absolute_url()

    html = content(client.get(URL))

    for address in (
        f"{settings.SITE_URL}/x",
        f"{base}y?z=1&amp;w=2",
        f"{base}c.png",
        "https://other.example/",
        f"{base}#part",
        f"{base}#fn1",
        f"{base}#fnref1",
    ):
        assert f'="{address}"' in html
    assert "lazy" not in html


def test_the_boxes_of_a_task_list_survive(client):
    PostFactory(body="- [x] done\n- [ ] to do")

    (entry,) = parsed(client.get(URL)).entries

    assert entry.content[0].value.count('type="checkbox"') == 2


def test_drafts_and_scheduled_posts_are_left_out_also_for_who_wrote_them(admin):
    PostFactory(draft=True)
    PostFactory(scheduled=True)
    PostFactory(title="Published")

    assert titles(admin.get(URL)) == ["Published"]


def test_it_costs_two_queries_for_many_authors_and_tags(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(2):  # the version; posts with authors and tags
        response = client.get(URL)

    assert len(entries(response)) == 5


def test_hostile_texts_and_what_xml_cannot_hold_do_no_harm(client):
    post = PostFactory(title=HOSTILE, body=HOSTILE, summary=HOSTILE, author__first_name=HOSTILE, tags=1)
    post.tags.update(name=HOSTILE)

    (entry,) = entries(client.get(URL))

    text = "<script>&amp;]]>abc\u2028"
    assert entry.findtext(f"{ATOM}title") == text
    assert entry.find(f"{ATOM}category").get("term") == text
    assert "<script" not in entry.findtext(f"{ATOM}content")
    assert "&lt;script&gt;" in entry.findtext(f"{ATOM}content")


def test_a_title_and_a_name_that_xml_cannot_hold_are_not_empty(client):
    post = PostFactory(title="\x01", author__first_name="\x01", author__last_name="")

    (entry,) = entries(client.get(URL))

    assert entry.findtext(f"{ATOM}title") == settings.SITE_URL + post.get_absolute_url()
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == f"Author {post.author_id}"


def test_nobodys_address_is_in_it(client):
    PostFactory(author__first_name="", author__last_name="")

    assert b"@" not in client.get(URL).content


def test_an_empty_blog_has_a_valid_feed_that_stays_the_same(client):
    first, second = client.get(URL), client.get(URL)

    assert entries(first) == []
    assert first.headers["ETag"] == second.headers["ETag"]


def test_contents_of_a_megabyte_are_the_most_and_the_others_carry_their_summary(client):
    for number in range(4):
        PostFactory(body=f"begins {number} " + "word " * 79_000, body_format="plain")

    response = client.get(URL)

    whole = [entry.find(f"{ATOM}content") is not None for entry in entries(response)]
    assert whole == [True, True, False, False]
    assert all("begins" in entry.findtext(f"{ATOM}summary") for entry in entries(response))
    assert len(response.content) < 1_020_000


def test_a_longer_post_than_any_feed_holds_stays_in_the_database(client, monkeypatch):
    monkeypatch.setattr(feeds, "CONTENT_BYTES", 300)
    PostFactory(body="short", title="Short")
    PostFactory(body="long " * 100, title="Long")

    long, short = entries(client.get(URL))

    assert [long.find(f"{ATOM}content"), short.find(f"{ATOM}content") is None] == [None, False]
    assert [post.content for post in feeds.with_content(Post.objects.filter(title="Long"))] == [""]


def test_what_changed_gives_a_new_answer(client):
    older, newer = PostFactory(tags=1), PostFactory()
    future = timezone.now() + timedelta(hours=1)
    waiting = PostFactory(published_at=future)
    due = {"published_at": timezone.now() - timedelta(seconds=1)}
    changes = [
        lambda: older.save(),
        lambda: Post.objects.filter(pk=waiting.pk).update(**due),
        lambda: older.tags.update(name="Renamed"),
        lambda: type(older.author).objects.filter(pk=older.author_id).update(last_name="Renamed"),
        lambda: Post.objects.filter(pk=older.pk).update(published_at=None),
        lambda: newer.delete(),
    ]

    for change in changes:
        assert_a_new_answer_follows(change, client, URL)


def test_it_sets_no_cookie_and_varies_on_nothing_for_anybody(client, admin):
    PostFactory()

    for reader in (client, admin):
        response = reader.get(URL)
        assert not response.cookies
        assert "Vary" not in response.headers
        assert response.headers["Cache-Control"] == "public, max-age=0"


def test_only_reading_is_allowed(client):
    assert client.post(URL).status_code == 405
