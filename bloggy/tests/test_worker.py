"""gunicorn's workers: they share who connects, and at the end of one that has requests in hand none is lost."""

import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from bloggy import worker as module
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import free_port
from bloggy.worker import Worker

APP = """
import os
import time

def application(environ, start_response):
    time.sleep(float(environ["PATH_INFO"][1:]))
    text = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]
"""


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def workers():
    return 1


@pytest.fixture
def master(tmp_path, port, workers):
    """gunicorn with workers of ours and an application that sleeps so many seconds as its path says."""
    (tmp_path / "app.py").write_text(APP)
    options = ["--worker-class=bloggy.worker.Worker", f"--workers={workers}", "--threads=4", f"--bind=127.0.0.1:{port}"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "app"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    yield process
    process.kill()
    process.wait()


def answers(port):
    try:
        with ask(port) as connection:
            return read(connection)
    except OSError:
        return False


def ask(port, seconds=0):
    """Send a request that takes so many seconds, and return its connection."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"POST /{seconds} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    return connection


def read(connection):
    """Return which process answered."""
    response = HTTPResponse(connection)
    response.begin()
    assert response.status == 200
    return int(response.read())


@pytest.mark.faults
@pytest.mark.parametrize("workers", [2])
def test_the_workers_share_those_who_connect_at_once_and_stay(master, port, workers):
    shares = []
    time.sleep(1)  # until the second one has begun
    for _again in range(20):
        with ExitStack() as stack:
            connections = [stack.enter_context(ask(port)) for _ in range(8)]
            shares.append(Counter(read(connection) for connection in connections))
        time.sleep(0.1)  # until they know that these are gone

    assert sum(8 - max(share.values()) for share in shares) > 2.5 * len(shares)  # of 4 at most


@pytest.mark.faults
def test_while_it_ends_it_finishes_what_it_has_and_refuses_what_comes(master, port):
    with ask(port, seconds=2) as begun:
        time.sleep(0.5)
        master.terminate()
        time.sleep(0.5)

        with pytest.raises(ConnectionRefusedError):
            ask(port)

        assert read(begun)
    assert master.wait(10) == 0


@pytest.mark.faults
def test_who_has_connected_before_it_ends_is_answered(master, port):
    worker = int(Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text())
    os.kill(worker, signal.SIGSTOP)  # so that nobody is taken yet
    waiting = [ask(port) for _ in range(5)]
    master.terminate()
    time.sleep(0.5)

    os.kill(worker, signal.SIGCONT)

    assert [read(connection) for connection in waiting] == [worker] * 5
    for connection in waiting:
        connection.close()
    assert master.wait(10) == 0


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def begun():
    """Return a function that gives a worker of so many connections, which takes more."""

    def begin(age, connections):
        worker = Worker.__new__(Worker)
        worker.age, worker.nr_conns, worker._accepting, worker.worker_connections = age, connections, True, 10**6
        worker.tell()
        workers.append(worker)
        return worker

    workers = []
    yield begin
    for worker in workers:
        worker.leave()


def waits(worker, listener, monkeypatch):
    """Tell whether a worker lets another one come first."""
    pauses = []
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=pauses.append))
    worker.accept(listener)
    return bool(pauses)


@pytest.mark.parametrize(
    ("own", "other", "is_ahead"),
    [(0, 0, False), (1, 0, False), (2, 0, True), (300, 300, False), (400, 300, True), (300, 400, False)],
)
def test_one_that_holds_more_than_another_lets_it_come_first(begun, listener, monkeypatch, own, other, is_ahead):
    begun(7, other)

    assert waits(begun(8, own), listener, monkeypatch) == is_ahead


@pytest.mark.parametrize("connections", [0, 300, 100_000])
def test_one_that_is_alone_waits_for_nobody(begun, listener, monkeypatch, connections):
    assert not waits(begun(8, connections), listener, monkeypatch)


def test_nobody_waits_for_one_that_takes_no_more_or_is_gone(begun, listener, monkeypatch):
    with mock.patch.dict(sys.modules):
        configuration = runpy.run_path(str(ROOT / "bloggy" / "gunicorn.conf.py"))
    ending, killed, worker = begun(6, 0), begun(7, 0), begun(8, 5)
    ending.alive, ending.sockets, ending.poller = False, [], mock.Mock()
    assert waits(worker, listener, monkeypatch)

    ending.set_accept_enabled(False)
    assert waits(worker, listener, monkeypatch)
    configuration["child_exit"](None, killed)

    assert not waits(worker, listener, monkeypatch)
    configuration["child_exit"](None, object())  # of another class


def test_an_end_before_the_beginning_is_no_error(listener):
    worker = Worker.__new__(Worker)
    worker.age, worker.alive, worker._accepting, worker.nr_conns, worker.worker_connections = 1, False, False, 0, 10
    worker.sockets = [listener]

    worker.set_accept_enabled(True)
    worker.set_accept_enabled(False)

    assert listener.fileno() == -1
