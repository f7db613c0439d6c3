"""Where staff read what supporters say, on one screen and by keyboard alone."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import moderation
from common.admin.large import CappedPaginator, LargeTableAdmin
from common.forms import clean_words
from pledges import voices
from pledges.models import Voice, VoiceDeclineReason

PER_PAGE = 200
MAX_LENGTH = Voice._meta.get_field("text").max_length


@dataclass
class Outcome:
    """What became of one voice. `voice` is as it stands now, None where it is gone."""

    voice: Voice | None
    text: str
    level: int = messages.SUCCESS


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*Voice.Status.choices, ("all", _("All"))]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() != "all" else queryset


@admin.register(Voice)
class VoiceAdmin(LargeTableAdmin):
    list_display = ["text", "shown_name", "country_name", "status", "created_at"]
    list_filter = [StateFilter]
    list_select_related = ["pledge"]
    actions = None
    fields = readonly_fields = ["text"]

    def get_ordering(self, request):
        """There is an index for each status; of all, the newest have the highest key."""
        has_status = request.GET.get(StateFilter.parameter_name) in Voice.Status.values
        return ["-created_at", "-pk"] if has_status else ["-pk"]

    def get_queryset(self, request):
        """Words of people who never confirmed are nobody's to read."""
        return super().get_queryset(request).filter(pledge__standing_country__isnull=False)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("supporter"))
    def shown_name(self, voice):
        return voice.shown_name

    @admin.display(description=gettext_lazy("country"))
    def country_name(self, voice):
        return voice.country_name

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", decide, name="pledges_voice_decide"), *super().get_urls()]

    # --- pages --------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        """What waits, unless asked for something else."""
        if StateFilter.parameter_name in request.GET:
            return super().changelist_view(request, extra_context)
        return self.queue(request)

    def queue(self, request, refused=None, status=200):
        """What waits, oldest first; `refused` is one of them, with what cannot be stored of it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        waiting = Voice.objects.awaiting_moderation()
        page = CappedPaginator(waiting, PER_PAGE).get_page(request.GET.get("p"))
        cards = [refused if refused and voice.pk == refused.pk else voice for voice in page]
        context = {
            **self.admin_site.each_context(request),
            **self.card_context(request),
            "opts": self.opts,
            "title": _("Voices waiting for a look"),
            "page": page,
            "voices": cards,
        }
        return render(request, "admin/pledges/voice/queue.html", context, status=status)

    def card_context(self, request):
        """What is the same on two hundred cards is made once."""
        reasons = VoiceDeclineReason.objects.all()
        return {
            "may_decide": self.has_change_permission(request),
            "reasons": reasons,
            "reason_buttons": render_to_string(
                "admin/pledges/voice/_reasons.html", {"reasons": reasons}
            ),
            "csrf_input": csrf_input(request),
            "decide_url": reverse("admin:pledges_voice_decide"),
        }

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One voice with its history. Nothing is saved here: the buttons post to `decide_view`."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= self.card_context(request)
        context |= {"voice": obj, "voices": [obj], "decisions": moderation.history(obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # --- deciding -----------------------------------------------------------------------------

    def decide_view(self, request):
        """The buttons of one card, and those for all that are ticked.

        `voice` is key and version of what was shown, once or often. A script that asks for a
        fragment gets the card as it then is; everybody else the queue, with what was done on top.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        seen = dict(entry.split(":", 1) for entry in request.POST.getlist("voice") if ":" in entry)
        keys = [key for key in seen if key.isdecimal() and len(key) < 19]
        found = self.get_queryset(request).select_related("pledge").in_bulk(keys)
        wants_card = "X-Fragment" in request.headers
        try:
            press = _button(request.POST)
            outcomes = [
                _outcome(press, found.get(int(key)), seen[key], request.user) for key in keys
            ]
        except ValidationError as error:
            voice = found.get(int(keys[0])) if len(keys) == 1 else None
            return self.refuse(request, voice, error, wants_card)
        if wants_card and len(outcomes) == 1:
            return self.card(request, outcomes[0].voice, outcome=outcomes[0])
        _tell(request, outcomes)
        return redirect("admin:pledges_voice_changelist")

    def refuse(self, request, voice, error, wants_card):
        """Shows once more what was typed, and what is wrong with it."""
        if voice is None:
            messages.error(request, error.messages[0])
            return redirect("admin:pledges_voice_changelist")
        voice.typed, voice.error = request.POST.get("text", voice.text), error.messages[0]
        if wants_card:
            return self.card(request, voice, status=422)
        return self.queue(request, refused=voice, status=422)

    def card(self, request, voice, outcome=None, status=200):
        context = {**self.card_context(request), "voices": [voice], "outcome": outcome}
        return render(request, "admin/pledges/voice/_cards.html", context, status=status)


def _button(posted):
    """What the pressed button does to a voice; returns the voice as it is then, and words for it."""
    text = posted.get("text")

    def approve(voice, **facts):
        voice = _mended(voice, text, **facts)
        return voices.decide(voice, Voice.Status.APPROVED, **facts), _("Approved")

    def mend(voice, **facts):
        return _mended(voice, text, **facts), _("Mended")

    def decline(voice, **facts):
        declined = voices.decide(voice, Voice.Status.DECLINED, reason=reason.text, **facts)
        return declined, _("Declined (%(reason)s)") % {"reason": reason.name}

    if "approve" in posted:
        return approve
    if "mend" in posted:
        return mend
    chosen = posted.get("reason", "")
    reason = VoiceDeclineReason.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    if reason is None:
        raise ValidationError(_("Choose a reason first: the supporter reads it."))
    return decline


def _mended(voice, text, **facts):
    """The voice with the text as the moderator left it; untouched where that is the same."""
    if text is None or text.replace("\r\n", "\n").strip() == voice.text:
        return voice
    text = clean_words(
        text,
        MAX_LENGTH,
        _("Shorten the text: it is %(over)s characters over the limit of %(limit)s"),
    )
    if not text:
        raise ValidationError(_("Leave some words, or decline."))
    return voices.mend(voice, text, **facts)


def _outcome(press, voice, version, actor):
    try:
        if voice is None:
            raise Voice.DoesNotExist
        if voice.version != version:
            raise moderation.IllegalMove(voice, "", moderation.history(voice).first())
        with transaction.atomic():
            return Outcome(*press(voice, actor=actor, now=timezone.now()))
    except moderation.IllegalMove as first:
        return Outcome(first.obj, _already(first), messages.WARNING)
    except Voice.DoesNotExist:
        gone = _("Not decided: the supporter has changed or taken back these words.")
        return Outcome(None, gone, messages.WARNING)


def _already(first):
    """What a colleague did first, in words for the one who came second."""
    if first.last is None:
        return _("Left as it is: it is “%(status)s”.") % {"status": first.obj.get_status_display()}
    done = dict(Voice.Status.choices) | {voices.MENDED: _("Mended")}
    return _("Left as it is: %(who)s was first on %(when)s. %(what)s: “%(text)s”") % {
        "what": done[first.last.action],
        "who": first.last.actor_name or _("somebody whose login is gone"),
        "when": date_format(timezone.localtime(first.last.at), "DATETIME_FORMAT"),
        "text": first.obj.text,
    }


def _tell(request, outcomes):
    done = Counter(outcome.text for outcome in outcomes if outcome.level == messages.SUCCESS)
    for text, count in done.items():
        told = ngettext("%(what)s: one voice.", "%(what)s: %(count)s voices.", count)
        messages.success(request, told % {"what": text, "count": count})
    for outcome in outcomes:
        if outcome.level == messages.WARNING:
            messages.warning(request, outcome.text)
    if not outcomes:
        messages.warning(request, _("Tick at least one voice first."))


@admin.register(VoiceDeclineReason)
class VoiceDeclineReasonAdmin(admin.ModelAdmin):
    list_display = ["name", "text", "position"]
    list_editable = ["position"]
