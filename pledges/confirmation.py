"""E-mail double opt-in: by the button behind the link, or by six digits typed on another device."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils.crypto import constant_time_compare

from common import addresses, outbox, ratelimit, tokens
from common.postgresql.prepared import Prepared
from pledges import counting
from pledges.models import Pledge

MAX_TRIES = 5  # typed codes per address and UTC day; the link in the mail works on
DAY_S = 24 * 60 * 60
NOBODY = "2" * tokens.CODE_LENGTH
GRACE = timedelta(hours=1)  # a code typed twice is no mistake: it still opens the page


_CONFIRM = Prepared(
    f"""
    WITH confirmed AS (
        UPDATE pledges_pledge SET confirmed_at = %(now)s
         WHERE id = %(id)s AND confirmed_at IS NULL AND withdrawn_at IS NULL
     RETURNING 1
    ),
    mail AS ({outbox.PUT} AND EXISTS (SELECT FROM confirmed))
    SELECT count(*) FROM confirmed
    """,  # noqa: S608  built from constants
    **outbox.TYPES,
    id="bigint",
)


def confirm(pledge, *, now):
    """Counts this pledge from now on; harmless when repeated. The number is in `pledge.number`."""
    mail = outbox.parameters("pledge-welcome", pledge.email, now=now, pledge_id=pledge.pk)
    with connection.cursor() as cursor:
        _CONFIRM.execute(cursor, {**mail, "id": pledge.pk})
        (won,) = cursor.fetchone()
    if not pledge.number:
        counting.number_of(pledge)
    return bool(won)


def digits_of(pledge):
    """The six digits in the confirmation mail. Nothing of them is stored."""
    return _digits(pledge.code)


def _digits(code):
    key = b"digits" + settings.SECRET_KEY.encode()
    digest = hmac.digest(key, code.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def by_digits(address, digits, *, now):
    """The pledge that this address and these digits confirm, or None, for whatever reason.

    Tries are counted before they are compared, so that simultaneous ones cannot pass the limit,
    and for addresses that never signed as well, so that these take no less time.
    """
    tries = ratelimit.count(f"digits {addresses.canonical(address)}", DAY_S, now=now)
    pledge = Pledge.objects.of(address).first()
    is_right = constant_time_compare(digits, _digits(pledge.code if pledge else NOBODY))
    if not pledge or not is_right or tries > MAX_TRIES:
        return None
    if pledge.confirmed_at and now - pledge.confirmed_at > GRACE:
        return None
    return pledge
