"""The embedded PostgreSQL's programs: what they are run with, and to their end."""

import os
import signal
import subprocess

import pytest

from bloggy import embedded_programs


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Return a function that runs a script in tmp_path as one of PostgreSQL's programs is run."""
    monkeypatch.setattr(embedded_programs, "program", lambda name: name)
    monkeypatch.setattr(embedded_programs, "prefix_for", lambda data: ())
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield lambda script: embedded_programs.run(tmp_path, "sh", "-c", script)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end_even_if_the_program_has_just_begun(shell, tmp_path, monkeypatch, number):
    class Interrupted(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            os.kill(os.getpid(), number)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    signal.signal(number, signal.default_int_handler)

    with pytest.raises(KeyboardInterrupt):
        shell("sleep 0.2; touch done")

    assert (tmp_path / "done").exists()
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_program_ignores_what_we_ignore(shell, tmp_path):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    shell("kill -TERM $$; touch done")

    assert (tmp_path / "done").exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_a_failure_is_one_line_and_the_end_of_what_was_said(shell):
    with pytest.raises(embedded_programs.EmbeddedError, match=r"(?s)^sh failed in .*: mend .*\.\nno room$"):
        shell("echo no room; exit 1")


def test_a_missing_wheel_is_one_line(monkeypatch):
    monkeypatch.setattr(embedded_programs, "find_spec", lambda name: None)

    with pytest.raises(embedded_programs.EmbeddedError, match=r"install requirements-dev.txt, or set DATABASE_URL"):
        embedded_programs.program("initdb")
