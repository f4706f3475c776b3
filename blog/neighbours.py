"""Where a reader may go on from a post: the posts before and after it, and those about the same things."""

from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, Func, Max, OuterRef

from blog.models import Post, PostTag, Tag
from blog.models.posts import PUBLISHED
from blog.pages import EPOCH, Cursor, beside
from bloggy.prepared import Prepared

MOST_RELATED = 3
NEWEST_OF_A_TAG = 200  # looked at: a tag of half of all posts would take as long as all of them


def previous_and_next(post):
    """Return the published posts before and after a post, None where there is none, in one query."""
    if post.published_at is None:
        return None, None
    here = post.published_at, post.pk
    found = {(other.published_at, other.pk) < here: other for other in on_both_sides(*here)}
    return found.get(True), found.get(False)


def next_to(at, pk):
    """Return the query of previous_and_next()."""
    posts, here = Post.objects.published().only("title", "slug", "published_at"), Cursor(at, pk)
    older = posts.filter(beside(here, older=True)).order_by("-published_at", "-pk")[:1]
    newer = posts.filter(beside(here, older=False)).order_by("published_at", "pk")[:1]
    return older.union(newer, all=True)


on_both_sides = Prepared(next_to, EPOCH, -1)


def related_posts(post):
    """Return the published posts that share the most tags with a post, of equals the newest, in one query.

    Looked at are the newest posts of each of its tags.
    """
    tags = {tag.pk for tag in post.shown_tags}
    found = sharing(len(tags), NEWEST_OF_A_TAG)(post.pk, *tags) if tags else []
    found.sort(key=lambda other: (len(tags.intersection(other.tag_ids)), other.published_at, other.pk), reverse=True)
    return found


@lru_cache(100)
def sharing(number, newest_of_a_tag):
    """Return the query of related_posts(), prepared for the ids of a post and of so many tags; it sorts nothing."""

    def build(pk, *tags):
        newest = PostTag.objects.filter(PUBLISHED, tag=OuterRef("pk")).order_by("-published_at", "-post")
        of_a_tag = ArraySubquery(newest.values("post")[:newest_of_a_tag])
        candidates = Tag.objects.filter(pk__in=tags).values_list(
            Func(of_a_tag, function="unnest", output_field=BigIntegerField())
        )
        # The three are chosen by PostTag alone: joining every candidate's post first takes three times as long.
        links = PostTag.objects.filter(PUBLISHED, tag__in=tags, post__in=candidates).exclude(post=pk).values("post")
        most = links.alias(shared=Count("tag"), at=Max("published_at")).order_by("-shared", "-at", "-post")
        tag_ids = ArraySubquery(PostTag.objects.filter(post=OuterRef("pk")).values("tag"))
        return Post.objects.published().filter(pk__in=most[:MOST_RELATED]).for_titles().annotate(tag_ids=tag_ids)

    return Prepared(build, *range(-1, -number - 2, -1))
