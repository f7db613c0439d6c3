"""Where staff decide: the queue, oldest first, and one page with all that a decision needs."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coalition import applications, decisions
from coalition.models import Member, Status
from common import moderation

PREVIEW_WIDTH_PX = 180
SEEN = "seen"  # `key:status` of each member as the page showed it


class StateFilter(admin.SimpleListFilter):
    """Shows what is to decide, unless asked for something else."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("unconfirmed", _("Contact not confirmed")),
            (Status.APPROVED, Status.APPROVED.label),
            (Status.DECLINED, Status.DECLINED.label),
            (Status.LAPSED, Status.LAPSED.label),
            ("all", _("All")),
        ]

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        return [default | {"display": _("To decide")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "unconfirmed":
            return queryset.unconfirmed()
        if self.value() in Status.values:
            return queryset.filter(status=self.value())
        # A search looks everywhere, and an action means what was ticked: also the entry that a
        # colleague has decided on in the meantime, so that this can be said.
        if self.value() or request.method == "POST" or request.GET.get("q"):
            return queryset
        return queryset.awaiting_moderation()


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):
    list_display = [
        "name",
        "kind",
        "state",
        "country",
        "is_contact_confirmed",
        "created_at",
        "approved_at",
    ]
    list_filter = [StateFilter, "kind"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name"]
    ordering = [
        Case(When(status=Status.PENDING, then=Value(0)), default=Value(1)),
        "created_at",
        "pk",
    ]
    actions = ["approve", "decline"]
    actions_on_bottom = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "kind", "status"),
                    ("website_link", "country_name"),
                    "flexibility_offered",
                    "statement",
                    "logo_preview",
                ]
            },
        ),
        (
            gettext_lazy("Contact (never public)"),
            {
                "fields": [
                    ("contact_name", "contact_role", "contact_email"),
                    ("contact_confirmation", "authority_confirmed_at"),
                ]
            },
        ),
        (gettext_lazy("Record"), {"fields": [("created_at", "approved_at"), ("slug", "code")]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return flatten_fieldsets(self.fieldsets)

    # --- what is shown ------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, member):
        """Brings along what the moderator sees here; a decision is about that."""
        return format_html(
            '{}<input type="hidden" name="{}" value="{}:{}">',
            member.get_status_display(),
            SEEN,
            member.pk,
            member.status,
        )

    @admin.display(description=gettext_lazy("contact confirmed"), boolean=True)
    def is_contact_confirmed(self, member):
        return member.contact_confirmed_at is not None

    @admin.display(description=gettext_lazy("contact confirmed"))
    def contact_confirmation(self, member):
        if member.contact_confirmed_at is None:
            return _("The contact has not confirmed. Check who is asking before you approve.")
        return _shown(member.contact_confirmed_at)

    @admin.display(description=gettext_lazy("website"))
    def website_link(self, member):
        link = format_html(
            '<a href="{}" rel="nofollow noopener noreferrer ugc">{}</a>',
            member.website,
            member.website,
        )
        if member.website_host_in_ascii in member.website:
            return link
        return format_html("{} ({})", link, member.website_host_in_ascii)

    @admin.display(description=gettext_lazy("country"))
    def country_name(self, member):
        return member.country_name

    @admin.display(
        description=gettext_lazy("flexibility offered"), empty_value=gettext_lazy("none")
    )
    def flexibility_offered(self, member):
        return ", ".join(str(label) for label in member.flexibility_labels) or None

    @admin.display(description=gettext_lazy("logo"), empty_value=gettext_lazy("none"))
    def logo_preview(self, member):
        if not member.logo:
            return None
        width, height = _fitted(member.logo_width, member.logo_height)
        return format_html(
            '<img src="{}" width="{}" height="{}" alt=""> {}',
            member.logo.url,
            width,
            height,
            member.logo_alt,
        )

    def view_on_site(self, member):
        return member.get_absolute_url() if member.status == Status.APPROVED else None

    # --- what staff may do --------------------------------------------------------------------

    def has_add_permission(self, request):
        """Members come in through the application form, where somebody vouches for them."""
        return False

    def save_model(self, request, member, form, change):
        """Nothing here is edited; saving what was loaded could undo a colleague's decision."""

    def delete_model(self, request, member):
        super().delete_model(request, member)
        transaction.on_commit(lambda: applications.discard_logo(member))

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_search_results(self, request, queryset, search_term):
        words = search_term.strip()
        if not words:
            return queryset, False
        named = Member.objects.matching(words).order_by().values("pk")
        return queryset.filter(Q(pk__in=named) | Q(contact_email__iexact=words)), False

    @admin.action(
        description=gettext_lazy("Approve the ticked ones and tell their contacts"),
        permissions=["change"],
    )
    def approve(self, request, queryset):
        self._decide(request, queryset, Status.APPROVED)

    @admin.action(
        description=gettext_lazy("Decline the ticked ones, with a reason their contacts read"),
        permissions=["change"],
    )
    def decline(self, request, queryset):
        """Asks for the reason on a page of its own, then declines."""
        reason = request.POST.get("reason", "").strip()
        if reason:
            return self._decide(request, queryset, Status.DECLINED, reason)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Decline"),
            "members": _as_seen(request, queryset),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "seen_name": SEEN,
            "is_reason_missing": "reason" in request.POST,
        }
        return TemplateResponse(request, "admin/coalition/member/decline.html", context)

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        return [
            path("<path:object_id>/decide/", decide, name="coalition_member_decide"),
            *super().get_urls(),
        ]

    def decide_view(self, request, object_id):
        """The buttons on a member's page; leads on to the next application that waits."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        member = self.get_object(request, object_id)
        if member is None:
            raise Http404
        if not self.has_change_permission(request, member):
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        if "_approve" in request.POST:
            self._decide(request, [member], Status.APPROVED)
        elif reason:
            self._decide(request, [member], Status.DECLINED, reason)
        else:
            self.message_user(
                request, _("Write the reason first: the contact reads it."), messages.ERROR
            )
            return redirect("admin:coalition_member_change", member.pk)
        upcoming = Member.objects.awaiting_moderation().order_by("created_at", "pk").first()
        if upcoming is None:
            return redirect("admin:coalition_member_changelist")
        return redirect("admin:coalition_member_change", upcoming.pk)

    def _decide(self, request, members, to_status, reason=""):
        decided = []
        for member in _as_seen(request, members):
            try:
                if to_status == Status.APPROVED:
                    decisions.approve(member, actor=request.user, now=timezone.now())
                else:
                    decisions.decline(member, actor=request.user, now=timezone.now(), reason=reason)
            except moderation.IllegalMove as illegal:
                self.message_user(request, _already(illegal), messages.WARNING)
            else:
                decided.append(member.name)
        if decided:
            self.message_user(request, _done(decided, to_status), messages.SUCCESS)

    # --- pages --------------------------------------------------------------------------------

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        moves = obj.MOVES[obj.status] if self.has_change_permission(request, obj) else ()
        context |= {
            "show_save": False,
            "show_save_and_continue": False,
            "decisions": moderation.history(obj),
            "can_approve": Status.APPROVED in moves,
            "can_decline": Status.DECLINED in moves,
            "seen_name": SEEN,
            "decide_url": reverse("admin:coalition_member_decide", args=[obj.pk]),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        member = self.get_object(request, object_id)
        context = {"decisions": moderation.history(member) if member else ()}
        return super().history_view(request, object_id, context | (extra_context or {}))


def _as_seen(request, members):
    """The members with the status that the page showed when the button was pressed."""
    seen = dict(entry.split(":", 1) for entry in request.POST.getlist(SEEN) if ":" in entry)
    for member in members:
        member.status = seen.get(str(member.pk), member.status)
    return members


def _done(names, to_status):
    if to_status == Status.APPROVED:
        text = ngettext(
            "%(names)s is approved and listed; the contact gets a mail.",
            "%(count)s are approved and listed; their contacts get a mail: %(names)s.",
            len(names),
        )
    else:
        text = ngettext(
            "%(names)s is declined; the contact gets a mail with the reason.",
            "%(count)s are declined; their contacts get a mail with the reason: %(names)s.",
            len(names),
        )
    return text % {"names": ", ".join(names), "count": len(names)}


def _already(illegal):
    """What a colleague did first, in words for the one who came second."""
    if illegal.last is None:
        return _("%(name)s is %(status)s and stays so.") % {
            "name": illegal.obj.name,
            "status": illegal.obj.get_status_display().lower(),
        }
    return _("%(name)s was already moved to “%(status)s” by %(who)s on %(when)s.") % {
        "name": illegal.obj.name,
        "status": Status(illegal.last.to_status).label,
        "who": illegal.last.actor or _("nobody we know any more"),
        "when": _shown(illegal.last.at),
    }


def _fitted(width, height):
    scale = min(1, PREVIEW_WIDTH_PX / width)
    return round(width * scale), max(1, round(height * scale))


def _shown(moment):
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
