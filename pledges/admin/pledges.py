"""Staff look at pledges here. Facts are read-only; moves are actions, each with a trace."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import addresses
from common.admin.large import LargeTableAdmin
from pledges import finding, review
from pledges.models import Pledge


class PledgeState(admin.SimpleListFilter):
    """Each state has an index; the list is then in its order, newest first."""

    title = _("state")
    parameter_name = "state"
    MOMENTS = {
        "unconfirmed": "created_at",
        "confirmed": "confirmed_at",
        "quarantine": "quarantined_at",
        "invalidated": "invalidated_at",
        "withdrawn": "withdrawn_at",
    }

    def lookups(self, request, model_admin):
        return [
            ("unconfirmed", _("Unconfirmed")),
            ("confirmed", _("Confirmed")),
            ("quarantine", _("In quarantine")),
            ("invalidated", _("Invalidated")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "unconfirmed":
            return queryset.unconfirmed()
        moment = self.MOMENTS.get(self.value())
        return queryset.filter(**{f"{moment}__isnull": False}) if moment else queryset


@admin.register(Pledge)
class PledgeAdmin(LargeTableAdmin):
    list_display = [
        "__str__",
        "name",
        "masked_address",
        "country_name",
        "created_at",
        "confirmed_at",
        "quarantined_at",
    ]
    list_filter = [PledgeState, ("created_at", admin.DateFieldListFilter)]
    search_fields = ["code"]  # for the box; `finding` says what is searched
    search_help_text = _(
        "A supporter number, a whole address, a domain, the start of a name, or a code"
    )
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

    def get_ordering(self, request):
        moment = PledgeState.MOMENTS.get(request.GET.get(PledgeState.parameter_name))
        return [f"-{moment}", "-pk"] if moment else ["-pk"]

    def get_search_results(self, request, queryset, search_term):
        return (finding.find(queryset, search_term) if search_term.strip() else queryset), False

    @admin.display(description=_("email"))
    def masked_address(self, pledge):
        return addresses.masked(pledge.email)

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
