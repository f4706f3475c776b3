"""How long PostgreSQL works for a search page, with words of every frequency in a million posts and comments.

Makes a server and the rows in a temporary folder (a million each are 6 GB and take some minutes), asks the page for
each query and prints what its statements take. A small run:

    .venv/bin/python benchmarks/search.py --posts 50000 --comments 50000

`--plans` prints the plan of the first statement too. `--keep FOLDER` makes the rows there, or uses those of last time.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from filled import begin, fill, worked

# A post has in2 with a chance of 1/2, in4 of 1/4 and so on; "evens" stands in each second one, "odds" in the others.
POSTS = """
INSERT INTO blog_post (id, author_id, title, slug, body, body_format, body_html, renderer, words, summary, excerpt,
                       published_at, created_at, updated_at, comments_open, version)
SELECT n, 1 + n %% 100, 'Post number ' || n, 'bench-' || n, text.body, 'plain', '<p>' || text.body || '</p>', 1, 150,
       '', left(text.body, 200), now() - (%(posts)s - n) * interval '5 minutes', now(), now(), true, 1
FROM generate_series(1, %(posts)s) n, LATERAL (
  SELECT filler.body || CASE WHEN n %% 2 = 0 THEN ' evens' ELSE ' odds' END ||
    CASE WHEN n < %(posts)s * 0.4 THEN ' formerly' ELSE '' END ||
    CASE WHEN n %% 250000 = 7 THEN ' singular' ELSE '' END ||
    (SELECT coalesce(string_agg(' in' || (2 ^ k), '' ORDER BY k), '') FROM generate_series(1, 18) k
     WHERE random() < 0.5 ^ k AND n > 0) AS body
  FROM filler WHERE filler.id = n %% 5000) text
"""
FILLER = """
CREATE TEMPORARY TABLE filler AS
SELECT id, (
  SELECT string_agg('w' || (10000 * random() ^ 3)::int, ' ') FROM generate_series(1, 120) WHERE id >= 0) AS body
FROM generate_series(0, 4999) id;
ALTER TABLE filler ADD PRIMARY KEY (id);
"""
COMMENTS = """
INSERT INTO blog_comment (post_id, author_id, body, body_format, body_html, state, created_at)
SELECT 1 + (random() * (%(posts)s - 1))::int, 101, text.body, 'plain', '<p>' || text.body || '</p>', 'visible', now()
FROM generate_series(1, %(comments)s) n, LATERAL (
  SELECT 'Well said, number ' || n ||
    (SELECT coalesce(string_agg(' in' || (2 ^ k), '' ORDER BY k), '') FROM generate_series(1, 18) k
     WHERE random() < 0.5 ^ k AND n > 0) AS body) text
"""
OTHERS = """
INSERT INTO accounts_user (id, email, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
SELECT n, n || '@blog.example', '', 'Author', n::text, true, false, false, now() FROM generate_series(1, 101) n;
INSERT INTO blog_tag (id, name, slug) SELECT n, 'Tag ' || n, 'tag-' || n FROM generate_series(1, 50) n;
"""
TAGS = """
INSERT INTO blog_posttag (post_id, tag_id, published_at) SELECT id, 1 + id %% 49, published_at FROM blog_post;
INSERT INTO blog_posttag (post_id, tag_id, published_at)
  SELECT id, 50, published_at FROM blog_post WHERE id %% 1000 = 4;
"""
STATEMENTS = [OTHERS, FILLER, POSTS, COMMENTS, TAGS]
QUERIES = [
    *(f"in{2**k}" for k in range(1, 19)),
    "singular",
    "zzyzx",
    "post",
    "formerly",
    "in2 in4",
    "in2 in1024",
    "in2 singular",
    "in2 or singular",
    "in2 in4 in8 in16 in32 in64",
    '"in2 in4"',
    '"in512 in1024"',
    '"in64 in2"',
    '"in4 in2"',
    "evens odds",
    "in2 -in4",
    "in1024 -in2",
    "evens -in2 -formerly",
    "-in2",
    "in2 & tag=tag-1",
    "in2 & tag=tag-50",
    "in2 & author=7",
    "in2 & year=2020",
    "in1024 & tag=tag-50",
    "in2 & page=100",
    "singula",
]


class Clock:
    """Takes the time of each statement, and how long PostgreSQL's process worked for it, which others disturb less."""

    def __init__(self):
        self.taken = []

    def now(self):
        """Return both times in milliseconds."""
        return 1000 * time.perf_counter(), worked()

    def __call__(self, execute, sql, params, many, context):
        before = self.now()
        try:
            return execute(sql, params, many, context)
        finally:
            self.taken.append((*(end - start for end, start in zip(self.now(), before, strict=True)), sql, params))


def ask(query):
    """Return (time, work, sql, params) of the page's statements, in milliseconds, and how many posts were found."""
    from django.db import connection
    from django.test import Client

    q, _, filters = query.partition(" & ")
    parameters = {"q": q} | dict(part.split("=") for part in filters.split(" & ") if part)
    clock = Clock()
    with connection.execute_wrapper(clock):
        response = Client().get("/search/", parameters)
    assert response.status_code == 200, query
    results = response.context["results"]
    return clock.taken, f"{results.count:,}{'+' if results.is_more else ''}"


def measure(options):
    from django.db import connection

    print(f"{'query':<30}{'found':>8}{'time, ms':>10}{'work, ms':>10}  of the statements")
    for query in options.queries or QUERIES:
        rounds = [ask(query) for _ in range(options.rounds)]
        found = rounds[0][1]
        statements = list(zip(*(taken for taken, _found in rounds), strict=True))
        times, works = ([statistics.median(one[part] for one in same) for same in statements] for part in (0, 1))
        each = " ".join(f"{work:.1f}" for work in works)
        print(f"{query:<30}{found:>8}{sum(times):>10.1f}{sum(works):>10.1f}  {each}", flush=True)
        if options.plans:
            _time, _work, sql, params = rounds[0][0][0]
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
                print("\n".join(line for (line,) in cursor.fetchall()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("queries", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bloggy-benchmark-") as folder:
        run(options, (options.keep or Path(folder)).absolute())


def run(options, folder):
    begin(folder)
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()  # a page's context can be looked at
    call_command("migrate", verbosity=0)
    from blog.models import Post

    if not Post.objects.exists():
        start = time.monotonic()
        fill(STATEMENTS, {"posts": options.posts, "comments": options.comments})
        print(f"{options.posts:,} posts, {options.comments:,} comments, made in {time.monotonic() - start:.0f} s")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; medians of {options.rounds}\n")
    measure(options)


if __name__ == "__main__":
    main()
