"""What the admin's noun pages share: search by the index, and boxes that survive any input."""

from blog.search import queries
from blog.widgets import AutocompleteSelect


class FullTextSearch:
    """Search by the generated column and its index instead of by LIKE, which reads every row."""

    search_fields = ["search"]

    def get_search_results(self, request, queryset, search_term):
        query = queries.beginning_with(search_term)
        return (queryset.filter(search=query) if query else queryset), False


class SafeAutocomplete:
    """Give each of autocomplete_fields the box that survives what can't be an id."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
