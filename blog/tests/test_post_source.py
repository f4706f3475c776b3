import pytest
from django.urls import reverse

from blog.models import Post
from blog.tests.factories import PostFactory, UserFactory

pytestmark = pytest.mark.django_db


def url(post):
    return reverse("blog:post_source", args=[post.slug])


@pytest.mark.parametrize("body_format", ["markdown", "plain"])
def test_it_sends_the_text_as_it_was_written(client, body_format):
    post = PostFactory(body="# Überschrift\r\n\n*so* <b>\n", body_format=body_format, slug="汉字")

    response = client.get(url(post))

    assert response.content.decode() == post.body
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Link"] == f'<http://127.0.0.1:8000{post.get_absolute_url()}>; rel="canonical"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_its_address_is_the_posts_with_md_and_the_page_names_it(client):
    post = PostFactory(slug="bread")

    assert url(post) == "/post/bread.md"
    assert (
        '<link rel="alternate" type="text/markdown" href="/post/bread.md">'
        in client.get("/post/bread/").content.decode()
    )


def test_it_costs_two_queries(client, django_assert_num_queries):
    post = PostFactory(tags=2)

    with django_assert_num_queries(2):  # the version; post
        client.get(url(post))


def test_a_former_address_leads_to_todays(client):
    post = PostFactory(slug="first")
    for slug in ("second", "third"):
        Post.objects.filter(pk=post.pk).update(slug=slug)

    responses = [client.get(f"/post/{slug}.md") for slug in ("first", "second")]

    assert [(response.status_code, response.url) for response in responses] == [(301, "/post/third.md")] * 2


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_published_is_for_whom_may_handle_it(client, state):
    author = UserFactory(is_staff=True, groups=["Authors"])
    post = PostFactory(author=author, body="Secret.", **{state: True})
    post.former_slugs.create(slug="former")
    others = [UserFactory(is_staff=True, groups=["Authors"]), UserFactory()]

    assert client.get(url(post)).status_code == client.get("/post/former.md").status_code == 404
    for user in others:
        client.force_login(user)
        assert client.get(url(post)).status_code == 404
    client.force_login(author)
    response = client.get(url(post))
    assert response.content == b"Secret."
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["nope.md", "42.md", ".md", "%00.md", "a" * 101 + ".md", "a.md/"])
def test_an_address_that_no_post_has_is_not_found(client, path):
    PostFactory(slug="a")

    assert client.get(f"/post/{path}").status_code == 404


def test_only_reading_is_allowed(client):
    assert client.post(url(PostFactory())).status_code == 405
