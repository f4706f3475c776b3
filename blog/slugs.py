"""The rules for the addresses of posts and tags: readable, stable, 100 characters at most, never like an old id."""

from django.db.models import Q
from django.utils.text import slugify

MAX_LENGTH = 100
# Beyond ASCII everything: what of it are letters, a database's locale says otherwise than Python. Forms are stricter.
CHARACTER = r"[-0-9A-Z_a-z\u0080-\U0010ffff]"
IN_ADDRESS = Q(slug__regex=f"^{CHARACTER}+$")  # what the addresses in urls.py can hold


def cut_at_word(slug, length=MAX_LENGTH):
    """Return a slug of at most that many characters, cut between words where there are some."""
    if len(slug) <= length:
        return slug
    head = slug[: length + 1].rpartition("-")[0]
    return head.strip("-_") or slug[:length]


def slug_of(title, pk):
    """Return the address that a title asks for; `post-<pk>` where it gives none.

    A title of digits alone gives none: `/post/42/` is the old address of post 42.
    """
    slug = cut_at_word(slugify(title, allow_unicode=True))
    return slug if slug and not slug.isdigit() else f"post-{pk}"


def stem(slug):
    """Return what a slug and all its numbered forms (up to `-99999999999`) begin with."""
    return cut_at_word(slug, MAX_LENGTH - 12)


def numbered(slug, number):
    """Return the slug with `-<number>` behind it, within the length."""
    suffix = f"-{number}"
    return cut_at_word(slug, MAX_LENGTH - len(suffix)) + suffix


def first_free(slug, is_taken):
    """Return the slug, or the first of `-2`, `-3` … for which is_taken(slug) is false."""
    candidate, number = slug, 1
    while is_taken(candidate):
        number += 1
        candidate = numbered(slug, number)
    return candidate
