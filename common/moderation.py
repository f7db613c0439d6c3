"""Moderated objects move along one map, under lock, and every move is kept.

A moderated model has a `status` field and a map of legal moves:

    MOVES = {"pending": {"approved", "declined"}, "declined": {"approved"}}
"""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from common.models import Decision


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
    if to_status not in fresh.MOVES.get(fresh.status, ()):
        raise IllegalMove(fresh, to_status, history(fresh).first())
    record(fresh, to_status, actor=actor, now=now, reason=reason)
    fresh.status = to_status
    fresh.save(update_fields=["status"])
    return fresh


def record(obj, what, *, actor, now, reason=""):
    """Writes into the history what was done; `what` is a status, or a word for something else."""
    return Decision.objects.create(
        subject=obj, actor=actor, at=now, from_status=obj.status, to_status=what, reason=reason
    )


def history(obj):
    """Decisions on this object, newest first, with their actors."""
    return Decision.objects.filter(
        content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk
    ).select_related("actor")
