"""Lists over tables of any size: nothing on them reads a whole table."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property


class CappedPaginator(Paginator):
    """Counts and pages no further than LIMIT rows: whoever looks for more searches or filters."""

    LIMIT = 10_000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.LIMIT].count()


class LargeTableAdmin(admin.ModelAdmin):
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each choice of each filter
    list_per_page = 50
    list_max_show_all = 0
