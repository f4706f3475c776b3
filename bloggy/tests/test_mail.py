import logging
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import send_mail

from bloggy import mail

SMTP, CONSOLE, FILES = (f"django.core.mail.backends.{name}.EmailBackend" for name in ("smtp", "console", "filebased"))
LOGIN = {"EMAIL_HOST_USER": "ann", "EMAIL_HOST_PASSWORD": "secret"}


class Server:
    """What a mail server does with what it is sent; `mails` are the ones it took."""

    def __init__(self, refuses=""):
        self.refuses, self.mails = refuses, []

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuses == "sender":
            return f"553 5.7.1 {address} may not send"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses == "recipient":
            return f"550 5.1.1 {address} is unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextmanager
def serving(server):
    """Serve SMTP on a free port while the context lasts; the value is the port."""
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def outbox(monkeypatch):
    """An outbox of the test's own; outbox.wait() returns when all that was put into it is done."""
    outbox = mail.Outbox()
    outbox.wait = lambda: outbox.thread.submit(int).result(30)
    monkeypatch.setattr(mail, "outbox", outbox)
    return outbox


@pytest.fixture
def configured(settings, outbox):
    """Take an EMAIL_URL into the settings."""

    def configure(url):
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "bloggy.mail.EmailBackend", 0.5
        for name, value in mail.parse(url).items():
            setattr(settings, name, value)

    return configure


def send():
    return send_mail("A subject", "Some words.", "blog@blog.example", ["ann@reader.example"])


def test_a_mail_is_delivered_by_smtp(configured, outbox):
    server = Server()
    with serving(server) as port:
        configured(f"smtp://127.0.0.1:{port}")
        send()
        send()
        outbox.wait()

    assert [mail[:2] for mail in server.mails] == [("blog@blog.example", ["ann@reader.example"])] * 2
    assert "Subject: A subject" in server.mails[0][2]
    assert "Some words." in server.mails[0][2]


def test_a_mail_is_written_to_a_folder(configured, outbox, tmp_path):
    configured(f"filemail://{tmp_path}/mails")

    send()
    outbox.wait()

    (file,) = (tmp_path / "mails").iterdir()
    assert "Some words." in file.read_text()


def the_only_line(caplog):
    """Return the log's only line, which must hold neither address nor password nor traceback."""
    (record,) = [record for record in caplog.records if record.name != "mail.log"]  # the test's server
    assert (record.name, record.levelname, record.exc_info) == ("bloggy.mail", "ERROR", None)
    assert "@" not in record.getMessage()
    assert "secret" not in record.getMessage()
    assert "\n" not in record.getMessage()
    return record.getMessage()


@pytest.mark.parametrize(
    ("refuses", "line"),
    [
        ("recipient", "A mail was not sent (SMTPRecipientsRefused 550): the mail server refuses who it is for"),
        ("sender", "A mail was not sent (SMTPSenderRefused 553): the mail server must accept DEFAULT_FROM_EMAIL"),
    ],
)
def test_a_refused_mail_is_one_line_without_an_address(configured, outbox, caplog, refuses, line):
    with serving(Server(refuses)) as port:
        configured(f"smtp://127.0.0.1:{port}")
        send()
        outbox.wait()

    assert the_only_line(caplog).startswith(line)


def test_a_server_without_logins_is_one_line_without_the_password(configured, outbox, caplog):
    with serving(Server()) as port:
        configured(f"smtp://zoe:secret@127.0.0.1:{port}")
        send()
        outbox.wait()

    assert the_only_line(caplog).startswith("A mail was not sent (SMTPNotSupportedError): check EMAIL_URL")


def test_a_server_that_is_down_is_one_line(configured, outbox, caplog):
    configured(f"smtp://zoe:secret@127.0.0.1:{free_port()}")

    send()
    outbox.wait()

    assert the_only_line(caplog).startswith("A mail was not sent (ConnectionRefusedError): check EMAIL_URL")


def test_a_server_that_hangs_delays_nobody_and_is_given_up(configured, outbox, caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configured(f"smtp://127.0.0.1:{silent.getsockname()[1]}")

        start = time.monotonic()
        send()
        returned = time.monotonic() - start
        outbox.wait()

    assert returned < 0.2
    assert time.monotonic() - start >= 0.5  # EMAIL_TIMEOUT
    assert "A mail was not sent (" in the_only_line(caplog)


def test_a_failure_is_not_the_end_of_the_next_mail(configured, outbox, caplog):
    server = Server()
    configured(f"smtp://127.0.0.1:{free_port()}")
    send()
    outbox.wait()

    with serving(server) as port:
        configured(f"smtp://127.0.0.1:{port}")
        send()
        outbox.wait()

    assert len(server.mails) == 1


def test_more_than_a_thousand_waiting_mails_are_dropped_with_a_line(configured, outbox, caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configured(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        outbox.thread.submit(time.sleep, 1)
        taken = [send() for _ in range(mail.MAX_WAITING + 2)]
        outbox.thread.shutdown(cancel_futures=True)

    assert taken == [1] * mail.MAX_WAITING + [0, 0]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "1000 wait already" in caplog.records[0].getMessage()


def test_a_mail_that_is_sent_makes_room_for_the_next(configured, outbox, tmp_path, monkeypatch):
    monkeypatch.setattr(mail, "MAX_WAITING", 1)
    outbox.empty()
    configured(f"filemail://{tmp_path}")

    for _ in range(3):
        assert send() == 1
        outbox.wait()


def test_one_thread_sends_for_all(configured, outbox, tmp_path):
    configured(f"filemail://{tmp_path}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: send(), range(20)))
    outbox.wait()

    assert len(outbox.thread._threads) == 1
    assert "".join(file.read_text() for file in tmp_path.iterdir()).count("Some words.") == 20


def run(code, **variables):
    """Run Python code under Django in a process of its own; return what it did."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"} | variables
    environment["DATABASE_URL"] = "postgresql://u@127.0.0.1:9/d"
    code = "import django; django.setup()\nfrom django.core.mail import send_mail\n" + code
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)


SEND = "send_mail('A subject', 'Some words.', None, ['ann@reader.example'])\n"


def test_a_process_that_ends_sends_first_what_waits():
    server = Server()
    with serving(server) as port:
        done = run(SEND * 20, EMAIL_URL=f"smtp://127.0.0.1:{port}")

    assert (done.returncode, done.stderr) == (0, "")
    assert len(server.mails) == 20


def test_the_child_of_a_fork_sends_its_own_mails_and_not_its_parents_again(tmp_path):
    code = f"""
import os, sys, threading
{SEND}
child = os.fork()
if not child:
    {SEND}
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
{SEND}"""

    done = run(code, EMAIL_URL=f"filemail://{tmp_path}")

    assert (done.returncode, done.stderr) == (0, "")
    assert "".join(file.read_text() for file in tmp_path.iterdir()).count("Some words.") == 3


def test_in_development_a_mail_appears_on_the_console():
    done = run(SEND)

    assert "From: noreply@[127.0.0.1]" in done.stdout
    assert "Some words." in done.stdout


def test_the_log_of_the_process_holds_no_address():
    done = run(SEND, EMAIL_URL=f"smtp://127.0.0.1:{free_port()}")

    assert "ERROR bloggy.mail: A mail was not sent (ConnectionRefusedError): check EMAIL_URL" in done.stderr
    assert done.stderr.count("\n") == 1
    assert logging.getLogger("bloggy.mail").propagate
