"""Clean-ups at work: counted, run and undone by the worker, in small steps.

Whatever is looked for, the table is walked by primary key, some thousand rows a step: no search
needs an index, no step takes longer in a large table, and how far it came is stored together with
what it did. So a run may be stopped or killed at any moment, and goes on from there.
"""

import time

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from common import moderation
from pledges import counting
from pledges.models import Cleanup, Pledge

WINDOW = 20_000  # rows looked through in one transaction
BATCH = 1_000  # rows changed in one transaction
SAMPLE = 20  # pledges shown before anything happens
SPELL_S = 5  # longest time the worker stays at it before it looks whether it shall stop

Status = Cleanup.Status


def prepare(cleanup, *, actor, now):
    """Saves a new search; the worker then counts what it finds. Later pledges are left alone."""
    cleanup.created_by, cleanup.created_at = actor, now
    cleanup.last_pk = Pledge.objects.aggregate(last=Max("pk"))["last"] or 0
    cleanup.save()


@transaction.atomic
def start(cleanup, *, actor, now, reason=""):
    """Lets the worker begin, or go on where it was stopped. Raises moderation.IllegalMove.

    The reason, which the public reads, is given when it begins.
    """
    Cleanup.objects.filter(pk=cleanup.pk, status=Status.READY).update(
        reason=reason, started_at=now, position=0
    )
    moderation.move(cleanup, Status.RUNNING, actor=actor, now=now, reason=reason)


@transaction.atomic
def undo(cleanup, *, actor, now):
    """Lets the worker put back what the run took out. Raises moderation.IllegalMove."""
    moderation.move(cleanup, Status.UNDOING, actor=actor, now=now)
    Cleanup.objects.filter(pk=cleanup.pk).update(position=0)


def stop(cleanup, *, actor, now):
    """Ends the run after the step that is being done. Raises moderation.IllegalMove."""
    moderation.move(cleanup, Status.STOPPED, actor=actor, now=now)


def discard(cleanup, *, actor, now):
    """Puts a search away that was never run. Raises moderation.IllegalMove."""
    moderation.move(cleanup, Status.DISCARDED, actor=actor, now=now)


def matching(cleanup):
    """The pledges that it would still take out."""
    pledges = Pledge.objects.live().filter(invalidated_at=None, pk__lte=cleanup.last_pk)
    if cleanup.address:
        pledges = pledges.address_like(cleanup.address)
    if cleanup.domain:
        pledges = pledges.at_domain(cleanup.domain)
    if cleanup.network:
        pledges = pledges.from_network(cleanup.network)
    if cleanup.via:
        pledges = pledges.through(cleanup.via)
    if cleanup.source:
        pledges = pledges.filter(source=cleanup.source)
    if cleanup.signed_from:
        pledges = pledges.filter(created_at__gte=cleanup.signed_from)
    if cleanup.signed_until:
        pledges = pledges.filter(created_at__lt=cleanup.signed_until)
    return pledges


def work():
    """A spell of steps; returns whether more is left to do."""
    end = time.monotonic() + SPELL_S
    while _step(now=timezone.now()):
        # Each run folds what it changed, so that nobody who confirms meanwhile has to wait for it.
        counting.fold_all()
        if time.monotonic() > end:
            return True
    return False


@transaction.atomic
def _step(now):
    """One step of the oldest clean-up that no other worker has in hand; False where none is."""
    cleanup = Cleanup.objects.at_work().select_for_update(skip_locked=True, no_key=True).first()
    if cleanup is None:
        return False
    follows = _STEPS[cleanup.status](cleanup, now)
    cleanup.save()
    if follows:
        moderation.move(cleanup, follows, actor=None, now=now)
    return True


def _count(cleanup, now):
    end = _end_of_window(cleanup)
    window = matching(cleanup).filter(pk__gt=cleanup.position, pk__lte=end)
    found = window.aggregate(all=Count("pk"), standing=Count("standing_country"))
    cleanup.found += found["all"]
    cleanup.found_standing += found["standing"]
    if found["all"]:
        cleanup.sample = _sample(cleanup.sample, window)
    cleanup.position = end
    return Status.READY if end == cleanup.last_pk else None


def _end_of_window(cleanup):
    following = Pledge.objects.filter(pk__gt=cleanup.position, pk__lte=cleanup.last_pk)
    keys = following.order_by("pk").values_list("pk", flat=True)
    return next(iter(keys[WINDOW - 1 : WINDOW]), cleanup.last_pk)


def _sample(sample, window):
    """Codes are drawn at random, so the pledges with the smallest ones are a fair sample."""
    some = window.order_by("code").values_list("pk", flat=True)[:SAMPLE]
    both = Pledge.objects.filter(Q(pk__in=sample) | Q(pk__in=list(some)))
    return list(both.order_by("code").values_list("pk", flat=True)[:SAMPLE])


def _take_out(cleanup, now):
    end = _end_of_window(cleanup)
    batch = _lock(matching(cleanup).filter(pk__gt=cleanup.position, pk__lte=end))
    cleanup.invalidated += Pledge.objects.filter(pk__in=batch).update(
        invalidated_at=cleanup.started_at, cleanup=cleanup
    )
    if len(batch) == BATCH:
        end = batch[-1]
    cleanup.position = end
    if end < cleanup.last_pk:
        return None
    cleanup.finished_at = now
    return Status.FINISHED


def _put_back(cleanup, now):
    """Whoever withdrew or was erased meanwhile stays so; what staff decided by hand stays, too."""
    batch = _lock(
        cleanup.pledges.filter(invalidated_at=cleanup.started_at, pk__gt=cleanup.position)
    )
    cleanup.restored += Pledge.objects.filter(pk__in=batch).update(invalidated_at=None)
    if len(batch) == BATCH:
        cleanup.position = batch[-1]
        return None
    cleanup.undone_at = now
    return Status.UNDONE


def _lock(pledges):
    locked = pledges.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(locked.values_list("pk", flat=True)[:BATCH])


_STEPS = {Status.COUNTING: _count, Status.RUNNING: _take_out, Status.UNDOING: _put_back}
