"""Staff decide: the move, its place in the history and the mail stand or fall together.

A decision is about what its moderator saw: `member.status` is the status they were shown. Where
a colleague has moved the member since, IllegalMove is raised even if the map knows such a move;
else two moderators would undo each other's decision without knowing.
"""

from django.db import transaction

from coalition.models import Member, Note, Question, Status
from common import moderation, outbox


class AskedMeanwhile(Exception):
    """A colleague put a `question` to the applicant that this moderator did not see."""

    def __init__(self, question):
        super().__init__(str(question))
        self.question = question


@transaction.atomic
def approve(member, *, actor, now, seen_question=None):
    """Lists the member, anew where it was declined or has lapsed, and tells its contact."""
    held = _hold(member, Status.APPROVED, seen_question)
    facts = {"reaffirmed_at": now} if held.approved_at else {"approved_at": now}
    decision = moderation.move_held(
        held, Status.APPROVED, actor=actor, now=now, lapsed_at=None, **facts
    )
    _tell("coalition-approved", held, decision)
    return held


@transaction.atomic
def decline(member, *, actor, now, reason, seen_question=None):
    """Declines an application or takes a member off the list; its contact reads the reason."""
    held = _hold(member, Status.DECLINED, seen_question)
    decision = moderation.move_held(held, Status.DECLINED, actor=actor, now=now, reason=reason)
    _tell("coalition-declined", held, decision)
    return held


@transaction.atomic
def ask(member, *, actor, now, text, seen_question=None):
    """Mails a question; the application leaves the queue until it is answered."""
    held = _hold(member, Status.PENDING, seen_question)
    if held.status != Status.PENDING:
        raise moderation.IllegalMove(held, Status.PENDING, moderation.history(held).first())
    waiting = held.questions.filter(answered_at=None).first()
    if waiting:
        raise AskedMeanwhile(waiting)
    question = Question.objects.create(member=held, actor=actor, asked_at=now, text=text)
    outbox.put("coalition-question", held.contact_email, now=now, question_id=question.pk)
    return question


def note(member, *, author, now, text):
    """For the other moderators only."""
    return Note.objects.create(member=member, author=author, at=now, text=text)


def _hold(member, to_status, seen_question):
    """`seen_question`: key of the newest question that the page showed, 0 for none; None where
    nobody looked at a page."""
    held = Member.objects.select_for_update().get(pk=member.pk)
    if held.status != member.status:
        raise moderation.IllegalMove(held, to_status, moderation.history(held).first())
    newest = held.questions.select_related("actor").first()
    if newest and seen_question is not None and newest.pk != seen_question:
        raise AskedMeanwhile(newest)
    return held


def _tell(kind, member, decision):
    outbox.put(
        kind,
        member.contact_email,
        now=decision.at,
        member_id=member.pk,
        decision_id=decision.pk,
    )
