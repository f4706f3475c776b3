"""The content's version under many writers at once, beside a long import, and in a restored backup."""

import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from blog.tests.factories import PostFactory
from blog.tests.legacy_files import comment, old_file, post, user
from bloggy.embedded_programs import program
from bloggy.tests import databases
from bloggy.tests.processes import ROOT
from bloggy.tests.servers import PASSWORD, running
from bloggy.tests.sites import environment, manage, serving

pytestmark = pytest.mark.faults
WRITERS = 30
VERSION = "SELECT split_part(public.content_version(), '|', 1)"
STEPS = "SELECT sum(changes) FROM public.content_version"
ROWS = "SELECT count(*) FROM public.content_version"
CHANGES = ["UPDATE blog_post SET title = title || '.' WHERE id = %s", "DELETE FROM blog_comment WHERE post_id = %s"]
CHANGES += ["INSERT INTO blog_postslug (slug, post_id) SELECT gen_random_uuid(), %s"]
CHANGES += [
    "UPDATE accounts_user SET bio = bio || '.' FROM blog_post p WHERE p.id = %s AND p.author_id = accounts_user.id"
]


@pytest.fixture
def connect(transactional_db):
    """Return what opens a connection that waits for a lock for two seconds at most."""
    url = databases.url_of(connection.settings_dict)
    return lambda **more: psycopg.connect(url, options="-c lock_timeout=2s", **more)


def value(connection, statement):
    return connection.execute(statement).fetchone()[0]


def test_thirty_open_transactions_do_not_wait_for_each_other_and_all_count(connect):
    posts = [PostFactory().pk for _ in range(WRITERS)]
    all_have_changed = threading.Barrier(WRITERS)

    def write(post):
        with connect() as writer:
            writer.execute(CHANGES[0], [post])
            all_have_changed.wait(30)

    with connect(autocommit=True) as reader, ThreadPoolExecutor(WRITERS) as writers:
        before = value(reader, STEPS)
        list(writers.map(write, posts))

        assert value(reader, STEPS) == before + WRITERS
        assert value(reader, ROWS) <= WRITERS + 1


def test_many_transactions_of_thirty_writers_deadlock_nowhere_and_all_count(connect):
    posts = [PostFactory().pk for _ in range(WRITERS)]

    def write(post):
        dice = random.Random(post)
        with connect(autocommit=True) as writer:
            for _ in range(20):
                with writer.transaction():
                    for change in dice.choices(CHANGES, k=3):
                        writer.execute(change, [post])

    with connect(autocommit=True) as reader, ThreadPoolExecutor(WRITERS) as writers:
        before = value(reader, STEPS)
        list(writers.map(write, posts))

        assert value(reader, STEPS) == before + 20 * WRITERS
        assert value(reader, ROWS) <= WRITERS + 1


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        yield server


def test_a_copy_that_lasts_holds_up_no_other_writer_and_is_seen_when_it_is_committed(connect):
    posts = [PostFactory().pk for _ in range(2)]
    with connect() as importer, connect(autocommit=True) as writer:
        with importer.cursor() as cursor, cursor.copy("COPY blog_tag (name, slug) FROM STDIN") as copy:
            for number in range(1000):
                copy.write_row((f"Copied {number}", f"copied-{number}"))
        before, begun = value(writer, STEPS), time.monotonic()
        for _ in range(50):
            writer.execute(CHANGES[0], posts[:1])
        took, unseen = time.monotonic() - begun, value(writer, STEPS)
        importer.commit()

        assert took < 2
        assert (unseen, value(writer, STEPS)) == (before + 50, before + 51)


def test_a_role_that_may_write_no_more_than_tags_counts_too(server):
    with server.connect() as other:
        other.execute("CREATE ROLE helper")
        other.execute("GRANT SELECT, INSERT ON blog_tag TO helper")
        before = value(other, STEPS)
        other.execute("SET ROLE helper")
        other.execute("INSERT INTO blog_tag (name, slug) VALUES ('Hers', 'hers')")
        other.execute("RESET ROLE")

        assert value(other, STEPS) == before + 1


def test_an_import_appears_at_once_as_a_whole(server, tmp_path):
    text = "some words that are looked up in a dictionary " * 20
    posts = [post(number, text=text) for number in range(1, 301)]
    comments = [comment(number, post=number % 300 + 1) for number in range(1, 9001)]
    path = old_file(tmp_path / "old.db", users=[user(1)], posts=posts, comments=comments)
    command = [sys.executable, ROOT / "manage.py", "import_sqlite", path]

    with serving(server.url(), tmp_path) as site, site.asking(["/", "/archive/"] * 3) as answers:
        time.sleep(1)
        subprocess.run(command, cwd=tmp_path, env=environment(server.url()), check=True, capture_output=True)
        imported = time.monotonic()
        time.sleep(1)

    assert {answer.status for answer in answers} == {200}
    shown = [(answer.begun, "300" in answer.text) for answer in answers]
    assert [seen for begun, seen in shown if begun < imported][:5] == [False] * 5
    assert {seen for begun, seen in shown if begun > imported} == {True}


def test_a_restored_backup_counts_on_under_another_version(server, tmp_path):
    login = os.environ | {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "bloggy", "PGPASSWORD": PASSWORD}

    def run(name, *arguments):
        subprocess.run([program(name), *arguments], env=login, check=True, timeout=60)

    with server.connect("postgres") as admin:
        admin.execute("CREATE DATABASE restored OWNER bloggy")
    with server.connect() as old:
        old.execute("INSERT INTO blog_tag (name, slug) VALUES ('One', 'one')")
        run("pg_dump", "--format=custom", f"--file={tmp_path / 'dump'}", "bloggy")
        run("pg_restore", "--exit-on-error", "--dbname=restored", tmp_path / "dump")

        with server.connect("restored") as new:
            assert value(new, STEPS) == value(old, STEPS)
            assert value(new, VERSION) != value(old, VERSION)
            before = value(new, STEPS)
            triggers = "SELECT count(*) FROM pg_trigger WHERE tgname IN ('content_changed', 'content_emptied')"
            assert value(new, triggers) == value(old, triggers) > 10
            new.execute("UPDATE blog_tag SET name = name")
            assert value(new, STEPS) == before + 1
    assert manage(server.url(database="restored"), "migrate", "--check") == ""


def test_a_copied_database_counts_on_under_another_version(server):
    with server.connect("postgres") as admin:
        admin.execute("CREATE DATABASE copied TEMPLATE bloggy")

    with server.connect() as old, server.connect("copied") as new:
        assert value(new, STEPS) == value(old, STEPS)
        assert value(new, VERSION) != value(old, VERSION)
