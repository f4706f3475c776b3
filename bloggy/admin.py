"""What the whole admin shares: an answer to addresses that make no sense, and bounds for searches."""

from functools import wraps

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import DataError, ProgrammingError
from django.shortcuts import redirect

from bloggy.views import send_again

MAX_SEARCH = 200  # characters; Django makes a condition for each word and field, and some thousands take seconds
# What Django and PostgreSQL raise for a condition that can't be evaluated: NUL, the year 10^30, half a range.
UNREADABLE = (DataError, ProgrammingError, FieldDoesNotExist, ValueError, IndexError, OverflowError)


class Site(admin.AdminSite):
    """Django's admin site, with an answer other than 500 to a bad value in an address or an action.

    Django leads a list with a bad condition to itself without conditions (?e=1), but only where making the
    query fails. Here that holds where its evaluation fails, too. A list that fails by itself still raises.
    """

    def each_context(self, request):
        return super().each_context(request) | {"site_name": settings.SITE_NAME}  # else Django's log-out shows the Host

    def admin_view(self, view, cacheable=False):
        @wraps(view)
        def answer(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except UNREADABLE as error:
                is_list = (request.resolver_match.url_name or "").endswith("_changelist")
                if is_list and (request.method == "POST" or request.GET.keys() - {ERROR_FLAG}):
                    return redirect(f"{request.path}?{ERROR_FLAG}=1")
                if not is_list and isinstance(error, (DataError, FieldDoesNotExist)):  # ?term=%00, ?_to_field=
                    raise BadRequest("A value in the address or the form cannot be used.") from error
                raise

        inner = super().admin_view(answer, cacheable)

        @wraps(inner)
        def keep(request, *args, **kwargs):
            """Give back what somebody sent whose log-in is over: Django leads to the log-in and forgets it."""
            is_form = (request.resolver_match.url_name or "").endswith(("_add", "_change"))
            if is_form and request.method == "POST" and not request.user.is_authenticated:
                return send_again(request)
            return inner(request, *args, **kwargs)

        return keep


class BoundedSearch:
    """Search for the beginning of a text that is too long."""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH].replace("\0", " "))
