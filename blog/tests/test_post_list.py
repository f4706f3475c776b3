import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.tests.factories import NOON, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = reverse("blog:post_list")
HOSTILE = "<script>alert(1)</script>"


def titles(response):
    return re.findall(r'post-card__title" dir="auto"><a href="[^"]+">([^<]+)</a>', response.content.decode())


def test_it_shows_ten_posts_newest_first(client):
    PostFactory.create_batch(12)
    newest = [post.title for post in PostFactory._meta.model.objects.order_by("-published_at")[:10]]

    response = client.get(URL)

    assert titles(response) == newest
    assert response.content.count(b"<article") == 10


def test_a_card_shows_title_author_date_excerpt_tags_and_reading_time(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    post = PostFactory(title="Bread", body="word " * 700, author=author, published_at=NOON, tags=2)

    page = client.get(URL).content.decode()

    assert f'<a href="/post/{post.slug}/">Bread</a>' in page
    assert (
        f'<a class="meta__author" href="/author/{post.author_id}/ada-byron/" rel="author"><bdi>Ada Byron</bdi></a>'
        in page
    )
    assert '<time datetime="2024-05-01T12:00:00+0000">May 1, 2024</time>' in page
    assert "word word" in page
    assert [page.count(f'href="/tag/{tag.slug}/"') for tag in post.tags.all()] == [1, 1]
    assert "3 min read" in page


def test_the_authors_summary_stands_in_place_of_the_first_words(client):
    PostFactory(body="Not this.", summary="But\nthis.")

    page = client.get(URL).content.decode()

    assert "But this." in page
    assert "Not this." not in page


def test_it_costs_two_queries_for_many_authors_and_tags(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(2):  # the version; posts with authors and tags
        response = client.get(URL)

    assert response.content.count(b"post-card__title") == 5


def test_featured_posts_stand_first_on_the_first_page_and_not_twice_there(client):
    old = PostFactory(is_featured=True)
    posts = PostFactory.create_batch(12)
    new = PostFactory(is_featured=True)

    first = client.get(URL)
    second = client.get(URL, {"before": first.context["page"].before})

    plain = [post.title for post in reversed(posts)]
    assert titles(first) == [new.title, old.title, *plain[:10]]
    assert first.content.count(b"Featured</p>") == 2
    assert titles(second) == [*plain[10:], old.title]
    assert b"Featured" not in second.content


def test_of_many_featured_posts_the_newest_few_are_pinned(client):
    posts = PostFactory.create_batch(6, is_featured=True)
    PostFactory(is_featured=True, draft=True)
    PostFactory(is_featured=True, scheduled=True)

    response = client.get(URL)

    assert titles(response) == [post.title for post in reversed(posts)]
    assert response.content.count(b"Featured</p>") == 3


def test_a_blog_of_featured_posts_alone_is_not_empty(client):
    post = PostFactory(is_featured=True)

    assert titles(client.get(URL)) == [post.title]


@pytest.mark.parametrize("days", [-9, 9], ids=["an old one", "the newest"])
def test_the_way_back_leads_to_the_first_page_with_its_featured_posts(client, days):
    PostFactory.create_batch(25)
    PostFactory(is_featured=True, published_at=NOON + timedelta(days=days))
    pages = [client.get(URL)]
    while before := pages[-1].context["page"].before:
        pages.append(client.get(URL, {"before": before}))

    back = pages[-1]
    while after := back.context["page"].after:
        back = client.get(URL, {"after": after})

    assert titles(back) == titles(pages[0])
    assert back.content.count(b"Featured</p>") == 1


def test_featured_posts_cost_no_query(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)
    PostFactory.create_batch(2, tags=2, is_featured=True)

    with django_assert_num_queries(2):  # the version; posts with authors and tags, the featured ones among them
        response = client.get(URL)

    assert len(titles(response)) == 7


def test_featured_posts_are_found_by_their_index(client):
    PostFactory(is_featured=True)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL)

    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        db.execute("EXPLAIN " + queries[1]["sql"])  # behind the version
        plan = "\n".join(line for (line,) in db.fetchall())

    assert plan.count("blog_post_featured") == 2, plan  # what is pinned, and what is not repeated
    assert plan.count("using blog_post_newest") == 1, plan


def test_it_leaves_the_texts_of_the_posts_in_the_database(client):
    PostFactory()

    with CaptureQueriesContext(connection) as queries:
        client.get(URL)

    assert not [column for column in ("body", "body_html", "search") if f'"{column}"' in queries[1]["sql"]]


def test_older_and_newer_links_lead_there_and_back(client):
    PostFactory.create_batch(25)
    first = client.get(URL).content.decode()

    older = re.search(r'href="(\?before=[^"]+)" rel="next"', first)[1]
    second = client.get(URL + older).content.decode()
    newer = re.search(r'href="(\?after=[^"]+)" rel="prev"', second)[1]

    assert 'rel="prev"' not in first
    assert client.get(URL + newer).content.decode().count("<article") == 10
    assert titles(client.get(URL + newer)) == titles(client.get(URL))


def test_drafts_and_scheduled_posts_are_left_out(client):
    PostFactory(draft=True, title="Draft")
    PostFactory(scheduled=True, title="Scheduled")
    PostFactory(title="Published")

    assert titles(client.get(URL)) == ["Published"]


def test_an_empty_blog_says_so_kindly(client):
    response = client.get(URL)

    assert response.status_code == 200
    assert b"Nothing here yet" in response.content


def test_beyond_the_oldest_post_there_is_a_way_back(client):
    PostFactory()

    response = client.get(URL, {"before": "0-0"})

    assert response.status_code == 200
    assert b"There are no posts beyond this point." in response.content


@pytest.mark.parametrize(
    "query", ["before=x", "after=", "before=1-1&after=1-1", "before=%00", "before=" + "9" * 10_000]
)
def test_a_malformed_cursor_or_both_at_once_is_not_found(client, query):
    PostFactory()

    assert client.get(f"{URL}?{query}").status_code == (200 if query == "after=" else 404)


def test_other_parameters_are_nobodys_business(client):
    PostFactory()

    assert client.get(URL + "?utm_source=x&page=%00").status_code == 200


def test_hostile_titles_names_and_tags_are_text(client):
    post = PostFactory(title=HOSTILE, author=UserFactory(first_name=HOSTILE), summary=HOSTILE, tags=1)
    post.tags.update(name=HOSTILE)

    page = client.get(URL).content.decode()

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 4


def test_an_anonymous_reader_gets_no_cookie(client):
    assert not client.get(URL).cookies


def test_only_reading_is_allowed(client):
    assert client.post(URL).status_code == 405
