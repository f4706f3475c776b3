"""What posts' and comments' texts have in common."""

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from accounts.models import User

SEARCH_CONFIG = "bloggy"  # a text search configuration of our own, made by the first migration
SEARCHED_CHARACTERS = 100_000  # to_tsvector() fails where its result passes 1 MB
# Of who wrote a text, its page shows the name alone: the rest, a password among it, is not loaded with the text.
UNSEEN_OF_AUTHOR = tuple(
    f"author__{field.name}"
    for field in User._meta.concrete_fields
    if field.name not in ("id", "first_name", "last_name")
)


class BodyFormat(models.TextChoices):
    MARKDOWN = "markdown", _("Markdown")
    PLAIN = "plain", _("Plain text")


def weighed(text, weight=None):
    """Return the search vector of an expression's text, for a generated column."""
    return SearchVector(text, weight=weight, config=SEARCH_CONFIG)


def body_vector(weight=None):
    """Return the search vector of `body`, bounded."""
    return weighed(Left("body", SEARCHED_CHARACTERS), weight)


def search_field(expression):
    """Return the stored generated column that a search reads."""
    field = models.GeneratedField(
        expression=expression, output_field=SearchVectorField(), db_persist=True, serialize=False
    )
    field.db_returning = False  # an INSERT need not send it back: PostgreSQL alone reads it
    return field
