"""The audit trail: who did what, when and why. Append-only, and searchable in the admin."""

from common.models import AuditEntry


def record(actor, action, subject, *, now, why="", from_status="", **details):
    """Writes one entry, in the transaction of what it tells.

    `actor` is a user, or None for the site itself; `action` a word of `common.models.Action`;
    `subject` an object, or a model where it is about many or none; `details` whatever JSON holds.
    Names no supporter anywhere: the trail stays when they are erased.
    """
    made = entry(actor, action, subject, now=now, why=why, from_status=from_status, **details)
    made.save(force_insert=True)
    return made


def entry(actor, action, subject, *, now, why="", from_status="", **details):
    """As `record`, but only makes the entry: to write many in one go."""
    is_one = not isinstance(subject, type)
    return AuditEntry(
        at=now,
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk if is_one else None,
        label=_label(subject)[:200] if is_one else "",
        from_status=from_status,
        why=why,
        details=details,
    )


def _label(subject):
    """How the trail calls it: by its `trail_label` where its str() holds what a stranger wrote."""
    return getattr(subject, "trail_label", str(subject))
