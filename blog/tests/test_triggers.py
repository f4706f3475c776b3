"""What PostgreSQL keeps right by itself, whoever writes."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from blog.models import Post, PostSlug, PostTag
from blog.tests.factories import NOON, PostFactory, TagFactory


def stale():
    """Return how many tags of posts bear another date than their post."""
    return sum(link.published_at != link.post.published_at for link in PostTag.objects.select_related("post"))


@pytest.mark.django_db
class TestTheDateOfAPostsTag:
    def test_it_is_the_posts_when_the_tag_is_added(self):
        post = PostFactory(tags=2)

        assert {link.published_at for link in post.post_tags.all()} == {post.published_at}

    def test_it_follows_the_post(self):
        post = PostFactory(tags=2)

        for published_at in (NOON - timedelta(days=400), None, NOON):
            Post.objects.filter(pk=post.pk).update(published_at=published_at)
            assert {link.published_at for link in post.post_tags.all()} == {published_at}

    def test_nobody_can_write_another_one(self):
        post = PostFactory(tags=1)

        post.post_tags.update(published_at=NOON - timedelta(days=1))
        PostTag.objects.bulk_create([PostTag(post=post, tag=TagFactory(), published_at=None)])

        assert stale() == 0

    def test_it_follows_the_tag_to_another_post(self):
        old, new = PostFactory(tags=1), PostFactory()

        old.post_tags.update(post=new)

        assert new.post_tags.get().published_at == new.published_at

    def test_a_fixture_may_bring_the_tags_before_the_post(self, tmp_path):
        post = PostFactory(tags=1)
        call_command("dumpdata", "blog.posttag", output=tmp_path / "tags.json", verbosity=0)
        call_command("dumpdata", "blog.tag", "blog.post", "accounts", output=tmp_path / "posts.json", verbosity=0)
        post.delete()

        with connection.constraint_checks_disabled():
            call_command("loaddata", tmp_path / "tags.json", tmp_path / "posts.json", verbosity=0)

        assert PostTag.objects.get().published_at == Post.objects.get().published_at == post.published_at


@pytest.mark.django_db(transaction=True)
def test_a_tag_that_is_added_while_the_date_changes_gets_the_new_date():
    post, tag = PostFactory(), TagFactory()
    started = threading.Event()

    def add_tag():
        started.set()
        PostTag.objects.create(post=post, tag=tag)
        connection.close()

    with transaction.atomic():
        Post.objects.filter(pk=post.pk).update(published_at=NOON - timedelta(days=9))
        adding = threading.Thread(target=add_tag)
        adding.start()
        started.wait(5)
        adding.join(0.3)  # it waits for this transaction, or it has read the old date by now
    adding.join(10)

    assert stale() == 0
    assert PostTag.objects.count() == 1


@pytest.mark.django_db
class TestFormerAddresses:
    def test_the_address_of_a_published_post_is_kept_when_it_changes(self):
        post = PostFactory(slug="first")

        for slug in ("second", "third"):
            Post.objects.filter(pk=post.pk).update(slug=slug)

        assert set(PostSlug.objects.values_list("slug", "post")) == {("first", post.pk), ("second", post.pk)}

    @pytest.mark.parametrize("state", ["draft", "scheduled"])
    def test_one_that_nobody_has_seen_is_not(self, state):
        post = PostFactory(slug="first", **{state: True})

        Post.objects.filter(pk=post.pk).update(slug="second")

        assert not PostSlug.objects.exists()

    def test_the_last_post_that_had_it_keeps_it(self):
        one, two = PostFactory(slug="shared"), PostFactory(slug="two")
        Post.objects.filter(pk=one.pk).update(slug="one")
        Post.objects.filter(pk=two.pk).update(slug="shared")

        Post.objects.filter(pk=two.pk).update(slug="two")

        assert PostSlug.objects.get(slug="shared").post == two
