from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from blog import sitemaps
from blog.tests.factories import NOON, PostFactory, TagFactory

pytestmark = pytest.mark.django_db
INDEX, POSTS, LISTS = (reverse(f"blog:{name}") for name in ("sitemap", "sitemap_posts", "sitemap_lists"))
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(response, root, child):
    """Return what a sitemap lists: each address without SITE_URL, and its date or None."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    tree = ElementTree.fromstring(response.content)
    assert tree.tag == NAMESPACE + root
    assert {one.tag for one in tree} <= {NAMESPACE + child}
    found = [(one.findtext(f"{NAMESPACE}loc"), one.findtext(f"{NAMESPACE}lastmod")) for one in tree]
    assert all(address.startswith(settings.SITE_URL) and address.isascii() for address, _date in found)
    return [(address.removeprefix(settings.SITE_URL), date) for address, date in found]


def pages(client):
    return [address for address, _date in places(client.get(INDEX), "sitemapindex", "sitemap")]


def urls(client, page):
    return places(client.get(page), "urlset", "url")


def test_the_index_leads_to_every_published_post_once(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "ADDRESSES_A_PAGE", 3)
    posts = PostFactory.create_batch(5) + PostFactory.create_batch(2, published_at=NOON)
    PostFactory(draft=True)
    PostFactory(scheduled=True)

    lists, *parts = pages(client)

    assert lists == LISTS
    assert [len(urls(client, part)) for part in parts] == [3, 3, 1]
    found = [address for part in parts for address, _date in urls(client, part)]
    assert sorted(found) == sorted(post.get_absolute_url() for post in posts)


def test_the_index_tells_when_a_post_changed_last_where_one_page_holds_them_all(client, monkeypatch):
    PostFactory.create_batch(2)
    last = PostFactory().updated_at.isoformat(timespec="seconds")

    of_one = places(client.get(INDEX), "sitemapindex", "sitemap")
    monkeypatch.setattr(sitemaps, "ADDRESSES_A_PAGE", 2)
    of_two = places(client.get(INDEX), "sitemapindex", "sitemap")

    assert [date for _address, date in of_one] == [last, last]
    assert [date for _address, date in of_two] == [None, None, None]


def test_a_full_last_page_is_the_last(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "ADDRESSES_A_PAGE", 3)
    PostFactory.create_batch(3)

    assert len(pages(client)) == 2


def test_a_posts_date_is_when_it_changed_for_readers(client):
    old, new = PostFactory(slug="größe"), PostFactory()
    type(new).objects.filter(pk=new.pk).update(updated_at=NOON.replace(year=2020))

    dates = dict(urls(client, POSTS))

    assert dates["/post/gr%C3%B6%C3%9Fe/"] == old.updated_at.isoformat(timespec="seconds")
    assert dates[new.get_absolute_url()] == new.published_at.isoformat()


def test_the_lists_are_the_front_page_and_tags_and_authors_with_published_posts(client):
    post = PostFactory(tags=1, published_at=NOON)
    PostFactory(tags=1, draft=True)
    TagFactory()
    date = NOON.isoformat()

    assert urls(client, LISTS) == [
        ("/", date),
        (post.tags.get().get_absolute_url(), date),
        (f"/author/{post.author_id}/{post.author.public_slug}/", date),
    ]


def test_tags_and_accounts_without_a_published_post_take_no_place_of_others(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "ADDRESSES_A_PAGE", 4)
    PostFactory(tags=1, draft=True)
    post = PostFactory(tags=1)

    assert [address for address, _date in urls(client, LISTS)] == [
        "/",
        post.tags.get().get_absolute_url(),
        f"/author/{post.author_id}/{post.author.public_slug}/",
    ]


def test_an_empty_blog_has_a_sitemap_of_its_front_page(client):
    assert pages(client) == [LISTS]
    assert urls(client, LISTS) == [("/", None)]


@pytest.mark.parametrize(("address", "budget"), [(INDEX, 3), (POSTS, 2), (LISTS, 3)])
def test_it_costs_few_queries(client, django_assert_num_queries, address, budget):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(budget):  # the version; starts of pages, newest change; posts; tags, authors
        client.get(address)


def test_it_reads_no_texts(client, django_assert_num_queries):
    PostFactory()

    for address in (INDEX, POSTS, LISTS):
        with django_assert_num_queries(2 if address == POSTS else 3) as queries:
            client.get(address)
        assert not [query for query in queries if '"body' in query["sql"] or '"search"' in query["sql"]]


@pytest.mark.parametrize("address", [INDEX, POSTS, LISTS])
def test_who_has_it_gets_304_until_it_changes(client, address):
    post = PostFactory(tags=1)
    etag = client.get(address).headers["ETag"]

    unchanged = client.get(address, headers={"if-none-match": etag})
    post.delete()
    changed = client.get(address, headers={"if-none-match": etag})

    assert [unchanged.status_code, changed.status_code] == [304, 200]


@pytest.mark.parametrize("query", ["after=x", "before=1", "before=1-1&after=1-1", "after=%00"])
def test_a_malformed_page_is_not_found(client, query):
    assert client.get(f"{POSTS}?{query}").status_code == 404


def test_only_reading_is_allowed(client):
    assert [client.post(address).status_code for address in (INDEX, POSTS, LISTS)] == [405, 405, 405]
