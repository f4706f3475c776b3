"""Turns that processes take across all instances, by PostgreSQL's advisory locks."""

import time

from django.db import connection

PAUSE = 0.2  # seconds between two tries


def take_turn(name):
    """Wait until no other transaction has the turn of this name, and have it until the current one ends."""
    with connection.cursor() as cursor:  # the ORM has no advisory locks
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"bloggy.{name}"])


def try_turn(name):
    """Have the turn of this name until the current transaction ends, if no other has it; tell whether."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"bloggy.{name}"])
        return cursor.fetchone()[0]


def poll(takes, seconds, say):
    """Try takes() until it tells that the turn was taken; return whether it was, within so many seconds.

    say() is called once, where somebody else has the turn.
    """
    deadline, said = time.monotonic() + seconds, False
    while not takes():
        if time.monotonic() > deadline:
            return False
        if not said:
            say()
            said = True
        time.sleep(PAUSE)
    return True
