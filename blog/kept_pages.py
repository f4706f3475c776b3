"""Pages that readers without an account see, kept rendered in the process and answered for as long as they are right.

A page depends on its address and on the content, so it is kept with the content's version (blog/content_version.py),
which is read for each request before anything else. Nothing has to be purged, and every process and every instance
shows a change as soon as it is committed. While PostgreSQL is away the last page known is answered, with its age.

Kept is what the views marked with @kept answer to a GET without a session; with one, see blog/filled_pages.py. Only the
parameters that such a view knows count: others (utm_source and the like) are taken off before it is asked. So an
address that is made up keeps nothing but lists of which PageForm can read the place, and these have a part of the room
to themselves.
"""

import gzip
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.http.request import split_domain_port, validate_host
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers

from blog.content_version import content_version
from bloggy.conditional import digest_of, has_it, known, unless_known
from bloggy.database import is_outage
from bloggy.middleware import set_policies

PAGED = ("before", "after")  # what a list's address may ask for (blog/pages.py)
QUERY_SHARE = 0.25  # of the room, for addresses with a query
MOST_OF_ROOM = 0.125  # for one page
OVERHEAD = 4000  # bytes that a page takes beside its body: key, headers, objects
PART = 1000  # bytes, at most, that a part to be filled takes
CACHE_CONTROL = "public, max-age=0, must-revalidate"
HIT = "bloggy; hit"  # Cache-Status (RFC 9211)
GZIP = re.compile(r"(^|,)\s*gzip\s*($|,|;(?!\s*q\s*=\s*0(\.0*)?\s*(,|$)))", re.IGNORECASE)  # with no weight of 0


def kept(*parameters):
    """Mark a view: what it shows to anonymous readers depends on the content, its path and these parameters alone."""

    def mark(view):
        view.kept_parameters = parameters
        return view

    return mark


class Key(NamedTuple):
    path: str
    query: str
    encoding: str


class OfMemory:
    """An answer, kept or to be kept, after which Django's request_finished has nothing to do.

    That signal takes as long as all else that Python does for it. A connection that is old or broken goes when the
    thread's next request begins, unless none is to be kept at all.
    """

    def close(self):
        self.closed = True
        if settings.DATABASES["default"]["CONN_MAX_AGE"] == 0 and not connection.in_atomic_block:  # a test's
            connection.close_if_unusable_or_obsolete()


class KeptAnswer(OfMemory, HttpResponse):
    pass


class KeptNotModified(OfMemory, HttpResponseNotModified):
    pass


@dataclass(slots=True)
class Page:
    """An answer as it is sent; checked_at is when it was last known to be right, in seconds of time.monotonic().

    Its headers, and those of a 304, are complete and shared by all who get it: to set them one by one takes as long as
    to find the page.
    """

    version: str
    parameters: tuple  # that its view knows
    body: bytes
    headers: ResponseHeaders
    headers_of_304: ResponseHeaders | None = None
    own_parts: list | tuple = ()  # where it is one to be filled (blog/filled_pages.py)
    checked_at: float = field(default_factory=time.monotonic)

    def answer(self, request, cache_status=HIT, next_post=None):
        """Return the answer to a request, or 304 to who has it; next_post says in how many seconds one is due."""
        if has_it(request, self.headers["ETag"], self.headers.get("Last-Modified")):
            response = KeptNotModified()
            response.headers = self.headers_of_304
        else:
            response = KeptAnswer(self.body, self.headers["Content-Type"])
            response.headers = self.headers
        control = cache_control(next_post) if settings.CDN_MAX_AGE else CACHE_CONTROL
        if (control, cache_status) != (CACHE_CONTROL, HIT):
            changed = {"Cache-Control": control, "Cache-Status": cache_status}
            response.headers = ResponseHeaders({**response.headers, **changed})
        return response

    def last_known(self, request):
        """Return the answer to a request while PostgreSQL is away."""
        age = int(time.monotonic() - self.checked_at)
        return self.answer(request, f"{HIT}; ttl=-{age}", next_post=0)


class Memory:
    """Pages by their keys, as many as a share of settings.KEPT_PAGES_SIZE holds; the least recently used go first."""

    def __init__(self, share):
        self.share, self.size = share, 0
        self.pages, self.lock = OrderedDict(), threading.Lock()

    def get(self, key):
        with self.lock:
            page = self.pages.get(key)
            if page:
                self.pages.move_to_end(key)
            return page

    def put(self, key, page):
        room = settings.KEPT_PAGES_SIZE * self.share
        with self.lock:
            self._forget(key)
            if settings.DEBUG or size_of(page) > room * MOST_OF_ROOM:
                return
            self.pages[key] = page
            self.size += size_of(page)
            while self.size > room:
                _key, oldest = self.pages.popitem(last=False)
                self.size -= size_of(oldest)

    def forget(self, key):
        with self.lock:
            self._forget(key)

    def _forget(self, key):
        if page := self.pages.pop(key, None):
            self.size -= size_of(page)

    def clear(self):
        with self.lock:
            self.pages.clear()
            self.size = 0


plain, queried = Memory(1 - QUERY_SHARE), Memory(QUERY_SHARE)


def memory_of(key):
    return queried if key.query else plain


def kept_page(key):
    """Return the Page that is kept for a key, or None."""
    page = memory_of(key).get(key)
    if key.query and not page:
        page = plain.get(key._replace(query=""))
        return page if page and not page.parameters else None  # what is no list has no places
    return page


def keep(key, page):
    memory_of(key).put(key, page)


def forget(key):
    memory_of(key).forget(key)


def size_of(page):
    return len(page.body) + OVERHEAD + len(page.own_parts) * PART


class KeptPages:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.page_key = None if bears_session(request) else key_of(request)
        request.content_version = None
        return self.from_memory(request) or self.made_anew(request)

    def from_memory(self, request):
        """Return the kept page that is right, or that nobody can ask PostgreSQL about now; else None."""
        page = request.page_key and kept_page(request.page_key)
        if not page:
            return None
        try:
            request.content_version, request.next_post = content_version()
        except (OperationalError, InterfaceError, InternalError) as error:
            return page.last_known(request) if is_outage(error) else None
        if request.content_version != page.version:
            return None
        page.checked_at = time.monotonic()
        return page.answer(request, next_post=request.next_post)

    def made_anew(self, request):
        """Return the answer of the rest, and keep it if its view is marked and it is the same for all."""
        response = self.get_response(request)
        key, version = request.page_key, request.content_version
        if response.status_code == 503 and (known_to_all := key_of(request)) and (page := kept_page(known_to_all)):
            return page.last_known(request)  # PostgreSQL is away, and nobody can say who bears a session
        if key and version and response.status_code < 500:
            if response.status_code == 200 and not response.streaming and not response.cookies:
                page = made(response, version, request.kept_parameters, key)
                keep(key, page)
                return page.answer(request, "bloggy; fwd=miss", request.next_post)
            forget(key)
        return unless_known(request, response)

    def process_view(self, request, view, args, kwargs):
        """Read the version before a page that is to be kept asks for anything, and take off what it doesn't know."""
        names = getattr(view, "kept_parameters", None)
        if names is None or not request.page_key:
            request.page_key = None
            return
        request.kept_parameters = names
        query = known_query(parse_qsl(request.page_key.query), names)
        request.page_key = request.page_key._replace(query=query)
        request.META["QUERY_STRING"], request.GET = query, QueryDict(query)
        if not request.content_version:
            request.content_version, request.next_post = content_version()


def key_of(request):
    """Return the Key of what a request asks for, or None where its answer can't be a kept page."""
    if request.method not in ("GET", "HEAD") or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
        return None
    if not is_ours(request.META.get("HTTP_HOST", request.META["SERVER_NAME"]), tuple(settings.ALLOWED_HOSTS)):
        return None  # CommonMiddleware answers it
    query = request.META.get("QUERY_STRING", "")
    if query:
        try:
            query = known_query(parse_qsl(query, max_num_fields=100), PAGED)
        except ValueError:
            return None
    return Key(request.path, query, encoding_for(request.META.get("HTTP_ACCEPT_ENCODING", "")))


def bears_session(request):
    return "HTTP_COOKIE" in request.META and settings.SESSION_COOKIE_NAME in request.COOKIES


def known_query(pairs, names):
    """Return the query of the parameters that a view knows, by their names; of two values the last counts."""
    asked = dict(pairs)
    return urlencode([(name, asked[name]) for name in names if asked.get(name)])


@lru_cache(maxsize=100)
def is_ours(host, allowed):
    """Tell whether a Host header names one of the allowed hosts."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


@lru_cache(maxsize=100)
def encoding_for(accepted):
    """Return "gzip" if a browser accepts it (RFC 9110, section 12.5.3), else an empty string."""
    return "gzip" if GZIP.search(accepted) else ""


def made(response, version, parameters, key):
    """Return the Page of an answer, compressed once for all who get it (nothing in it is secret or one reader's)."""
    body, etag = response.content, response.headers.get("ETag")  # feeds and sitemaps have one
    digest = etag.strip('"') if etag else digest_of(body)
    patch_vary_headers(response, ["Accept-Encoding"])
    headers = response.headers
    if key.encoding:
        body, digest = gzip.compress(body, mtime=0), f"{digest}-{key.encoding}"
        headers["Content-Encoding"] = key.encoding
    headers["Content-Length"], headers["ETag"] = str(len(body)), f'"{digest}"'
    headers["Cache-Control"], headers["Cache-Status"] = CACHE_CONTROL, HIT
    set_policies(headers, key.path)
    return Page(version, parameters, body, headers, known(headers))


def cache_control(next_post):
    """Return what caches may do: ask each time, and a CDN (CDN_MAX_AGE) not after the next scheduled post is due."""
    seconds = settings.CDN_MAX_AGE if next_post is None else int(min(settings.CDN_MAX_AGE, next_post))
    return f"{CACHE_CONTROL}, s-maxage={seconds}" if seconds > 0 else CACHE_CONTROL
