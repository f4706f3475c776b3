import gzip
import os
import resource
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from blog.legacy import moving
from blog.legacy.errors import LegacyError
from blog.legacy.fixture import Fixture
from blog.legacy.reader import Table, open_readonly
from blog.legacy.reasons import Reason
from blog.legacy.report import Report
from blog.models import Post
from blog.tests import legacy_files as legacy
from blog.tests.legacy_files import comment, old_file, post, user
from blog.tests.legacy_moves import dump


def test_a_fixture_holds_groups_then_accounts_posts_and_comments(folder):
    path = old_file(
        folder / "old.db",
        roles=[{"id": 1, "name": "gardener"}],
        comments=[comment(1)],
        posts=[post(1)],
        users=[user(1)],
    )

    _report, _rest, lines = dump(path)

    assert [line["model"] for line in lines] == ["auth.group", "accounts.user", "blog.post", "blog.comment"]


def test_what_has_no_place_here_stands_whole_in_the_rest_file(folder):
    schemas = {"posts": legacy.SCHEMAS["posts"] + ", mood TEXT", "weather": "sky, id"}
    path = old_file(
        folder / "old.db",
        schemas,
        users=[user(1, reset_password_key="abc")],
        posts=[post(1, mood="sunny"), post(2)],
        weather=[{"sky": b"\xff"}],
        oauth_tokens=[{"id": 1, "access_token": "token"}],
        auth_events=[],
    )

    report, rest, _lines = dump(path)

    assert rest == [
        {"table": "users", "row": {"id": 1, "reset_password_key": "abc"}},
        {"table": "posts", "row": {"id": 1, "mood": "sunny"}},
        {"table": "weather", "row": {"sky": {"base64": "/w=="}, "id": None}},
        {"table": "oauth_tokens", "row": {"id": 1, "access_token": "token"}},
    ]
    assert report["tables"]["weather"] == {"found": 1, "imported": 0, "changed": 0, "set_aside": 1}
    assert report["tables"]["auth_events"] == {"found": 0, "imported": 0, "changed": 0, "set_aside": 0}


def test_secrets_are_neither_printed_nor_readable_by_others(folder, capsys):
    path = old_file(
        folder / "old.db",
        users=[user(1, password="plain secret", reset_password_key="token secret"), user(2**62 + 1, password="secret")],
    )

    call_command("dump_sqlite", path, "--output", "old.jsonl", verbosity=3)

    printed = capsys.readouterr()
    assert "secret" not in printed.out + printed.err
    for file in folder.iterdir():
        if file != path:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert "plain secret" not in file.read_text()
            assert '"secret"' not in file.read_text()


def test_the_same_file_gives_the_same_fixture_packed_or_not(folder):
    path = old_file(folder / "old.db", users=[user(1, password="plain")], posts=[post(1, user=9)])

    for output in ("one.jsonl", "two.jsonl", "one.jsonl.gz", "two.jsonl.gz"):
        call_command("dump_sqlite", path, "--output", output, verbosity=0)

    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    assert Path("one.jsonl.gz").read_bytes() == Path("two.jsonl.gz").read_bytes()
    assert gzip.decompress(Path("one.jsonl.gz").read_bytes()) == Path("one.jsonl").read_bytes()
    assert Path("one.jsonl.gz").read_bytes()[3:8] == bytes(5)  # gzip's header: no name, no time


@pytest.mark.django_db
def test_a_packed_fixture_is_loaded(folder):
    path = old_file(folder / "old.db", users=[user(1)], posts=[post(1)])

    call_command("dump_sqlite", path, "--output", "old.jsonl.gz", verbosity=0)
    call_command("loaddata", "old.jsonl.gz", verbosity=0)

    assert Post.objects.get().title == "Post 1"


def test_the_summary_is_printed_unless_asked_not_to(folder, capsys):
    path = old_file(folder / "old.db", posts=[post(1)])

    call_command("dump_sqlite", path, "--output", "old.jsonl", verbosity=0)
    silent = capsys.readouterr()
    call_command("dump_sqlite", path, "--output", "old.jsonl")
    usual = capsys.readouterr()

    assert silent == ("", "")
    assert "posts          1          1          1          0\n" in usual.out
    assert "Nothing is missing" in usual.out
    assert usual.err == ""  # no progress bar: this is no terminal


def test_a_file_whose_name_is_not_utf_8_is_moved_and_named(folder, capsys):
    path = old_file(folder / os.fsdecode(b"caf\xe9.db"), posts=[post(1)])

    call_command("dump_sqlite", path, "--output", "old.jsonl")

    assert r"caf\udce9.db.report.json names all" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "old.json"], r"must end in \.jsonl or \.jsonl\.gz"),
        (["--output", "none/old.jsonl"], "No such file or directory"),
        (["--output", "old.jsonl", "--report", "old.db"], "four different files"),
        (["--output", "a.rest.jsonl", "--report", "a.json"], "four different files"),
        (["--output", "folder.jsonl"], "is a folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_line_and_nothing_is_written(folder, arguments, message):
    path = old_file(folder / "old.db", posts=[post(1)])
    (folder / "folder.jsonl").mkdir()
    before = path.read_bytes()

    with pytest.raises(CommandError, match=message) as error:
        call_command("dump_sqlite", path, *arguments)

    assert "\n" not in str(error.value)
    assert sorted(file.name for file in folder.iterdir()) == ["folder.jsonl", "old.db"]
    assert path.read_bytes() == before


def test_a_file_that_is_no_bloggys_is_one_line(folder):
    Path("old.db").write_bytes(b"no database")

    with pytest.raises(CommandError, match=r"^old\.db is not a SQLite file\.$"):
        dump(Path("old.db"))

    assert os.listdir(folder) == ["old.db"]


class Miscounted(Table):
    def count(self):
        return super().count() + 1


def test_a_row_that_is_lost_on_the_way_stops_the_move(folder):
    path = old_file(folder / "old.db", posts=[post(1)])
    report = Report("report.json", file="old.db", sha256="", command="dump_sqlite")

    with open_readonly(path) as old, report, Fixture(Path("old.jsonl")) as fixture:
        posts = Miscounted(**vars(old.tables["posts"]))
        with pytest.raises(LegacyError, match="not as many as the file has"):
            moving.move({"posts": posts}, fixture, report, progress=lambda rows, table, count: rows)


def test_a_full_disk_is_one_line_and_leaves_the_former_fixture(folder):
    path = old_file(folder / "old.db", posts=[post(id, text="x" * 5000) for id in range(1, 99)])
    Path("old.jsonl").write_text("former")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))  # as good as a full disk
    try:
        with pytest.raises(CommandError, match=r"old\.jsonl: File too large"):
            dump(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert Path("old.jsonl").read_text() == "former"
    assert sorted(os.listdir(folder)) == ["old.db", "old.jsonl"]


def test_the_documentation_lists_every_reason():
    page = Path(settings.BASE_DIR, "docs/migrating-from-sqlite.md").read_text()

    assert [reason for reason in Reason if f"`{reason}`" not in page] == []
