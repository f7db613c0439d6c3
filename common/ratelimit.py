"""Limits per client, counted in PostgreSQL so that all processes see the same number.

A client is its address (IPv6 by /64, one household) under a keyed hash: no address is stored.
Whoever holds an IPv6 /48 has 65,536 of these, so all of them together get only SITE_TIMES as much.
"""

import hashlib
import hmac
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.shortcuts import render
from django.utils import timezone

from common import networks
from common.models import RateWindow
from common.postgresql.prepared import Prepared

_HOUSEHOLD = {4: 32, 6: 64}  # bits of an address that one client shares
_SITE = {4: 32, 6: 48}  # and that one customer of an internet provider does
SITE_TIMES = 10
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _hit(key, source="", condition="true"):
    return f"""
        INSERT INTO common_ratewindow AS w (key, window_start, hits)
        SELECT {key}, %(window_start)s, 1 {source} WHERE {condition}
            ON CONFLICT (key, window_start) DO UPDATE SET hits = w.hits + 1
     RETURNING hits
    """


# Counts a client's request; `admitted` has a row if it is within the limit. What the household is
# refused is not counted for the site.
ADMITTED = f"""
    household AS ({_hit("%(household)s")}),
    site AS ({_hit("%(site)s", "FROM household", "hits <= %(allowed)s AND %(site)s IS NOT NULL")}),
    admitted AS (
        SELECT FROM household
         WHERE hits <= %(allowed)s
           AND NOT EXISTS (SELECT FROM site WHERE site.hits > %(allowed_site)s)
    )
"""  # noqa: S608
TYPES = {
    "household": "bytea",
    "site": "bytea",
    "window_start": "timestamptz",
    "allowed": "int",
    "allowed_site": "int",
}
_COUNT = Prepared(_hit("%(key)s"), key="bytea", window_start="timestamptz")
_IS_ADMITTED = Prepared(f"WITH {ADMITTED} SELECT EXISTS (SELECT FROM admitted)", **TYPES)  # noqa: S608
_PATIENCE_MS = 100  # of whoever asks whether counting works
logger = logging.getLogger(__name__)


def limited(name):
    """Counts POSTs to a view against SIGN_LIMIT_PER_IP; past it answers 429 with Retry-After."""

    def decorate(view):
        @wraps(view)
        def within_limit(request, *args, **kwargs):
            refused = request.method == "POST" and too_many(request, name)
            return refused or view(request, *args, **kwargs)

        return within_limit

    return decorate


def too_many(request, name):
    """Counts this request; the answer to give where it is past SIGN_LIMIT_PER_IP, or else None."""
    now = timezone.now()
    wait_s = is_over(request, name, settings.SIGN_LIMIT_PER_IP, now=now)
    return refusal(request, wait_s) if wait_s else None


def refusal(request, wait_s):
    response = render(request, "429.html", {"wait_s": wait_s}, status=429)
    response["Retry-After"] = str(wait_s)
    return response


def parse(limit):
    """`"60/1m"` → (60, 60): hits and window in seconds. `""` → None: no limit.

    Raises ValueError for anything else.
    """
    if not limit:
        return None
    found = re.fullmatch(r"(\d+)/(\d+)([smhd])", limit)
    if not found:
        raise ValueError(f"Not a limit: {limit!r}. Write hits/window, as in 60/1m.")
    return int(found[1]), int(found[2]) * _UNIT_S[found[3]]


def client_address(request):
    """The client's address: the peer's, or the Nth from the right of X-Forwarded-For.

    Entries further left were written by the client and prove nothing.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXY_COUNT:
            return hops[-settings.TRUSTED_PROXY_COUNT]
    return peer


@dataclass(frozen=True)
class Limit:
    """How much one client may do; `parameters` are those of ADMITTED."""

    window_s: int
    parameters: dict

    def wait_s(self, now):
        """How long whoever is past it has to wait."""
        return seconds_left(self.window_s, now=now)


def of_client(request, name, limit, *, now):
    """The Limit of whoever made this request, or None where the limit is `""`."""
    parsed = parse(limit)
    if parsed is None:
        return None
    allowed, window_s = parsed
    household = network_of(request)
    site = networks.around(client_address(request), _SITE)
    parameters = {
        "household": _key(f"{name} {household}"),
        "site": _key(f"{name} {site}") if site not in ("", household) else None,
        "window_start": _window_start(window_s, now),
        "allowed": allowed,
        "allowed_site": SITE_TIMES * allowed,
    }
    return Limit(window_s, parameters)


def is_over(request, name, limit, *, now):
    """Counts this request against the client's limit; returns seconds to wait, 0 if within it.

    Fails open: where the database cannot count, signing itself will say so.
    """
    limit = of_client(request, name, limit, now=now)
    if limit is None:
        return 0
    try:
        with connection.cursor() as cursor:
            _IS_ADMITTED.execute(cursor, limit.parameters)
            (is_admitted,) = cursor.fetchone()
    except DatabaseError:
        logger.warning("Limit %s not counted", name)
        return 0
    return 0 if is_admitted else limit.wait_s(now)


def is_broken(*, now):
    """Whether nothing can be counted while the database is there: no limit may then be in the way."""
    if connection.connection is None or connection.connection.closed:
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = %s", [_PATIENCE_MS])
            count("whether counting works", 1, now=now)
    except DatabaseError:
        logger.warning("Limits are not counted")
        return True
    return False


def count(what, window_s, *, now):
    """Counts one hit on `what` and returns the hits in the current window of so many seconds.

    `what` may name a person: only a keyed hash of it is stored.
    """
    with connection.cursor() as cursor:
        _COUNT.execute(cursor, {"key": _key(what), "window_start": _window_start(window_s, now)})
        return cursor.fetchone()[0]


def take_back(what, window_s, *, now):
    """Undoes one hit that `count` counted at this moment."""
    window = RateWindow.objects.filter(key=_key(what), window_start=_window_start(window_s, now))
    window.filter(hits__gt=0).update(hits=F("hits") - 1)


def seconds_left(window_s, *, now):
    """How long the current window of so many seconds still lasts."""
    return window_s - int(now.timestamp()) % window_s


def _key(what):
    return hmac.digest(b"rate" + settings.SECRET_KEY.encode(), what.encode(), hashlib.sha256)


def _window_start(window_s, now):
    return datetime.fromtimestamp(int(now.timestamp()) // window_s * window_s, UTC)


def network_of(request):
    """The client's network: an IPv4 address or an IPv6 /64."""
    return networks.around(client_address(request), _HOUSEHOLD) or "unknown"
