"""Staff look at pledges here. Facts are read-only; moves are actions, each with a trace."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import addresses
from pledges import review
from pledges.models import Pledge


class PledgeState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("unconfirmed", _("Unconfirmed")),
            ("quarantine", _("In quarantine")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "unconfirmed":
                return queryset.unconfirmed().order_by("-created_at")
            case "quarantine":
                return queryset.filter(quarantined_at__isnull=False).order_by("-quarantined_at")
            case "withdrawn":
                return queryset.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
        return queryset


@admin.register(Pledge)
class PledgeAdmin(admin.ModelAdmin):
    list_display = [
        "__str__",
        "name",
        "country_name",
        "created_at",
        "confirmed_at",
        "quarantined_at",
    ]
    list_filter = [PledgeState]
    list_per_page = 50
    ordering = ["-pk"]
    search_fields = ["code"]
    search_help_text = _("A whole email address, a supporter number, or a code")
    show_full_result_count = False
    actions = ["release", "invalidate", "restore"]
    fields = readonly_fields = [
        "number",
        "name",
        "email",
        "country_name",
        "region",
        "flexibility",
        "shows_name",
        "wants_news",
        "wording",
        "code",
        "referrer",
        "created_at",
        "confirmed_at",
        "withdrawn_at",
        "quarantined_at",
        "invalidated_at",
        "erased_at",
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        """By what an index finds at once; a part of a name would read millions of rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term:
            return queryset.filter(email_canonical=addresses.canonical(term)), False
        if term.lstrip("#").isdecimal() and len(term) < 11:
            return queryset.filter(number=int(term.lstrip("#"))), False
        return queryset.filter(code=term), False

    @admin.display(description=_("country"))
    def country_name(self, pledge):
        return pledge.country_name

    @admin.action(description=_("Release from quarantine: count them"), permissions=["change"])
    def release(self, request, queryset):
        self._report(request, review.release(queryset, actor=request.user, now=timezone.now()))

    @admin.action(description=_("Invalidate: no longer count them"), permissions=["change"])
    def invalidate(self, request, queryset):
        self._report(request, review.invalidate(queryset, actor=request.user, now=timezone.now()))

    @admin.action(description=_("Restore what was invalidated"), permissions=["change"])
    def restore(self, request, queryset):
        self._report(request, review.restore(queryset, actor=request.user, now=timezone.now()))

    def _report(self, request, changed):
        self.message_user(
            request,
            ngettext("%(n)s pledge changed.", "%(n)s pledges changed.", changed) % {"n": changed},
        )
