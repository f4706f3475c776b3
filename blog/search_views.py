"""The search page."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blog.search import queries
from blog.search.results import Results, Search, find
from blog.search.spelling import did_you_mean
from blog.search_forms import SearchForm


@require_safe
def search(request):
    """Show the posts that a query finds, by their own words or by their comments'; or help where it finds none."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise Http404("No such search.")
    asked = Search(**form.cleaned_data)
    context = {"search": asked, "results": Results()}
    if queries.WORD.search(asked.q):
        context["results"] = find(asked, queries.typed(asked.q))
    if asked.q and not context["results"].count:
        context |= help_for(asked)
    return render(request, "blog/search.html", context)


def help_for(asked):
    """Return what may help who found nothing: results for a word that is only begun, a reason, a nearly equal word."""
    query = queries.begun(asked.q)
    if query and (results := find(asked, query)).count:
        return {"results": results, "is_begun": True}
    if reason := queries.says_too_little(asked.q):
        return {"reason": reason}
    if other := did_you_mean(asked.q):
        return {"other": other, "other_address": Search(other).address()}
    return {}
