"""The quarantine: sign-ups that looked suspicious, group by group."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import quarantine, review
from pledges.models import Pledge, QuarantinedPledge, Suspicion

PER_PAGE = 100
BY = {
    "network": gettext_lazy("network"),
    "domain": gettext_lazy("mail domain"),
    "hour": gettext_lazy("hour of signing"),
}


@dataclass
class Group:
    """What all pledges of a group share, as links and forms carry it."""

    by: str
    suspicion: str
    key: str

    @classmethod
    def of(cls, query):
        """Raises Http404 where there can be no such group."""
        group = cls(*(query.get(name, "") for name in ("by", "suspicion", "key")))
        if group.by not in BY:
            raise Http404
        return group

    @property
    def pledges(self):
        try:
            return quarantine.group(self.by, self.suspicion, self.key)
        except ValueError:
            raise Http404 from None

    @property
    def query(self):
        return urlencode(vars(self))

    @property
    def reason(self):
        return dict(Suspicion.choices).get(self.suspicion, _("Held back by hand"))


@admin.register(QuarantinedPledge)
class QuarantineAdmin(admin.ModelAdmin):
    actions = None

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("pledges.review_quarantine")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        name = "pledges_quarantinedpledge_decide"
        return [path("decide/", decide, name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """The groups, or with `key` in the address the pledges of one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if "key" in request.GET:
            return self.page(request, "group", self.group_context(request))
        return self.page(request, "groups", self.groups_context(request))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One pledge is looked at where all of them are."""
        pledge = self.get_object(request, object_id)
        if pledge is None or not self.has_view_permission(request, pledge):
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect("admin:pledges_pledge_change", pledge.pk)

    def page(self, request, template, context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "decide_url": reverse("admin:pledges_quarantinedpledge_decide"),
            "may_clean_up": request.user.has_perm("pledges.run_cleanup"),
            "sees_addresses": request.user.has_perm("pledges.see_address"),
        }
        return render(request, f"admin/pledges/quarantinedpledge/{template}.html", context)

    def groups_context(self, request):
        by = request.GET.get("by", "network")
        if by not in BY:
            raise Http404
        rows = quarantine.groups(by)
        for row in rows:
            key = row["key"].isoformat() if by == "hour" else row["key"]
            row["group"] = Group(by, row["suspicion"], key)
        return {
            "title": _("Quarantine"),
            "by": by,
            "ways": BY.items(),
            "heading": BY[by],
            "rows": rows,
            "waiting": Pledge.objects.awaiting_review()[: quarantine.GROUPED].count(),
            "grouped": quarantine.GROUPED,
        }

    def group_context(self, request):
        group = Group.of(request.GET)
        pledges = group.pledges.order_by("pk")
        page = Paginator(pledges, PER_PAGE).get_page(request.GET.get("p"))
        return {"title": _("Quarantine"), "group": group, "page": page, "heading": BY[group.by]}

    def decide_view(self, request):
        """Releases or invalidates the ticked pledges (`pledge`), or else the group."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        group = Group.of(request.POST)
        pledges = group.pledges
        if "ticked" in request.POST:
            ticked = [key for key in request.POST.getlist("pledge") if key.isdecimal()]
            pledges = pledges.filter(pk__in=[key for key in ticked if len(key) < 19])
        facts = {"actor": request.user, "now": timezone.now()}
        match request.POST.get("press"):
            case "release":
                _tell(request, review.release(pledges, **facts), _("Released"))
            case "invalidate":
                _tell(request, review.invalidate(pledges, **facts), _("Invalidated"))
        if not group.pledges.exists():
            return redirect(f"{queue()}?by={group.by}")
        if "ticked" not in request.POST:
            messages.warning(request, _("More of this group wait: press again."))
        return redirect(f"{queue()}?{group.query}")


def queue():
    return reverse("admin:pledges_quarantinedpledge_changelist")


def _tell(request, number, done):
    told = ngettext("%(done)s: one pledge.", "%(done)s: %(n)s pledges.", number)
    messages.success(request, told % {"done": done, "n": f"{number:,}"})
