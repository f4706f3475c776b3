"""A circuit breaker: once PostgreSQL is found away, requests fail at once while one probe at a time asks for it.

What keeps a thread waiting for a server that is frozen (SIGSTOP, a lost network) is the client alone: the
server's own limits, TCP's and gunicorn's do not end it.
"""

import logging
import threading
import time

logger = logging.getLogger(__name__)
PAUSE = 0.3  # seconds between two probes
OUTAGE = {"status_code": 503}  # bloggy/logs.py thins such lines out
SUSPICIOUS = 0.5  # seconds after which a statement is no longer simply awaited


class Breaker:
    """Closed while PostgreSQL answers. Opened by whoever finds it away, closed by a probe that finds it back.

    `connects()` tells whether a connection can be had and used; `pings()` returns whether the server
    speaks at all, without a log-in. Both return in bounded time and never raise.
    """

    def __init__(self, connects, pings):
        self.connects, self.pings = connects, pings
        self.is_open, self.reason = False, ""
        self._is_pinging = False
        self._lock = threading.Lock()

    def open(self, reason):
        """Let every request fail at once from now on, until a probe succeeds; reason is for the log and for /readyz."""
        with self._lock:
            if self.is_open:
                return
            self.reason = " ".join(str(reason).split())
            self.is_open = begin(self._probe)
        text = "PostgreSQL cannot be used (%s): pages that need it are a 503 until it can."
        logger.error(text, self.reason, extra=OUTAGE)

    def suspect(self):
        """Ask beside a statement that takes long whether the server is there, and open if it isn't."""
        with self._lock:
            if self.is_open or self._is_pinging:
                return
            self._is_pinging = begin(self._ping)

    def watch(self, waiting, seconds):
        """Wrap psycopg's generator of a wait: raise TimeoutError after so many seconds, or once the breaker is open.

        psycopg resumes a generator when the server sent something, and ten times a second (with a false
        value) when it did not.
        """
        begun, ready = time.monotonic(), None
        while True:
            try:
                state = waiting.send(ready)
            except StopIteration as end:
                return end.value
            ready = yield state
            waited = time.monotonic() - begun
            if waited > seconds or not ready:
                self.check(waited, seconds)

    def check(self, waited, seconds):
        """Look at a wait for a server that says nothing, some times a second.

        Raises TimeoutError where it is over: it took more seconds than it may, or the breaker is open.
        """
        if waited > seconds or self.is_open:
            raise TimeoutError(f"no answer in {waited:.1f} seconds")
        if waited > SUSPICIOUS:
            self.suspect()

    def _probe(self):
        while not self.connects():
            time.sleep(PAUSE)
        with self._lock:
            self.is_open = False
        logger.warning("PostgreSQL answers again.", extra=OUTAGE)

    def _ping(self):
        answers = self.pings()
        with self._lock:
            self._is_pinging = False
        if not answers:
            self.open("it says nothing")


def begin(target):
    """Let a thread of its own do it; tell whether one could be had: if not, who comes next tries again."""
    try:
        threading.Thread(target=target, name=target.__name__, daemon=True).start()
    except RuntimeError:
        return False
    return True
