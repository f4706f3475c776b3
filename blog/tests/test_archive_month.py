import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.tests.factories import PostFactory
from blog.tests.test_archive import counts, post_at, shown
from blog.tests.test_archive_year import listed

pytestmark = pytest.mark.django_db


def test_it_shows_the_months_titles_and_the_other_months_of_the_year(client):
    post_at(2024, 4, 30, 23, 59, 59)
    old, new = post_at(2024, 5, 1), post_at(2024, 5, 31, 23, 59, 59)
    post_at(2024, 6, 1)

    response = client.get("/archive/2024/5/")

    assert listed(response) == [new.title, old.title]
    assert counts(response) == [("/archive/2024/6/", 1), ("/archive/2024/5/", 2), ("/archive/2024/4/", 1)]
    assert shown(response).count('aria-current="page"') == 1
    assert "<h1>May 2024</h1>" in shown(response)


def test_it_costs_three_queries_for_many_authors_and_tags(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(3):  # the version; numbers of posts by month, posts with authors
        response = client.get("/archive/2024/5/")

    assert len(listed(response)) == 5


def test_december_ends_with_the_year(client):
    post = post_at(2024, 12, 31, 23, 59, 59)
    post_at(2025, 1, 1)

    assert listed(client.get("/archive/2024/12/")) == [post.title]


def test_a_month_of_two_digits_leads_to_its_one_address(client):
    PostFactory()

    response = client.get("/archive/2024/05/")

    assert (response.status_code, response.url) == (301, "/archive/2024/5/")


@pytest.mark.parametrize(
    "path", ["2024/6", "2024/0", "2024/00", "2024/13", "2023/5", "0000/1", "9999/12", "2024/x", "2024/٥"]
)
def test_a_month_without_a_post_is_not_found(client, path):
    PostFactory()
    PostFactory(draft=True), PostFactory(scheduled=True)

    assert client.get(f"/archive/{path}/").status_code == 404


def test_its_posts_are_found_by_their_index(client):
    PostFactory()
    with CaptureQueriesContext(connection) as queries:
        client.get("/archive/2024/5/", {"before": "1714567890000000-1"})

    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        db.execute("EXPLAIN " + queries[2]["sql"])
        plan = "\n".join(line for (line,) in db.fetchall())

    assert "blog_post_newest" in plan
