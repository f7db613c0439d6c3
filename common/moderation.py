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
    move_held(fresh, to_status, actor=actor, now=now, reason=reason)
    return fresh


def move_held(held, to_status, *, actor, now, reason="", **facts):
    """Likewise for what the caller has locked in this transaction; `facts` are saved with the
    status. Returns the decision."""
    if to_status not in held.MOVES.get(held.status, ()):
        raise IllegalMove(held, to_status, history(held).first())
    decision = record(held, to_status, actor=actor, now=now, reason=reason)
    for name, value in {"status": to_status, **facts}.items():
        setattr(held, name, value)
    held.save(update_fields=["status", *facts])
    return decision


def record(obj, what, *, actor, now, reason=""):
    """Writes into the history what was done; `what` is a status, or a word for something else."""
    return trail.record(actor, what, obj, now=now, why=reason, from_status=obj.status)


def history(obj):
    """Decisions on this object, newest first."""
    return AuditEntry.objects.about(obj).moves()
