"""Rows for tests, with fixed and boring values."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone

from accounts.tests.factories import UserFactory
from blog.models import Comment, Post, PostTag, Tag

__all__ = ["NOON", "CommentFactory", "PostFactory", "TagFactory", "UserFactory"]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"Tag {n}")
    slug = factory.Sequence(lambda n: f"tag-{n}")


class PostFactory(factory.django.DjangoModelFactory):
    """A published post, each a minute newer than the one before; tags=2 gives it two tags of its own."""

    class Meta:
        model = Post
        skip_postgeneration_save = True

    author = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Post {n}")
    slug = factory.Sequence(lambda n: f"a-post-{n}")
    body = "Some words."
    published_at = factory.Sequence(lambda n: NOON + timedelta(minutes=n))

    class Params:
        draft = factory.Trait(published_at=None)
        scheduled = factory.Trait(published_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)))

    @factory.post_generation
    def tags(self, create, tags, **kwargs):
        if isinstance(tags, int):
            tags = TagFactory.create_batch(tags)
        for tag in tags or ():
            PostTag.objects.create(post=self, tag=tag)


class CommentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Comment

    post = factory.SubFactory(PostFactory)
    author = factory.SubFactory(UserFactory)
    body = "Well said."
    created_at = factory.Sequence(lambda n: NOON + timedelta(minutes=n))
