"""What a post's page says of its last change."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Post
from blog.tests.admin_forms import filled
from blog.tests.factories import NOON, PostFactory

pytestmark = pytest.mark.django_db
MORNING, EVENING, NEXT_DAY = NOON.replace(hour=0), NOON.replace(hour=23, minute=59), NOON.replace(day=2, hour=0)


def post_of(created_at=MORNING, published_at=NOON, updated_at=NOON, **values):
    post = PostFactory(created_at=created_at, published_at=published_at, **values)
    Post.objects.filter(pk=post.pk).update(updated_at=updated_at)
    return post


def page_of(client, post):
    return client.get(post.get_absolute_url()).content.decode()


def test_a_change_on_a_later_day_is_told(client):
    page = page_of(client, post_of(updated_at=NEXT_DAY))

    assert '<span>updated on <time datetime="2024-05-02T00:00:00+0000">May 2, 2024</time></span>' in page
    assert "updated on" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "dates",
    [
        {"updated_at": EVENING},  # on the day that it appeared
        {"updated_at": NOON - timedelta(days=9), "created_at": NOON - timedelta(days=9)},  # scheduled for later
        {"updated_at": NEXT_DAY, "created_at": NEXT_DAY},  # written with a date of the past
    ],
)
def test_what_did_not_change_since_it_appeared_was_not_updated(client, dates):
    assert "updated on" not in page_of(client, post_of(**dates))


def test_a_draft_was_not_updated():
    assert post_of(published_at=None, updated_at=NEXT_DAY).updated_on is None


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, False),
        ({"is_featured": "on"}, False),
        ({"comments_open": ""}, False),
        ({"body": "Other words."}, True),
        ({"title": "Another", "is_featured": "on"}, True),
    ],
)
def test_saving_tells_of_a_change_where_there_is_one(admin, change, is_told):
    post = post_of()
    address = reverse("admin:blog_post_change", args=[post.pk])

    response = admin.post(address, filled(admin.get(address)) | change)

    assert response.status_code == 302
    stored = Post.objects.get(pk=post.pk)
    assert (stored.updated_at.date() == timezone.now().date()) is is_told
    assert stored.version == 2
    assert ("updated on" in page_of(admin, stored)) is is_told
