"""Django's migrate, one process at a time across all instances."""

from contextlib import suppress

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DatabaseError, OperationalError, connections
from psycopg.errors import LockNotAvailable

from bloggy.locks import poll

PATIENCE = 600  # seconds


class Command(migrate.Command):
    help = f"{migrate.Command.help} One process at a time: others wait, then find nothing to do."

    def execute(self, *args, **options):
        connections[options["database"]].ensure_connection()  # before the checks, which would say more than a line
        return super().execute(*args, **options)

    def handle(self, *args, **options):
        if options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)  # it only looks
        # A connection of its own, for a migration may end the other one.
        self.lock = lock = connections.create_connection(options["database"])
        try:
            self.take(lock)
            # A migration that waits for a table makes everybody wait behind it: rather fail and be run again. But it
            # may take longer than a request, whose limit the role may have.
            self.execute_in(options["database"], "SET lock_timeout = '2s'; SET statement_timeout = 0")
            super().handle(*args, **options)
            self.execute_in(options["database"], "RESET lock_timeout; RESET statement_timeout")
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError("A table was in use for 2 seconds: not everything is migrated. Run it again.") from error
        finally:
            with suppress(DatabaseError):
                lock.rollback()  # gives it back before the next one asks; a crash gives it back too
            lock.close()

    def migration_progress_callback(self, action, migration=None, fake=False):
        """Begin no migration without the lock: whoever ended its connection let others in."""
        if action in ("apply_start", "unapply_start"):
            with self.lock.cursor() as cursor:
                cursor.execute("SELECT 1")
        super().migration_progress_callback(action, migration, fake)

    @staticmethod
    def execute_in(alias, statement):
        """Change the session, unless PgBouncer would give it to others: there the role has the limit."""
        if not settings.DB_PGBOUNCER:
            with connections[alias].cursor() as cursor:
                cursor.execute(statement)

    def take(self, lock):
        """Wait for the lock, and have it until the connection is closed; raise CommandError after ten minutes.

        Polled, and each try a transaction of its own: a session that waits inside pg_advisory_lock() holds a
        snapshot, and CREATE INDEX CONCURRENTLY waits for that one. The transaction that has the lock is idle and holds
        none. (A lock of the session would be lost, or never given back, behind PgBouncer.)
        """
        lock.set_autocommit(False)
        with lock.cursor() as cursor:
            taken = poll(lambda: self.is_free(cursor) or lock.rollback(), PATIENCE, self.say_that_it_waits)
        if not taken:
            raise CommandError(f"Another process has been migrating for {PATIENCE // 60} minutes: look there.")

    def say_that_it_waits(self):
        self.stderr.write("Another process is migrating this database: waiting for it.")

    @staticmethod
    def is_free(cursor):
        """Take the lock if nobody has it."""
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('bloggy.migrate'))")  # the ORM has no advisory locks
        return cursor.fetchone()[0]
