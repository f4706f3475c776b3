"""Nobody saves over what somebody else saved meanwhile without having seen it."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.forms import PostForm
from blog.models import Post
from blog.tests.admin_forms import filled, post_form
from blog.tests.factories import PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db):
    return PostFactory(title="First", body="First\r\ntext.", slug="first", tags=1)


def change_url(post):
    return reverse("admin:blog_post_change", args=[post.pk])


def save_meanwhile(post, **values):
    """Change a post as somebody else does."""
    other = Post.objects.get(pk=post.pk)
    for name, value in values.items():
        setattr(other, name, value)
    other.save()


def test_what_was_saved_meanwhile_is_shown_and_nothing_is_lost(admin, post):
    typed = filled(admin.get(change_url(post))) | {"title": "Mine", "body": "My <b>text</b>.", "tag_list": []}
    save_meanwhile(post, title="Theirs", body="Their <i>text</i>.")

    response = admin.post(change_url(post), typed)

    page, form = response.content.decode(), response.context["adminform"].form
    post.refresh_from_db()
    assert (post.title, post.tags.count(), post.version) == ("Theirs", 1, 2)
    assert "Somebody saved this post meanwhile" in page
    assert '<input type="hidden" name="version" value="2"' in page
    assert 'value="Mine"' in page
    assert "My &lt;b&gt;text&lt;/b&gt;." in page
    assert form["tag_list"].value() == []
    stored = {difference.name: difference.stored for difference in form.differences}
    assert stored == {"title": "Theirs", "body": "Their <i>text</i>.", "tag_list": post.tags.get().name}
    assert "Their &lt;i&gt;text&lt;/i&gt;.</textarea>" in page


def test_saving_again_replaces_the_version_that_was_shown(admin, post):
    typed = filled(admin.get(change_url(post))) | {"title": "Mine"}
    save_meanwhile(post, title="Theirs")

    refused = admin.post(change_url(post), typed)
    saved = admin.post(change_url(post), filled(refused))

    post.refresh_from_db()
    assert (saved.status_code, post.title, post.version) == (302, "Mine", 3)


def test_a_third_version_is_shown_before_it_is_replaced(admin, post):
    typed = filled(admin.get(change_url(post))) | {"title": "Mine"}
    save_meanwhile(post, title="Theirs")
    refused = admin.post(change_url(post), typed)
    save_meanwhile(post, title="Another one's")

    again = admin.post(change_url(post), filled(refused))

    post.refresh_from_db()
    assert (again.status_code, post.title) == (200, "Another one's")
    assert [difference.stored for difference in again.context["adminform"].form.differences] == ["Another one's"]


def test_every_kind_of_field_is_shown_as_the_admin_shows_it(admin, post):
    typed = filled(admin.get(change_url(post)))
    tag, author = TagFactory(name="Baking"), UserFactory(first_name="Bea", last_name="Baker")
    save_meanwhile(post, published_at=None, comments_open=False, author=author, body_format="plain", summary="Short.")
    post.tags.add(tag)

    response = admin.post(change_url(post), typed)

    stored = {difference.name: str(difference.stored) for difference in response.context["adminform"].form.differences}
    assert set(stored) == {"published_at", "comments_open", "author", "body_format", "summary", "tag_list"}
    assert 'alt="False"' in stored["comments_open"]
    assert (stored["author"], stored["body_format"], stored["summary"]) == ("Bea Baker", "Plain text", "Short.")
    assert stored["published_at"] == "-"
    assert stored["tag_list"].startswith("Baking, ")


def test_the_same_form_sent_twice_is_saved(admin, post):
    typed = filled(admin.get(change_url(post))) | {"title": "Mine", "body": "My\r\ntext."}
    save_meanwhile(post, title="Mine", body="My\ntext.")

    response = admin.post(change_url(post), typed)

    assert response.status_code == 302


def test_a_form_without_a_version_is_saved(admin, post):
    save_meanwhile(post, title="Theirs")

    response = admin.post(change_url(post), post_form(title="Mine", slug="first", author=post.author_id))

    post.refresh_from_db()
    assert (response.status_code, post.title, post.version) == (302, "Mine", 3)


def before_the_lock(monkeypatch, happen):
    """Let something happen between the moment when a post is read for its form and when it is locked."""
    refuse = PostForm.refuse_unseen

    def happen_first(form, version):
        happen()
        refuse(form, version)

    monkeypatch.setattr(PostForm, "refuse_unseen", happen_first)


@pytest.mark.parametrize(("version", "outcome"), [("1", (200, "Theirs", 2)), ("", (302, "Mine", 3))])
def test_what_is_saved_before_the_form_has_the_lock_counts(admin, post, monkeypatch, version, outcome):
    values = post_form(title="Mine", slug="first", author=post.author_id, version=version)
    before_the_lock(monkeypatch, lambda: save_meanwhile(post, title="Theirs"))

    response = admin.post(change_url(post), values)

    post.refresh_from_db()
    assert (response.status_code, post.title, post.version) == outcome


@pytest.mark.parametrize("version", ["abc", "1.5", "\0", "-", "9" * 5000])
def test_a_version_that_is_none_is_an_ordinary_error(admin, post, version):
    values = post_form(title="Mine", slug="first", author=post.author_id, version=version)

    response = admin.post(change_url(post), values)

    post.refresh_from_db()
    assert (response.status_code, post.title) == (200, "First")
    assert "whole number" in response.content.decode()


def test_a_version_beside_other_errors_is_refused_too(admin, post):
    typed = filled(admin.get(change_url(post))) | {"title": "", "body": "Mine"}
    save_meanwhile(post, body="Theirs")

    page = admin.post(change_url(post), typed).content.decode()

    assert "Somebody saved this post meanwhile" in page
    assert "This field is required" in page
    assert "Theirs</textarea>" in page


def test_a_post_that_is_deleted_while_it_is_saved_is_not_made_anew(admin, post, monkeypatch):
    typed = filled(admin.get(change_url(post))) | {"body": "Mine"}
    before_the_lock(monkeypatch, lambda: Post.objects.filter(pk=post.pk).delete())

    page = admin.post(change_url(post), typed).content.decode()

    assert "Somebody deleted this post meanwhile" in page
    assert "Mine</textarea>" in page
    assert not Post.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_save_at_once_one_is_refused_and_sees_the_other_text():
    post, user = PostFactory(slug="first", body="Old."), UserFactory(superuser=True)
    url, barrier, answers = change_url(post), threading.Barrier(2), {}

    def save(text):
        client = Client()
        client.force_login(user)
        typed = filled(client.get(url)) | {"body": text}
        barrier.wait(30)
        answers[text] = client.post(url, typed)
        connection.close()

    threads = [threading.Thread(target=save, args=[text]) for text in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    won = Post.objects.get()
    lost = ({"One.", "Two."} - {won.body}).pop()
    assert {answers[won.body].status_code, answers[lost].status_code} == {302, 200}
    assert won.version == 2
    page = answers[lost].content.decode()
    assert f"{won.body}</textarea>" in page
    assert f"{lost}</textarea>" in page


def test_what_the_form_does_not_bear_stays_as_it_was_changed_meanwhile(client, monkeypatch):
    author, heir = UserFactory(is_staff=True, groups=["Authors"]), UserFactory()
    post = PostFactory(author=author, slug="bread")
    client.force_login(author)
    before_the_lock(monkeypatch, lambda: Post.objects.filter(pk=post.pk).update(author=heir))

    client.post(reverse("admin:blog_post_change", args=[post.pk]), post_form(title="Changed", slug="bread"))

    post.refresh_from_db()
    assert (post.title, post.author) == ("Changed", heir)
