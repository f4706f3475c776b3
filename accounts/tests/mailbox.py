"""A real SMTP server for tests: what was sent to it, with the text of each mail."""

import email
import email.policy
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps every mail; `url` is the EMAIL_URL that leads here."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@contextmanager
def open_mailbox():
    """Yield a Mailbox that listens on a free port, with its address as `url`."""
    with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd can't say which port it took
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()
