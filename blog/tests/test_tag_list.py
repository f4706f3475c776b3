import re

import pytest
from django.urls import reverse

from blog import views
from blog.tests.factories import PostFactory, TagFactory

pytestmark = pytest.mark.django_db
URL = reverse("blog:tag_list")


def counts(response):
    found = re.findall(
        r'rel="tag" dir="auto">([^<]+)</a>\s+<span class="count">(\d+) posts?<', response.content.decode()
    )
    return [(name, int(number)) for name, number in found]


def test_it_counts_the_published_posts_of_each_tag_in_the_order_of_the_alphabet(client):
    zebra, apple = TagFactory(name="Zebra"), TagFactory(name="apple")
    PostFactory(tags=[zebra, apple])
    PostFactory(tags=[zebra])
    PostFactory(tags=[zebra], draft=True)
    PostFactory(tags=[apple], scheduled=True)

    response = client.get(URL)

    assert counts(response) == [("apple", 1), ("Zebra", 2)]
    assert f'href="{zebra.get_absolute_url()}"' in response.content.decode()


def test_tags_of_no_published_post_are_left_out(client):
    TagFactory(), PostFactory(tags=1, draft=True), PostFactory(tags=1, scheduled=True)

    response = client.get(URL)

    assert counts(response) == []
    assert b"No published post has a tag yet." in response.content


def test_it_costs_two_queries(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(2):  # the version; tags with the number of their posts
        response = client.get(URL)

    assert len(counts(response)) == 10


def test_of_too_many_tags_the_most_used_are_shown(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_TAGS", 2)
    rare, common, usual = TagFactory(name="rare"), TagFactory(name="common"), TagFactory(name="usual")
    for tags in ([rare, common, usual], [common, usual], [common]):
        PostFactory(tags=tags)

    response = client.get(URL)

    assert counts(response) == [("common", 3), ("usual", 2)]
    assert b"The 2 that are used most." in response.content


def test_hostile_names_are_text(client):
    PostFactory(tags=[TagFactory(name="<script>alert(1)</script>")])

    page = client.get(URL).content.decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_every_page_leads_to_it(client):
    assert f'<a href="{URL}">Tags</a>' in client.get("/").content.decode()
