"""Loads by wrk in rounds that interleave what is compared, and the table of their figures."""

import itertools
import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from bloggy.tests.sites import Site

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8
MILLION = 1_000_000
stamps = itertools.count(1)  # no two runs ask for the same numbered address, or write the same comment


@dataclass(frozen=True)
class Candidate:
    """What is asked for. script are wrk.lua's arguments, to which each run adds a number of its own.

    statuses are the right answers; least is what its rate must be at least, in parts of the first candidate's.
    meanwhile, if there is one, is done once a second of the load.
    """

    name: str
    site: Site
    path: str
    headers: dict = field(default_factory=dict)
    script: tuple = ()
    connections: int = CONNECTIONS
    threads: int = 2
    statuses: tuple = (200,)
    least: float | None = None
    meanwhile: Callable | None = None


@dataclass(frozen=True)
class Run:
    """How one load went: answers a second, milliseconds that the fastest 50 and 99 % took, CPU milliseconds of each.

    failures are the answers that never came or were wrong, answers those that came and were right; beside is the rate
    of what it is compared with, just before and after.
    """

    rate: float
    p50: float
    p99: float
    work: float
    failures: int
    answers: int
    beside: float | None = None


def need_wrk():
    if not shutil.which("wrk"):
        sys.exit("wrk is missing, which makes the load: apt install wrk")


def workers(site):
    """Return gunicorn's processes that answer."""
    return psutil.Process(site.process.pid).children()


def work_of(site):
    """Return the processor time of a site's workers so far, in seconds."""
    return sum(times.user + times.system for times in (worker.cpu_times() for worker in workers(site)))


def work_when_idle(site):
    """Return the same once they have done what wrk asked for and did not await."""
    work = None
    while work != (work := work_of(site)):
        time.sleep(0.1)
    return work


def load(candidate, seconds):
    """Return the Run of a candidate under load for whole seconds."""
    site, script = candidate.site, candidate.script
    command = ["wrk", "--latency", "--timeout", "30s", "-d", f"{seconds}s", "-s", HERE / "wrk.lua"]
    command += ["-c", str(candidate.connections), "-t", str(candidate.threads)]
    for name, value in ({"X-Forwarded-Proto": "https"} | candidate.headers).items():
        command += ["-H", f"{name}: {value}"]
    command += [f"http://127.0.0.1:{site.port}{candidate.path}", "--", *script]
    if script:
        command.append(str(next(stamps) * 100 * MILLION))
    before = work_when_idle(site)
    with each_second(candidate.meanwhile):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 60)
    work = work_when_idle(site) - before
    said = json.loads(done.stdout.splitlines()[-1])
    came, wrong = said["requests"], said["refused"]
    if said["statuses"]:
        wrong = sum(count for status, count in said["statuses"].items() if int(status) not in candidate.statuses)
    rate, failures = came / said["seconds"], said["broken"] + wrong
    return Run(rate, said["p50"], said["p99"], 1000 * work / max(1, came), failures, came - wrong)


@contextmanager
def each_second(do):
    """Call a function, if there is one, now and then once a second in a thread of its own, until the end."""
    if not do:
        yield
        return
    over = threading.Event()

    def repeat():
        while not over.wait(1):
            do()

    do()
    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def in_turns(candidates, rounds, seconds):
    """Return the Runs of each candidate, by its name: one in each round.

    The first one, with which the others are compared, runs before and after each of them: the machine's speed changes
    from one half of a minute to the next.
    """
    first, *others = candidates
    runs = {candidate.name: [] for candidate in candidates}
    for _ in range(rounds):
        before = load(first, seconds)
        runs[first.name].append(before)
        for candidate in others:
            run, after = load(candidate, seconds), load(first, seconds)
            runs[candidate.name].append(replace(run, beside=(before.rate + after.rate) / 2))
            runs[first.name].append(after)
            before = after
    return runs


def ratio(runs, base):
    """Return the median of the rounds' ratios of two candidates."""
    return statistics.median(run.rate / other.rate for run, other in zip(runs, base, strict=True))


def report(candidates, runs):
    """Print the table, whose ratios are to the first candidate; return the targets that were missed."""
    heads = ("requests/s", 11), ("(least-most)", 15), ("ratio", 7), ("p50, ms", 9), ("p99, ms", 9), ("CPU, ms", 9)
    print(" " * 26 + "".join(f"{head:>{width}}" for head, width in (*heads, ("failed", 8))) + "  target")
    missed = []
    for candidate in candidates:
        own = runs[candidate.name]
        rates = [run.rate for run in own]
        share = statistics.median(run.rate / (run.beside or run.rate) for run in own)
        failures = sum(run.failures for run in own)
        p50, p99, work = (statistics.median(getattr(run, part) for run in own) for part in ("p50", "p99", "work"))
        line = f"{candidate.name:26}{statistics.median(rates):>11,.0f}{f'({min(rates):,.0f}-{max(rates):,.0f})':>15}"
        line += f"{share:>7.2f}{p50:>9.1f}{p99:>9.1f}{work:>9.2f}{failures:>8}"
        met = failures == 0 and share >= (candidate.least or 0)
        print(line + (f"  {candidate.least:.3g} {verdict(met)}" if candidate.least else ""), flush=True)
        missed += [] if met else [candidate.name]
    return missed


def verdict(met):
    return "met" if met else "MISSED"
