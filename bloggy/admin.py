"""What every admin list shares."""

MAX_SEARCH = 200  # characters; Django makes a condition for each word and field, and some thousands take seconds


class BoundedSearch:
    """Search for the beginning of a text that is too long."""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH].replace("\0", " "))
