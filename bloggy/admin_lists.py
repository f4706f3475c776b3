"""What keeps the admin's lists fast, however many rows there are."""

from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


class AtLeast(int):
    """A number of rows that is exceeded, nobody counted by how much."""

    def __str__(self):
        return f"{number_format(int(self), force_grouping=True)}+"


class BoundedPaginator(Paginator):
    """Pages of a list's first 10,000 rows; what lies further back is found by a search or a filter."""

    @cached_property
    def count(self):
        counted = self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count()
        return AtLeast(MOST_COUNTED) if counted > MOST_COUNTED else counted


class LongList:
    """A ModelAdmin's list that counts no more than it has to."""

    paginator = BoundedPaginator
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
