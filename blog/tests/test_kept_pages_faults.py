"""Kept pages before real servers: never an older one after a change, and an answer while PostgreSQL is away."""

import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import psutil
import pytest

from bloggy.tests.processes import wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import manage, serving

pytestmark = pytest.mark.faults
READERS, WRITERS = 40, 10
LASTS = 10  # seconds of writing and reading
FEW = 20  # known pages that readers must have got, for which a busy machine is given MORE
MORE = 50  # seconds
WORST = 6  # seconds for an answer in an outage, on a busy machine; the bound is 3
AT_ONCE = 2  # seconds, on a busy machine
BACK = 5  # seconds until all is as before; on an idle machine 2
TOKEN = "a" * 32  # against forged requests: the cookie's is the form's
KEY = "x" * 50  # by which the sites know a session
HIT, STALE = "bloggy; hit", re.compile(r"bloggy; hit; ttl=-(\d+)")
TITLED = ["/", "/post/post-0/", "/feed/"]  # with the title of the first post
KNOWN = [*TITLED, "/comments/feed/"]
UNKNOWN = ["/post/none/", "/archive/1999/", "/search/?q=words"]
# Posts, each of an author who is logged in: a session for each.
FILL = """
import json
from django.test import Client
from blog.tests.factories import CommentFactory, PostFactory, UserFactory
sessions = []
for n in range(10):
    author = UserFactory(first_name="Ann", last_name=f"Name {n} step 0", email=f"author{n}@example.com")
    post = PostFactory(slug=f"post-{n}", title=f"Title {n} step 0", author=author)
    CommentFactory(post=post, author=author, body=f"Comment {n} step 0")
    client = Client()
    client.force_login(author)
    sessions.append(client.cookies["sessionid"].value)
print(json.dumps(sessions))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        server.sessions = json.loads(manage(server.url(), "shell", "-v0", "-c", FILL, SECRET_KEY=KEY))
        yield server


def send(site, session, path, **fields):
    """Send a form as somebody who is logged in; tell whether it was taken."""
    body = urlencode({"csrfmiddlewaretoken": TOKEN} | fields)
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "Referer": f"https://127.0.0.1:{site.port}/"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    answer = site.ask(path, "POST", body, **headers)
    return answer.status == 302 and "login" not in answer.headers["Location"]


class Writer:
    """One of the authors, who changes one thing over and over, each time with the next number."""

    def __init__(self, number, server, site):
        self.number, self.server, self.site = number, server, site
        self.session, self.path = server.sessions[number], f"/post/post-{number}/"
        self.kind = ("Title", "Comment", "Name")[number % 3]

    def write(self, step):
        """Do it; tell whether it was taken."""
        text = f"{self.kind} {self.number} step {step}"
        if self.kind == "Comment":
            return send(self.site, self.session, f"{self.path}comment/", body=text)
        if self.kind == "Name":
            return send(self.site, self.session, "/accounts/profile/", first_name="Ann", last_name=text)
        with self.server.connect() as connection:
            connection.execute("UPDATE blog_post SET title = %s WHERE slug = %s", [text, f"post-{self.number}"])
        return True


def steps_on(text):
    """Return the step that a page shows of each writer, the last one of a writer of comments, which all stay."""
    found = {}
    for kind, number, step in re.findall(r"\b(Title|Comment|Name) (\d+) step (\d+)\b", text):
        newest = max if kind == "Comment" else min
        found[kind, int(number)] = newest(int(step), found.get((kind, int(number)), int(step)))
    return found


def test_after_a_change_no_reader_of_any_instance_gets_the_older_page(server, tmp_path):
    done, over, taken, answers, late = {}, threading.Event(), Counter(), Counter(), []
    folders = [tmp_path / name for name in ("one", "other")]

    def write(number):
        writer, dice = Writer(number, server, sites[number % 2]), random.Random(number)
        for step in range(1, 150):  # the page of a post shows 200 comments
            taken[writer.write(step)] += 1
            done[writer.kind, number] = step
            # All rest at times, so that readers find pages that are known.
            if over.wait(dice.random() / 5 if time.monotonic() % 3 < 1 else 2):
                return

    def read(number):
        dice = random.Random(number)
        while not over.is_set():
            site, path = dice.choice(sites), dice.choice([*KNOWN, "/post/post-1/", "/post/post-2/"])
            least, session = dict(done), dice.choice([None, dice.choice(server.sessions)])
            answer = site.ask(path, **({"Cookie": f"sessionid={session}"} if session else {}))
            answers[answer.status, answer.headers.get("Cache-Status")] += 1
            seen = steps_on(answer.text)
            older = {key for key in least.keys() & seen.keys() if seen[key] < least[key]}
            late.extend((path, key, least[key], seen[key]) for key in older)

    with ExitStack() as stack:
        for folder in folders:
            folder.mkdir()
        sites = [stack.enter_context(serving(server.url(), folder, DB_POOL_SIZE="16")) for folder in folders]
        stack.callback(over.set)
        threads = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
        threads += [threading.Thread(target=read, args=[number]) for number in range(READERS)]
        for thread in threads:
            thread.start()
        time.sleep(LASTS)
        wait_until(lambda: answers[200, HIT] > FEW, MORE)
        over.set()
        for thread in threads:
            thread.join(60)

    assert late[:3] == []
    assert set(taken) == {True}
    assert taken[True] > 2 * WRITERS
    assert set(answers) == {(200, HIT), (200, "bloggy; fwd=miss"), (200, None)}  # the last are filled in
    assert answers[200, HIT] > FEW


@contextmanager
def asking(site):
    """Ask for known and unknown pages by a dozen threads, the known ones long enough that each worker has them."""
    with site.asking([*KNOWN * 2, *UNKNOWN, "/healthz"]) as answers:
        time.sleep(4)
        assert {answer.headers.get("Cache-Status") for answer in answers[-40:] if answer.path in KNOWN} == {HIT}
        yield answers


def retitle(server, title):
    with server.connect() as connection:
        connection.execute("UPDATE blog_post SET title = %s WHERE slug = 'post-0'", [title])


def age(answer):
    """Return how many seconds an answer says that its page was not known to be right, None for one that is."""
    match = STALE.fullmatch(answer.headers["Cache-Status"])
    return int(match[1]) if match else None


OUTAGES = {
    "stopped": (10, lambda server: server.stop("fast"), lambda server: server.start()),
    "killed": (10, lambda server: server.kill(), lambda server: server.start()),
    "frozen": (20, lambda server: server.freeze(), lambda server: server.thaw()),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_known_pages_are_answered_while_postgresql_is_away(server, tmp_path, outage):
    seconds, go, come_back = OUTAGES[outage]
    with serving(server.url(), tmp_path) as site, asking(site) as answers:
        etag = site.ask("/").headers["ETag"]
        gone = time.monotonic()
        go(server)
        time.sleep(seconds - 1)
        head, not_modified = site.ask("/", "HEAD"), site.ask("/", **{"If-None-Match": etag})
        of_reader = site.ask("/", Cookie=f"sessionid={server.sessions[0]}")
        time.sleep(1)
        come_back(server)
        back = time.monotonic()
        retitle(server, f"Title 0 step {seconds} {outage}")
        time.sleep(BACK + 2)

    known = [answer for answer in answers if answer.path in KNOWN]
    during = [answer for answer in answers if gone + WORST < answer.begun < back - 2]
    stale = [answer for answer in during if answer.path in KNOWN]
    assert {answer.status for answer in known} == {200}
    assert max(answer.seconds for answer in known) < WORST
    assert len(stale) > 20
    assert max(answer.seconds for answer in stale) < AT_ONCE
    assert all(abs(age(answer) - (answer.begun - gone)) < WORST for answer in stale)
    assert (head.status, head.text, age(head) is None) == (200, "", False)
    assert int(head.headers["Content-Length"]) > 1000
    assert (of_reader.status, age(of_reader) is None) == (200, False)
    assert (not_modified.status, not_modified.text, age(not_modified) is None) == (304, "", False)
    assert not_modified.headers["ETag"] == etag
    assert "Content-Length" not in not_modified.headers

    refused = [answer for answer in during if answer.path in UNKNOWN]
    assert {(answer.status, bool(answer.headers["Retry-After"])) for answer in refused} == {(503, True)}
    assert max(answer.seconds for answer in answers) < WORST
    late = [answer for answer in answers if answer.begun > back + BACK]
    assert {age(answer) for answer in late if answer.path in KNOWN} == {None}
    assert all(f"step {seconds} {outage}" in answer.text for answer in late if answer.path in TITLED)
    assert {answer.status for answer in late if answer.path in UNKNOWN} == {200, 404}


def test_a_known_page_that_cannot_be_made_anew_is_answered_as_it_was(server, tmp_path):
    retitle(server, "Title 0 step 1")
    with serving(server.url(), tmp_path, WEB_CONCURRENCY="1") as site:
        site.ask("/post/post-0/")
        with server.connect() as connection, connection.transaction():
            connection.execute("LOCK TABLE blog_comment IN ACCESS EXCLUSIVE MODE")  # the version is read without it
            retitle(server, "Title 0 step 2")
            during, unknown = site.ask("/post/post-0/"), site.ask("/post/post-1/")
        after = site.ask("/post/post-0/")

    assert (during.status, age(during) is None, unknown.status) == (200, False, 503)
    assert "Title 0 step 1" in during.text
    assert (after.status, age(after)) == (200, None)
    assert "Title 0 step 2" in after.text


def test_a_restart_of_postgresql_is_not_seen_by_who_asks_for_a_known_page(server, tmp_path):
    with serving(server.url(), tmp_path) as site, asking(site) as answers:
        for _ in range(3):
            server.stop("fast")
            server.start()
            time.sleep(1)
        back = time.monotonic()
        time.sleep(BACK + 1)

    assert {answer.status for answer in answers if answer.path in KNOWN} == {200}
    assert max(answer.seconds for answer in answers) < WORST
    late = [answer for answer in answers if answer.begun > back + BACK]
    assert {age(answer) for answer in late if answer.path in KNOWN} == {None}
    assert {answer.status for answer in late} == {200, 404}


def test_the_successor_of_a_killed_worker_answers(server, tmp_path):
    with serving(server.url(), tmp_path) as site, asking(site) as answers:
        for worker in psutil.Process(site.process.pid).children():
            os.kill(worker.pid, signal.SIGKILL)
        killed = time.monotonic()
        retitle(server, "Title 0 step 99")
        time.sleep(BACK + 2)

    assert len([answer for answer in answers if answer.status is None]) <= 2 * 12  # what the two were to answer
    late = [answer for answer in answers if answer.begun > killed + BACK]
    assert {answer.status for answer in late} == {200, 404}
    assert all("Title 0 step 99" in answer.text for answer in late if answer.path in TITLED)
    assert HIT in {answer.headers.get("Cache-Status") for answer in late}
