"""What all writing of the demo's rows shares: whose they are, how many at once, and one writer at a time."""

from django.db.models import Q

from blog.demo.people import DOMAIN
from bloggy import locks

BATCH = 5_000
BY_DEMO_PEOPLE = Q(author__email__iendswith=DOMAIN)


def take_turn():
    """Wait until no other seeding is at work, and keep others waiting until this transaction ends."""
    locks.take_turn("demo")
