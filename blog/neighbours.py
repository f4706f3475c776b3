"""Where a reader may go on from a post: the posts before and after it, and those about the same things."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, Func, Max, OuterRef, Subquery, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan

from accounts.models import User
from blog.models import Post, PostTag
from blog.models.posts import PUBLISHED
from blog.pages import Row
from bloggy.rows import Texts

MOST_RELATED = 3
NEWEST_OF_A_TAG = 50  # looked at: a tag of half of all posts would take as long as all of them
# What is shown of them: fields of a Post, and of its author.
TITLE = "id", "title", "slug"
TITLE_AND_DATE = *TITLE, "published_at", "author_id"
AUTHOR = "id", "first_name", "last_name"


def with_neighbours(posts):
    """Load what the pages of posts lead on to, in the posts' own query; each would else be another one."""
    return posts.annotate(
        loaded_previous=beside_it(LessThan, "-published_at", "-pk"),
        loaded_next=beside_it(GreaterThan, "published_at", "pk"),
        loaded_related=related(),
    )


def beside_it(compare, *order):
    """Return what is shown of the first published post on one side of the query's own; nothing is beside a draft."""
    here = Row(OuterRef("published_at"), OuterRef("pk"))
    posts = Post.objects.published().filter(compare(Row("published_at", "id"), here)).order_by(*order)
    return Subquery(posts.values_list(Texts(*TITLE))[:1])


def related():
    """Return what is shown of the published posts that share the most tags with the query's own, of equals the newest.

    Looked at are the newest posts of each of its tags. They are not sorted.
    """
    of_post = PostTag.objects.filter(post=OuterRef(OuterRef(OuterRef("pk")))).values("tag")
    newest = PostTag.objects.filter(PUBLISHED, tag=OuterRef("tag")).order_by("-published_at", "-post")
    of_a_tag = Func(
        ArraySubquery(newest.values("post")[:NEWEST_OF_A_TAG]), function="unnest", output_field=BigIntegerField()
    )
    candidates = PostTag.objects.filter(post=OuterRef(OuterRef(OuterRef("pk")))).values_list(of_a_tag)
    # The three are chosen by PostTag alone: joining every candidate's post first takes three times as long.
    links = PostTag.objects.filter(PUBLISHED, tag__in=of_post, post__in=candidates)
    links = links.exclude(post=OuterRef(OuterRef("pk"))).values("post")
    most = links.alias(shared=Count("tag"), at=Max("published_at")).order_by("-shared", "-at", "-post")
    tags = PostTag.objects.filter(post=OuterRef("pk")).values("tag")
    tags = Func(ArraySubquery(tags), Value(" "), function="array_to_string", output_field=TextField())
    found = Post.objects.published().filter(pk__in=most[:MOST_RELATED])
    names = "author__first_name", "author__last_name"
    return ArraySubquery(found.values_list(Texts(*TITLE_AND_DATE, *names, tags)))


def previous_and_next(post):
    """Return the posts before and after one that with_neighbours() loaded, None where there is none."""
    return tuple(
        loaded and Post.from_db(None, TITLE, (int(loaded[0]), *loaded[1:]))
        for loaded in (post.loaded_previous, post.loaded_next)
    )


def related_posts(post):
    """Return the related posts of one that with_neighbours() loaded: the most tags in common first, then the newest."""
    tags = {str(tag.pk) for tag in post.shown_tags}
    found = [(len(tags.intersection(of_other.split())), titled(*loaded)) for *loaded, of_other in post.loaded_related]
    found.sort(key=lambda each: (each[0], each[1].published_at, each[1].pk), reverse=True)
    return [other for _number, other in found]


def titled(pk, title, slug, published_at, author, *name):
    """Return a post with its author of which this is loaded, and no more is known."""
    values = int(pk), title, slug, datetime.fromisoformat(published_at), int(author)
    post = Post.from_db(None, TITLE_AND_DATE, values)
    post.author = User.from_db(None, AUTHOR, (post.author_id, *name))
    return post
