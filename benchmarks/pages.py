"""How fast pages are answered, beside a bare Django application's "hello world" on the same machine.

Makes a blog of 1,000 demo posts in a temporary folder, serves it as in production by gunicorn with two workers of four
threads each, loads it with wrk (apt install wrk) and prints what it found:

    .venv/bin/python benchmarks/pages.py

It measures, all of these or those that --only names: pages (who asks, eight connections each, in turns), latency (64
connections, a page that is rendered afresh), writing (32 readers who comment, each on another post or all on one),
memory (of a worker after 100,000 different addresses, which takes minutes), start (until the first page). The ratios
are medians of the rounds' own, each to what was measured just before and after. The exit status is 1 if a target is
missed; a failure is an answer that never came or has another status than it should.
"""

import argparse
import atexit
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tqdm import tqdm  # noqa: E402

from benchmarks.demo_blog import CLIENTS, POSTS, Blog  # noqa: E402
from benchmarks.loads import Candidate, in_turns, load, need_wrk, ratio, report, verdict, workers  # noqa: E402
from bloggy.static_files import COLLECTED, collect_if_changed  # noqa: E402
from bloggy.tests.sites import Site  # noqa: E402

MOST_MEMORY = 150  # MB of a worker
MOST_SECONDS = 1.5  # from the start to the first page
STARTS = 5
STATIC = "admin/js/SelectBox.js"  # 4.5 KB


def measure_pages(blog, options):
    """Return the targets missed of the pages that readers open."""
    static = "/static/" + json.loads((COLLECTED / "staticfiles.json").read_text())["paths"][STATIC]
    etag = blog.main.ask(blog.path).headers.get("ETag")
    cookie = {"Cookie": blog.readers[0].cookies}
    # Each post once in a second, after a change: no worker knows it. One thread of wrk's asks in order.
    first = ("first", blog.file("first", [post.get_absolute_url() for post in blog.posts]))
    candidates = [
        Candidate("hello world", blog.hello, "/hello"),
        Candidate("one SELECT", blog.serve(application="benchmarks.bare"), f"/select/{blog.post.pk}"),
        Candidate("static file, 4.5 KB", blog.main, static),
        Candidate("post", blog.main, blog.path, least=0.60),
        Candidate("list", blog.main, "/", least=0.60),
        Candidate("post, If-None-Match", blog.main, blog.path, {"If-None-Match": etag}, statuses=(304,), least=0.62),
        Candidate("post, logged in", blog.main, blog.path, cookie, least=0.11),
        Candidate("post, first view", blog.main, "/", script=first, threads=1, meanwhile=blog.change, least=0.11),
    ]
    if not etag:
        print("The post's page has no ETag: who has it already is not measured.")
        candidates = [candidate for candidate in candidates if candidate.statuses != (304,)]
    for candidate in candidates:
        answer = candidate.site.ask(candidate.path, **candidate.headers)
        assert answer.status in candidate.statuses, f"{candidate.name}: {answer.status}"
    in_turns(candidates, 1, 1)  # unmeasured: it fills what is filled once
    return report(candidates, in_turns(candidates, options.rounds, options.seconds))


def measure_latency(blog, options):
    """Return the target if a few of many readers wait much longer for a page rendered afresh than most do."""
    page = Candidate("post, logged in", blog.main, blog.path, {"Cookie": blog.readers[0].cookies}, connections=64)
    load(page, 1)
    seconds = max(options.seconds, 10)  # in a second a slow page is not answered 64 times
    runs = in_turns([page], max(1, options.rounds // 2), seconds)[page.name]
    p50, p99 = (statistics.median(getattr(run, part) for run in runs) for part in ("p50", "p99"))
    times = statistics.median(run.p99 / max(run.p50, 0.1) for run in runs)
    met = 0 < times < 5 and not any(run.failures for run in runs)
    print(f"64 connections, post, logged in: p50 {p50:.0f} ms, p99 {p99:.0f} ms, {times:.1f} times as long; ", end="")
    print(f"{sum(run.failures for run in runs)} failed; target: under 5 times, {verdict(met)}")
    return [] if met else ["latency"]


def measure_writing(blog, options):
    """Return the targets missed of comments: each of 32 readers at another post, then all at one."""
    from blog.models import Comment

    clients = blog.file("clients", [f"{reader.cookies}\t{reader.token}" for reader in blog.readers])
    # Not the post that the other measures show: 200 comments make another page of it.
    posts = [post for post in blog.posts if post.takes_comments and post != blog.post]
    paths = [f"{post.get_absolute_url()}comment/" for post in posts]
    spread, viral = (("comments", clients, blog.file(f"posts-{len(few)}", few)) for few in (paths, paths[:1]))
    headers = {"Origin": f"https://127.0.0.1:{blog.main.port}"}
    many = {"connections": CLIENTS, "threads": CLIENTS}  # a thread of wrk's is one client
    candidates = [
        Candidate("hello world, 32 clients", blog.hello, "/hello", **many),
        Candidate("comments", blog.main, blog.path, headers, spread, statuses=(302,), least=0.07, **many),
        Candidate("comments on one post", blog.main, blog.path, headers, viral, statuses=(302,), least=0.035, **many),
    ]
    in_turns(candidates, 1, 1)
    before = Comment.objects.count()
    runs = in_turns(candidates, options.rounds, options.seconds)
    missed = report(candidates, runs)
    half = ratio(runs["comments on one post"], runs["comments"])
    print(f"comments on one post: {half:.2f} of those on many; target: at least half, {verdict(half >= 0.5)}")
    stored = Comment.objects.count() - before
    taken = sum(run.answers for candidate in candidates[1:] for run in runs[candidate.name])
    print(f"{taken:,} comments taken, {stored:,} stored (the answers to the last ones were not awaited)")
    if half < 0.5:
        missed.append("comments on one post, of those on many")
    return missed if stored >= taken else [*missed, "comments stored"]


def measure_memory(blog, options):
    """Return the target if a worker grows too large by addresses that nobody asked for before."""
    site = blog.serve()
    newest = int(blog.posts[-1].published_at.timestamp() * 1e6)
    patterns = [f"{post.get_absolute_url()}?utm_source=#" for post in blog.posts[:250]]
    patterns += [f"{post.get_absolute_url()}?after=0-#" for post in blog.posts[250:500]]
    patterns += ["/post/nothing-of-the-name-#/"] * 250
    patterns += [f"/?before={newest}-#", "/?after=0-#", "/tags/?page=#", "/archive/?q=#", "/feed/?n=#"] * 50
    script = ("addresses", blog.file("addresses", patterns))
    candidate = Candidate("addresses", site, "/", script=script, statuses=(200, 301, 404))
    answers, failures = 0, 0
    with tqdm(total=options.addresses, unit=" addresses", disable=None) as bar:
        while answers < options.addresses:
            run = load(candidate, 10)
            answers, failures = answers + run.answers, failures + run.failures
            bar.update(run.answers)
    sizes = [worker.memory_full_info() for worker in workers(site)]
    met = max(size.rss for size in sizes) / 1e6 < MOST_MEMORY and not failures
    each = ", ".join(f"{size.rss / 1e6:.0f} MB (PSS {size.pss / 1e6:.0f} MB)" for size in sizes)
    print(f"each worker after {answers:,} different addresses: {each}; {failures} failed; ", end="")
    print(f"target: under {MOST_MEMORY} MB, {verdict(met)}")
    return [] if met else ["memory"]


def measure_start(blog, options):
    """Return the target if the first page takes long from gunicorn's start on."""
    taken = []
    for _ in range(STARTS):
        collect_if_changed()
        begun = time.monotonic()
        site = Site(**blog.options())
        answer = site.ask(blog.path)  # its socket is there from the start, and keeps who comes early
        taken.append(time.monotonic() - begun)
        site.process.terminate()
        site.process.wait(40)
        assert answer.status == 200, answer
    seconds, met = statistics.median(taken), statistics.median(taken) < MOST_SECONDS
    print(f"start to the first page: {seconds:.2f} s ({min(taken):.2f}-{max(taken):.2f}, {STARTS} starts); ", end="")
    print(f"target: under {MOST_SECONDS} s, {verdict(met)}")
    return [] if met else ["start"]


MEASURES = {
    "pages": measure_pages,
    "latency": measure_latency,
    "writing": measure_writing,
    "start": measure_start,
    "memory": measure_memory,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=MEASURES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each candidate in a round")
    parser.add_argument("--addresses", type=int, default=100_000)
    options = parser.parse_args()
    need_wrk()
    missed = []
    folder = Path(tempfile.mkdtemp(prefix="bloggy-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after PostgreSQL's end, which is registered later
    with ExitStack() as stack:
        blog = Blog(folder, stack)
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, gunicorn 2 workers x 4 threads; ", end="")
        print(f"{POSTS:,} posts; medians of {options.rounds} rounds of {options.seconds} s")
        for measure in options.only or MEASURES:
            print(f"\n{measure}", flush=True)
            missed += MEASURES[measure](blog, options)
    sys.exit(f"\nMissed: {'; '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
