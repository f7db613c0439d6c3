"""Staff's look at suspicious pledges. Nothing is deleted; every move can be taken back."""

from django.db import transaction

from common import trail
from common.models import AuditEntry
from pledges import counting
from pledges.models import Pledge

BATCH = 1_000  # rows in one transaction
MOST = 5_000  # rows in one call, so that a request may make it; for more there are clean-ups


def release(pledges, *, actor, now):
    """Out of quarantine, into the count; returns how many."""
    waiting = pledges.filter(quarantined_at__isnull=False)
    return _move(waiting, actor, now, "quarantine", "released", quarantined_at=None)


def invalidate(pledges, *, actor, now):
    """Out of the count; the person's page stays. Returns how many."""
    change = {"invalidated_at": now, "cleanup": None}  # this time it was no clean-up
    return _move(pledges.filter(invalidated_at=None), actor, now, "valid", "invalidated", **change)


def restore(pledges, *, actor, now):
    """Back into the count, under the same number; returns how many."""
    gone = pledges.filter(invalidated_at__isnull=False)
    return _move(gone, actor, now, "invalidated", "restored", invalidated_at=None)


def _move(pledges, *args, **change):
    moved = 0
    while moved < MOST and (size := _move_batch(pledges, *args, **change)):
        counting.fold_all()
        moved += size
    return moved


@transaction.atomic
def _move_batch(pledges, actor, now, from_status, to_status, **change):
    """What it moved, its queryset finds no more."""
    locked = pledges.order_by("pk").select_for_update(of=("self",), no_key=True)
    batch = list(locked.only("number", "code")[:BATCH])
    AuditEntry.objects.bulk_create(
        trail.entry(actor, to_status, pledge, now=now, from_status=from_status) for pledge in batch
    )
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in batch]).update(**change)
    return len(batch)
