"""The quarantine in groups: by what was suspicious, together with network, domain or hour."""

from datetime import UTC, datetime

from django.db.models import Aggregate, Count, F, Min
from django.db.models.functions import TruncHour

from pledges.models import MailDomain, Pledge

GROUPED = 20_000  # pledges that wait longest; whoever has more begins with these
GROUPS = 100
BY = {
    "network": F("network"),
    "domain": MailDomain("email_canonical"),
    "hour": TruncHour("created_at", tzinfo=UTC),
}


class FirstFew(Aggregate):
    template = "(array_agg(%(expressions)s))[:3]"


def groups(by):
    """The largest groups of those who wait, each with a few of its pledges in `sample`."""
    waiting = Pledge.objects.awaiting_review().order_by("quarantined_at")[:GROUPED]
    found = list(
        Pledge.objects.filter(pk__in=waiting.values("pk"))
        .values("suspicion", key=BY[by])
        .annotate(number=Count("pk"), since=Min("quarantined_at"), sample=FirstFew("pk"))
        .order_by("-number", "since")[:GROUPS]
    )
    shown = Pledge.objects.in_bulk([pk for group in found for pk in group["sample"]])
    for group in found:
        group["sample"] = [shown[pk] for pk in group["sample"]]
    return found


def group(by, suspicion, key):
    """All pledges of one group, also those that nobody confirmed yet. Raises ValueError."""
    if by == "hour" and (key := datetime.fromisoformat(key)).tzinfo is None:
        raise ValueError("an hour without a time zone")
    return Pledge.objects.in_quarantine().alias(key=BY[by]).filter(suspicion=suspicion, key=key)
