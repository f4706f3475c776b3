import logging
import re
import time

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.tests.factories import UserFactory
from bloggy.logs import Formatter, Outages, redact

ADDRESSES = [
    "ann@example.com",
    "Ann.O'Neil+blog@mail.example.co.uk",
    "ann@localhost",
    "ann@[127.0.0.1]",
    '"ann of the blog"@example.com',
    "x" * 300 + "@example.com",
    "änne@bücher.example",
    "SRS0=ab=example.com=ann@fwd.example",
]


@pytest.fixture
def lines():
    """The lines that the root logger's console would show, while the test runs."""
    lines = []

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Handler()
    handler.setFormatter(Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "around", ["{}", "to <{}>, then", "Key (lower(email))=({}) exists", "['{}']", "a@b {}", "mailto:{}"]
)
def test_an_address_is_not_shown(address, around):
    shown = redact(around.format(address))

    assert "…@…" in shown
    assert not any(part in shown for part in address.replace('"', "@").split("@") if len(part) > 2)


def test_several_addresses_in_a_line_are_not_shown():
    assert redact("from ann@example.com to bob@example.com.") == "from …@… to …@…"


@given(st.text().filter(lambda text: "@" not in text and "reset/" not in text))
def test_a_line_without_an_address_stays_as_it_is(text):
    assert redact(text) == text


@pytest.mark.parametrize("text", ["@register", "a @ b", "@", "x @", "100 % @ home", "def f(): ..."])
def test_a_sign_without_an_address_stays_as_it_is(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/accounts/reset/MQ/abc123-0f0f/", "/accounts/reset/MQ/…/"),
        ("/accounts/reset/MQ/abc123-0f0f", "/accounts/reset/MQ/…"),
        ("/auth/password_reset/5f3c-9a", "/auth/password_reset/…"),
        ("/accounts/login/?next=/accounts/reset/MQ/abc123-0f0f/", "/accounts/login/?next=/accounts/reset/MQ/…/"),
        ("/accounts/reset/done/", "/accounts/reset/done/"),
        ("/accounts/password_reset/done/", "/accounts/password_reset/done/"),
    ],
)
def test_the_secret_of_a_reset_link_is_not_shown(path, shown):
    assert redact(f"Not Found: {path}") == f"Not Found: {shown}"


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@",
        "@",
        '"',
        '"a',
        '"a" ',
        "/accounts/reset/",
        "/accounts/reset/a",
        "a@b.",
        "a@[",
        '"@',
        "=@x ",
        ".",
        "\\",
    ],
)
def test_a_megabyte_takes_no_second(text):
    line = text * (1_000_000 // len(text)) + " @ reset/"
    start = time.process_time()

    redact(line)

    assert time.process_time() - start < 1


@pytest.mark.django_db
def test_a_duplicate_e_mail_in_a_traceback_is_not_shown(lines):
    UserFactory(email="ann@example.com")

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        UserFactory(email="ann@example.com")
    logging.getLogger("blog").error("Cannot store %s", "ann@example.com", exc_info=caught.value)

    assert "ann@example.com" in str(caught.value)
    (line,) = lines
    assert "IntegrityError" in line
    assert "DETAIL" in line
    assert "example.com" not in line


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/accounts/reset/MQ/abc123-0f0f0f/x/", "/accounts/reset/MQ/abc123-0f0f0f/"])
def test_a_wrong_request_for_a_reset_link_leaves_no_secret_in_the_log(client, lines, method, path):
    response = getattr(client, method)(path)

    assert "abc123" not in "".join(lines)
    assert response.status_code < 400 or "/accounts/reset/MQ/…" in lines[-1]


@pytest.mark.django_db
def test_a_request_that_makes_no_sense_gets_one_line_without_a_traceback(client, lines):
    client.post("/accounts/login/", {f"field{number}": "" for number in range(1001)})

    assert "Traceback" not in "".join(lines)
    assert "exceeded" in "".join(lines)


def test_a_broken_page_keeps_its_traceback(lines):
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logging.getLogger("django.request").exception("Internal Server Error: /", extra={"status_code": 500})

    assert "Traceback" in lines[-1]


@pytest.mark.django_db
def test_a_row_that_a_rule_refuses_does_not_stand_in_the_log(lines):
    user = UserFactory(first_name="Zoe (x)\n\n", password="pbkdf2_sha256$secret")
    typed = {"last_name": "Quill\n", "is_staff": None}

    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**typed)
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: /")

    assert "Failing row contains (…)" in lines[-1]
    assert not re.search("Zoe|Quill|secret", lines[-1])


def test_the_settings_use_the_formatter(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == "bloggy.logs.Formatter"
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"


def test_an_outage_is_one_line_in_so_many_seconds_without_a_traceback():
    thin, told = Outages(60), []

    for path in ("/", "/a/", "/b/"):
        record = logging.makeLogRecord({"msg": f"Service Unavailable: {path}", "status_code": 503})
        told.append(thin.filter(record))

    assert told == [True, False, False]
    assert thin.filter(logging.makeLogRecord({"msg": "back", "levelno": logging.WARNING, "status_code": 503}))
    assert thin.filter(logging.makeLogRecord({"msg": "Internal Server Error: /", "status_code": 500}))
    assert thin.filter(logging.makeLogRecord({"msg": "anything else"}))


@pytest.mark.parametrize(
    "text",
    [
        'connection to server at "10.0.0.5", port 5433 failed: FATAL: password authentication failed for user "quill"',
        'connection to server at "db.quill" (10.0.0.5), port 5433 failed: FATAL: database "letters" does not exist',
        'connection to server on socket "/run/quill/.s.PGSQL.5433" failed: No such file or directory',
        'no pg_hba.conf entry for host "10.0.0.5", user "quill", database "letters", no encryption',
        "failed to resolve host 'db.quill': [Errno -2] Name or service not known",
        "the name db.quill was not resolved in 3 seconds",
        "- host: 'db.quill', port: '5433', hostaddr: '10.0.0.5': connection failed",
        "error ignored in rollback on <psycopg.Connection [BAD] at 0x7f> (host=db.quill port=5433 user=quill "
        "database=letters)",
        'role "quill" is not permitted to log in',
    ],
)
def test_production_hides_where_the_database_is(text):
    line = Formatter(hides_database=True).format(logging.makeLogRecord({"msg": text}))

    assert not re.search("quill|letters|10\\.0|5433", line), line
    assert Formatter().format(logging.makeLogRecord({"msg": text})) == text
