import re

import pytest
from django.urls import reverse

from blog.models import Comment
from blog.tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_comments_are_hidden_and_shown_in_bulk(admin):
    comments = CommentFactory.create_batch(2)
    data = {"_selected_action": [comment.pk for comment in comments]}

    admin.post(reverse("admin:blog_comment_changelist"), data | {"action": "remove"})
    assert set(Comment.objects.values_list("state", flat=True)) == {"removed"}

    admin.post(reverse("admin:blog_comment_changelist"), data | {"action": "show"})
    assert set(Comment.objects.values_list("state", flat=True)) == {"visible"}


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_others_may_hide_a_comment_but_not_change_its_words(client, group):
    comment = CommentFactory(body="Mine.")
    client.force_login(UserFactory(is_staff=True, groups=[group]))
    url = reverse("admin:blog_comment_change", args=[comment.pk])

    client.post(url, {"state": "removed", "body": "Not mine.", "author": UserFactory().pk, "post": PostFactory().pk})

    changed = Comment.objects.get()
    assert (changed.state, changed.body) == ("removed", "Mine.")
    assert (changed.author, changed.post) == (comment.author, comment.post)


def test_a_comment_is_viewed_on_the_page_that_begins_with_it(admin):
    post = PostFactory()
    comments = CommentFactory.create_batch(3, post=post)
    form_page = admin.get(reverse("admin:blog_comment_change", args=[comments[1].pk])).content.decode()
    link = re.search(r'href="([^"]+)" class="viewsitelink"', form_page)[1]

    shown = re.findall(r'id="(comment-\d+)"', admin.get(link).content.decode())

    assert link.endswith(f"#comment-{comments[1].pk}")
    assert shown == [f"comment-{comment.pk}" for comment in comments[1:]]


@pytest.mark.parametrize("value", ["abc", "9" * 30, "-1", "1\0"])
@pytest.mark.parametrize("field", ["post", "author", "parent"])
def test_what_is_no_number_is_an_error_of_its_field(admin, field, value):
    response = admin.post(reverse("admin:blog_comment_add"), {field: value})

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


@pytest.mark.parametrize("value", ["abc", "9" * 30, "-1"])
@pytest.mark.parametrize("field", ["post", "author", "parent"])
def test_what_is_no_number_is_not_proposed(admin, field, value):
    assert admin.get(reverse("admin:blog_comment_add"), {field: value}).status_code == 200


def test_words_that_their_writer_deleted_meanwhile_stay_deleted(client, monkeypatch):
    comment = CommentFactory(body="Secret.")
    client.force_login(UserFactory(superuser=True))
    form = {"post": comment.post_id, "author": comment.author_id, "body": "Secret.", "body_format": "markdown"}
    clean = Comment.clean

    def clean_while_the_writer_deletes(self):
        Comment.objects.filter(pk=comment.pk).update(body="", body_html="")
        clean(self)

    monkeypatch.setattr(Comment, "clean", clean_while_the_writer_deletes)

    client.post(reverse("admin:blog_comment_change", args=[comment.pk]), form | {"state": "removed"})

    comment.refresh_from_db()
    assert (comment.state, comment.body, comment.body_html) == ("removed", "", "")
