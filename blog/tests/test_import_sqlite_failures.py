"""Imports that cannot be: each ends in one line, and nothing is written."""

import os
import resource
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import User
from blog.legacy import importing, moving
from blog.legacy.postgresql import LIMITS
from blog.tests.legacy_files import old_file, post, small_file, user
from blog.tests.legacy_moves import bring

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.django_db
def test_a_database_that_is_not_migrated_is_refused():
    MigrationRecorder(connection).record_unapplied("blog", "0002_triggers")

    with pytest.raises(CommandError, match=r"1 migrations are not applied: run manage\.py migrate\.$"):
        bring(small_file())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "none/x.json"], r"none.*No such file or directory\. Nothing was written\."),
        (["--report", "old.db"], "three different files"),
        (["--report", "old.db-wal"], "three different files"),
        (["--report", "."], "name a file"),
        (["--report", "pipe"], r"pipe is not an ordinary file; name another\. Nothing was written\."),
        (["--report", "loop"], r"^old\.db, loop, .*loop"),
    ],
)
def test_a_report_that_cannot_be_written_stops_the_import_in_one_line(arguments, message):
    path = small_file()
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")

    with pytest.raises(CommandError, match=message) as error:
        call_command("import_sqlite", path, *arguments)

    assert "\n" not in str(error.value)
    assert not User.objects.exists()
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


@pytest.mark.django_db
def test_a_full_disk_for_the_report_leaves_the_database_empty():
    path = old_file(Path("old.db"), {"weather": "sky"}, users=[user(1)], weather=[{"sky": "x" * 5000}] * 99)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))  # as good as a full disk
    try:
        with pytest.raises(CommandError, match=r"File too large\. Nothing was written\."):
            bring(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert not User.objects.exists()
    assert [file.name for file in Path().iterdir()] == ["old.db"]


@pytest.mark.django_db
def test_a_file_that_is_written_meanwhile_is_not_imported(monkeypatch):
    def write_first(*arguments, **options):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO posts (title) VALUES ('new')")
        return whole(*arguments, **options)

    path = small_file()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = wal")  # without it SQLite's lock keeps the writer out
    whole = moving.move
    monkeypatch.setattr(importing, "move", write_first)

    with pytest.raises(CommandError, match="changed while it was read: stop the old Bloggy first"):
        bring(path)

    assert not User.objects.exists()
    assert not Path("old.db.report.json").exists()


@pytest.mark.django_db
def test_an_error_is_one_line_whatever_a_table_is_called():
    name = "posts\n\x1b[2J"
    path = old_file(Path("old.db"), {name: "text"}, posts=[], **{name: [{"text": b"x" * (16 * 1024**2 + 1)}]})

    with pytest.raises(CommandError) as error:
        bring(path)

    assert r"table posts\n\x1b[2J, row None, column text: a value of more than 16 MB" in str(error.value)


@pytest.mark.django_db
def test_a_report_without_its_name_is_told_and_the_next_import_writes_it(monkeypatch):
    def fail(self, *args, **options):
        raise PermissionError(13, "Permission denied")

    path = small_file()
    with monkeypatch.context() as patch:  # as in a folder that can't be written any more
        patch.setattr(Path, "replace", fail)
        patch.setattr(Path, "unlink", fail)
        with pytest.raises(CommandError, match=r"^Everything is imported, but the report"):
            bring(path)

    assert User.objects.exists()
    assert bring(path)["result"] == "unchanged"


@pytest.mark.django_db
def test_what_postgresql_refuses_is_one_line_without_the_rows_values(monkeypatch):
    monkeypatch.setattr("blog.legacy.mapping.TITLE", 9999)

    with pytest.raises(CommandError) as error:
        bring(old_file(Path("old.db"), posts=[post(1, title="secret" * 100)]))

    assert str(error.value) == (
        "PostgreSQL cannot take the rows: value too long for type character varying(512). Nothing was written."
    )
    assert not User.objects.exists()


def test_a_second_import_waits_then_gives_up(transactional_db, monkeypatch, capsys):
    monkeypatch.setattr(importing, "PATIENCE", 0.5)
    path = small_file()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('bloggy.import_sqlite'))")

    with pytest.raises(CommandError, match="look there"):
        bring(path)
    other.close()

    assert capsys.readouterr().err.count("waiting for it") == 1
    assert bring(path)["result"] == "imported"


def test_a_site_that_is_running_is_not_waited_for_long(transactional_db, monkeypatch):
    monkeypatch.setitem(LIMITS, "lock_timeout", "100ms")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("INSERT INTO blog_tag (name, slug) SELECT 'a', 'a'; SELECT count(*) FROM blog_post")

    with closing(other), pytest.raises(CommandError, match=r"somebody else .*; stop the site first\. Nothing"):
        bring(small_file())

    assert bring(small_file("other.db"))["result"] == "imported"
