"""gunicorn's threaded worker with an end that loses no request, so that one instance of several can be replaced."""

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    def set_accept_enabled(self, enabled):
        """At the end take everybody whom the kernel has let in, then stop listening at once.

        gunicorn itself takes nobody any more but goes on listening until its last request is done: whoever connects
        meanwhile is cut off after having sent a request, and a proxy must not send a POST twice. Whoever is refused
        is sent to another instance.
        """
        alive = self.alive  # once: a signal may change it meanwhile
        super().set_accept_enabled(enabled and alive)
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
