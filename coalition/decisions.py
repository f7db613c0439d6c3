"""Staff decide: the move, its place in the history and the mail stand or fall together.

A decision is about what its moderator saw: `member.status` is the status they were shown. Where
a colleague has moved the member since, that is an IllegalMove even if the map knows such a move;
else two moderators would undo each other's decision without knowing. `seen_questions` are the keys
of the newest question that the page showed of each, by the member's key, 0 for none; a member that
is missing there was decided on by nobody who looked at a page.

Approving and declining take as many members as you like at the price of one. They return the
members moved, and for each that was not, the exception that says what a colleague did first.
"""

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce

from coalition.models import Member, Note, Question, Status
from common import moderation, outbox


class AskedMeanwhile(Exception):
    """A colleague put a `question` to the applicant that this moderator did not see."""

    def __init__(self, question):
        super().__init__(str(question))
        self.question = question


def approve(*members, actor, now, seen_questions=None):
    """Lists the members, anew those declined or lapsed before, and tells their contacts."""
    return _decide(
        members,
        Status.APPROVED,
        "coalition-approved",
        seen_questions,
        actor=actor,
        now=now,
        approved_at=Coalesce("approved_at", now),
        reaffirmed_at=Case(When(approved_at=None, then=F("reaffirmed_at")), default=now),
        lapsed_at=None,
    )


def decline(*members, actor, now, reason, seen_questions=None):
    """Declines applications or takes members off the list; their contacts read the reason."""
    return _decide(
        members,
        Status.DECLINED,
        "coalition-declined",
        seen_questions,
        actor=actor,
        now=now,
        reason=reason,
    )


@transaction.atomic
def ask(member, *, actor, now, text, seen_questions=None):
    """Mails a question; the application leaves the queue until it is answered.

    Raises IllegalMove or AskedMeanwhile.
    """
    held, refused = _hold([member], Status.PENDING, seen_questions, _may_be_asked)
    if refused:
        raise refused[0]
    held = held[0]
    waiting = held.questions.filter(answered_at=None).first()
    if waiting:
        raise AskedMeanwhile(waiting)
    question = Question.objects.create(member=held, actor=actor, asked_at=now, text=text)
    outbox.put("coalition-question", held.contact_email, now=now, question_id=question.pk)
    return question


def note(member, *, author, now, text):
    """For the other moderators only."""
    return Note.objects.create(member=member, author=author, at=now, text=text)


@transaction.atomic
def _decide(members, to_status, mail, seen_questions, *, now, **facts):
    held, refused = _hold(members, to_status, seen_questions, moderation.may_move)
    decisions = moderation.move_held(held, to_status, now=now, **facts)
    outbox.put_many(
        [
            (
                mail,
                member.contact_email,
                {"member_id": member.pk, "decision_id": decision.pk},
            )
            for member, decision in zip(held, decisions, strict=True)
        ],
        now=now,
    )
    return held, refused


def _may_be_asked(member, _to_status):
    return member.status == Status.PENDING


def _hold(members, to_status, seen_questions, may_move):
    """Locks the members, in one order for everybody; returns those that may move, and refusals."""
    shown = {member.pk: member.status for member in members}
    held = list(Member.objects.filter(pk__in=shown).order_by("pk").select_for_update())
    stay = [one for one in held if one.status != shown[one.pk] or not may_move(one, to_status)]
    asked = _asked_meanwhile([one for one in held if one not in stay], seen_questions or {})
    refused = moderation.refusals(stay, to_status) + [AskedMeanwhile(one) for one in asked]
    gone = {*stay, *(question.member for question in asked)}
    return [one for one in held if one not in gone], refused


def _asked_meanwhile(held, seen_questions):
    """The newest question of each member whose page showed another, or none."""
    newest = (
        Question.objects.filter(member__in=held)
        .order_by("member_id", "-asked_at", "-pk")
        .distinct("member_id")
        .select_related("actor", "member")
    )
    return [
        question
        for question in (newest if seen_questions else ())
        if seen_questions.get(question.member_id, question.pk) != question.pk
    ]
