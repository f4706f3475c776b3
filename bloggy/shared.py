"""An answer that many ask for at once, got once for all of them."""

import threading
from copy import copy


class Shared:
    """Ask for something by a function that takes no arguments: one call at a time, for all who wait for it.

    Whoever comes while a call is under way waits for the next one, so every answer was asked for after its asker came,
    and is as fresh as one of the asker's own. An error is shared, too, or those who wait would fail one after another.
    """

    def __init__(self, ask):
        self.ask, self.lock, self.next = ask, threading.Lock(), Call()

    def __call__(self):
        call = self.next  # which has not begun
        with self.lock:
            if not call.is_over:
                self.next = Call()  # for those who come from now on
                call.begin(self.ask)
        if call.error:
            raise copy(call.error) from call.error.__cause__  # each raises one of its own
        return call.answer


class Call:
    is_over, answer, error = False, None, None

    def begin(self, ask):
        try:
            self.answer = ask()
        except Exception as error:
            self.error = error
        self.is_over = True
