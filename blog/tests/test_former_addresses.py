"""A post at an address that it had before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Post
from blog.tests.factories import NOON, PostFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_former_address_of_what_is_not_published_is_not_found(client, state):
    post = PostFactory(**{state: True})
    post.former_slugs.create(slug="former")

    assert client.get("/post/former/").status_code == 404


def test_a_former_address_leads_to_the_post(client):
    post = PostFactory(slug="first")
    post.slug = "second"
    post.save()

    response = client.get("/post/first/")

    assert (response.status_code, response.url) == (301, "/post/second/")


def test_each_former_address_leads_to_todays_in_one_step(client):
    post = PostFactory(slug="first")
    for slug in ("second", "third", "fourth"):
        Post.objects.filter(pk=post.pk).update(slug=slug)

    responses = [client.get(f"/post/{slug}/") for slug in ("first", "second", "third")]

    assert [(response.status_code, response.url) for response in responses] == [(301, "/post/fourth/")] * 3


@pytest.mark.parametrize("withdrawn", [None, timezone.now() + timedelta(days=1)], ids=["to a draft", "for later"])
def test_a_post_that_is_withdrawn_and_renamed_is_found_by_its_old_link_once_it_is_back(client, withdrawn):
    post, statuses = PostFactory(slug="first"), []

    for change in ({"published_at": withdrawn}, {"slug": "second"}, {"published_at": NOON}):
        Post.objects.filter(pk=post.pk).update(**change)
        statuses.append(client.get("/post/first/").status_code)

    assert statuses == [404, 404, 301]


def test_an_address_that_is_taken_back_leads_nowhere_else(client):
    post = PostFactory(slug="first")
    for slug in ("second", "first"):
        Post.objects.filter(pk=post.pk).update(slug=slug)

    assert client.get("/post/first/").status_code == 200
    assert client.get("/post/second/").url == "/post/first/"


def test_a_new_post_wins_a_former_address_for_as_long_as_readers_may_see_it(client):
    renamed = PostFactory(slug="first")
    Post.objects.filter(pk=renamed.pk).update(slug="second")
    new = PostFactory(slug="first", title="The new one", draft=True)
    assert client.get("/post/first/").url == "/post/second/"

    Post.objects.filter(pk=new.pk).update(published_at=NOON)
    page = client.get("/post/first/").content

    assert b"The new one" in page
    new.delete()
    assert client.get("/post/first/").url == "/post/second/"


def test_a_new_post_wins_over_a_former_address(client):
    renamed, new = PostFactory(slug="first"), PostFactory(slug="other", title="The new one")
    type(renamed).objects.filter(pk=renamed.pk).update(slug="second")
    type(new).objects.filter(pk=new.pk).update(slug="first")

    response = client.get("/post/first/")

    assert response.status_code == 200
    assert b"The new one" in response.content
