"""Answers that nobody has to fetch twice (RFC 9110, section 13)."""

import hashlib
import time

from django.http import HttpResponseNotModified
from django.utils.http import http_date, parse_etags, parse_http_date_safe

DAY = 24 * 3600  # seconds


def conditional(request, response, changed):
    """Give an answer its validators and return it, or a 304 to who has this very one.

    changed is when the newest of what it shows changed. Something older that is removed or hidden leaves that
    as it is, so Last-Modified stands up to a day before it, at a second that follows from the content: with
    nothing but If-Modified-Since, too, only who has this very answer gets a 304.
    """
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    modified = max(DAY, int(min(changed.timestamp(), time.time()))) - int(digest, 16) % DAY
    headers = {"ETag": f'"{digest}"', "Last-Modified": http_date(modified), "Cache-Control": "public, max-age=0"}
    headers["Content-Length"] = str(len(response.content))  # a 304 tells that of the 200, or Django says 0
    for name, value in headers.items():
        response.headers[name] = value
    return HttpResponseNotModified(headers=headers) if has_it(request, headers["ETag"], modified) else response


def has_it(request, etag, modified):
    """Tell whether who asks has the answer of this ETag; the date, in seconds since 1970, counts without one only."""
    if "If-None-Match" in request.headers:
        etags = parse_etags(request.headers["If-None-Match"])
        return "*" in etags or etag in (known.removeprefix("W/") for known in etags)
    return parse_http_date_safe(request.headers.get("If-Modified-Since", "")) == modified
