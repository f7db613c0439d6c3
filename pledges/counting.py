"""Numbers and tallies, folded from rows in batches.

A confirmation or withdrawal only changes its own row. Whoever gets the advisory lock then folds
all rows that wait: gives new supporters the next numbers and adds the changes to the tallies, in
one statement. An idle site so numbers at once, a stormed one in groups, and nobody queues for a
row that everyone updates. What nobody folds, the worker does within its next tick.
"""

import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from pledges import milestones
from pledges.models import Pledge, Tally

LOCK = 1_000_000  # number of the advisory lock
BATCH = 5_000  # rows in one fold
PATIENCE_S = 0.5  # how long a person's own request waits for somebody else's fold

# What a relation `changes` (country, confirmed_at, referrer_id, member_id, source, under, amount)
# adds up to, per tally. The listed are grouped before each group is told apart by place and kind.
_SUMS = """
    SELECT 'total' AS scope, '' AS key, coalesce(sum(amount), 0) AS value FROM changes
     UNION ALL
    SELECT 'country', country, sum(amount) FROM changes GROUP BY 2
     UNION ALL
    SELECT 'day', to_char(confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), sum(amount)
      FROM changes GROUP BY 2
     UNION ALL
    SELECT 'referral', referrer_id::text, sum(amount)
      FROM changes WHERE referrer_id IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'member', member_id::text, sum(amount)
      FROM changes WHERE member_id IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'source', source, sum(amount) FROM changes WHERE source <> '' GROUP BY 2
     UNION ALL
    SELECT 'listed', concat(place, ':', kind), sum(amount)
      FROM (SELECT country, under, sum(amount) AS amount
              FROM changes WHERE under IS NOT NULL GROUP BY 1, 2) AS listed,
           unnest(ARRAY['', country]) AS place,
           LATERAL (SELECT DISTINCT unnest(array_append(under, ''))) AS kinds (kind)
     GROUP BY 2
"""

_FOLD = f"""
    WITH waiting AS (
        SELECT id, standing_country, counted_country, confirmed_at, referrer_id, member_id,
               source, number, listed_under, counted_under
          FROM pledges_pledge
         WHERE standing_country IS DISTINCT FROM counted_country
            OR listed_under IS DISTINCT FROM counted_under
         ORDER BY confirmed_at, id
         LIMIT %(batch)s
           FOR NO KEY UPDATE SKIP LOCKED
    ),
    numbered AS (
        SELECT id, standing_country, listed_under,
               coalesce(number,
                        (SELECT coalesce(max(number), 0) FROM pledges_pledge)
                        + row_number() OVER (PARTITION BY number IS NULL
                                             ORDER BY confirmed_at, id)) AS number
          FROM waiting
    ),
    folded AS (
        UPDATE pledges_pledge AS pledge
           SET counted_country = numbered.standing_country, number = numbered.number,
               counted_under = numbered.listed_under
          FROM numbered
         WHERE pledge.id = numbered.id
    ),
    changes AS (
        SELECT counted_country AS country, confirmed_at, referrer_id, member_id, source,
               counted_under AS under, -1 AS amount
          FROM waiting WHERE counted_country IS NOT NULL
         UNION ALL
        SELECT standing_country, confirmed_at, referrer_id, member_id, source, listed_under, 1
          FROM waiting WHERE standing_country IS NOT NULL
    ),
    added AS (
        INSERT INTO pledges_tally AS tally (scope, key, value)
        SELECT scope, key, value FROM ({_SUMS}) AS sums WHERE value <> 0
            ON CONFLICT (scope, key) DO UPDATE SET value = tally.value + excluded.value
     RETURNING scope, value
    )
    SELECT (SELECT count(*) FROM waiting),
           (SELECT value FROM added WHERE scope = 'total'),
           (SELECT coalesce(sum(amount), 0) FROM changes)
"""  # noqa: S608  built from constants

_DRIFT = f"""
    WITH changes AS (
        SELECT counted_country AS country, confirmed_at, referrer_id, member_id, source,
               counted_under AS under, 1 AS amount
          FROM pledges_pledge WHERE counted_country IS NOT NULL
    ),
    truth AS ({_SUMS})
    SELECT scope, key, coalesce(tally.value, 0), coalesce(truth.value, 0)
      FROM truth FULL JOIN pledges_tally AS tally USING (scope, key)
     WHERE coalesce(tally.value, 0) <> coalesce(truth.value, 0)
     ORDER BY scope, key
"""  # noqa: S608  built from constants


@dataclass(frozen=True)
class Drift:
    """A tally that says something else than the rows do."""

    scope: str
    key: str
    stored: int
    true: int

    def __str__(self):
        return f"{self.scope} {self.key}: stored {self.stored}, rows {self.true}"


@transaction.atomic
def fold():
    """Folds one batch; returns its size in rows, or None while somebody else is folding."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        # A statement of its own: its snapshot must be taken after the lock was got.
        cursor.execute(_FOLD, {"batch": BATCH})
        size, total, change = cursor.fetchone()
    if change and milestones.crossed(total - change, total):
        milestones.record(total, now=timezone.now())  # a stop is passed when it is counted
    return size


def fold_all():
    """Folds until nothing waits; returns the number of rows folded."""
    folded = 0
    while size := fold():
        folded += size
    return folded


def number_of(pledge):
    """The supporter number of a pledge that was just confirmed.

    None where others kept the lock for PATIENCE_S, or the pledge does not count (quarantine):
    the number then follows with the worker's next tick.
    """
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        fold()
        pledge.refresh_from_db(fields=["number", "standing_country"])
        if pledge.number or not pledge.standing_country or time.monotonic() > give_up_at:
            return pledge.number
        time.sleep(0.02)


def drift():
    """Tallies that differ from the rows they were folded from. Rows that wait are no drift."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        return [Drift(*row) for row in cursor.fetchall()]


@transaction.atomic
def recount():
    """Corrects every drifted tally; returns what was corrected.

    Corrections are added rather than written, so folds that happen meanwhile stay counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        found = drift()
        cursor.executemany(
            """INSERT INTO pledges_tally AS tally (scope, key, value) VALUES (%s, %s, %s)
               ON CONFLICT (scope, key) DO UPDATE SET value = tally.value + excluded.value""",
            [(one.scope, one.key, one.true - one.stored) for one in found],
        )
    milestones.record(Tally.objects.total(), now=timezone.now())
    return found


def gaps():
    """How many supporter numbers are missing between 1 and the highest. Always 0."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(number), 0) - count(number) FROM pledges_pledge")
        return cursor.fetchone()[0]


def oldest_waiting_at():
    """Since when the oldest row waits to be folded: its last step in life, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT min(greatest(confirmed_at, withdrawn_at, invalidated_at, quarantined_at))
                 FROM pledges_pledge WHERE standing_country IS DISTINCT FROM counted_country"""
        )
        return cursor.fetchone()[0]


def confirmed_and_waiting():
    """Pledges by where they are, from partial indexes: unconfirmed and withdrawn."""
    return {
        "pending": Pledge.objects.unconfirmed().count(),
        "withdrawn": Pledge.objects.filter(withdrawn_at__isnull=False).count(),
    }
