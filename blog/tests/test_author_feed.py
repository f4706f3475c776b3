import pytest
from django.urls import reverse

from blog.tests.factories import PostFactory, UserFactory
from blog.tests.feed_rules import ATOM, atom

pytestmark = pytest.mark.django_db


def url(author):
    return reverse("blog:author_feed", args=[author.pk])


def test_it_holds_the_published_posts_of_the_author_newest_first(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    first, second = PostFactory.create_batch(2, author=author)
    PostFactory()
    PostFactory(author=author, draft=True)

    root = atom(client.get(url(author)))

    assert root.findtext(f"{ATOM}title") == "Ada Byron – Bloggy"
    assert [one.findtext(f"{ATOM}title") for one in root.findall(f"{ATOM}entry")] == [second.title, first.title]


def test_it_costs_three_queries_for_many_tags(client, django_assert_num_queries):
    author = UserFactory()
    PostFactory.create_batch(5, author=author, tags=2)

    with django_assert_num_queries(3):  # the version; author, posts with authors and tags
        client.get(url(author))


def test_who_has_published_nothing_has_no_feed(client):
    author = UserFactory()
    PostFactory(author=author, scheduled=True)

    assert client.get(url(author)).status_code == 404
    assert client.get("/author/9999999999999999999/feed/").status_code == 404


def test_an_author_whose_name_is_feed_has_a_page_too(client):
    author = UserFactory(first_name="Feed", last_name="")
    PostFactory(author=author)

    page = client.get(reverse("blog:author_detail", args=[author.pk, author.public_slug]))

    assert page.headers["Content-Type"].startswith("text/html")
    assert f'href="{url(author)}"' in page.content.decode()
    atom(client.get(url(author)))
