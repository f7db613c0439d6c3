"""Many sign-ups at once from one network or with one mail domain go into quarantine.

The worker finds them afterwards: the request does nothing for it. Whoever was already counted
drops out of the count until staff had a look; whoever staff released is not held back again.
"""

from django.conf import settings
from django.db import connection, transaction

from coalition.domains import PUBLIC_MAIL
from common import ratelimit
from pledges import counting
from pledges.models import Suspicion

# A burst makes up at least one in so many of all sign-ups in its time: in a storm of people, very
# many share the network of one telephone company.
ONE_IN = 20
MOST = 50_000  # newest sign-ups looked at
# Nobody has mail there (RFC 2606), so nobody confirms and there is nothing to hold back.
RESERVED = r"(^|\.)(test|invalid|localhost|example|example\.(com|net|org))$"

_HOLD = """
    WITH recent AS (
        SELECT id, {key} AS key
          FROM pledges_pledge
         WHERE created_at > %(now)s - make_interval(secs => %(window_s)s) AND withdrawn_at IS NULL
         ORDER BY created_at DESC
         LIMIT %(most)s
    ),
    burst AS (
        SELECT key FROM recent
         WHERE key <> ALL(%(never)s) AND key !~ %(reserved)s
         GROUP BY key
        HAVING count(*) > %(allowed)s
           AND count(*) * %(one_in)s >= (SELECT count(*) FROM recent)
    ),
    found AS (
        SELECT id
          FROM pledges_pledge
         WHERE id IN (SELECT id FROM recent JOIN burst USING (key))
           AND suspicion = '' AND quarantined_at IS NULL AND invalidated_at IS NULL
         ORDER BY id
           FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE pledges_pledge AS pledge
       SET suspicion = %(suspicion)s, quarantined_at = %(now)s
      FROM found WHERE pledge.id = found.id
"""
_BY_NETWORK = _HOLD.format(key="network")
_BY_DOMAIN = _HOLD.format(key="split_part(email_canonical, '@', -1)")


def hold(*, now):
    """Puts the pledges of every burst into quarantine; returns how many."""
    held = _hold(_BY_NETWORK, settings.BURST_PER_NETWORK, [""], Suspicion.NETWORK, now)
    held += _hold(_BY_DOMAIN, settings.BURST_PER_DOMAIN, list(PUBLIC_MAIL), Suspicion.DOMAIN, now)
    if held:
        counting.fold_all()
    return held


@transaction.atomic
def _hold(statement, limit, never, suspicion, now):
    parsed = ratelimit.parse(limit)
    if parsed is None:
        return 0
    allowed, window_s = parsed
    parameters = {
        "now": now,
        "window_s": window_s,
        "allowed": allowed,
        "never": never,
        "reserved": RESERVED,
        "suspicion": suspicion,
        "one_in": ONE_IN,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount
