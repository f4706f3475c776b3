"""What the admin's noun pages share: search by the index, and boxes that survive any input."""

from blog.search import queries
from blog.widgets import AutocompleteSelect

FEW = 1000  # matches: more of them lie so densely that walking along the list meets a page of them soon


class FullTextSearch:
    """Search by the generated column and its index instead of by LIKE, which reads every row."""

    search_fields = ["search"]

    def get_search_results(self, request, queryset, search_term):
        query = queries.beginning_with(search_term)
        if not query:
            return queryset, False
        # PostgreSQL takes one row in fifty to have a word that is only begun, and reads whole tables to find a few.
        matching = self.model.objects.filter(queries.Matches("search", queries.Begun(query)))
        found = list(matching.values_list("pk", flat=True)[: FEW + 1])
        return (queryset.filter(search=query) if len(found) > FEW else queryset.filter(pk__in=found)), False


class SafeAutocomplete:
    """Give each of autocomplete_fields the box that survives what can't be an id."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
