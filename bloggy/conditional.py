"""Answers that nobody has to fetch twice (RFC 9110, section 13)."""

import hashlib
import time

from django.http import HttpResponseNotModified
from django.http.response import ResponseHeaders
from django.utils.http import http_date, parse_etags, parse_http_date_safe

DAY = 24 * 3600  # seconds
OF_CONTENT = ("Content-Encoding", "Content-Length", "Content-Type")


def digest_of(content):
    """Return what tells one content from another, for an ETag."""
    return hashlib.sha256(content).hexdigest()[:32]


def with_validators(response, changed):
    """Give an answer its validators and return it; changed is when the newest of what it shows changed.

    Something older that is removed or hidden leaves that as it is, so Last-Modified stands up to a day before it, at
    a second that follows from the content: with nothing but If-Modified-Since, too, only who has this very answer
    gets a 304.
    """
    digest = digest_of(response.content)
    modified = max(DAY, int(min(changed.timestamp(), time.time()))) - int(digest, 16) % DAY
    headers = {"ETag": f'"{digest}"', "Last-Modified": http_date(modified), "Cache-Control": "public, max-age=0"}
    for name, value in headers.items():
        response.headers[name] = value
    return response


def unless_known(request, response):
    """Return the answer, or a 304 to who asks for a page and has it."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or "ETag" not in response.headers:
        return response
    if not has_it(request, response.headers["ETag"], response.headers.get("Last-Modified")):
        return response
    not_modified = HttpResponseNotModified()
    not_modified.headers = known(response.headers)
    return not_modified


def known(headers):
    """Return the headers of a 304 in place of an answer with these: not those of the content that it doesn't send."""
    return ResponseHeaders({name: value for name, value in headers.items() if name not in OF_CONTENT})


def has_it(request, etag, modified):
    """Tell whether who asks has the answer of this ETag; its date, as the answer writes it, counts without one only."""
    if (etags := request.META.get("HTTP_IF_NONE_MATCH")) is not None:
        if etags == etag:
            return True
        etags = parse_etags(etags)
        return "*" in etags or etag in (each.removeprefix("W/") for each in etags)
    since = request.META.get("HTTP_IF_MODIFIED_SINCE")
    return bool(since and modified) and parse_http_date_safe(since) == parse_http_date_safe(modified)
