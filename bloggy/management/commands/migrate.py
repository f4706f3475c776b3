"""Django's migrate, one process at a time across all instances."""

import time

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

PATIENCE = 600  # seconds
PAUSE = 0.2  # seconds between two tries


class Command(migrate.Command):
    help = f"{migrate.Command.help} One process at a time: others wait, then find nothing to do."

    def handle(self, *args, **options):
        lock = connections.create_connection(options["database"])  # its own: a migration may end the other one
        try:
            self.take(lock)
            with connections[options["database"]].cursor() as cursor:
                # A migration that waits for a table makes everybody wait behind it: rather fail and be run again.
                cursor.execute("SET lock_timeout = '2s'")
            try:
                super().handle(*args, **options)
            finally:
                with connections[options["database"]].cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
        finally:
            lock.close()  # and with it the lock, which a crash gives back too

    def take(self, lock):
        """Wait for the lock; raise CommandError after ten minutes.

        Polled, outside any transaction: a session that waits inside pg_advisory_lock() holds a snapshot, and
        CREATE INDEX CONCURRENTLY waits for that one.
        """
        deadline, said = time.monotonic() + PATIENCE, False
        with lock.cursor() as cursor:
            while not self.is_free(cursor):
                if time.monotonic() > deadline:
                    raise CommandError(f"Another process has been migrating for {PATIENCE // 60} minutes: look there.")
                if not said:
                    self.stderr.write("Another process is migrating this database: waiting for it.")
                    said = True
                time.sleep(PAUSE)

    @staticmethod
    def is_free(cursor):
        """Take the lock if nobody has it."""
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('bloggy.migrate'))")  # the ORM has no advisory locks
        return cursor.fetchone()[0]
