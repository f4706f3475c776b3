"""What an index of words knows of a row beside its words: numbers by which a search reads a part of the index.

The numbers of one column must not meet: weeks are positive, an author is the negative of the id.
No index of words has a list of new words before it (fastupdate): every scan of the index reads through that list, a
search makes dozens of scans, and 4,000 saved posts made one of a rare word take 10 s.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func


class Week(Func):
    """The number of a date's week since the year 1, by UTC."""

    template = "((%(expressions)s AT TIME ZONE 'UTC')::date - DATE '0001-01-01') / 7"
    output_field = BigIntegerField()


class Block(Func):
    """The number of the block of 4,096 that an id lies in."""

    template = "%(expressions)s / 4096"
    output_field = BigIntegerField()


class Negative(Func):
    template = "-%(expressions)s"
    output_field = BigIntegerField()


class Numbers(Func):
    template = "ARRAY[%(expressions)s]::bigint[]"
    output_field = ArrayField(BigIntegerField())


class Overlap(Func):
    """Whether two arrays have a number in common."""

    template = "%(expressions)s"
    arg_joiner = " && "
    output_field = BooleanField()


def post_keys():
    return Numbers(Week(F("published_at")), Negative(F("author")))


def comment_keys():
    return Numbers(Block(F("id")))
