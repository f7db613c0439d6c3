"""Clean-ups: a search is written, counted, looked at, started, stopped, undone."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.models import Member
from common import addresses, moderation, networks, text, tokens
from common.admin.large import LargeTableAdmin
from pledges import cleaning
from pledges.models import Cleanup, Pledge, Tally

Status = Cleanup.Status
WORDS = ["address", "domain", "network", "via", "source"]
CRITERIA = [*WORDS, "signed_from", "signed_until"]
MAX_REASON = Cleanup._meta.get_field("reason").max_length


class SearchForm(forms.ModelForm):
    class Meta:
        model = Cleanup
        fields = [*CRITERIA, "note"]

    def clean_address(self):
        pattern = self.cleaned_data["address"].strip().lower()
        if pattern and ("*" not in pattern or len(pattern.strip("*@.")) < 3):
            raise ValidationError(
                _("Write a pattern with a *. For one address, look among the pledges.")
            )
        return pattern

    def clean_domain(self):
        return addresses.canonical_domain(self.cleaned_data["domain"].strip().lstrip("@"))

    def clean_network(self):
        return clean_network(self.cleaned_data["network"])

    def clean_via(self):
        code = self.cleaned_data["via"].strip()
        known = tokens.looks_like_code(code) and (
            Pledge.objects.filter(code=code).exists() or Member.objects.filter(code=code).exists()
        )
        if code and not known:
            raise ValidationError(_("No supporter and no member has this code."))
        return code

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(name) for name in CRITERIA):
            raise ValidationError(_("Say what to look for: fill in at least one of these."))
        begin, end = cleaned.get("signed_from"), cleaned.get("signed_until")
        if begin and end and begin >= end:
            self.add_error("signed_until", _("This must be later than the start."))
        return cleaned


def clean_network(typed):
    """As the database holds it; raises ValidationError."""
    try:
        return str(networks.typed(typed)) if typed.strip() else ""
    except ValueError:
        raise ValidationError(_("Write a network like 203.0.113.0/24 or 2001:db8::/48.")) from None


@admin.register(Cleanup)
class CleanupAdmin(LargeTableAdmin):
    form = SearchForm
    # Django's two boxes for date and time have one label between them.
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
    }
    list_display = ["__str__", "status", "found", "invalidated", "restored", "created_at", "writer"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    actions = None
    sortable_by = []
    fieldsets = [
        (
            gettext_lazy("Which pledges"),
            {
                "fields": CRITERIA,
                "description": gettext_lazy(
                    "All that you fill in must fit. Nothing is changed yet: first you see how many "
                    "it finds, and some of them."
                ),
            },
        ),
        (None, {"fields": ["note"]}),
    ]

    def has_add_permission(self, request):
        return request.user.has_perm("pledges.run_cleanup")

    def has_view_permission(self, request, obj=None):
        return self.has_add_permission(request) or super().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("written by"))
    def writer(self, cleanup):
        return cleanup.created_by

    def get_urls(self):
        move = self.admin_site.admin_view(self.move_view)
        return [
            path("<path:object_id>/move/", move, name="pledges_cleanup_move"),
            *super().get_urls(),
        ]

    def get_changeform_initial_data(self, request):
        """As in an earlier search (`like` is its key), or as a link from elsewhere says."""
        like = request.GET.get("like", "")
        if like.isdecimal() and len(like) < 19:
            return Cleanup.objects.filter(pk=like).values(*CRITERIA).first() or {}
        return {name: request.GET[name] for name in WORDS if name in request.GET}

    def save_model(self, request, obj, form, change):
        cleaning.prepare(obj, actor=request.user, now=timezone.now())

    def response_add(self, request, obj, post_url_continue=None):
        return redirect(page_of(obj))

    # --- one clean-up -------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A search with what it found, or a run and how far it is; the buttons post elsewhere."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if obj is not None:
            context |= self.record_context(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def record_context(self, request, cleanup):
        total = Tally.objects.total()
        return {
            "title": _("Clean-up"),
            "cleanup": cleanup,
            "sees_addresses": request.user.has_perm("pledges.see_address"),
            "may_run": self.has_add_permission(request),
            "max_reason": MAX_REASON,
            "criteria": [
                (cleanup._meta.get_field(name).verbose_name, getattr(cleanup, name))
                for name in CRITERIA
                if getattr(cleanup, name)
            ],
            "sample": Pledge.objects.filter(pk__in=cleanup.sample).order_by("created_at"),
            "total": total,
            "total_after": total - cleanup.found_standing,
            "decisions": moderation.history(cleanup),
        }

    def move_view(self, request, object_id):
        """The buttons on the page of a clean-up; each posts what it wants as `press`."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        cleanup = self.get_object(request, object_id)
        if cleanup is None:
            raise Http404
        try:
            self.press(request, cleanup)
        except moderation.IllegalMove as first:
            messages.warning(request, already(first))
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return redirect(page_of(cleanup))

    def press(self, request, cleanup):
        facts = {"actor": request.user, "now": timezone.now()}
        match request.POST.get("press"):
            case "start":
                cleaning.start(cleanup, reason=typed_reason(request, cleanup), **facts)
            case "stop":
                cleaning.stop(cleanup, **facts)
            case "undo":
                cleaning.undo(cleanup, **facts)
            case "discard":
                cleaning.discard(cleanup, **facts)


def typed_reason(request, cleanup):
    """The public reason, where the run begins. Raises ValidationError."""
    if cleanup.started_at:
        return cleanup.reason
    reason = text.clean_line(request.POST.get("reason", ""), MAX_REASON)
    if not reason:
        raise ValidationError(_("Write the reason first: everybody reads it beside the count."))
    return reason


def already(first):
    """What a colleague did first, in words for the one who came second."""
    if first.last is None:
        return _("Left as it is: “%s”.") % first.obj.get_status_display()
    return _("Left as it is: “%(status)s” since %(when)s, by %(who)s.") % {
        "status": first.obj.get_status_display(),
        "when": date_format(timezone.localtime(first.last.at), "DATETIME_FORMAT"),
        "who": first.last.actor_name or _("the site itself"),
    }


def page_of(cleanup):
    return reverse("admin:pledges_cleanup_change", args=[cleanup.pk])
