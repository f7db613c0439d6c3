"""Staff look at pledges here: lists, and the record of one. What they do leaves a trace."""

from django.contrib import admin
from django.http import HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import addresses, outbox
from common.admin.large import LargeTableAdmin
from common.models import AuditEntry
from pledges import finding, review
from pledges.admin.assisting import Assisting
from pledges.admin.exporting import Exporting
from pledges.models import Pledge, Tally

REFERRALS_SHOWN = 20
MAILS_SHOWN = 20


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
class PledgeAdmin(Exporting, Assisting, LargeTableAdmin):
    list_display = [
        "__str__",
        "name",
        "masked_address",
        "country_name",
        "state_name",
        "created_at",
    ]
    list_filter = [PledgeState, ("created_at", admin.DateFieldListFilter)]
    search_fields = ["code"]  # for the box; `finding` says what is searched
    search_help_text = _(
        "A supporter number, a whole address, a domain, the start of a name, or a code"
    )
    actions = ["release", "invalidate", "restore"]
    change_form_template = "admin/pledges/pledge/record.html"
    object_history_template = "admin/pledges/pledge/object_history.html"
    fields = []  # the record shows what there is; nothing is edited there

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

    @admin.display(description=_("state"))
    def state_name(self, pledge):
        return pledge.state_name

    @admin.display(description=_("country"))
    def country_name(self, pledge):
        return pledge.country_name

    # --- the record ---------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Everything about one pledge. What can be done has a page of its own each."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        sees_address = request.user.has_perm("pledges.see_address")
        context |= {
            "title": _("Pledge %(pledge)s") % {"pledge": obj},
            "subtitle": None,
            "sees_address": sees_address,
            "pledge": obj,
            "address": obj.email if sees_address else addresses.masked(obj.email),
            "assistances": self.possible(request, obj),
            "moments": _moments(obj),
            "friends": Tally.objects.friends_of(obj),
            "referrals": obj.referrals.order_by("-pk")[:REFERRALS_SHOWN],
            "mails": outbox.to(obj.email_canonical)[:MAILS_SHOWN] if obj.email_canonical else [],
            "voice": getattr(obj, "voice", None),
            "new_address": getattr(obj, "new_address", None),
            "entries": AuditEntry.objects.about(obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        pledge = self.get_object(request, object_id)
        entries = AuditEntry.objects.about(pledge) if pledge else ()
        return super().history_view(request, object_id, {"entries": entries})

    # --- the list -----------------------------------------------------------------------------

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


def _moments(pledge):
    """What happened to it, in order: pairs of what and when."""
    fields = [
        *("created_at", "reminded_at", "confirmed_at", "quarantined_at", "invalidated_at"),
        *("ticked_at", "withdrawn_at", "erased_at"),
    ]
    happened = [
        (pledge._meta.get_field(field).verbose_name, getattr(pledge, field)) for field in fields
    ]
    return sorted((pair for pair in happened if pair[1]), key=lambda pair: pair[1])
