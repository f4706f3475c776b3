"""Deadlines for calls of libpq's that block, set from beside: only the end of its connection ends such a call."""

import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from bloggy.breaker import begin

TICK = 0.1  # seconds between two looks; psycopg's own waits look as often


@dataclass(slots=True, eq=False)
class Call:
    """What is under way by a connection of libpq's; error is why it was ended, if it was."""

    pgconn: object
    seconds: float
    begun: float = field(default_factory=time.monotonic)
    error: TimeoutError | None = None


class Deadlines:
    """The calls that a process makes, and a thread that ends those which are overdue."""

    def __init__(self, breaker):
        self.breaker = breaker
        self.calls, self.lock = set(), threading.Lock()
        self.are_watched = False

    def watch(self):
        """Tell whether somebody watches the clock: where no thread can be had for it, nobody may make such a call."""
        if not self.are_watched:
            with self.lock:
                if not self.are_watched:
                    self.are_watched = True  # before it begins, for it may end at once
                    self.are_watched = begin(self._watch) and self.are_watched
        return self.are_watched

    def call(self, pgconn, seconds, ask, *args):
        """Return what a function returns that asks by a connection of libpq's.

        Raises TimeoutError where there is no answer in so many seconds, or as soon as the breaker is open; the
        connection is then of no further use.
        """
        call = Call(pgconn, seconds)
        with self.lock:
            self.calls.add(call)
        try:
            return ask(*args)
        finally:
            with self.lock:  # from here on nobody touches the connection
                self.calls.remove(call)
            if call.error:
                raise call.error

    def _watch(self):
        try:
            while True:
                time.sleep(TICK)
                if self.calls:
                    with self.lock:
                        for call in self.calls:
                            self._look_at(call)
        finally:
            self.are_watched = False  # whoever comes next begins anew

    def _look_at(self, call):
        waited = time.monotonic() - call.begun
        if waited < TICK:
            return  # most are answered sooner, while the breaker is open too
        try:
            self.breaker.check(waited, call.seconds)
        except TimeoutError as error:
            call.error = error
            shut_down(call.pgconn)


def shut_down(pgconn):
    """End what waits for a connection of libpq's, which goes on with it in another thread."""
    with suppress(OSError, psycopg.Error):  # it is lost already, and libpq knows
        number = pgconn.socket
        with socket.socket(fileno=os.dup(number)) as ours:
            if pgconn.socket == number:  # else libpq has closed it, and it may have become another's
                ours.shutdown(socket.SHUT_RDWR)
