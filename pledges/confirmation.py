"""E-mail double opt-in: by the button behind the link, or by six digits typed on another device."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from common import outbox
from pledges import counting
from pledges.models import Pledge

MAX_ATTEMPTS = 5  # typed codes per mail that carries one
GRACE = timedelta(hours=1)  # a code typed twice is no mistake: it still opens the page


def confirm(pledge, *, now):
    """Counts this pledge from now on; harmless when repeated. The number is in `pledge.number`."""
    with transaction.atomic():
        won = Pledge.objects.unconfirmed().filter(pk=pledge.pk).update(confirmed_at=now)
        if won:
            outbox.put("pledge-welcome", pledge.email, now=now, pledge_id=pledge.pk)
    counting.number_of(pledge)
    return bool(won)


def digits_of(pledge):
    """The six digits in the confirmation mail. Nothing of them is stored."""
    digest = hmac.digest(
        b"digits" + settings.SECRET_KEY.encode(),
        f"{pledge.code}.{pledge.digits_epoch}".encode(),
        hashlib.sha256,
    )
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def by_digits(address, digits, *, now):
    """The pledge that this address and these digits confirm, or None, for whatever reason.

    Every try is counted before it is compared, so that simultaneous tries cannot pass the limit.
    """
    tried = (
        Pledge.objects.of(address)
        .filter(digits_attempts__lt=MAX_ATTEMPTS)
        .update(digits_attempts=F("digits_attempts") + 1)
    )
    pledge = Pledge.objects.of(address).first() if tried else None
    expected = digits_of(pledge) if pledge else "------"
    if not constant_time_compare(digits, expected):
        return None
    if pledge.confirmed_at and now - pledge.confirmed_at > GRACE:
        return None
    return pledge
