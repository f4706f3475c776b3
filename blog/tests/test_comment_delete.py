import pytest
from django.urls import reverse

from blog.models import Comment
from blog.tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = UserFactory()
    client.force_login(user)
    return user


def address(comment):
    return reverse("blog:comment_delete", args=[comment.post.slug, comment.pk])


def test_the_writer_is_asked_and_then_it_is_gone(client, reader):
    comment = CommentFactory(author=reader)

    asked = client.get(address(comment))
    still_there = Comment.objects.exists()
    done = client.post(address(comment))

    assert b"Well said." in asked.content
    assert still_there
    assert done.url == f"{comment.post.get_absolute_url()}#comments"
    assert not Comment.objects.exists()


def test_a_second_click_is_content(client, reader):
    comment = CommentFactory(author=reader)

    assert client.post(address(comment)).url == client.post(address(comment)).url


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_nothing_to_delete(client, reader, method):
    comment = CommentFactory()

    assert getattr(client, method)(address(comment)).status_code == 404
    assert Comment.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_logs_in_first(client, method):
    comment = CommentFactory()

    assert getattr(client, method)(address(comment)).url.startswith(reverse("login"))
    assert Comment.objects.exists()


def test_moderators_hide_the_words_of_others_and_do_not_delete_them_here(client):
    client.force_login(UserFactory(is_staff=True, groups=["Moderators"]))
    comment = CommentFactory()

    assert client.post(address(comment)).status_code == 404


def test_what_a_moderator_hid_is_not_the_writers_to_delete(client, reader):
    comment = CommentFactory(author=reader, state="removed")

    assert client.post(address(comment)).status_code == 404


def test_replies_of_others_stay(client, reader):
    comment = CommentFactory(author=reader)
    reply = CommentFactory(post=comment.post, parent=comment)

    client.post(address(comment))

    comment.refresh_from_db()
    assert (comment.body, comment.body_html, comment.state) == ("", "", "removed")
    assert Comment.objects.filter(pk=reply.pk, state="visible").exists()


def test_a_second_click_is_content_with_replies_too(client, reader):
    comment = CommentFactory(author=reader)
    CommentFactory(post=comment.post, parent=comment)

    assert client.post(address(comment)).url == client.post(address(comment)).url


def test_what_its_writer_deleted_nobody_brings_back(client, reader, django_assert_num_queries):
    comments = CommentFactory.create_batch(5, author=reader, post=PostFactory())
    for comment in comments:
        CommentFactory(post=comment.post, parent=comment)
        client.post(address(comment))
    client.force_login(UserFactory(superuser=True))

    # the version, session, user, post with all but its comments, comments with authors
    with django_assert_num_queries(5):
        page = client.get(comments[0].post.get_absolute_url()).content.decode()
    client.post(reverse("blog:comment_show", args=[comments[0].post.slug, comments[0].pk]))
    ids = [comment.pk for comment in comments]
    client.post(reverse("admin:blog_comment_changelist"), {"action": "show", "_selected_action": ids})

    assert page.count("Deleted by its writer.") == 5
    assert page.count("/show/") == 0
    assert Comment.objects.filter(pk__in=ids, state="removed").count() == 5


def test_the_link_stands_below_ones_own_comment_only(client, reader):
    post = PostFactory()
    own, other = CommentFactory(post=post, author=reader), CommentFactory(post=post)

    page = client.get(post.get_absolute_url()).content.decode()

    assert address(own) in page
    assert address(other) not in page
