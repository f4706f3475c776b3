"""What all writing of the demo's rows shares: whose they are, how many at once, and one writer at a time."""

from django.db import connection
from django.db.models import Q

from blog.demo.people import DOMAIN

BATCH = 5_000
LOCK = 0x626C6F67_64656D6F  # "blogdemo" in ASCII; any number that no other lock in this database bears
BY_DEMO_PEOPLE = Q(author__email__iendswith=DOMAIN)


def take_turn():
    """Wait until no other seeding is at work, and keep others waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
