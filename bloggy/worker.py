"""gunicorn's threaded worker, that shares connections fairly, and with an end that loses no request.

So all processors are used, and one instance of several can be replaced.
"""

import time
from mmap import mmap

from gunicorn.workers.gthread import ThreadWorker

MOMENT = 0.001  # seconds
PLACES = 256  # more than the workers that can be at once, and those that take their places
NOBODY = 2**16 - 1

# How many connections each worker holds, at the place of its age; in memory that all share who are forked from here.
held = memoryview(mmap(-1, 2 * PLACES)).cast("H")
for place in range(PLACES):
    held[place] = NOBODY


class Worker(ThreadWorker):
    def accept(self, listener):
        """Take one who connects; a worker that holds more than another lets that one come first for a moment.

        Whoever runs would else take all who connect at once, and keep them as long as they stay: the other processors
        have nothing to do.
        """
        if self._accepting and self.number > min(held) + 1:
            time.sleep(MOMENT)
        super().accept(listener)
        self.tell()

    def wait_for_and_dispatch_events(self, timeout):
        super().wait_for_and_dispatch_events(timeout)
        self.tell()

    @property
    def number(self):
        """Return how many connections it holds, as the others are told."""
        return min(self.nr_conns, NOBODY - 1)

    def tell(self):
        """Tell the other workers how many connections this one holds, if it takes more of them."""
        held[self.age % PLACES] = self.number if self._accepting else NOBODY

    def leave(self):
        """Be counted no more."""
        held[self.age % PLACES] = NOBODY

    def set_accept_enabled(self, enabled):
        """At the end take everybody whom the kernel has let in, then stop listening at once.

        gunicorn itself takes nobody any more but goes on listening until its last request is done: whoever connects
        meanwhile is cut off after having sent a request, and a proxy must not send a POST twice. Whoever is refused
        is sent to another instance.
        """
        alive = self.alive  # once: a signal may change it meanwhile
        super().set_accept_enabled(enabled and alive)
        self.tell()
        if alive:
            return
        for listener in self.sockets:
            self.take_all(listener)
            listener.close()
        self.sockets = []  # gunicorn says so again, and would use them

    def take_all(self, listener):
        before = -1
        while before < self.nr_conns < self.worker_connections:
            before = self.nr_conns
            self.accept(listener)
