"""Several instances that migrate one database at once."""

import signal

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from bloggy.management.commands import migrate
from bloggy.tests import databases
from bloggy.tests.processes import wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import begin

WAITING = "Another process is migrating this database: waiting for it."


@pytest.mark.faults
def test_of_eight_processes_on_an_empty_database_one_migrates_and_the_others_find_nothing_to_do(tmp_path):
    with running(tmp_path) as server:
        processes = [begin(server.url(), "migrate") for _ in range(8)]
        said = [process.communicate(timeout=120)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 8, said
    assert sum("Applying blog.0001_initial... OK" in text for text in said) == 1
    assert sum("No migrations to apply." in text for text in said) == 7
    assert all(WAITING in text for text in said if "No migrations to apply." in text)


def lock(connection):
    connection.execute("SELECT pg_advisory_lock(hashtext('bloggy.migrate'))")


def is_free(connection):
    with connection.transaction():
        query = "SELECT pg_try_advisory_xact_lock(hashtext('bloggy.migrate'))"
        return connection.execute(query).fetchone()[0]


@pytest.fixture
def other(transactional_db):
    """A connection of another process to the tests' database."""
    from django.db import connection

    params = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "autocommit": True}
    with psycopg.connect(**params) as other:
        yield other


def test_who_waits_too_long_is_told_to_look(other, monkeypatch, capsys):
    monkeypatch.setattr(migrate, "PATIENCE", 0.5)
    lock(other)

    with pytest.raises(CommandError, match="look there"):
        call_command("migrate", verbosity=0)

    assert capsys.readouterr().err.count(WAITING) == 1


def test_who_has_the_lock_holds_up_no_index_that_is_made_beside_it(other):
    holder = connections.create_connection("default")
    with holder.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '7s'")  # as a role may have it
    migrate.Command().take(holder)

    other.execute("SET statement_timeout = '20s'")
    other.execute("CREATE INDEX CONCURRENTLY beside_the_lock ON blog_post (title)")
    other.execute("DROP INDEX beside_the_lock")
    with holder.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        patience = cursor.fetchone()[0]
    free = other.execute("SELECT pg_try_advisory_lock(hashtext('bloggy.migrate'))").fetchone()[0]
    holder.close()

    assert not free
    assert patience == "0"


HOLD = """
import time
from django.db import OperationalError, connections
from bloggy.management.commands.migrate import Command
holder = connections.create_connection("default")
Command().take(holder)
print("held", flush=True)
time.sleep(60)
"""


def test_a_crash_gives_the_lock_back(other):
    crashing = begin(databases.url_of(connections["default"].settings_dict), "shell", "-v0", "-c", HOLD)
    assert crashing.stdout.readline() == "held\n"
    with pytest.raises(AssertionError):
        wait_until(lambda: is_free(other), seconds=0.5)

    crashing.kill()
    crashing.communicate()

    wait_until(lambda: is_free(other))
    call_command("migrate", verbosity=0)


def test_without_the_lock_no_migration_begins(other):
    command = migrate.Command()
    command.verbosity, command.lock = 0, connections.create_connection("default")
    command.take(command.lock)
    command.migration_progress_callback("apply_start")

    held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
    other.execute(held + "(SELECT oid FROM pg_database WHERE datname = current_database())")

    with pytest.raises(OperationalError):
        command.migration_progress_callback("apply_start")
    command.lock.close()


@pytest.mark.parametrize("option", ["--plan", "--check"])
def test_who_only_looks_does_not_wait(other, option):
    lock(other)

    call_command("migrate", option, verbosity=0)


def test_an_interrupt_is_one_line(other):
    lock(other)
    waiting = begin(databases.url_of(connections["default"].settings_dict), "migrate")
    assert waiting.stdout.readline() == f"{WAITING}\n"

    waiting.send_signal(signal.SIGINT)

    assert waiting.communicate(timeout=20)[0].split("\n") == ["", "manage.py: stopped.", ""]
    assert waiting.returncode == 1


@pytest.mark.faults
def test_behind_a_long_reader_it_gives_up_in_two_seconds_and_holds_up_no_other_reader(tmp_path):
    with running(tmp_path) as server, server.connect() as reader, server.connect() as visitor:
        begin(server.url(), "migrate", "-v0").communicate()
        visitor.execute("SET statement_timeout = '5s'")
        with reader.transaction():
            reader.execute("SELECT count(*) FROM blog_post")
            back = begin(server.url(), "migrate", "-v0", "blog", "zero")
            while back.poll() is None:
                visitor.execute("SELECT count(*) FROM blog_post")
        said = back.stdout.read()
        again = begin(server.url(), "migrate", "-v0", "blog", "zero")
        again.communicate()

    assert back.returncode == 1
    assert said == "CommandError: A table was in use for 2 seconds: not everything is migrated. Run it again.\n"
    assert again.returncode == 0


def test_a_migration_waits_shortly_for_a_table_takes_its_time_and_leaves_no_limit_behind(transactional_db, monkeypatch):
    from django.core.management.commands.migrate import Command
    from django.db import connection

    seen = []

    def limit():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
            return cursor.fetchone()

    monkeypatch.setattr(Command, "handle", lambda *_args, **_options: seen.append(limit()))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '9s'")  # as a role may have it

    call_command("migrate", verbosity=0)

    assert seen == [("2s", "0")]
    assert limit()[0] == "0"
    connection.close()
