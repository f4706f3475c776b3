import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from blog.tests.factories import PostFactory

pytestmark = pytest.mark.django_db
URL = reverse("blog:archive")


def counts(response):
    """Return (path, number) of each month or year that a page leads to with its number of posts."""
    found = re.findall(
        r'<a href="(/archive/[0-9/]+)"[^>]*>[^<]+</a>(?:</h2>)?\s+<span class="count">(\d+) posts?<', shown(response)
    )
    return [(path, int(number)) for path, number in found]


def shown(response):
    return response.content.decode()


def post_at(*moment, **values):
    return PostFactory(published_at=datetime(*moment, tzinfo=UTC), **values)


def test_it_counts_the_posts_of_each_year_and_month_newest_first(client):
    post_at(2023, 12, 31, 23, 59, 59)
    post_at(2024, 1, 1)
    post_at(2024, 1, 31, 23, 59, 59)
    post_at(2024, 5, 1)

    assert counts(client.get(URL)) == [
        ("/archive/2024/", 3),
        ("/archive/2024/5/", 1),
        ("/archive/2024/1/", 2),
        ("/archive/2023/", 1),
        ("/archive/2023/12/", 1),
    ]


def test_months_are_those_of_the_sites_time_zone(client, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    post_at(2023, 12, 31, 23)

    assert counts(client.get(URL)) == [("/archive/2024/", 1), ("/archive/2024/1/", 1)]
    assert client.get("/archive/2024/1/").status_code == 200
    assert client.get("/archive/2023/").status_code == 404


def test_it_costs_two_queries(client, django_assert_num_queries):
    for month in range(1, 6):
        post_at(2024, month, 1, tags=2)

    with django_assert_num_queries(2):  # the version; the numbers of posts by month
        response = client.get(URL)

    assert len(counts(response)) == 6


def test_drafts_and_scheduled_posts_are_not_counted(client):
    PostFactory(draft=True), PostFactory(scheduled=True)

    response = client.get(URL)

    assert counts(response) == []
    assert b"Nothing has been published yet." in response.content


def test_posts_of_any_year_have_their_place(client):
    post_at(1, 1, 1), post_at(800, 7, 1)

    paths = [path for path, _number in counts(client.get(URL))]

    assert paths == ["/archive/0800/", "/archive/0800/7/", "/archive/0001/", "/archive/0001/1/"]
    assert [client.get(path).status_code for path in paths] == [200] * 4


def test_every_page_leads_to_it(client):
    assert f'<a href="{URL}">Archive</a>' in shown(client.get("/"))


def test_only_reading_is_allowed(client):
    assert client.post(URL).status_code == 405
