"""Hiding and showing: comment_hide and comment_show."""

import pytest
from django.urls import reverse

from blog.models import Comment
from blog.tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment():
    return CommentFactory(body="Rude.")


def address(name, comment):
    return reverse(f"blog:comment_{name}", args=[comment.post.slug, comment.pk])


def read(client, comment):
    return client.get(comment.post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("group", ["Moderators", "Editors"])
def test_moderators_hide_and_show_on_the_page(client, client_of_a_reader, comment, group):
    client.force_login(UserFactory(is_staff=True, groups=[group]))

    hidden = client.post(address("hide", comment))
    while_hidden = read(client_of_a_reader, comment), read(client, comment)
    client.post(address("show", comment))

    assert hidden.url == f"{comment.post.get_absolute_url()}#comment-{comment.pk}"
    assert "Rude." not in while_hidden[0]
    assert "Rude." in while_hidden[1]
    assert "Hidden: readers cannot see this comment." in while_hidden[1]
    assert "Rude." in read(client_of_a_reader, comment)


def test_the_words_stay_as_they_are(client, comment):
    client.force_login(UserFactory(is_staff=True, groups=["Moderators"]))

    client.post(address("hide", comment), {"body": "Nice.", "state": "held"})

    comment.refresh_from_db()
    assert (comment.body, comment.state, comment.edited_at) == ("Rude.", "removed", None)


@pytest.mark.parametrize(
    "account",
    [{}, {"is_staff": True, "groups": ["Authors"]}, {"groups": ["Moderators"]}],
    ids=["a reader", "an author", "a moderator who is staff no more"],
)
@pytest.mark.parametrize("name", ["hide", "show"])
def test_others_can_do_neither(client, comment, account, name):
    state = "visible" if name == "hide" else "removed"
    Comment.objects.filter(pk=comment.pk).update(state=state)
    client.force_login(UserFactory(**account))

    response = client.post(address(name, comment))

    comment.refresh_from_db()
    assert response.status_code == 404
    assert comment.state == state
    assert "/hide/" not in read(client, comment)


@pytest.mark.parametrize("name", ["hide", "show"])
def test_a_visitor_logs_in_first_and_a_link_leads_to_the_comment(client, comment, name):
    assert client.post(address(name, comment)).url.startswith(reverse("login"))
    client.force_login(UserFactory(superuser=True))
    assert client.get(address(name, comment)).url == f"{comment.post.get_absolute_url()}#comment-{comment.pk}"
    comment.refresh_from_db()
    assert comment.state == "visible"


def test_a_comment_is_reached_through_its_own_post_only(client, comment):
    client.force_login(UserFactory(superuser=True))
    other = CommentFactory()

    response = client.post(reverse("blog:comment_hide", args=[other.post.slug, comment.pk]))

    assert response.status_code == 404
