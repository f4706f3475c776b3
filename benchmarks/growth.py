"""What a page costs with a thousand posts and with a million: ratios, and the statements that read a whole table.

Makes a server and two databases in a temporary folder (a million posts with five million comments are 6 GB and take
some minutes), asks for every page of either in turn, rendered afresh, and prints the processor time of Django and of
PostgreSQL, medians of the rounds. Then it explains each statement of the public pages. The exit status is 1 where a
page is over its limit, or a statement reads a large table from one end to the other. A small run:

    .venv/bin/python benchmarks/growth.py --posts 50000 --comments 250000 --rounds 5

`--keep FOLDER` makes the rows there, or uses those of last time. `--only WORD` asks for the pages with it in their
name; `--plans` prints the plans of their statements. PostgreSQL takes no parallel workers, whose time nobody would see.
"""

import argparse
import contextlib
import logging
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from filled import begin, fill, use, worked
from growth_rows import STATEMENTS
from plans import LARGE, explain, large_tables

SMALL = {"posts": 1000, "comments": 5000}
SERVER = ["shared_buffers=1GB", "max_wal_size=16GB", "autovacuum=off", "max_parallel_workers_per_gather=0"]
WARMING = 3  # rounds that are not counted
SEARCHED = 500  # milliseconds that PostgreSQL may work for a filter or a search in the admin
SLOW = 3  # rounds are enough for what takes longer than a fifth of a second


@dataclass(frozen=True)
class Page:
    """A page to ask for: its address, of which some parts depend on the rows, and its limits."""

    name: str
    path: str
    ratio: float | None = None  # to what it costs with few rows
    total: float | None = None  # milliseconds
    database: float | None = None  # milliseconds of PostgreSQL
    status: int = 200
    is_admin: bool = False

    @property
    def limits(self):
        limits = [f"{self.ratio} times" if self.ratio else "", f"{self.total:.0f} ms" if self.total else ""]
        return ", ".join([*filter(None, limits), *([f"{self.database:.0f} ms of it"] if self.database else [])])


def public(name, path, **limits):
    return Page(name, path, **({"ratio": 1.3} | limits))


def search(name, query):
    return Page(f"search, {name}", f"/search/?q={query}", database=50)


def admin(name, path, **limits):
    return Page(f"admin, {name}", f"/admin/{path}", **({"ratio": 2.0} | limits), is_admin=True)


def chosen(name, path):
    """Return the page of a filter or a search; with few rows it shows fewer, so a ratio says little."""
    return admin(name, path, ratio=None, database=SEARCHED)


PAGES = [
    public("list", "/"),
    public("list, deep", "/?before={middle}"),
    public("list, deep, backwards", "/?after={middle}"),
    public("post", "/post/growth-{post}/"),
    public("post, newest", "/post/growth-{posts}/"),
    public("post, 250 comments", "/post/growth-{popular}/"),
    public("post, end of the comments", "/post/growth-{popular}/?after={comment}"),
    public("post, former address", "/post/formerly-{post}/", status=301),
    public("post, old address", "/post/{post}", status=301),
    public("post, source", "/post/growth-{post}.md"),
    public("author", "/author/7/author-7/"),
    public("author, deep", "/author/7/author-7/?before={middle}"),
    public("author without posts", "/author/150/author-150/", status=404),
    public("tag, common", "/tag/tag-1/"),
    public("tag, common, deep", "/tag/tag-1/?before={middle}"),
    public("tag, usual", "/tag/tag-7/"),
    public("tag, rare", "/tag/tag-49/"),
    public("tag, old", "/tag/tag-50/"),
    public("tag without posts", "/tag/tag-51/", status=404),
    public("feed", "/feed/"),
    public("feed, RSS", "/feed/rss/"),
    public("feed, JSON", "/feed.json"),
    public("feed of a common tag", "/tag/tag-1/feed/"),
    public("feed of a rare tag", "/tag/tag-49/feed/"),
    public("feed of an old tag", "/tag/tag-50/feed/"),
    public("feed of an author", "/author/7/feed/"),
    public("feed of comments", "/comments/feed/"),
    public("feed of a post", "/post/growth-{popular}/feed/"),
    search("frequent word", "evens"),
    search("rare word", "singular"),
    search("unknown word", "zzyzx"),
    search("both", "evens singular"),
    search("within a tag", "evens&tag=tag-1"),
    search("within an author", "evens&author=7"),
    public("archive", "/archive/", ratio=None, total=300),
    public("archive, year", "/archive/{year}/", ratio=None, total=300),
    public("archive, month", "/archive/{year}/{month}/", ratio=None, total=300),
    public("tags", "/tags/", ratio=None, total=300),
    public("sitemap", "/sitemap.xml", ratio=None),
    public("sitemap, lists", "/sitemap/lists.xml", ratio=None),
    public("sitemap, posts", "/sitemap/posts.xml?after={middle}", ratio=None),
    admin("posts", "blog/post/"),
    admin("posts, page 20", "blog/post/?p=20"),
    chosen("posts, drafts", "blog/post/?state=draft"),
    chosen("posts, published", "blog/post/?state=published"),
    chosen("posts, scheduled", "blog/post/?state=scheduled"),
    chosen("posts, of a year", "blog/post/?year={year}"),
    chosen("posts, featured", "blog/post/?is_featured__exact=1"),
    chosen("posts, closed", "blog/post/?comments_open__exact=0"),
    chosen("posts, plain", "blog/post/?body_format__exact=plain"),
    chosen("posts, search", "blog/post/?q=singular"),
    chosen("posts, search, frequent", "blog/post/?q=evens"),
    admin("comments", "blog/comment/"),
    chosen("comments, held", "blog/comment/?state__exact=held"),
    chosen("comments, hidden", "blog/comment/?state__exact=removed"),
    chosen("comments, of today", "blog/comment/?created_at__gte={today}"),
    chosen("comments, search", "blog/comment/?q=singular"),
    chosen("comments, search, frequent", "blog/comment/?q=evens"),
    admin("tags", "blog/tag/"),
    admin("users", "accounts/user/"),
    chosen("users, staff", "accounts/user/?is_staff__exact=1"),
    chosen("users, locked", "accounts/user/?is_active__exact=0"),
    chosen("users, search", "accounts/user/?q=150@"),
]


class Blog:
    """A database with so many rows, and who asks for its pages: a stranger and a superuser."""

    def __init__(self, posts, comments):
        self.numbers = {"posts": posts, "comments": comments}
        self.name = f"growth_{posts}_{comments}"
        use(self.name)
        from django.core.management import call_command
        from django.test import Client

        from accounts.models import User
        from blog.models import Post

        call_command("migrate", verbosity=0)
        if not Post.objects.exists():
            start = time.monotonic()
            fill(STATEMENTS, self.numbers)
            print(f"{posts:,} posts, {comments:,} comments, made in {time.monotonic() - start:.0f} s", flush=True)
        self.stranger, self.superuser = Client(), Client()
        self.superuser.force_login(User.objects.get(pk=1))
        self.parts = self.numbers | self.places()

    def places(self):
        """Return the parts of addresses that depend on the rows."""
        from django.utils import timezone

        from blog.models import Post
        from blog.pages import Cursor

        middle = Post.objects.get(pk=self.numbers["posts"] // 2)
        comment = middle.comments.order_by("created_at", "id")[199]
        return {
            "post": middle.pk + 10,
            "popular": middle.pk,
            "middle": Cursor(middle.published_at, middle.pk),
            "comment": Cursor(comment.created_at, comment.pk),
            "year": middle.published_at.year,
            "month": middle.published_at.month,
            "today": f"{timezone.now():%Y-%m-%dT00:00Z}",
        }

    def ask(self, page):
        """Ask for a page; return how long Django and PostgreSQL worked for it, in milliseconds."""
        use(self.name)
        client = self.superuser if page.is_admin else self.stranger
        path = page.path.format(**self.parts)
        begun = 1000 * time.process_time(), worked()
        response = client.get(path)
        ended = 1000 * time.process_time(), worked()
        assert response.status_code == page.status, f"{path}: {response.status_code}"
        return tuple(end - start for start, end in zip(begun, ended, strict=True))

    def statements(self, page):
        """Return (sql, params) of a page's statements, and the set of the SQL that is prepared."""
        from django.db import connections

        seen, prepared, connection = [], set(), connections["default"]

        def rows(sql, params=None, prepare=False):
            prepared.update([sql] if prepare else [])
            return type(connection).rows(connection, sql, params, prepare)

        def note(execute, sql, params, many, context):
            seen.append((sql, params))
            return execute(sql, params, many, context)

        use(self.name)
        with connection.execute_wrapper(note), mock.patch.object(connection, "rows", rows):
            self.ask(page)
        return seen, prepared


def compare(page, blogs, rounds):
    """Print what a page costs in each blog; return what is over its limits, as words."""
    for blog in blogs:
        for _ in range(WARMING):
            cost = blog.ask(page)
    taken = [[blog.ask(page) for blog in blogs] for _ in range(rounds if sum(cost) < 200 else SLOW)]
    costs = [[statistics.median(part) for part in zip(*costs, strict=True)] for costs in zip(*taken, strict=True)]
    (few, many), database = map(sum, costs), costs[1][1]
    ratio = many / few
    over = (page.ratio and ratio > page.ratio) or (page.total and many > page.total)
    over = over or (page.database and database > page.database)
    figures = "".join(f"{django:>10.1f}{postgresql:>10.1f}" for django, postgresql in costs)
    print(f"{page.name:<28}{figures}{ratio:>8.2f}  {page.limits}{'  OVER' if over else ''}", flush=True)
    return [f"{page.name}: {ratio:.2f} times, {many:.0f} ms, {database:.0f} ms of it PostgreSQL's"] if over else []


def measure(options):
    from django.conf import settings
    from django.test import override_settings

    logging.disable(logging.WARNING)  # of pages that are not found
    blogs = [Blog(**SMALL), Blog(options.posts, options.comments)]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; milliseconds, medians of {options.rounds}\n")
    print(f"{'':<28}" + "".join(f"{blog.numbers['posts']:>14,} posts" for blog in blogs))
    print(f"{'page':<28}" + f"{'Django':>10}{'PostgreSQL':>10}" * 2 + f"{'ratio':>8}  limit")
    pages = [page for page in PAGES if options.only in page.name]
    fresh = [name for name in settings.MIDDLEWARE if not name.startswith("blog.kept_pages.")]
    over, scans = [], []
    with override_settings(MIDDLEWARE=fresh):
        for page in pages:
            over += compare(page, blogs, options.rounds)
        large = large_tables()
        for page in pages:
            scanned = explain(blogs[1], page, large, options.plans)
            scans += [] if page.is_admin else [f"{page.name} reads all of {table}: {sql}" for table, sql in scanned]
    print(f"\nTables of more than {LARGE:,} rows: {', '.join(sorted(large)) or 'none'}.")
    print(*(over + scans or ["No page is over its limit, no public one reads a large table."]), sep="\n")
    return not over + scans


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--comments", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bloggy-benchmark-")))
        begin(folder.absolute(), SERVER)
        sys.exit(0 if measure(options) else 1)


if __name__ == "__main__":
    main()
