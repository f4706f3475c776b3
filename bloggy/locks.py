"""Turns that processes take across all instances, by PostgreSQL's advisory locks."""

from django.db import connection


def take_turn(name):
    """Wait until no other transaction has the turn of this name, and have it until the current one ends."""
    with connection.cursor() as cursor:  # the ORM has no advisory locks
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"bloggy.{name}"])


def try_turn(name):
    """Have the turn of this name until the current transaction ends, if no other has it; tell whether."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"bloggy.{name}"])
        return cursor.fetchone()[0]
