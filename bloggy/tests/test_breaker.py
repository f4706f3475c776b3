import threading
import time

import pytest

from bloggy.breaker import Breaker
from bloggy.tests.processes import wait_until


class Server:
    """A server that can be away; it counts who asks for it."""

    def __init__(self):
        self.is_there, self.probes, self.pings = True, 0, 0

    def connects(self):
        self.probes += 1
        return self.is_there

    def speaks(self):
        self.pings += 1
        return self.is_there


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def breaker(server):
    return Breaker(server.connects, server.speaks)


def silence(pauses=1000):
    """Stand for psycopg's wait for a server that says nothing."""
    for _ in range(pauses):
        yield "read"
    return "rows"


def wait(waiting, pause=0.01, ready=0):
    """Drive a wait as psycopg does for a silent server, or for one that says something each time."""
    try:
        next(waiting)
        while True:
            time.sleep(pause)
            waiting.send(ready)
    except StopIteration as end:
        return end.value


def test_a_wait_passes_on_what_comes_and_goes(breaker):
    def waiting():
        assert (yield "read") == 1
        assert (yield "write") == 2
        return "rows"

    watched = breaker.watch(waiting(), 10)

    assert next(watched) == "read"
    assert watched.send(1) == "write"
    with pytest.raises(StopIteration) as end:
        watched.send(2)
    assert end.value.value == "rows"


def test_a_wait_ends_after_its_seconds(breaker):
    with pytest.raises(TimeoutError):
        wait(breaker.watch(silence(), 0.1))


def test_a_server_that_drips_is_given_up_too(breaker):
    with pytest.raises(TimeoutError):
        wait(breaker.watch(silence(), 0.1), ready=1)


def test_a_long_wait_goes_on_where_the_server_speaks(breaker, server):
    assert wait(breaker.watch(silence(70), 10)) == "rows"

    assert server.pings > 0
    assert not breaker.is_open


def test_a_long_wait_ends_where_the_server_is_silent(breaker, server):
    server.is_there = False

    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        wait(breaker.watch(silence(), 60))

    assert time.monotonic() - begun < 10
    server.is_there = True


def test_while_it_is_open_no_wait_begins_and_one_probe_asks(breaker, server):
    server.is_there = False
    threads = [threading.Thread(target=breaker.open, args=["gone"]) for _ in range(10)]
    for thread in threads:
        thread.start()

    with pytest.raises(TimeoutError):
        wait(breaker.watch(silence(), 60))
    time.sleep(1)

    assert 1 <= server.probes <= 6
    server.is_there = True
    wait_until(lambda: not breaker.is_open)
    assert wait(breaker.watch(silence(2), 60)) == "rows"


def test_a_thread_that_cannot_be_had_leaves_it_closed_for_the_next_try(breaker, server, monkeypatch):
    server.is_there = False
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda thread: exec('raise RuntimeError("no more threads")'))
        breaker.open("gone")
        breaker.suspect()

    assert not breaker.is_open
    breaker.open("gone")
    assert breaker.is_open
    server.is_there = True
    wait_until(lambda: not breaker.is_open)
