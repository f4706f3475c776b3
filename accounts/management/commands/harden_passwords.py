"""Wrap the old Bloggy's password hashes, which are quick to guess, in Django's."""

import os
import sys
from argparse import ArgumentTypeError
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError
from tqdm import tqdm

from accounts import hardening

MOST_JOBS = 64
NAMED = 10  # accounts in a message
AGAIN = "Every password works as before; run harden_passwords again for the rest."


def jobs(text):
    """Return a number of processes; raises ArgumentTypeError unless it is 1 to 64."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_JOBS)) and 1 <= int(text) <= MOST_JOBS:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_JOBS}")


class Command(BaseCommand):
    help = (
        "Wrap the old Bloggy's password hashes in Django's. Every password works as before; it may be stopped any time."
    )

    def add_arguments(self, parser):
        cores = min(os.cpu_count() or 1, MOST_JOBS)
        parser.add_argument("--jobs", type=jobs, default=cores, metavar="N", help=f"processes, {cores} by default")

    def handle(self, jobs, verbosity, **options):
        outcomes, left = Counter(), []
        try:
            for pk, outcome in harden_all(jobs, silent=not verbosity):
                outcomes[outcome] += 1
                if outcome == hardening.UNREADABLE:
                    left.append(pk)
        except KeyboardInterrupt:
            raise CommandError(f"Stopped after {outcomes[hardening.WRAPPED]}. {AGAIN}", returncode=130) from None
        except hardening.WorkerDied as error:
            raise CommandError(f"Stopped: {error}. {AGAIN}") from error
        except OperationalError:
            raise  # bloggy/commandline.py says what to do
        except DatabaseError as error:
            said = str(error).splitlines()[0]
            raise CommandError(f"PostgreSQL refused: {said}. Is the database migrated (manage.py migrate)?") from error
        if verbosity:
            self.stdout.write(what_was_done(outcomes))
        if left:
            raise CommandError(what_is_left(left))


def harden_all(jobs, silent):
    """Harden every account that needs it; yield (pk, what became of it) below a progress bar."""
    # In any order: of two runs at once, one rarely works at the account that the other has in hand.
    pks = list(hardening.with_old_hash().order_by("?").values_list("pk", flat=True))
    disable = silent or not pks or None  # None: silent unless stderr is a terminal
    with hardening.hardening(pks, jobs) as results:
        yield from tqdm(results, total=len(pks), unit=" accounts", disable=disable, file=sys.stderr)


def what_was_done(outcomes):
    """Return the counts in one line."""
    if not outcomes:
        return "Nothing to do: no account has a bare password hash of the old Bloggy."
    line = f"Hardened: {outcomes[hardening.WRAPPED]}."
    if others := outcomes[hardening.DONE_BY_OTHERS]:
        line += f" Renewed by a log-in or another run meanwhile: {others}."
    return line


def what_is_left(pks):
    """Return in one line which accounts could not be hardened, and what to do."""
    named = ", ".join(map(str, sorted(pks)[:NAMED])) + (", …" if len(pks) > NAMED else "")
    return f"Not hashes that can be wrapped: {len(pks)} (id {named}). The owners need a password reset."
