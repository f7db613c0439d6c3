"""What must always be true of the data, beyond what constraints of the database enforce."""

from datetime import timedelta

from django.db.models import F, Max

from common.models import OutboxMessage
from pledges import counting, recounting
from pledges.models import LedgerEntry, Pledge, Tally, Voice

LONGEST_LAG = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


def findings(*, now):
    """Sentences about what is not as it must be; none where all is well."""
    return [
        *(f"tally drifted: {drift}" for drift in recounting.drift()),
        *_some(counting.gaps(), "supporter numbers are missing"),
        *_some(_difference("country"), "people are missing from the tallies of countries"),
        *_some(_difference("day"), "people are missing from the tallies of days"),
        *_some(_difference("change"), "people are missing from the ledger"),
        *_some(_unentered(), "confirmations are missing from the ledger"),
        *_uncounted(now),
        *_some(
            Pledge.objects.filter(confirmed_at__lt=F("created_at")).count(),
            "pledges were confirmed before they were signed",
        ),
        *_some(
            Pledge.objects.filter(withdrawn_at__lt=F("created_at")).count(),
            "pledges were withdrawn before they were signed",
        ),
        *_some(
            Pledge.objects.filter(has_shown_voice=True)
            .exclude(voice__status=Voice.Status.APPROVED)
            .count(),
            "pledges show a voice that nobody approved",
        ),
        *_some(
            OutboxMessage.objects.waiting().filter(due_at__lt=now - LONGEST_WAIT).count(),
            "mails have been due for over an hour",
        ),
    ]


def _some(number, what):
    return [f"{number} {what}"] if number else []


def _difference(scope):
    parts = sum(Tally.objects.filter(scope=scope).values_list("value", flat=True))
    return Tally.objects.total() - parts


def _unentered():
    """Every supporter number was one confirmation, so the highest is how many there were."""
    highest = Pledge.objects.aggregate(Max("number"))["number__max"] or 0
    return highest - Tally.objects.value("change", LedgerEntry.Kind.CONFIRMED)


def _uncounted(now):
    oldest = counting.oldest_waiting_at()
    if oldest and oldest < now - LONGEST_LAG:
        return [f"something has waited to be counted since {oldest:%Y-%m-%d %H:%M} UTC"]
    return []
