"""What goes to the log holds no e-mail address and no reset link."""

import copy
import logging
import re

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


class Formatter(logging.Formatter):
    """Redacts the whole line with its traceback: PostgreSQL's DETAIL of a duplicate shows the e-mail address.

    A request that makes no sense gets one line: anybody can send one, as often as they like.
    """

    def format(self, record):
        if getattr(record, "status_code", 500) < 500 and record.exc_info:
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
        return redact(super().format(record))
