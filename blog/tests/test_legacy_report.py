import json
import stat

import pytest

from blog.legacy import summary
from blog.legacy.reasons import EXPLANATIONS, Reason
from blog.legacy.report import Report
from blog.tests.legacy_files import old_hash, read_report
from blog.tests.legacy_rows import row_of


def report_at(path):
    return Report(path, file="old.db", sha256="ab12", command="dump_sqlite")


def fill(report):
    """Report one account that was moved, another that was changed, one event that was set aside."""
    report.found("users", 2)
    report.imported("users", row_of("users", id=1, username=""))
    changed = row_of("users", id=2, username="doc", email="doc")
    changed.note(Reason.EMAIL_REPLACED, "user-2@legacy.invalid", losing="email")
    changed.note(Reason.PASSWORD_RESET_NEEDED)
    report.imported("users", changed)
    report.found("auth_events", 1)
    event = row_of("auth_events", id=5, description="“log in”")
    event.set_aside(Reason.TABLE_NOT_MOVED)
    report.set_aside("auth_events", event)


def fail_after_writing(report):
    fill(report)
    report.finish()
    raise ValueError("too late")


@pytest.fixture
def written(tmp_path):
    """A report with three rows, published."""
    with report_at(tmp_path / "old.report.json") as report:
        fill(report)
        report.finish()
        report.publish()
    return report


def test_it_says_of_which_file_it_is_and_counts_every_table(written):
    report, _rest = read_report(written.path)

    assert set(report) == {"file", "sha256", "command", "dry_run", "result", "tables", "rows", "complete"}
    assert (report["file"], report["sha256"], report["command"]) == ("old.db", "ab12", "dump_sqlite")
    assert (report["dry_run"], report["result"], report["complete"]) == (False, "imported", True)
    assert report["tables"] == {
        "users": {"found": 2, "imported": 2, "changed": 1, "set_aside": 0},
        "auth_events": {"found": 1, "imported": 0, "changed": 0, "set_aside": 1},
    }


def test_it_names_each_changed_row_once_for_each_reason_and_each_row_set_aside(written):
    report, _rest = read_report(written.path)

    users = {"table": "users", "id": 2, "what": "changed"}
    assert report["rows"] == [
        users | {"reason": "email-replaced", "detail": "user-2@legacy.invalid"},
        users | {"reason": "password-reset-needed", "detail": ""},
        users | {"reason": "columns-not-moved", "detail": "username"},
        {"table": "auth_events", "id": 5, "what": "set aside", "reason": "table-not-moved", "detail": ""},
    ]


def test_the_rest_file_holds_what_stands_nowhere_else(written):
    _report, rest = read_report(written.path)

    assert rest == [
        {"table": "users", "row": {"id": 2, "username": "doc", "email": "doc"}},
        {"table": "auth_events", "row": {"id": 5, "description": "“log in”"}},
    ]


def test_nobody_else_may_read_either_file(written):
    for path in (written.path, written.rest_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_rest_file_is_named_after_the_report(tmp_path):
    assert report_at(tmp_path / "a.json").rest_path == tmp_path / "a.rest.jsonl"
    assert report_at(tmp_path / "a.txt").rest_path == tmp_path / "a.txt.rest.jsonl"


def test_a_report_without_rows_is_json_too(tmp_path):
    with report_at(tmp_path / "old.report.json") as report:
        report.finish()
        report.publish()

    assert json.loads(report.path.read_text())["rows"] == []


def test_an_error_leaves_the_former_report_and_nothing_else(tmp_path):
    path = tmp_path / "old.report.json"
    path.write_text("former")

    with pytest.raises(ValueError, match="too late"), report_at(path) as report:
        fail_after_writing(report)

    assert [file.name for file in tmp_path.iterdir()] == ["old.report.json"]
    assert path.read_text() == "former"


def test_a_report_that_cannot_be_written_is_an_error_before_the_work(tmp_path):
    (tmp_path / "folder").mkdir()

    for path in (tmp_path / "none" / "old.json", tmp_path / "folder"):
        with pytest.raises(OSError, match=r"none|folder"), report_at(path):
            pytest.fail("the work began")

    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def test_a_row_that_is_not_accounted_for_makes_it_incomplete(written):
    assert written.is_complete

    written.found("users", 1)

    assert not written.is_complete
    assert "Rows are missing" in summary.lines(written, "old.jsonl")[-1]


def test_the_summary_shows_counts_reasons_and_that_nothing_is_missing(written):
    lines = summary.lines(written, "old.jsonl")

    assert lines[:3] == [
        "table            found   imported    changed  set aside",
        "auth_events          1          0          0          1",
        "users                2          2          1          0",
    ]
    assert f"changed: email-replaced — {EXPLANATIONS[Reason.EMAIL_REPLACED]}" in lines
    assert "    users: 1 (id 2)" in lines
    assert lines[-1].startswith("Nothing is missing: each of the 3 rows is in old.jsonl or in ")
    assert "legacy.invalid" not in "\n".join(lines)


def test_the_summary_shows_no_id_that_is_text(tmp_path):
    with report_at(tmp_path / "old.report.json") as report:
        for id in ("secret token", None, 7):
            row = row_of("sessions", id=id)
            row.set_aside(Reason.TABLE_NOT_MOVED)
            report.set_aside("sessions", row)
        row = row_of("weather", sky="blue")
        row.set_aside(Reason.TABLE_NOT_MOVED)
        report.set_aside("weather", row)

    lines = summary.lines(report, "old.jsonl")

    assert "    sessions: 3 (id 7, …)" in lines
    assert "    weather: 1" in lines
    assert "secret" not in "\n".join(lines)


def test_a_line_of_the_rest_file_is_one_line_to_every_reader(tmp_path):
    with report_at(tmp_path / "old.report.json") as report:
        row = row_of("weather", sky="a\x85b\u2028c\u2029d\re\nf\x0bg")
        row.set_aside(Reason.TABLE_NOT_MOVED)
        report.set_aside("weather", row)
        report.finish()
        report.publish()

    lines = report.rest_path.read_text().splitlines()

    assert [json.loads(line)["row"]["sky"] for line in lines] == ["a\x85b\u2028c\u2029d\re\nf\x0bg"]


def test_every_reason_is_explained():
    assert set(EXPLANATIONS) == set(Reason)


@pytest.mark.parametrize("column", ["password", "Password__tmp", "user_passwd", "pwd"])
def test_a_password_in_any_table_is_left_out_unless_it_is_an_old_hash(column):
    hashed = old_hash()

    assert row_of("people", **{column: "secret"}).as_json() == {column: "(left out)"}
    assert row_of("people", **{column: hashed}).as_json() == {column: hashed}
    assert row_of("people", **{column: None}).as_json() == {column: None}


def test_a_reset_key_is_no_password():
    assert row_of("users", reset_password_key="key").as_json() == {"reset_password_key": "key"}
