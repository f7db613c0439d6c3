"""Staff decide: the move, its place in the history and the mail stand or fall together."""

from django.db import transaction

from coalition.models import Member, Status
from common import moderation, outbox


@transaction.atomic
def approve(member, *, actor, now):
    """Lists the member and tells its contact; raises moderation.IllegalMove."""
    Member.objects.filter(pk=member.pk, approved_at=None).update(approved_at=now)
    approved = moderation.move(member, Status.APPROVED, actor=actor, now=now)
    _tell("coalition-approved", approved, now)
    return approved


@transaction.atomic
def decline(member, *, actor, now, reason):
    """Declines an application or takes a member off the list; its contact reads the reason.

    Raises moderation.IllegalMove.
    """
    declined = moderation.move(member, Status.DECLINED, actor=actor, now=now, reason=reason)
    _tell("coalition-declined", declined, now)
    return declined


def _tell(kind, member, now):
    decision = moderation.history(member).first()
    outbox.put(kind, member.contact_email, now=now, member_id=member.pk, decision_id=decision.pk)
