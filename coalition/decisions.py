"""Staff decide: the move, its place in the history and the mail stand or fall together.

A decision is about what its moderator saw: `member.status` is the status they were shown. Where
a colleague has moved the member since, IllegalMove is raised even if the map knows such a move;
else two moderators would undo each other's decision without knowing.
"""

from django.db import transaction

from coalition.models import Member, Status
from common import moderation, outbox


@transaction.atomic
def approve(member, *, actor, now):
    """Lists the member and tells its contact."""
    _hold(member, Status.APPROVED)
    Member.objects.filter(pk=member.pk, approved_at=None).update(approved_at=now)
    approved = moderation.move(member, Status.APPROVED, actor=actor, now=now)
    _tell("coalition-approved", approved, now)
    return approved


@transaction.atomic
def decline(member, *, actor, now, reason):
    """Declines an application or takes a member off the list; its contact reads the reason."""
    _hold(member, Status.DECLINED)
    declined = moderation.move(member, Status.DECLINED, actor=actor, now=now, reason=reason)
    _tell("coalition-declined", declined, now)
    return declined


def _hold(member, to_status):
    held = Member.objects.select_for_update().get(pk=member.pk)
    if held.status != member.status:
        raise moderation.IllegalMove(held, to_status, moderation.history(held).first())


def _tell(kind, member, now):
    decision = moderation.history(member).first()
    outbox.put(kind, member.contact_email, now=now, member_id=member.pk, decision_id=decision.pk)
