import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from bloggy import database

KEYS = ("USER", "PASSWORD", "HOST", "PORT", "NAME")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://u:p@h:5433/d", ("u", "p", "h", 5433, "d")),
        ("postgres://u@h/d", ("u", "", "h", "", "d")),
        ("postgresql://u:p%40%2F%3A%25@h/d%20e", ("u", "p@/:%", "h", "", "d e")),
        ("postgresql://u:p@[::1]:5433/d", ("u", "p", "::1", 5433, "d")),
        ("postgresql:///d?host=/run/My%20Folder&user=u", ("u", "", "/run/My Folder", "", "d")),
        ("postgresql://u@%2Frun%2FPostgres/d", ("u", "", "/run/Postgres", "", "d")),
        ("postgresql://h/?dbname=d&port=6000&password=true", ("", "true", "h", "6000", "d")),
    ],
)
def test_a_url_becomes_its_parts(url, parts):
    config = database.parse(url)

    assert tuple(config[key] for key in KEYS) == parts
    assert config["ENGINE"] == "django.db.backends.postgresql"


def test_a_plus_is_a_plus_as_libpq_has_it():
    assert database.parse("postgresql://h/d?user=u&password=a+b")["PASSWORD"] == "a+b"


def test_parameters_of_libpq_are_kept_as_they_are_written():
    config = database.parse("postgresql://h/d?sslmode=verify-full&application_name=true&keepalives=1")

    assert config["OPTIONS"] == {"sslmode": "verify-full", "application_name": "true", "keepalives": "1"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///db.sqlite3", "only PostgreSQL is supported, not sqlite://"),
        ("mysql://u:secret@h/d", "only PostgreSQL is supported, not mysql://"),
        ("postgis://u:secret@h/d", "only PostgreSQL is supported, not postgis://"),
        ("secret", "not a URL"),
        ("secret@h/d", "not a URL"),
        ("postgresql://u:secret@/d", "the host is missing"),
        ("postgresql://u:secret@a,b/d", "it names several hosts"),
        ("postgresql://u:secret%00@h/d", "PostgreSQL knows no NUL"),
        ("postgresql://u:secret@h/d?connect_timeout=0", "connect_timeout must be from 1 to 60"),
        ("postgresql://u:secret@h/d?connect_timeout=soon", "connect_timeout must be from 1 to 60"),
        ("postgresql://u:secret@h/d?hostaddr=10.0.0.1,10.0.0.2", "it names several hosts"),
        ("postgresql:///d", "the host is missing"),
        ("postgresql://u:secret@h", "the database's name is missing"),
        ("postgresql://u:secret@h/a/b", "the database's name is missing or cannot be read"),
        ("postgresql://u:secret@h:0/d", "port"),
        ("postgresql://u:secret@h:65536/d", "port"),
        ("postgresql://u:secret@h:x/d", "port"),
        ("postgresql://h/d?port=99999&password=secret", "port"),
        ("postgresql://u:secret@[::1/d", "the host or port cannot be read"),
        ("postgresql://u:secret@h/d?sslmod=require", "libpq has no parameter sslmod"),
        ("postgresql://u:12?secret@h/d", "odd letters in the password"),
        ("postgresql://u:12/secret@h/d", "odd letters in the password"),
        ("postgresql://u:12/secret@h", "odd letters in the password"),
        ("postgresql://u:12?Secret", "libpq has no parameter."),
        ("postgresql://u@h/d?password=ab&12secret", "libpq has no parameter."),
        ("postgresql://u:12#secret@h/d", "a # must be percent-encoded"),
        ("postgresql://u:%ffsecret@h/d", "the host or port cannot be read"),
        ("postgresql://h/d?port=²&password=secret", "port"),
        ("postgresql://h/d?port=٣&password=secret", "port"),
        ("postgresql://u:secret@h/d?sslmode=a&sslmode=b", "the parameter sslmode is given twice"),
        ("postgresql://u:sec ret@h/d", "percent-encoded"),
        ("postgresql://u:secret@h/d\n", "percent-encoded"),
    ],
)
def test_anything_else_is_refused_in_one_line_without_the_password(url, reason):
    with pytest.raises(ImproperlyConfigured) as refused:
        database.parse(url, "TEST_DATABASE_URL")

    message = str(refused.value)
    assert message.startswith("TEST_DATABASE_URL: ")
    assert reason in message
    assert "Accepted: postgresql://" in message
    assert "secret" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("postgresql:///d?host=/run/x", True),
        ("postgresql://localhost/d", True),
        ("postgresql://127.0.0.2/d", True),
        ("postgresql://[::1]/d", True),
        ("postgresql://db.example/d", False),
        ("postgresql://127.example/d", False),
    ],
)
def test_a_server_on_this_machine_is_known_by_its_address(url, local):
    assert database.is_local(database.parse(url)) is local


def test_the_url_of_a_socket_leads_back_to_its_folder():
    config = database.parse(database.url_of_socket("/tmp/a b,ü%", "bloggy", "postgres"))

    assert (config["HOST"], config["NAME"], config["USER"]) == ("/tmp/a b,ü%", "bloggy", "postgres")


@pytest.mark.parametrize(
    ("cause", "outage"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.QueryCanceled(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.ReadOnlySqlTransaction(), True),
        (psycopg.errors.IdleInTransactionSessionTimeout(), True),
        (psycopg.DataError("timestamp too large"), False),
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.UndefinedTable(), False),
    ],
)
def test_the_sqlstate_tells_an_outage_from_a_wrong_statement(cause, outage):
    error = OperationalError()
    error.__cause__ = cause

    assert database.is_outage(error) is outage
