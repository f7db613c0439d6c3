"""Lists over tables of any size: nothing on them reads a whole table."""

from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.core.paginator import Paginator
from django.utils.functional import cached_property


class AtLeast(int):
    def __str__(self):
        return f"{int(self):,}+"


class CappedPaginator(Paginator):
    """Counts and pages no further than LIMIT rows: whoever looks for more searches or filters."""

    LIMIT = 2_000

    @cached_property
    def count(self):
        counted = self.object_list.order_by()[: self.LIMIT].count()
        return AtLeast(counted) if counted == self.LIMIT else counted


class TickedOnly(ActionForm):
    """An action takes what is ticked on the page, never "all": that may be a million."""

    def clean_select_across(self):
        return False


class LargeTableAdmin(admin.ModelAdmin):
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each choice of each filter
    list_per_page = 30
    list_max_show_all = 0
    sortable_by = []
    action_form = TickedOnly
