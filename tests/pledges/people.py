"""The cast: what people type, and supporters who are already where a test needs them."""

from datetime import timedelta

from django.utils import timezone

from common import addresses
from pledges import confirmation
from pledges.models import Pledge, Voice


def answers(**changes):
    """The smallest form that a person can send; `changes` are what this one typed instead."""
    typed = {"name": "Robin Example", "email": "robin@example.org", "country": "CA", **changes}
    return {field: value for field, value in typed.items() if value is not None}


def a_pledge(address="robin@example.org", *, now=None, reason="", **facts):
    """An unconfirmed pledge."""
    now = now or timezone.now()
    facts = {"name": "Robin Example", "country": "CA", **facts}
    pledge = Pledge.objects.create(
        email=address, email_canonical=addresses.canonical(address), created_at=now, **facts
    )
    if reason:
        Voice.objects.create(pledge=pledge, text=reason, created_at=now)
    return pledge


def a_supporter(address="robin@example.org", *, now=None, **facts):
    """A confirmed, counted pledge."""
    now = now or timezone.now()
    pledge = a_pledge(address, now=now - timedelta(minutes=5), **facts)
    confirmation.confirm(pledge, now=now)
    pledge.refresh_from_db()
    return pledge
