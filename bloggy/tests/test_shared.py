"""An answer that many ask for at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from bloggy.shared import Shared
from bloggy.tests.processes import wait_until


class Slow:
    """Answers with the number of the call, each once it is let go."""

    def __init__(self, fails=()):
        self.begun, self.fails, self.let_go = 0, fails, threading.Semaphore(0)

    def __call__(self):
        self.begun += 1
        number = self.begun
        assert self.let_go.acquire(timeout=10)
        if number in self.fails:
            raise ValueError(number) from LookupError(f"because of {number}")
        return number


class Door:
    """A lock that counts who came to it."""

    def __init__(self):
        self.came, self.lock = 0, threading.Lock()

    def __enter__(self):
        self.came += 1
        self.lock.acquire()

    def __exit__(self, *error):
        self.lock.release()


def ask_together(slow):
    """Return a Shared, and the futures of one who asks and of three who come meanwhile; nobody is let go yet."""
    shared = Shared(slow)
    shared.lock = Door()
    pool = ThreadPoolExecutor(4)
    first = pool.submit(shared)
    wait_until(lambda: slow.begun == 1)
    others = [pool.submit(shared) for _ in range(3)]
    wait_until(lambda: shared.lock.came == 4)
    pool.shutdown(wait=False)
    return shared, first, others


def test_who_comes_while_one_is_asked_for_shares_the_next_one():
    slow = Slow()
    _shared, first, others = ask_together(slow)

    slow.let_go.release(10)

    assert first.result(10) == 1
    assert [other.result(10) for other in others] == [2, 2, 2]
    assert slow.begun == 2


def test_who_comes_later_gets_an_answer_asked_for_later():
    shared = Shared(iter(range(10)).__next__)

    assert [shared() for _ in range(3)] == [0, 1, 2]


def test_an_error_is_shared_as_an_answer_is_and_the_next_call_is_another():
    slow = Slow(fails=(1, 2))
    shared, first, others = ask_together(slow)

    slow.let_go.release(10)

    errors = [future.exception(10) for future in (first, *others)]
    assert [str(error) for error in errors] == ["1", "2", "2", "2"]
    assert [str(error.__cause__) for error in errors] == ["because of 1", *["because of 2"] * 3]
    assert len({id(error) for error in errors}) == 4
    assert shared() == 3
