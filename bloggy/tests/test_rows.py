"""Rows of models as they come from the database."""

import pickle

import pytest
from django.db.models import F
from django.db.models.signals import post_init, pre_init

from accounts.models import User
from blog.models import Comment, Post, Tag
from blog.tests.factories import CommentFactory, PostFactory
from bloggy.rows import from_db

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [User, Post, Comment, Tag])
def test_nobody_awaits_the_signals_that_are_left_out(model):
    assert model.from_db.__func__ is from_db
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


def test_what_was_not_loaded_is_loaded_when_it_is_asked_for(django_assert_num_queries):
    PostFactory(title="Bread", body="Flour.")
    with django_assert_num_queries(1):
        post = Post.objects.only("title").get()
        assert (post.title, post.pk) == ("Bread", post.id)

    assert "body" in post.get_deferred_fields()
    assert "title" not in post.get_deferred_fields()
    with django_assert_num_queries(1):
        assert post.body == "Flour."


def test_it_is_saved_as_a_row_that_is_there():
    stored = PostFactory(title="Bread")
    post = Post.objects.get()
    post.title = "Rye"

    post.save()

    assert Post.objects.get().title == "Rye"
    assert Post.objects.count() == 1
    stored.refresh_from_db()
    assert stored.title == "Rye"


def test_its_author_comes_with_it_and_can_be_another(django_assert_num_queries):
    comment = CommentFactory()
    other = CommentFactory().author

    with django_assert_num_queries(1):
        loaded = Comment.objects.select_related("author").get(pk=comment.pk)
        assert loaded.author == comment.author
    loaded.author_id = other.pk
    assert loaded.author == other


def test_what_a_query_adds_and_a_copy_of_it_are_there():
    PostFactory(words=7)

    post = Post.objects.annotate(twice=F("words") * 2).get()

    assert pickle.loads(pickle.dumps(post)).twice == post.twice == 2 * post.words
    assert (post._state.adding, post._state.db) == (False, "default")
