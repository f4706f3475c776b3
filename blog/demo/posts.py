"""Writing the demo's posts, with their tags."""

from functools import cache

from django.db import transaction
from django.db.models import F

from blog import slugs
from blog.demo import plan
from blog.demo.people import DOMAIN
from blog.demo.pool import pool
from blog.demo.rows import BATCH, BY_DEMO_PEOPLE, take_turn
from blog.models import Post, PostTag


def add_posts(total, people, tags, progress):
    """Write demo posts until there are so many: those of the first `total` that are missing.

    people holds accounts by Person's key, tags holds Tags by name; progress is called with the rows of each batch.
    """
    lacking = total - Post.objects.filter(BY_DEMO_PEOPLE).count()
    for start in range(0, total, BATCH):
        if lacking <= 0:
            return
        with transaction.atomic():
            take_turn()
            indexes = missing_posts(range(start, min(start + BATCH, total)))[:lacking]
            write_posts(indexes, people, tags)
        lacking -= len(indexes)
        progress(len(indexes))


def missing_posts(indexes):
    """Return those of the indexes whose posts aren't there: a demo post is known by its date, which no other has."""
    dates = {plan.published_at(index): index for index in indexes}
    # Whose they are is looked at here: in the query it would make PostgreSQL look for each date under each author.
    for date, email in Post.objects.filter(published_at__in=dates).values_list("published_at", "author__email"):
        if email.lower().endswith(DOMAIN):
            dates.pop(date, None)
    return list(dates.values())


def write_posts(indexes, people, tags):
    addresses = free_slugs([plan.slug_of(index) for index in indexes])
    posts = [post_of(index, slug, people) for index, slug in zip(indexes, addresses, strict=True)]
    Post.objects.bulk_create(posts)
    # bulk_create() puts the clock into updated_at.
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(updated_at=F("published_at"))
    PostTag.objects.bulk_create(
        PostTag(post=post, tag=tags[name])
        for index, post in zip(indexes, posts, strict=True)
        for name in plan.entry_of(index).tags
    )


def post_of(index, slug, people):
    date = plan.published_at(index)
    return Post(
        author=people[plan.entry_of(index).author],
        title=plan.title_of(index),
        slug=slug,
        published_at=date,
        created_at=date,
        **rendered_text(index % len(pool())),
    )


@cache
def rendered_text(number):
    """Return the fields of a Post that follow from the text of the pool's Entry `number`; rendered once."""
    post = Post(body=pool()[number].body)
    post.render()
    return {name: getattr(post, name) for name in ("body", "body_html", "renderer", "words", "excerpt")}


def free_slugs(wanted):
    """Return the addresses, each numbered where a post has it already; the wanted ones differ from each other."""
    taken = set(Post.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    chosen = set(wanted)
    return [numbered_slug(slug, chosen) if slug in taken else slug for slug in wanted]


def numbered_slug(slug, chosen):
    """Return the first free address numbered after a taken one, and add it to the chosen ones."""
    free = slugs.first_free(slug, lambda slug: slug in chosen or Post.objects.filter(slug=slug).exists())
    chosen.add(free)
    return free
