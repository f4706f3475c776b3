import socket
import time

import psycopg
import pytest

from bloggy.resolver import in_time


@pytest.mark.parametrize("host", ["", "/run/postgresql", "@abstract", "127.0.0.1", "::1"])
def test_what_needs_no_name_stays(host):
    assert in_time({"host": host, "connect_timeout": "3"}) == {"host": host, "connect_timeout": "3"}


def test_a_given_address_stays():
    params = {"host": "db.example", "hostaddr": "10.0.0.1"}

    assert in_time(params) == params


def test_a_name_gets_its_addresses_and_keeps_itself_for_tls(monkeypatch):
    found = [(2, 1, 6, "", ("10.0.0.1", 0)), (10, 1, 6, "", ("fd00::1", 0, 0, 0)), (2, 1, 6, "", ("10.0.0.3", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)

    params = in_time({"host": "db.example", "connect_timeout": "6"})

    assert params == {"host": "db.example,db.example", "hostaddr": "10.0.0.1,fd00::1", "connect_timeout": "3"}


@pytest.mark.parametrize(("seconds", "took", "attempts"), [(1, 0, 1), (1, 0.9, 1), (3, 0, 2), (3, 2.5, 1), (9, 0, 2)])
def test_all_attempts_together_end_in_time(monkeypatch, seconds, took, attempts):
    found, clock = [(2, 1, 6, "", (f"10.0.0.{last}", 0)) for last in (1, 2)], iter([100, 100 + took])
    monkeypatch.setattr("bloggy.resolver.addresses", lambda *_: [address[0] for *_rest, address in found])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    params = in_time({"host": "db.example", "connect_timeout": str(seconds)})

    assert params["hostaddr"].count(",") + 1 == attempts
    assert took + attempts * int(params["connect_timeout"]) <= seconds + 2


def test_an_unknown_name_is_said_to_be(monkeypatch):
    def unknown(*_args, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(psycopg.OperationalError, match=r"the name db\.example is not known"):
        in_time({"host": "db.example"})


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64, "\udcff"])
def test_what_can_be_no_name_is_not_known(host):
    with pytest.raises(psycopg.OperationalError, match="is not known"):
        in_time({"host": host})


def test_a_slow_resolver_is_given_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(30))

    begun = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="not resolved in 1 seconds"):
        in_time({"host": "db.example", "connect_timeout": "1"})

    assert time.monotonic() - begun < 5
