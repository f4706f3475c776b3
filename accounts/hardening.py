"""Wrapping the old Bloggy's password hashes, each account by itself and at any time again, in several processes."""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from multiprocessing.connection import wait

from django.db import DatabaseError, connection, connections

from accounts.hashers import EmmettPBKDF2Hasher, EmmettPBKDF2WrappedHasher
from accounts.models import User

WRAPPED, DONE_BY_OTHERS, UNREADABLE = "wrapped", "done by others", "unreadable"


class WorkerDied(Exception):
    """A process of ours ended before its work was done."""


def with_old_hash():
    """Return the accounts whose old hash is not wrapped."""
    return User.objects.filter(password__startswith=f"{EmmettPBKDF2Hasher.algorithm}$")


def harden(pk):
    """Wrap the old hash of one account, unless somebody logs in or wraps it meanwhile; return what became of it."""
    old = with_old_hash().filter(pk=pk).values_list("password", flat=True).first()
    if old is None:
        return DONE_BY_OTHERS
    try:
        wrapped = EmmettPBKDF2WrappedHasher().wrap(old)  # a third of a second, in no transaction
    except ValueError:
        return UNREADABLE
    return WRAPPED if User.objects.filter(pk=pk, password=old).update(password=wrapped) else DONE_BY_OTHERS


@contextmanager
def hardening(pks, jobs):
    """Harden the accounts in as many processes; the value yields (pk, what became of it) as they are done.

    It raises a process's DatabaseError, or WorkerDied. Leaving the context ends the processes.
    """
    connections.close_all()  # a process can't share its parent's
    context = multiprocessing.get_context("fork")  # settings, and bin/run's server that was joined, are there at once
    workers = {}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # in the workers for good: Ctrl-C is for us
    try:
        for share in filter(None, (pks[number::jobs] for number in range(jobs))):
            reader, writer = context.Pipe(duplex=False)
            worker = context.Process(target=work, args=(share, writer, os.getpid()), daemon=True)
            worker.start()
            writer.close()  # the worker's is then the last: its end is the end of what can be read
            workers[reader] = worker
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield results(dict(workers))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for worker in workers.values():
            worker.kill()  # at any moment an account is hardened or it isn't
            worker.join()


def work(pks, writer, parent):
    """Harden accounts one by one and write what became of each; end with the parent, however that ends."""
    for inherited in connections.all(initialized_only=True):
        del connections[inherited.alias]  # open, where an event loop hid it from close_all(): not ours to use or close
    try:
        for pk in pks:
            if os.getppid() != parent:
                return
            writer.send((pk, harden(pk)))
    except DatabaseError as error:
        writer.send(error)
    except BrokenPipeError:
        pass  # the parent was killed
    finally:
        connection.close()


def results(workers):
    """Yield what the workers, a dictionary by the pipe to read from, write until all have ended."""
    while workers:
        for reader in wait(workers):
            try:
                result = reader.recv()
            except EOFError:
                worker = workers.pop(reader)
                worker.join()
                if worker.exitcode:
                    raise WorkerDied(f"a process ended with exit code {worker.exitcode}") from None
                continue
            if isinstance(result, DatabaseError):
                raise result
            yield result
