"""What may be sent of an error, and a DSN's form. test_errors_sent.py sends some for real."""

import gzip
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.urls import resolve
from django.views.debug import SafeExceptionReporterFilter
from hypothesis import given
from hypothesis import strategies as st
from sentry_sdk.utils import Dsn

from bloggy import errors
from bloggy.breaker import OUTAGE
from bloggy.tests.processes import ROOT
from bloggy.tests.servers import silent

KEY = "f18c56bdfc2149f399ea5dcf1079daaf"
ODD_KEYS = st.text("azAZ09_-é \n@:/%?#", max_size=5)


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        f"https://{KEY}@errors.example/1",
        f"http://{KEY}@127.0.0.1:8010/1",
        f"http://{KEY}@[::1]:8010/1",
        f"HTTPS://{KEY}@errors.example:443/a-path/below/42",
    ],
)
def test_a_dsn_is_taken_as_it_is(dsn):
    assert errors.checked(dsn) == dsn


@pytest.mark.parametrize(
    "dsn",
    [
        *("secret", "secret@errors.example/1", "https://secret@errors.example", "https://secret@errors.example/"),
        *("https://secret@errors.example/1/", "https://secret@errors.example/one", "https://secret@/1", "https://@h/1"),
        *(
            "ftp://secret@errors.example/1",
            "https://secret@h:0/1",
            "https://secret@h:65536/1",
            "https://secret@[:::]/1",
        ),
        *("https://secret@h/1?a=b", "https://secret@h/1#a", "https://se cret@h/1", "https://secret@h\n/1"),
        *("https://zoe:secret@h/1", "https://errors.example/1", "https://secret@h/١", "https://sécret@h/1"),
    ],
)
def test_anything_else_is_refused_in_one_line_without_the_key(dsn):
    with pytest.raises(ImproperlyConfigured) as caught:
        errors.checked(dsn)

    reason = str(caught.value)
    assert reason == "SENTRY_DSN must be a DSN as Bugsink shows it: https://KEY@HOST:PORT/PROJECT."
    assert caught.value.__suppress_context__ or not caught.value.__context__


def test_debug_pages_hide_the_dsn(settings):
    settings.SENTRY_DSN_SECRET = f"https://{KEY}@errors.example/1"

    shown = SafeExceptionReporterFilter().get_safe_settings()

    assert "SENTRY_DSN_SECRET" in shown
    assert KEY not in str(shown)


@given(st.text() | st.from_regex(errors.DSN) | st.builds("http://{}@h:{}/{}".format, ODD_KEYS, st.integers(), ODD_KEYS))
def test_what_is_taken_is_a_dsn_for_sentry_sdk_too(dsn):
    with suppress(ImproperlyConfigured):
        errors.checked(dsn) and Dsn(dsn)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no such user: ann@example.com", "no such user: …@…"),
        ("q: ann%40example.com", "q: …@…"),
        ("/accounts/reset/MQ/abc123-0f0f/", "/accounts/reset/MQ/…/"),
        ("connection to server at \"10.1.2.3\", port 5432 failed: x", "connection to server at …, port … failed: x"),
        ('server at "db" (10.1.2.3), port 5432 failed', "server at …, port … failed"),
        ('on socket "/run/.s.PGSQL.5432" failed', "on socket … failed"),
        ('no pg_hba.conf entry for host "10.1.2.3", user "ann", database "blog", no encryption',
         "no pg_hba.conf entry for host …, user …, database …, no encryption"),
        ('password authentication failed for user "ann"', "password authentication failed for user …"),
        ("failed to resolve host 'db.example': x", "failed to resolve host …: x"),
        ("- host: 'db', port: '5432', hostaddr: '10.1.2.3': x", "- host: …, port: …, hostaddr: …: x"),
        ("the name db.example was not resolved in 3 seconds", "the name … was not resolved in 3 seconds"),
        ("broken\nDETAIL:  Failing row contains (1, Ann).", "broken"),
        ("broken\nLINE 1: INSERT INTO t VALUES ('Ann')\n   ^", "broken"),
        ("broken\nCONTEXT:  unnamed portal with parameters: $1 = 'Ann'", "broken"),
        ('column "body" does not exist', 'column "body" does not exist'),
    ],
)  # fmt: skip
def test_a_text_is_sent_without_addresses_secrets_data_and_whereabouts(text, shown):
    assert errors.hide(text) == shown


@pytest.mark.parametrize(
    "text", ['host "', "host '", 'host "" (', "host 1", "the name x", "%40", "\nDETAIL", "\nLINE 1"]
)
def test_a_megabyte_takes_no_second(text):
    line = text * (1_000_000 // len(text))
    start = time.process_time()

    errors.hide(line)

    assert time.process_time() - start < 1


# What sentry-sdk could put into an event by itself or with one more of its integrations.
PRIVATE = {
    "user": {"email": "SECRET"},
    "breadcrumbs": {"values": [{"message": "SECRET"}]},
    "extra": {"sys.argv": ["SECRET"]},
    "tags": {"SECRET": "SECRET"},
    "contexts": {"trace": {"SECRET": "SECRET"}},
    "request": {"data": "SECRET", "cookies": {}, "headers": {"Cookie": "SECRET"}, "query_string": "SECRET", "env": {}},
    "server_name": "SECRET",
    "threads": {"values": ["SECRET"]},
    "modules": {"SECRET": "1"},
    "_meta": {"SECRET": ""},
}


def test_an_event_holds_what_is_listed_and_nothing_else():
    frame = {"filename": "a.py", "lineno": 3, "abs_path": "/SECRET/a.py", "vars": {"password": "SECRET"}}
    error = {"type": "KeyError", "value": "a", "thread_id": "SECRET", "stacktrace": {"frames": [frame], "x": "SECRET"}}
    kept = {"event_id": "1", "level": "error", "environment": "test"}
    log = {"message": "a %s", "formatted": "a b", "params": ["SECRET"]}

    sent = errors.clean(kept | PRIVATE | {"exception": {"values": [error]}, "logentry": log}, {})

    stack = {"frames": [{"filename": "a.py", "lineno": 3}]}
    assert sent == kept | {
        "exception": {"values": [{"type": "KeyError", "value": "a", "stacktrace": stack}]},
        "logentry": {"message": "a %s", "formatted": "a b"},
    }


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_in_an_event_shows_an_address(value):
    sent = errors.clean({"sdk": [value, "ann@example.com", {"a": ["by ann@example.com"]}]}, {})

    assert "ann@" not in json.dumps(sent)


def test_a_request_is_sent_as_method_path_and_view():
    request = RequestFactory().post(
        "/accounts/reset/MQ/abc123-0f/?q=SECRET", {"password": "SECRET"}, headers={"Cookie": "SECRET"}
    )
    request.resolver_match = resolve(request.path)
    record = logging.makeLogRecord({"request": request, "status_code": 500})

    sent = errors.clean({"request": PRIVATE["request"]}, {"log_record": record})

    assert sent["request"]["method"] == "POST"
    assert sent["request"]["url"].endswith("/accounts/reset/MQ/…/")
    assert sent["transaction"] == "password_reset_confirm"
    assert "SECRET" not in str(sent)


@pytest.mark.parametrize("module", ["django.db.utils", "psycopg.errors", "psycopg"])
def test_of_a_database_error_one_line_is_sent_in_any_language(module):
    error = {"type": "IntegrityError", "module": module, "value": "gebrochen\nZEILE 1: INSERT INTO t VALUES ('Ann')"}

    sent = errors.clean({"exception": {"values": [error]}}, {})

    assert sent["exception"]["values"][0]["value"] == "gebrochen"


def test_what_was_typed_is_not_sent_with_what_postgresql_says_of_it():
    said = ['invalid input syntax for type integer: "Zoe"', 'value "Zoe" is out of range for type integer']

    shown = [errors._exception({"module": "psycopg.errors", "value": text})["value"] for text in said]

    assert shown == ['invalid input syntax for type integer: "…"', 'value "…" is out of range for type integer']


def test_an_outage_is_one_report_a_minute(monkeypatch):
    monkeypatch.setattr(errors, "outages", errors.Outages(60))
    outage = {"log_record": logging.makeLogRecord(OUTAGE)}

    sent = [errors.clean({"level": "error"}, outage) for _ in range(3)]

    assert sent == [{"level": "error"}, None, None]
    assert errors.clean({"level": "error"}, {"log_record": logging.makeLogRecord({})})


@pytest.fixture
def collector():
    """A server that keeps the events that it is sent, and knows its DSN."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            _header, _item, event = gzip.decompress(body).splitlines()
            server.events.append(json.loads(event))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.events, server.dsn = [], f"http://{KEY}@127.0.0.1:{server.server_port}/1"
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(code, **variables):
    """Run a program after django.setup() with nothing but these variables."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"}
    environment |= {"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/b", "BLOGGY_ENV": "test"} | variables
    code = f"import django, logging, sys; django.setup(); {code}"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_without_a_dsn_sentry_sdk_is_not_even_imported():
    done = run("print([name for name in sys.modules if name.startswith(('sentry', 'urllib3'))])")

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_bad_dsn_stops_the_start_in_one_line(tmp_path):
    (tmp_path / "dsn").write_text("https://secret@errors.example\n")
    environment = {"PATH": os.environ["PATH"], "SENTRY_DSN_FILE": str(tmp_path / "dsn")}

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.startswith("manage.py: SENTRY_DSN must be a DSN")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_lines_of_level_error_and_what_ends_a_program_are_sent(collector):
    lines = "log = logging.getLogger('a'); log.warning('quiet'); log.error('by %s', 'ann@example.com'); "

    run(lines + "raise RuntimeError('of bob@example.com')", SENTRY_DSN=collector.dsn)

    line, end = collector.events
    assert line["logentry"] == {"message": "by %s", "formatted": "by …@…"}
    assert line["environment"] == "test"
    (error,) = end["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "of …@…")


def test_a_silent_collector_lets_a_program_end_as_if_there_were_none():
    with silent() as port:
        begun = time.monotonic()
        done = run("print('done')", SENTRY_DSN=f"http://{KEY}@127.0.0.1:{port}/1")
        usual = time.monotonic() - begun
        failed = run("sys.tracebacklimit = 0; raise RuntimeError", SENTRY_DSN=f"http://{KEY}@127.0.0.1:{port}/1")

    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")
    assert (failed.returncode, failed.stderr) == (1, "RuntimeError\n")
    assert time.monotonic() - begun < 2 * usual + 2 + 3  # what sentry-sdk may wait, and some for a busy machine


def test_a_dsn_may_stand_in_a_file(collector, tmp_path):
    (tmp_path / "dsn").write_text(f"{collector.dsn}\n")

    run("logging.getLogger('a').error('told')", SENTRY_DSN_FILE=str(tmp_path / "dsn"))

    assert [event["logentry"]["formatted"] for event in collector.events] == ["told"]


def test_no_thread_waits_for_a_first_error(collector):
    done = run("import threading; print(threading.active_count())", SENTRY_DSN=collector.dsn)

    assert done.stdout == "1\n"
