"""What goes to the log holds no e-mail address and no reset link."""

import copy
import logging
import os
import re
import time

# Both are linear in the line's length: a word is read once, from its beginning, and never given back ("++").
WORD = r'[^\s"(),:;<>@\[\\\]]'
ADDRESS = re.compile(rf'(?:"[^"\r\n]{{1,200}}+"|(?<!{WORD}){WORD}++)@(?:[\w.-]++|\[[^\]\s]{{1,100}}+\])')
TOKEN = re.compile(r"(/accounts/reset/[^/\s]++/|/auth/password_reset/)[^/\s\"'?#]++")


def redact(text):
    """Return the text with … in place of e-mail addresses and of the secret part of reset links."""
    if "@" in text:
        text = ADDRESS.sub("…@…", text)
    if "reset/" in text:
        text = TOKEN.sub(r"\1…", text)
    return text


class Outages(logging.Filter):
    """Let one line a second tell of an outage (503), in all processes of an instance together."""

    def __init__(self):
        super().__init__()
        self.seconds = int(os.environ.get("WEB_CONCURRENCY") or 2)  # as gunicorn.conf.py has it, and checks it
        self.last = -self.seconds

    def filter(self, record):
        if getattr(record, "status_code", None) != 503:
            return True
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


class Formatter(logging.Formatter):
    """Redacts the whole line with its traceback: PostgreSQL's DETAIL of a duplicate shows the e-mail address.

    A request that makes no sense gets one line: anybody can send one, as often as they like. So does an outage.
    """

    def format(self, record):
        if getattr(record, "status_code", 500) != 500 and record.exc_info:
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
        return redact(super().format(record))
