"""Rendering posts again, in steps that may end at any time and stand in nobody's way."""

from django.db import connection, transaction
from django.db.models import F, Func, IntegerField

from blog.markdown import RENDERER
from blog.models import Post

BATCH_POSTS, BATCH_BYTES = 200, 1_000_000  # in memory at once; a longer post comes alone
SEEN = ("body", "body_format", "summary", "version")  # what a rendering follows from, and the count of saves
MADE = ("body_html", "renderer", "words", "excerpt")


def to_render(everything=False):
    """Return the posts that an older renderer made, or also those of today's; what a newer one made is left alone."""
    return Post.objects.filter(**{"renderer__lte" if everything else "renderer__lt": RENDERER})


def render_again(posts):
    """Render posts of to_render() in order of id; yield for each whether it was stored.

    Each is committed by itself, so a second run goes on where the first one ended. One that
    is saved meanwhile isn't stored: whoever saved it rendered it.
    """
    last = 0
    while pks := next_batch(posts.filter(pk__gt=last).order_by("pk")):
        for post in Post.objects.filter(pk__in=pks).only(*SEEN).order_by("pk"):
            seen = {name: getattr(post, name) for name in SEEN}
            post.render()
            yield store(posts.filter(pk=post.pk, **seen), {name: getattr(post, name) for name in MADE})
        last = pks[-1]


def next_batch(posts):
    """Return the ids of the first posts, as many as may be in memory at once."""
    size = Func(F("body"), function="octet_length", output_field=IntegerField())
    pks, left = [], BATCH_BYTES
    for pk, taken in posts.values_list("pk", size)[:BATCH_POSTS]:
        left -= taken
        if pks and left < 0:
            break
        pks.append(pk)
    return pks


@transaction.atomic
def store(posts, made):
    """Write what was made into the one post, if there still is such a one; tell whether there was.

    A commit needs no wait for the disk: what a crash undoes, the next run does again. No two
    rows are held at once, so this can't be one side of a deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
    return bool(posts.update(**made))
