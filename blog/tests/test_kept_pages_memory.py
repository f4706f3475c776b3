"""How many pages are kept, and which of them go."""

import pytest

from blog import kept_pages
from blog.models import Post
from blog.tests.factories import PostFactory
from blog.tests.kept import is_hit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("room"),
]  # what is rolled back is no change
LIST = "/"


def test_the_least_recently_used_go_first(client, room):
    paths = [post.get_absolute_url() for post in PostFactory.create_batch(12)]
    for path in paths:
        client.get(path)
    room.KEPT_PAGES_SIZE = int(kept_pages.plain.size / 0.75) + 1000  # full
    assert is_hit(client.get(paths[0]))

    client.get("/tags/")

    assert kept_pages.plain.size <= room.KEPT_PAGES_SIZE * 0.75
    kept = {key.path for key in kept_pages.plain.pages}
    assert {"/tags/", paths[0], paths[-1]} < kept
    assert paths[1] not in kept


def test_made_up_places_do_not_push_out_other_pages(client, post, room):
    room.KEPT_PAGES_SIZE = 400_000
    client.get("/post/first/")
    for number in range(40):
        assert client.get(f"{LIST}?before={number}-1").status_code == 200

    assert is_hit(client.get("/post/first/"))
    assert 0 < len(kept_pages.queried.pages) < 40
    assert kept_pages.queried.size <= 100_000
    assert sum(map(kept_pages.size_of, kept_pages.queried.pages.values())) == kept_pages.queried.size


@pytest.mark.parametrize("change", [{"KEPT_PAGES_SIZE": 0}, {"KEPT_PAGES_SIZE": 50_000}, {"DEBUG": True}])
def test_without_room_each_page_is_made_anew(client, post, room, change):
    for name, value in change.items():
        setattr(room, name, value)

    responses = [client.get(LIST), client.get(LIST)]

    assert [response.headers["Cache-Status"] for response in responses] == ["bloggy; fwd=miss"] * 2
    assert responses[0].headers["ETag"] == responses[1].headers["ETag"]
    assert not kept_pages.plain.pages


def test_a_page_that_is_gone_is_forgotten(client, post):
    client.get("/post/first/")
    Post.objects.update(published_at=None)

    assert client.get("/post/first/").status_code == 404
    assert not kept_pages.plain.pages
    assert kept_pages.plain.size == 0
