"""What members and their changes have in common: approving, declining, and being told."""

from copy import copy
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, Value, When
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.contacts import NotProven
from coalition.decisions import AskedMeanwhile
from coalition.models import DeclineReason, Member, Revision
from common import moderation

NAMED = 300  # letters of the names of all that were decided at once


class Missing(Exception):
    """A button needs words that nobody wrote; the text says which."""


class DecidingAdmin(admin.ModelAdmin):
    """Subclasses say how to `approve_all` and `decline_all`, and what is `done` then."""

    fieldsets = [(None, {"fields": []})]  # the page shows what was sent, and takes no other facts
    list_per_page = 100
    show_full_result_count = False
    actions = ["approve", "decline"]
    actions_on_bottom = True

    def has_add_permission(self, request):
        """Members come in through the application form, where somebody vouches for them."""
        return False

    def save_model(self, request, obj, form, change):
        """Nothing here is edited; saving what was loaded could undo a colleague's decision."""

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_paginator(self, request, queryset, *args, **kwargs):
        """Where ticked ones are decided on, another page is the answer: nobody counts this one."""
        if ACTION_CHECKBOX_NAME in request.POST:
            queryset = queryset.none()
        return super().get_paginator(request, queryset, *args, **kwargs)

    def may_approve(self, obj):
        return True

    def as_seen(self, request, objects):
        """The objects as the page showed them when the button was pressed."""
        return list(objects)

    @admin.action(
        description=gettext_lazy("Approve the ticked ones and tell their contacts"),
        permissions=["change"],
    )
    def approve(self, request, queryset):
        self.decide(request, queryset, self.approve_all, self.done_approving)

    @admin.action(
        description=gettext_lazy("Decline the ticked ones, with a reason their contacts read"),
        permissions=["change"],
    )
    def decline(self, request, queryset):
        """Asks for the reason on a page of its own, then declines."""
        if reason := typed_reason(request):
            return self._decline(request, queryset, reason)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Decline"),
            "entries": self.as_seen(request, queryset),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "reasons": DeclineReason.objects.all(),
            "is_reason_missing": "reason" in request.POST,
        }
        return TemplateResponse(request, "admin/coalition/decline.html", context)

    def _decline(self, request, objects, reason):
        decline_all = partial(self.decline_all, reason=reason)
        self.decide(request, objects, decline_all, self.done_declining)

    def decide(self, request, objects, decide_all, done):
        seen = self.as_seen(request, objects)
        decided, refused = decide_all(seen, actor=request.user, now=timezone.now())
        for refusal in refused:
            self.message_user(request, in_words(refusal), messages.WARNING)
        if decided:
            names = Truncator(", ".join(str(obj) for obj in decided)).chars(NAMED)
            text = done(len(decided)) % {"names": names, "count": len(decided)}
            self.message_user(request, text, messages.SUCCESS)

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        name = f"coalition_{self.opts.model_name}_decide"
        return [path("<path:object_id>/decide/", decide, name=name), *super().get_urls()]

    def decide_view(self, request, object_id):
        """The buttons on the page of one entry; leads on to the next that waits."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        try:
            address = page_upcoming(obj) if self.press(request, obj) else page_of(obj)
        except Missing as missing:
            self.message_user(request, str(missing), messages.ERROR)
            page = self.answer_with(obj, request, typed=request.POST)
            page.status_code = 422
            return page
        address = address or reverse(f"admin:coalition_{self.opts.model_name}_changelist")
        if "X-Desk" in request.headers:  # static/js/desk.js goes there
            return HttpResponse(status=204, headers={"Content-Location": address})
        return redirect(address)

    def answer_with(self, obj, request, **context):
        """The page of an entry as the answer to a press of a button."""
        looking = copy(request)
        looking.method = "GET"
        return self.change_view(looking, str(obj.pk), extra_context=context)

    def press(self, request, obj):
        """Does what the pressed button says; returns whether the moderator is through with it.

        Raises Missing where the button needs words that nobody wrote.
        """
        if "_approve" in request.POST:
            self.decide(request, [obj], self.approve_all, self.done_approving)
        elif reason := typed_reason(request):
            self._decline(request, [obj], reason)
        else:
            raise Missing(_("Choose or write the reason: the contact reads it."))
        return True

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        queue = self.model.objects.awaiting_moderation()
        moves = obj.MOVES.get(obj.status, ()) if self.has_change_permission(request, obj) else ()
        context |= {
            "title": capfirst(self.opts.verbose_name),
            "show_save": False,
            "show_save_and_continue": False,
            "decisions": moderation.history(obj),
            "can_approve": "approved" in moves and self.may_approve(obj),
            "can_decline": "declined" in moves,
            "reasons": DeclineReason.objects.all(),
            "waiting": queue.count(),
            **beside(queue, obj),
            "decide_url": reverse(f"admin:coalition_{self.opts.model_name}_decide", args=[obj.pk]),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        context = {"decisions": moderation.history(obj) if obj else ()}
        return super().history_view(request, object_id, context | (extra_context or {}))


def page_of(obj):
    return obj and reverse(f"admin:coalition_{obj._meta.model_name}_change", args=[obj.pk])


def page_upcoming(obj):
    """The page of what waits behind this one, else first of its kind, else of the other kind.

    One query; None where nothing waits.
    """
    model, other = (Member, Revision) if isinstance(obj, Member) else (Revision, Member)
    behind = Case(When(_is_behind(obj), then=0), default=1)
    waiting = [
        kind.objects.awaiting_moderation()
        .annotate(place=place)
        .order_by("place", "created_at", "pk")
        .values_list("place", "pk")[:1]
        for kind, place in ((model, behind), (other, Value(2)))
    ]
    found = waiting[0].union(waiting[1], all=True).order_by("place").first()
    if found is None:
        return None
    place, key = found
    return page_of((other if place == 2 else model)(pk=key))


def beside(queue, obj):
    """The pages of those that wait before and behind this one, where there are any: one query."""
    before = queue.exclude(_is_behind(obj)).exclude(pk=obj.pk).order_by("-created_at", "-pk")
    after = queue.filter(_is_behind(obj)).order_by("created_at", "pk")
    places = [
        rows.annotate(place=Value(place)).only("pk")[:1]
        for place, rows in (("before", before), ("after", after))
    ]
    return {row.place: page_of(row) for row in places[0].union(places[1], all=True)}


def _is_behind(obj):
    return Q(created_at__gt=obj.created_at) | Q(created_at=obj.created_at, pk__gt=obj.pk)


def typed_reason(request):
    """The chosen reason and what the moderator adds to it; "" where there is neither."""
    chosen = request.POST.get("listed_reason", "")
    listed = DeclineReason.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    parts = [listed.text if listed else "", request.POST.get("reason", "").strip()]
    return "\n\n".join(filter(None, parts))


def in_words(refusal):
    """Why nothing was decided: mostly what a colleague did first."""
    if isinstance(refusal, NotProven):
        told = _("%(name)s: the new contact has not confirmed the address yet.")
        return told % {"name": refusal.revision}
    if isinstance(refusal, AskedMeanwhile):
        question = refusal.question
        return _("%(name)s: %(who)s asked on %(when)s, before you: “%(text)s”") % {
            "who": question.actor or _("Somebody whose login is gone"),
            "name": question.member,
            "when": shown(question.asked_at),
            "text": question.text,
        }
    if refusal.last is None:
        return _("%(name)s is %(status)s and stays so.") % {
            "name": refusal.obj,
            "status": refusal.obj.get_status_display().lower(),
        }
    return _("%(name)s was already moved to “%(status)s” by %(who)s on %(when)s.") % {
        "name": refusal.obj,
        "status": type(refusal.obj).Status(refusal.last.action).label,
        "who": refusal.last.actor_name or _("the contact, the calendar or a login that is gone"),
        "when": shown(refusal.last.at),
    }


def shown(moment):
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
