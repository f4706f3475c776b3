import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.test_post_list import titles

pytestmark = pytest.mark.django_db


def url(author):
    return reverse("blog:author_detail", args=[author.pk, author.public_slug])


def test_it_shows_the_authors_published_posts_newest_first(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    old, new = PostFactory(author=author), PostFactory(author=author)
    PostFactory()
    PostFactory(author=author, draft=True)

    response = client.get(url(author))

    assert titles(response) == [new.title, old.title]
    assert b"Ada Byron</h1>" in response.content


def test_it_costs_three_queries(client, django_assert_num_queries):
    author = UserFactory()
    PostFactory.create_batch(5, author=author, tags=2)

    with django_assert_num_queries(3):  # the version; author, posts with authors and tags
        response = client.get(url(author))

    assert len(titles(response)) == 5


def test_it_shows_what_the_author_says_about_oneself_as_text(client):
    author = PostFactory(author__bio="Bakes.\nWrites <b>slowly</b>.").author

    page = client.get(url(author)).content.decode()

    assert '<p class="bio" dir="auto">Bakes.\nWrites &lt;b&gt;slowly&lt;/b&gt;.</p>' in page
    assert "bio" not in client.get(url(PostFactory().author)).content.decode()


@pytest.mark.parametrize("path", ["/", "/tag/{}/", "/post/{}/"])
def test_no_other_page_loads_it(client, path):
    post = PostFactory(tags=1)
    CommentFactory(post=post)
    with CaptureQueriesContext(connection) as queries:
        client.get(path.format(post.tags.get().slug if "tag" in path else post.slug))

    assert not [query["sql"] for query in queries if '"bio"' in query["sql"]]


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_an_author_without_a_published_post_is_not_found(client, state):
    author = UserFactory()
    PostFactory(author=author, **{state: True})

    assert client.get(url(author)).status_code == 404


def test_another_name_in_the_address_leads_to_the_right_one(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    PostFactory(author=author)

    response = client.get(f"/author/{author.pk}/somebody/")

    assert (response.status_code, response.url) == (301, url(author))


def test_an_author_without_a_name_is_shown_by_number_and_never_by_address(client):
    author = UserFactory(first_name="", last_name="", email="secret@example.com")
    PostFactory(author=author)

    response = client.get(url(author))

    assert f"Author {author.pk}".encode() in response.content
    assert b"secret" not in response.content


def test_beyond_the_oldest_post_there_is_a_way_back(client):
    author = UserFactory()
    PostFactory(author=author)

    response = client.get(url(author), {"before": "0-0"})

    assert response.status_code == 200
    assert b"There are no posts beyond this point." in response.content


def test_hostile_text_is_text(client):
    hostile = "<script>alert(1)</script>"
    post = PostFactory(title=hostile, summary=hostile, author__first_name=hostile, tags=[TagFactory(name=hostile)])

    page = client.get(url(post.author)).content.decode()

    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize("path", ["/author/0/x/", "/author/9999999999999999999/x/", "/author/1/%00/"])
def test_nobody_is_not_found(client, path):
    assert client.get(path).status_code == 404
