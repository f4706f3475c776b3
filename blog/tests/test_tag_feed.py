import pytest
from django.urls import reverse

from blog.tests.factories import PostFactory, TagFactory
from blog.tests.feed_rules import ATOM, atom

pytestmark = pytest.mark.django_db


def url(tag):
    return reverse("blog:tag_feed", args=[tag.slug])


def test_it_holds_the_published_posts_with_the_tag_newest_first(client):
    tag = TagFactory(name="Käse", slug="käse")
    first, second = PostFactory(tags=[tag]), PostFactory(tags=[tag])
    PostFactory(tags=1)
    PostFactory(tags=[tag], draft=True)
    PostFactory(tags=[tag], scheduled=True)

    root = atom(client.get(url(tag)))

    assert root.findtext(f"{ATOM}title") == "Käse – Bloggy"
    assert [one.findtext(f"{ATOM}title") for one in root.findall(f"{ATOM}entry")] == [second.title, first.title]


def test_it_costs_three_queries_for_many_authors_and_tags(client, django_assert_num_queries):
    tag = TagFactory()
    for _number in range(5):
        PostFactory(tags=[tag, TagFactory()])

    with django_assert_num_queries(3):  # the version; tag, posts with authors and tags
        client.get(url(tag))


def test_a_tag_without_a_published_post_has_no_feed(client):
    tag = TagFactory()
    PostFactory(tags=[tag], draft=True)

    assert client.get(url(tag)).status_code == 404
    assert client.get("/tag/unknown/feed/").status_code == 404


def test_the_tags_page_leads_to_it(client):
    tag = TagFactory(name='"Käse"', slug="käse")
    PostFactory(tags=[tag])

    page = client.get(tag.get_absolute_url()).content.decode()

    assert f'type="application/atom+xml" title="Posts tagged “&quot;Käse&quot;”" href="{url(tag)}">' in page
