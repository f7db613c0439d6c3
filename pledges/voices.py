"""A supporter's reason, from their own words to the wall."""

from django.db import transaction

from common import moderation
from pledges.models import Pledge, Voice


@transaction.atomic
def decide(voice, status, *, actor, now, reason=""):
    """Approves or declines; raises `moderation.IllegalMove` where a colleague was faster."""
    voice = moderation.move(voice, status, actor=actor, now=now, reason=reason)
    Pledge.objects.filter(pk=voice.pledge_id).update(
        has_shown_voice=voice.status == Voice.Status.APPROVED
    )
    return voice


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
