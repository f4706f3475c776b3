"""Bringing the demo into the database, a batch at a time.

Each batch is a transaction of its own: a run that is interrupted, even by kill -9, keeps the batches that it has
committed, whole, and the next run finds what is lacking and goes on from there. One transaction for everything
would lose the work of minutes, and would show nothing before its end.
"""

import secrets

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.models import User
from blog.demo import plan
from blog.demo.comments import add_comments
from blog.demo.people import AUTHORS, DOMAIN, READERS
from blog.demo.pool import pool
from blog.demo.posts import add_posts
from blog.demo.rows import BY_DEMO_PEOPLE, take_turn
from blog.models import Comment, Post, Tag

FIRST_POSTS, FIRST_COMMENTS = 30, 60
ADMIN = "admin@example.com"


def others_posts():
    """Return the posts that are no demo posts."""
    return Post.objects.exclude(BY_DEMO_PEOPLE)


def counts():
    """Return how many demo posts and demo comments there are."""
    return Post.objects.filter(BY_DEMO_PEOPLE).count(), Comment.objects.filter(BY_DEMO_PEOPLE).count()


def is_empty():
    """Tell whether there is neither an account nor a post."""
    return not (User.objects.exists() or Post.objects.exists())


def seed_first():
    """Fill an empty database with 30 posts, their comments and an admin; return the admin's password.

    Returns None, and does nothing, where there is any account or post. All of it is one transaction, and of two
    at once only one writes.
    """
    with transaction.atomic():
        take_turn()
        if not is_empty():
            return None
        seed(FIRST_POSTS, FIRST_COMMENTS)
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(ADMIN, password)
    return password


def seed(posts, comments, progress=lambda rows: None):
    """Bring the number of demo posts and demo comments up to the given ones.

    progress is called with the number of rows after each batch. Without a demo post there are no comments.
    """
    with transaction.atomic():
        take_turn()
        people, tags = people_by_key(), tags_by_name()
    add_posts(posts, people, tags, progress)
    add_comments(comments, people, progress)


def people_by_key():
    """Return the demo accounts by Person's key; makes those that are missing, with no password to log in by."""
    people = {person.email: person for person in (*AUTHORS, *READERS)}
    there = User.objects.alias(address=Lower("email")).filter(address__in=people)
    missing = people.keys() - {user.email.lower() for user in there}
    User.objects.bulk_create(
        User(
            email=email,
            password=make_password(None),
            first_name=person.first_name,
            last_name=person.last_name,
            date_joined=plan.joined_at(number),
        )
        for number, (email, person) in enumerate(people.items())
        if email in missing
    )
    return {user.email.lower().removesuffix(DOMAIN): user for user in there.all()}


def tags_by_name():
    """Return the demo's Tags by name; makes those that are missing."""
    return {name: tag_of(name) for name in sorted({name for entry in pool() for name in entry.tags})}


def tag_of(name):
    slug = slugify(name)
    there = Tag.objects.alias(lower_name=Lower("name")).filter(Q(lower_name=name) | Q(slug=slug))
    return there.first() or Tag.objects.create(name=name, slug=slug)
