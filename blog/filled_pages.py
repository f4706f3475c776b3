"""Pages of readers who bear a session: the page that is the same for all, with their own parts filled in.

What differs is what {{ own(…) }} shows (bloggy/own.py): the reader's name and messages, forms with a token, what one
may do with one's own comments. The rest is made by a request without cookies, user and session, so that nothing of a
reader can get into it, and is kept with the content's version like what anonymous readers get (blog/kept_pages.py).
Staff see more than that: for them a page is made as it is.
"""

from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils.cache import patch_cache_control

from blog.content_version import content_version
from blog.kept_pages import Key, Page, bears_session, forget, keep, kept_page, known_query
from bloggy.own import fill

TO_BE_FILLED = "to be filled"  # takes the encoding's place in a key
OF_ONE_READER = ("HTTP_COOKIE", "CSRF_COOKIE")


def filled(view):
    """Let a view answer readers who bear a session by the page that is filled for them; @kept must stand above it."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD") or not bears_session(request):
            return view(request, *args, **kwargs)
        version, _next_post = content_version()  # before anything else is asked, see there
        if request.user.is_staff:
            return view(request, *args, **kwargs)
        key = Key(request.path, known_query(request.GET.items(), answer.kept_parameters), TO_BE_FILLED)
        page = kept_page(key)
        if not page or page.version != version:
            forget(key)
            asked = for_all(request, key.query)
            response = view(asked, *args, **kwargs)
            if response.status_code != 200:
                return response
            page = Page(version, answer.kept_parameters, response.content, response.headers, own_parts=asked.own_parts)
            keep(key, page)
        text = fill(page.body.decode(), page.own_parts, request)
        response = HttpResponse(text, headers=page.headers)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return answer


def for_all(request, query):
    """Return a request for the same page by nobody in particular; rendering collects the parts in its own_parts."""
    environ = {name: value for name, value in request.META.items() if name not in OF_ONE_READER}
    path = request.path_info.encode().decode("latin-1")  # as a server hands it over (PEP 3333); Django decoded it
    asked = WSGIRequest(environ | {"PATH_INFO": path, "QUERY_STRING": query})
    asked.user, asked.session, asked.own_parts = AnonymousUser(), {}, []
    return asked
