"""Once a year a member says that all of it is still true; who does not lapses, and may return."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from coalition.models import AFFIRMED_FOR, Member, Status
from common import moderation, outbox

REMINDED_BEFORE = (timedelta(days=30), timedelta(days=7))
NOTICE = timedelta(days=7)  # between the last reminder and the lapse, however late it was sent
BATCH = 200  # rows in one transaction


@transaction.atomic
def reaffirm(member, *, now):
    """Listed for another year; a lapsed member is listed again. Returns whether it is."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.status == Status.LAPSED:
        member = moderation.move(
            member, Status.APPROVED, actor=None, now=now, reason=_("Reaffirmed by the contact")
        )
    if member.status != Status.APPROVED:
        return False
    Member.objects.filter(pk=member.pk).update(reaffirmed_at=now, lapsed_at=None)
    return True


def stop_reminders(member, *, now):
    Member.objects.filter(pk=member.pk, reminders_stopped_at=None).update(reminders_stopped_at=now)


def keep(*, now):
    """Reminds and lapses whose time has come; returns how many of each. Run by the worker."""
    return {
        "reminded": _in_batches(_remind_batch, now),
        "lapsed": _in_batches(_lapse_batch, now),
    }


def _in_batches(step, now):
    done = 0
    while size := step(now):
        done += size
    return done


@transaction.atomic
def _remind_batch(now):
    """Reminder and mark are one transaction, so that nobody gets one twice."""
    is_due = Q()
    for before in REMINDED_BEFORE:
        is_due |= Q(last_affirmed_at__lte=now + before - AFFIRMED_FOR) & (
            Q(reminded_at=None) | Q(reminded_at__lt=F("last_affirmed_at") + AFFIRMED_FOR - before)
        )
    members = Member.objects.listed().filter(is_due, reminders_stopped_at=None)
    batch = list(members.select_for_update(skip_locked=True).order_by("last_affirmed_at")[:BATCH])
    outbox.put_many([_mail("coalition-reaffirm", member) for member in batch], now=now)
    Member.objects.filter(pk__in=[member.pk for member in batch]).update(reminded_at=now)
    return len(batch)


@transaction.atomic
def _lapse_batch(now):
    was_told = Q(reminded_at__gt=F("last_affirmed_at"), reminded_at__lte=now - NOTICE)
    members = Member.objects.to_reaffirm(now).filter(
        was_told | Q(reminders_stopped_at__isnull=False)
    )
    batch = list(members.select_for_update(skip_locked=True).order_by("last_affirmed_at")[:BATCH])
    reason = _("Not reaffirmed within a year")
    moderation.move_held(batch, Status.LAPSED, actor=None, now=now, reason=reason, lapsed_at=now)
    told = [member for member in batch if member.reminders_stopped_at is None]
    outbox.put_many([_mail("coalition-lapsed", member) for member in told], now=now)
    return len(batch)


def _mail(kind, member):
    return kind, member.contact_email, {"member_id": member.pk}
