"""A supporter's reason, from their own words to the wall.

A decision is about what its moderator saw: `voice.status` and `voice.text` are what they were
shown. Where a colleague has moved or mended the voice since, IllegalMove is raised; where its
supporter has changed or taken back the words, Voice.DoesNotExist.
"""

from django.db import transaction

from common import moderation
from pledges.models import Pledge, Voice

MENDED = "mended"  # in the history, beside the statuses


@transaction.atomic
def decide(voice, status, *, actor, now, reason=""):
    """Approves, or declines for a reason that the supporter reads."""
    _hold(voice, status)
    voice = moderation.move(voice, status, actor=actor, now=now, reason=reason)
    Pledge.objects.filter(pk=voice.pledge_id).update(
        has_shown_voice=voice.status == Voice.Status.APPROVED
    )
    return voice


@transaction.atomic
def mend(voice, text, *, actor, now):
    """Corrects typos; what the supporter wrote is kept beside it. The status stays."""
    held = _hold(voice, MENDED)
    moderation.record(held, MENDED, actor=actor, now=now)
    original = held.original_text or held.text
    held.text, held.original_text = text, "" if text == original else original
    held.save(update_fields=["text", "original_text"])
    return held


def _hold(voice, to_status):
    # First the pledge, as its supporter's own page does: else the two could wait for each other.
    Pledge.objects.select_for_update().get(pk=voice.pledge_id)
    held = Voice.objects.select_for_update().get(pk=voice.pk)
    if held.version != voice.version:
        raise moderation.IllegalMove(held, to_status, moderation.history(held).first())
    return held


def reason_for_declining(voice):
    """What the supporter reads of why their words are not shown, or "" where they may be."""
    if voice.status != Voice.Status.DECLINED:
        return ""
    declined = moderation.history(voice).filter(action=voice.status)
    return declined.values_list("why", flat=True).first() or ""


@transaction.atomic
def write(pledge, text, *, now):
    """Sets what the supporter says; changed words wait for a look again, empty ones go."""
    voice = Voice.objects.select_for_update().filter(pledge=pledge).first()
    if voice and voice.text == text:
        return
    Voice.objects.filter(pledge=pledge).delete()
    Pledge.objects.filter(pk=pledge.pk).update(has_shown_voice=False)
    if text:
        Voice.objects.create(pledge=pledge, text=text, created_at=now)
