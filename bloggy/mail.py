"""Mail: EMAIL_URL as Django's settings, and a backend that lets no request wait for a mail server."""

import logging
import os
import re
import smtplib
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from threading import Semaphore
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.utils.module_loading import import_string

ACCEPTED = (
    "smtp://USER:PASSWORD@HOST:PORT, smtp+tls://… (STARTTLS), smtps://… (TLS), consolemail:// or filemail:///FOLDER"
)
BACKENDS = "django.core.mail.backends"
SMTP = {  # the port, and the setting that turns encryption on
    "smtp": (25, {}),
    "smtp+tls": (587, {"EMAIL_USE_TLS": True}),
    "smtps": (465, {"EMAIL_USE_SSL": True}),
}
ONE_ADDRESS = r'[^\s<>()@,;:"]+@[^\s<>()@,;"]+'
SENDER = re.compile(rf"{ONE_ADDRESS}|[^<>@]+<{ONE_ADDRESS}>")
HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")  # a name or an address; IPv6 without its brackets
MAX_WAITING = 1000  # mails
HEAD_START = 0.05  # seconds for the answer to the request: made beside the mail, it would take longer than without one

logger = logging.getLogger(__name__)


def parse(url, name="EMAIL_URL"):
    """Return the Django settings that an e-mail URL stands for; MAIL_DELIVERY is the backend that does the sending.

    User and password are percent-encoded. An empty URL stands for no mail at all. Raises ImproperlyConfigured
    with one line that names the variable and never shows the value.
    """
    if not url:
        return {"MAIL_DELIVERY": f"{BACKENDS}.dummy.EmailBackend"}
    if "://" not in url or not url.isprintable() or " " in url:
        raise _refused(name, "not a URL")
    try:
        parts = urlsplit(url)
        if "?" in url or "#" in url:
            raise _refused(name, "no ? and no # can stand in it; percent-encode those of the password")
        if parts.scheme in SMTP:
            return _smtp(name, parts)
    except ValueError:  # urlsplit's own says what is wrong by showing it
        raise _refused(name, "the host or port cannot be read; percent-encode odd letters in the password") from None
    folder = unquote(parts.path)
    if parts.scheme in ("consolemail", "console") and not (parts.netloc or parts.path):
        return {"MAIL_DELIVERY": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme in ("filemail", "file") and not parts.netloc and folder.strip("/") and "\0" not in folder:
        return {"MAIL_DELIVERY": f"{BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    raise _refused(name, "not one of the accepted forms")


def sender(address, site_url, name="DEFAULT_FROM_EMAIL"):
    """Return the address that mails come from: the given one, checked, else noreply at the site's host.

    Takes `ann@blog.example` or `Ann <ann@blog.example>`; raises ImproperlyConfigured for anything else.
    """
    if not address:
        host = urlsplit(site_url).hostname
        return f"noreply@[{host}]" if _is_ip(host) else f"noreply@{host}"
    with suppress(ValueError):
        if address.isprintable() and SENDER.fullmatch(address) and sanitize_address(address, "utf-8"):
            return address
    raise ImproperlyConfigured(f"{name} must be one address, such as ann@blog.example or Ann <ann@blog.example>.")


class EmailBackend(BaseEmailBackend):
    """Puts each mail into the outbox and returns at once: who sends one waits no longer than who sends none."""

    def send_messages(self, messages):
        """Return how many mails wait to be sent now; the log tells of those that could not be."""
        return sum(outbox.put(message) for message in messages)


class Outbox:
    """One thread that sends mail through settings.MAIL_DELIVERY, and a bounded queue before it.

    The thread starts with the first mail; a process that ends waits until the queue is empty.
    """

    def __init__(self):
        self.empty()

    def empty(self):
        """Begin anew: the child of a fork has neither the thread nor a claim on the mails of its parent."""
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
        self.room = Semaphore(MAX_WAITING)

    def put(self, message):
        """Queue a mail and return True, or drop it and return False where too many wait."""
        if not self.room.acquire(blocking=False):
            logger.error("A mail was dropped: %d wait already. Check the server that EMAIL_URL names.", MAX_WAITING)
            return False
        backend = import_string(settings.MAIL_DELIVERY)  # here: a fork must not meet the thread half-way in an import
        self.thread.submit(self.send, backend, message)
        return True

    def send(self, backend, message):
        self.room.release()
        time.sleep(HEAD_START)
        try:
            backend().send_messages([message])
        except Exception as error:
            logger.error("A mail was not sent (%s): %s.", _kind(error), _advice(error))


outbox = Outbox()
os.register_at_fork(after_in_child=outbox.empty)


def _refused(name, reason):
    return ImproperlyConfigured(f"{name}: {reason}. Accepted: {ACCEPTED}.")


def _smtp(name, parts):
    """Return the settings of a mail server; raises ValueError where a part cannot be read."""
    port, encryption = SMTP[parts.scheme]
    user, password = (unquote(text or "") for text in (parts.username, parts.password))
    if not HOST.fullmatch(parts.hostname or ""):
        raise _refused(name, "the host is missing or cannot be read")
    if parts.port == 0:
        raise _refused(name, "the port must be from 1 to 65535")
    if parts.path.strip("/"):
        raise _refused(name, "nothing can follow the host; percent-encode a / of the password")
    if bool(user) != bool(password):
        raise _refused(name, "a user goes with a password")
    if not (user + password).isascii():
        raise _refused(name, "smtplib takes user and password in ASCII alone")
    return {
        "MAIL_DELIVERY": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
    } | encryption


def _is_ip(host):
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _kind(error):
    """Return the error's type and SMTP codes; its text may bear addresses and what the server says of them."""
    codes = {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _text in error.recipients.values()}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])


def _advice(error):
    match error:
        case smtplib.SMTPAuthenticationError():
            return "check the user and the password in EMAIL_URL"
        case smtplib.SMTPRecipientsRefused():
            return "the mail server refuses who it is for; its log says why"
        case smtplib.SMTPSenderRefused():
            return "the mail server must accept DEFAULT_FROM_EMAIL as the sender"
    return "check EMAIL_URL, and that what it names is up and takes mail"
