"""The search page."""

from http import HTTPStatus

from django.db import OperationalError
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from psycopg.errors import QueryCanceled

from blog.models import Tag
from blog.search import queries
from blog.search.results import Results, Search, find, newest_hits
from blog.search.spelling import did_you_mean
from blog.search_forms import SearchForm
from bloggy.views import RETRY_AFTER


@require_safe
def search(request):
    """Show the posts that a query finds, by their own words or by their comments'; or help where it finds none."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise Http404("No such search.")
    asked = Search(**form.cleaned_data)
    try:
        context = answer_to(asked)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        context = {"results": Results(), "reason": "slow"}
    response = render(request, "blog/search.html", {"search": asked} | context)
    if context.get("reason") == "slow":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def answer_to(asked):
    """Return what the page shows for a Search: results, or help."""
    results = find(asked, queries.typed(asked.q)) if queries.WORD.search(asked.q) else Results()
    return {"results": results} | (help_for(asked) if asked.q and not results.count else {})


def help_for(asked):
    """Return what may help who found nothing: results for a word that is only begun, a reason, a nearly equal word."""
    query = queries.begun(asked.q)
    if query and (results := find(asked, query)).count:
        return {"results": results, "is_begun": True}
    if reason := queries.says_too_little(asked.q):
        return {"reason": reason}
    other = did_you_mean(asked.q)
    if other and (address := address_of(other)):
        return {"other": other, "other_address": address}
    return {}


def address_of(text):
    """Return the address of a search for a text if it finds anything, or of the tag of that name, or None."""
    if newest_hits(Search(text), queries.typed(text))[0]:
        return Search(text).address()
    tag = Tag.objects.filter(name__iexact=text).first()
    return tag and tag.get_absolute_url()
