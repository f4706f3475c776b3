import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.tests.factories import PostFactory, TagFactory
from blog.tests.test_post_list import titles

pytestmark = pytest.mark.django_db


def url(tag):
    return reverse("blog:tag_detail", args=[tag.slug])


def test_it_shows_the_published_posts_of_the_tag_newest_first(client):
    tag = TagFactory(name="Baking")
    old, new = PostFactory(tags=[tag]), PostFactory(tags=[tag])
    PostFactory(tags=1)
    PostFactory(tags=[tag], draft=True)
    PostFactory(tags=[tag], scheduled=True)

    response = client.get(url(tag))

    assert titles(response) == [new.title, old.title]
    assert b"Baking</h1>" in response.content


def test_it_costs_three_queries(client, django_assert_num_queries):
    tag = TagFactory()
    PostFactory.create_batch(5, tags=[tag, TagFactory()])

    with django_assert_num_queries(3):  # the version; tag, posts with authors and tags
        response = client.get(url(tag))

    assert len(titles(response)) == 5


def test_pages_lead_there_and_back(client):
    tag = TagFactory()
    PostFactory.create_batch(12, tags=[tag])
    page = client.get(url(tag)).context["page"]

    older = client.get(url(tag), {"before": page.before})
    newer = client.get(url(tag), {"after": older.context["page"].after})

    assert len(titles(older)) == 2
    assert titles(newer) == [post.title for post in page.rows]


def test_a_page_is_found_by_the_index_of_the_tag(client):
    tag = TagFactory()
    PostFactory.create_batch(12, tags=[tag])
    before = client.get(url(tag)).context["page"].before
    with CaptureQueriesContext(connection) as queries:
        client.get(url(tag), {"before": before})

    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        db.execute("EXPLAIN " + queries[2]["sql"])
        plan = "\n".join(line for (line,) in db.fetchall())

    assert plan.count("on blog_posttag") == 2, plan  # joined once; and read for the tags of the posts that are found
    condition = plan.partition("blog_posttag_newest")[2].partition("Index Cond")[2].partition("\n")[0]
    assert "tag_id" in condition, plan
    assert "ROW(" in condition, plan


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_tag_without_a_published_post_is_not_found(client, state):
    tag = TagFactory()
    PostFactory(tags=[tag], **{state: True})

    assert client.get(url(tag)).status_code == 404
    assert client.get(url(tag), {"before": "0-0"}).status_code == 404


def test_beyond_the_oldest_post_there_is_a_way_back(client):
    tag = TagFactory()
    PostFactory(tags=[tag])

    response = client.get(url(tag), {"before": "0-0"})

    assert response.status_code == 200
    assert b"There are no posts beyond this point." in response.content


def test_hostile_text_is_text(client):
    hostile = "<script>alert(1)</script>"
    post = PostFactory(title=hostile, summary=hostile, author__first_name=hostile, tags=[TagFactory(name=hostile)])

    page = client.get(url(post.tags.get())).content.decode()

    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize("path", ["/tag/nope/", "/tag/%00/", "/tag/" + "x" * 101 + "/"])
def test_an_unknown_tag_is_not_found(client, path):
    assert client.get(path).status_code == 404
