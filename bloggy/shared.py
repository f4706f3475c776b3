"""An answer that many ask for at once, got once for all of them."""

import threading


class Shared:
    """Ask for something by a function that takes no arguments: one call at a time, for all who wait for it.

    Whoever comes while a call is under way waits for the next one, so every answer was asked for after its asker came,
    and is as fresh as one of the asker's own. If a call fails, its caller gets the error, and the next one who waits
    tries again.
    """

    def __init__(self, ask):
        self.ask, self.lock, self.next = ask, threading.Lock(), Call()

    def __call__(self):
        call = self.next  # which has not begun
        with self.lock:
            if not call.is_answered:
                self.next = Call()  # for those who come from now on
                call.answer = self.ask()
                call.is_answered = True
        return call.answer


class Call:
    is_answered, answer = False, None
