"""What goes to the log holds no e-mail address and no reset link."""

import copy
import logging
import re
import threading
import time

# Both are linear in the line's length: a word is read once, from its beginning, and never given back ("++").
WORD = r'[^\s"(),:;<>@\[\\\]]'
ADDRESS = re.compile(rf'(?:"[^"\r\n]{{1,200}}+"|(?<!{WORD}){WORD}++)@(?:[\w.-]++|\[[^\]\s]{{1,100}}+\])')
# 'connection to server at "db" (10.0.0.5), port 5432 failed', "failed to resolve host 'db'", 'host=db database=blog'
DATABASE = re.compile(
    r"""\b(at|on socket|host|hostaddr|port|user|role|database|address)"""
    r"""(?:([ :=]++)(?:"[^"\n]{1,300}+"|'[^'\n]{1,300}+')(?: \([^)\n]{1,60}+\))?|(=)\S++)"""
    r"""|\b(port|the name)( )(?:\d++|\S{1,300}+(?= (?:is|was) not ))"""
)
# A row of any table, with passwords' hashes, up to what PostgreSQL or Python says next.
ROW = re.compile(
    r"(Failing row contains )\(.{0,20000}?\)\.(?=\n[A-Z]+: |\n\n(?:The above|During handling)|\n?\Z)", re.DOTALL
)
TOKEN = re.compile(r"(/accounts/reset/[^/\s]++/|/auth/password_reset/)[^/\s\"'?#]++")


def redact(text):
    """Return the text with … in place of e-mail addresses, of the secret part of reset links and of whole rows."""
    if "@" in text:
        text = ADDRESS.sub("…@…", text)
    if "Failing row" in text:
        text = ROW.sub(r"\1(…)", text)
    if "reset/" in text:
        text = TOKEN.sub(r"\1…", text)
    return text


def hide_database(text):
    """Return the text with … in place of host, port, database and user, as libpq and psycopg write them."""
    return DATABASE.sub(lambda found: "".join(filter(None, found.groups())) + "…", text)


class Outages(logging.Filter):
    """Let two lines in so many seconds tell of an outage (503), one of each level, of which there are two.

    That it is over is a line of a level of its own, and must not be lost among the pages that just failed.
    """

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds
        self.last = {}
        self.lock = threading.Lock()

    def filter(self, record):
        if getattr(record, "status_code", None) != 503:
            return True
        now = time.monotonic()
        with self.lock:
            if now - self.last.get(record.levelno, -self.seconds) < self.seconds:
                return False
            self.last[record.levelno] = now
        return True


class Formatter(logging.Formatter):
    """Redacts the whole line with its traceback: PostgreSQL's DETAIL of a duplicate shows the e-mail address.

    A request that makes no sense gets one line: anybody can send one, as often as they like. So does an outage.
    In production no line says where the database is.
    """

    def __init__(self, *args, hides_database=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.hides_database = hides_database

    def format(self, record):
        if getattr(record, "status_code", 500) != 500 and record.exc_info:
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
        text = redact(super().format(record))
        return hide_database(text) if self.hides_database else text
