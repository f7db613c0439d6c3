"""Moderated objects move along one map, under lock, and every move is kept.

A moderated model has a `status` field and a map of legal moves:

    MOVES = {"pending": {"approved", "declined"}, "declined": {"approved"}}
"""

from django.db import transaction

from common import trail
from common.models import AuditEntry


class IllegalMove(Exception):
    """The object is not where the mover believed it to be; `last` is the decision that moved it."""

    def __init__(self, obj, to_status, last):
        super().__init__(f"{obj}: {obj.status} → {to_status}")
        self.obj = obj
        self.last = last


@transaction.atomic
def move(obj, to_status, *, actor, now, reason=""):
    """Moves `obj` and writes the decision; returns the locked, fresh object.

    Raises IllegalMove where the map does not allow it, also because a colleague was faster.
    """
    fresh = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    move_held([fresh], to_status, actor=actor, now=now, reason=reason)
    return fresh


def move_held(held, to_status, *, actor, now, reason="", also=(), **facts):
    """Likewise for objects of one model that the caller has locked in this transaction: all or none.

    `facts`, values or expressions, are saved with the status; the objects in hand learn only the
    status. `also`: entries of the trail to be written along. Returns the decisions, in the order of
    the objects. Two queries, however many.
    """
    illegal = [obj for obj in held if not may_move(obj, to_status)]
    if illegal:
        raise refusals(illegal, to_status)[0]
    decisions = [
        trail.entry(actor, to_status, obj, now=now, why=reason, from_status=obj.status)
        for obj in held
    ]
    AuditEntry.objects.bulk_create([*also, *decisions])
    if held:
        rows = type(held[0])._default_manager.filter(pk__in=[obj.pk for obj in held])
        rows.update(status=to_status, **facts)
    for obj in held:
        obj.status = to_status
    return decisions


def may_move(obj, to_status):
    return to_status in obj.MOVES.get(obj.status, ())


def refusals(objects, to_status):
    """An IllegalMove for each of these objects of one model."""
    last = latest(objects)
    return [IllegalMove(obj, to_status, last.get(obj.pk)) for obj in objects]


def record(obj, what, *, actor, now, reason=""):
    """Writes into the history what was done; `what` is a status, or a word for something else."""
    return trail.record(actor, what, obj, now=now, why=reason, from_status=obj.status)


def history(obj):
    """Decisions on this object, newest first."""
    return AuditEntry.objects.about(obj).moves()


def latest(objects):
    """The last decision on each of these objects of one model, by key."""
    if not objects:
        return {}
    newest = AuditEntry.objects.about(*objects).moves().order_by("subject_id", "-at", "-pk")
    return {decision.subject_id: decision for decision in newest.distinct("subject_id")}
