"""Imports that are killed, lose their server or meet another: never a half-moved blog."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from benchmarks.old_files import make
from blog.tests.legacy_databases import contents, next_ids
from blog.tests.legacy_files import comment, old_file, post, user
from bloggy.tests import databases
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import environment, manage

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("folder")]
POSTS, COMMENTS = 300, 9000


def large_file():
    """Write a file whose import takes some seconds."""
    text = "some words that are looked up in a dictionary " * 20
    return old_file(
        Path("old.db").resolve(),
        users=[user(1)],
        posts=[post(id, text=text) for id in range(1, POSTS + 1)],
        comments=[comment(id, post=id % POSTS + 1) for id in range(1, COMMENTS + 1)],
    )


def begin(path, url=None, *arguments):
    """Start an import in a process of its own, in the current folder."""
    url = url or databases.url_of(connection.settings_dict)
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "import_sqlite", path, *arguments],
        env=environment(url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def result():
    return json.loads(Path("old.db.report.json").read_text())["result"]


def counts(server):
    with server.connect() as other:
        tables = ("accounts_user", "blog_post", "blog_comment")
        return [other.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_kill_9_at_any_moment_leaves_the_database_as_it_was(transactional_db):
    path, before, dice = large_file(), (contents(), next_ids()), random.Random()
    start = time.monotonic()
    assert end(begin(path, None, "--dry-run"))[0] == 0
    duration = time.monotonic() - start

    killed = 0
    for tenth in range(10):
        process = begin(path)
        time.sleep(duration * (tenth + dice.random()) / 10)
        process.kill()
        code, _out, err = end(process)
        if code == 0:  # it was faster this time
            break
        assert err == ""
        killed += 1
        wait_until(lambda: not others())
        if contents()["blog_comment"]:  # it was killed after its commit
            break
        assert (contents(), next_ids()) == before
    Path("old.db.report.json").unlink(missing_ok=True)
    code, _out, err = end(begin(path))

    assert killed >= 5
    assert (code, err) == (0, "")
    assert result() in ("imported", "unchanged")
    assert [len(contents()[table]) for table in ("blog_post", "blog_comment")] == [POSTS, COMMENTS]


def test_sigterm_leaves_neither_a_copy_of_the_old_file_nor_half_a_report(transactional_db, tmp_path, monkeypatch):
    (tmp_path / "copies").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "copies"))
    path = large_file()
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA journal_mode = wal")
    process = begin(path)
    wait_until(lambda: list(tmp_path.glob("old.db.report.json*")), 60)
    copies = list((tmp_path / "copies").glob("bloggy-*"))

    process.terminate()
    code, _out, err = end(process)

    assert code == 1
    assert err.strip().endswith("manage.py: stopped.")
    assert copies
    assert not list((tmp_path / "copies").iterdir())
    assert [file.name for file in tmp_path.glob("old.db*")] == ["old.db"]


def test_a_database_that_is_read_only_is_told_in_two_lines(transactional_db):
    url = databases.url_of(connection.settings_dict)
    separator = "&" if "?" in url else "?"

    code, _out, err = end(begin(large_file(), f"{url}{separator}options=-c%20default_transaction_read_only%3Don"))

    assert (code, err.count("\n")) == (1, 2)
    assert "read-only" in err


def test_memory_grows_neither_with_the_rows_of_an_import_nor_of_its_verification(transactional_db):
    peaks = []
    for size in (1, 10):
        path = Path(f"{size}.db").resolve()
        make(path, 1000 * size, 1000 * size, 10_000 * size)
        peaks += [peak_of("import_sqlite", path), peak_of("verify_sqlite", path)]
        call_command("flush", interactive=False, verbosity=0)

    import_of_few, verification_of_few, import_of_many, verification_of_many = peaks
    assert import_of_many < import_of_few + 15, peaks
    assert verification_of_many < verification_of_few + 40, peaks  # some 200 rows of PostgreSQL at once
    assert max(peaks) < 150, peaks


# In a small process of its own: what a process takes before it becomes another program counts too.
WATCH = """
import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_child, status, usage = os.wait4(child, 0)
sys.exit(1) if status else print(usage.ru_maxrss // 1024)
"""


def peak_of(command, path):
    """Run a command on a file and return the most memory that it took, in MB."""
    variables = environment(databases.url_of(connection.settings_dict))
    command = [sys.executable, "-c", WATCH, sys.executable, ROOT / "manage.py", command, path, "-v", "0"]
    return int(subprocess.run(command, env=variables, check=True, capture_output=True, text=True, timeout=300).stdout)


def others():
    """Return how many other sessions work in the tests' database: a killed one's may live on for a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name = 'bloggy'"
        )
        return cursor.fetchone()[0]


def test_of_two_imports_at_once_one_writes_and_the_other_waits_and_finds_all_there(transactional_db):
    path = large_file()
    with psycopg.connect(databases.url_of(connection.settings_dict), application_name="other") as other:
        # So that neither is done before the other begins.
        other.execute("SELECT pg_advisory_xact_lock(hashtext('bloggy.import_sqlite'))")
        first, second = begin(path, None, "--report", "1.json"), begin(path, None, "--report", "2.json")
        wait_until(lambda: others() == 2, 60)
        time.sleep(1)  # until either has asked for its turn

    ended = [end(first), end(second)]

    assert [code for code, _out, _err in ended] == [0, 0], ended
    assert sorted(json.loads(Path(f"{n}.json").read_text())["result"] for n in (1, 2)) == ["imported", "unchanged"]
    assert all("waiting for it" in err for _code, _out, err in ended)
    assert len(contents()["blog_comment"]) == COMMENTS


def test_a_server_that_is_killed_in_the_middle_is_told_and_the_next_import_succeeds(tmp_path):
    path = large_file()
    (tmp_path / "server").mkdir()
    with running(tmp_path / "server") as server:
        manage(server.url(), "migrate", "-v", "0")
        process = begin(path, server.url())
        with server.connect() as watch:
            copying = "SELECT tuples_processed FROM pg_stat_progress_copy WHERE relid = 'blog_comment'::regclass"
            wait_until(lambda: watch.execute(copying).fetchone(), 60)
            server.stop("immediate")  # as a crash: nothing is written out
        code, out, err = end(process)
        left = sorted(file.name for file in tmp_path.iterdir())
        server.start()
        empty = counts(server)
        again = end(begin(path, server.url()))
        full = counts(server)

    assert (code, out) == (1, "")
    assert "manage.py: PostgreSQL at 127.0.0.1" in err
    assert "Traceback" not in err
    assert left == ["old.db", "server"]
    assert empty == [0, 0, 0]
    assert again[0] == 0, again
    assert full == [1, POSTS, COMMENTS]
