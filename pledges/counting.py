"""Numbers and tallies, folded from rows in batches.

A confirmation or withdrawal only changes its own row. Whoever gets the advisory lock then folds
all rows that wait: gives new supporters the next numbers, adds the changes to the tallies and
enters into the ledger by how much and why the total changed, in one statement. An idle site so
numbers at once, a stormed one in groups, and nobody queues for a row that everyone updates. What
nobody folds, the worker does within its next tick.
"""

from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg2.errors import LockNotAvailable

from common.postgresql.prepared import Prepared
from pledges import milestones

LOCK = 1_000_000  # number of the advisory lock
BATCH = 5_000  # rows in one fold
PATIENCE_MS = 500  # how long a person's own request waits for somebody else's fold
_WAIT_FOR_TURN = "SET LOCAL lock_timeout = %s; SELECT pg_advisory_xact_lock(%s)"
SETTLED_AFTER = timedelta(minutes=10)

# What a relation `changes` (state, country, referrer_id, member_id, source, under, amount) adds up
# to, per tally. The listed are grouped before each group is told apart by place and kind.
SUMS = """
    SELECT 'total' AS scope, '' AS key, coalesce(sum(amount), 0) AS value
      FROM changes WHERE country IS NOT NULL
     UNION ALL
    SELECT 'state', state, sum(amount) FROM changes WHERE state <> 'standing' GROUP BY 2
     UNION ALL
    SELECT 'country', country, sum(amount) FROM changes WHERE country IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'referral', referrer_id::text, sum(amount)
      FROM changes WHERE referrer_id IS NOT NULL AND country IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'member', member_id::text, sum(amount)
      FROM changes WHERE member_id IS NOT NULL AND country IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'source', source, sum(amount)
      FROM changes WHERE source <> '' AND country IS NOT NULL GROUP BY 2
     UNION ALL
    SELECT 'listed', concat(place, ':', kind), sum(amount)
      FROM (SELECT country, under, sum(amount) AS amount
              FROM changes WHERE under IS NOT NULL GROUP BY 1, 2) AS listed,
           unnest(ARRAY['', country]) AS place,
           LATERAL (SELECT DISTINCT unnest(array_append(under, ''))) AS kinds (kind)
     GROUP BY 2
"""

# What a relation `entries` of the ledger adds up to, per tally.
SUMS_OF_ENTRIES = """
    SELECT 'day' AS scope, to_char(day, 'YYYY-MM-DD') AS key, sum(amount) AS value
      FROM entries GROUP BY 2
     UNION ALL
    SELECT 'change', kind, sum(amount) FROM entries GROUP BY 2
"""

# Both take a SELECT of what is to be added.
ADD_TO_TALLIES = """
    INSERT INTO pledges_tally AS tally (scope, key, value) {}
        ON CONFLICT (scope, key) DO UPDATE SET value = tally.value + excluded.value
"""
ADD_TO_LEDGER = """
    INSERT INTO pledges_ledgerentry AS entry (day, kind, country, cleanup_id, amount) {}
        ON CONFLICT (day, kind, country, coalesce(cleanup_id, 0))
        DO UPDATE SET amount = entry.amount + excluded.amount
"""

# What both, `changes` and `entries`, add up to.
SUMS_OF_BOTH = f"""
    SELECT scope, key, value FROM ({SUMS} UNION ALL {SUMS_OF_ENTRIES}) AS sums WHERE value <> 0
"""  # noqa: S608  built from constants, as all of these

_FOLD = Prepared(
    f"""
    WITH waiting AS (
        SELECT id, state, counted_state, standing_country, counted_country, confirmed_at,
               referrer_id, member_id, source, cleanup_id, number, listed_under, counted_under
          FROM pledges_pledge
         WHERE state IS DISTINCT FROM coalesce(counted_state, 'pending')
            OR standing_country IS DISTINCT FROM counted_country
            OR listed_under IS DISTINCT FROM counted_under
         ORDER BY confirmed_at, id
         LIMIT %(batch)s
           FOR NO KEY UPDATE SKIP LOCKED
    ),
    numbered AS (
        SELECT id, state, standing_country, listed_under,
               CASE WHEN number IS NOT NULL OR state <> 'standing' THEN number
                    ELSE (SELECT coalesce(max(number), 0) FROM pledges_pledge)
                         + row_number() OVER (PARTITION BY number IS NULL AND state = 'standing'
                                              ORDER BY confirmed_at, id)
                END AS number
          FROM waiting
    ),
    folded AS (
        UPDATE pledges_pledge AS pledge
           SET counted_state = numbered.state, counted_country = numbered.standing_country,
               counted_under = numbered.listed_under, number = numbered.number
          FROM numbered
         WHERE pledge.id = numbered.id
           -- Without this, PostgreSQL expects a full batch and reads half a million rows as a whole.
           AND pledge.id = ANY (ARRAY(SELECT id FROM waiting))
    ),
    changes AS (
        SELECT counted_state AS state, counted_country AS country, referrer_id, member_id,
               source, counted_under AS under, -1 AS amount
          FROM waiting WHERE counted_state IS NOT NULL
         UNION ALL
        SELECT state, standing_country, referrer_id, member_id, source, listed_under, 1
          FROM waiting
    ),
    crossings AS (
        SELECT CASE WHEN number IS NULL THEN 'confirmed'
                    WHEN counted_state = 'quarantined' THEN 'released'
                    WHEN cleanup_id IS NOT NULL THEN 'cleanup_undone'
                    ELSE 'restored' END AS kind,
               standing_country AS country, cleanup_id, 1 AS amount
          FROM waiting WHERE counted_country IS NULL AND standing_country IS NOT NULL
         UNION ALL
        SELECT CASE state WHEN 'quarantined' THEN 'quarantined'
                          WHEN 'invalidated'
                          THEN CASE WHEN cleanup_id IS NULL THEN 'invalidated' ELSE 'cleaned_up' END
                          ELSE 'withdrawn' END,
               '', cleanup_id, -1
          FROM waiting WHERE counted_country IS NOT NULL AND standing_country IS NULL
    ),
    entries AS (
        SELECT %(today)s::date AS day, kind,
               CASE kind WHEN 'confirmed' THEN country ELSE '' END AS country,
               CASE WHEN kind IN ('cleaned_up', 'cleanup_undone') THEN cleanup_id END AS cleanup_id,
               sum(amount) AS amount
          FROM crossings GROUP BY 1, 2, 3, 4
    ),
    entered AS ({ADD_TO_LEDGER.format("SELECT * FROM entries")}),
    added AS ({ADD_TO_TALLIES.format(SUMS_OF_BOTH)} RETURNING scope, value)
    SELECT (SELECT count(*) FROM waiting),
           (SELECT value FROM added WHERE scope = 'total'),
           (SELECT coalesce(sum(amount), 0) FROM entries)
    """,  # noqa: S608
    batch="bigint",
    today="date",
)

_TALLY_UNCONFIRMED = f"""
    WITH tallied AS (
        UPDATE pledges_pledge SET counted_state = 'pending'
         WHERE id IN (SELECT id FROM pledges_pledge
                       WHERE state = 'pending' AND counted_state IS NULL
                         AND created_at < %(until)s
                       ORDER BY created_at
                       LIMIT %(batch)s
                         FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING 1
    ),
    added AS ({
    ADD_TO_TALLIES.format("SELECT 'state', 'pending', count(*) FROM tallied HAVING count(*) > 0")
})
    SELECT count(*) FROM tallied
"""  # noqa: S608


@transaction.atomic
def fold(now=None):
    """Folds one batch; returns its size in rows, or None while somebody else is folding.

    `now` is when it is counted, not when something happened: the present, but for sample data.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
    return _fold_alone(now or timezone.now())


def _fold_alone(now):
    """For whoever has the lock. Its snapshot must be taken after that."""
    with connection.cursor() as cursor:
        _FOLD.execute(cursor, {"batch": BATCH, "today": now.date()})
        size, total, change = cursor.fetchone()
    if change and milestones.crossed(total - change, total):
        milestones.record(total, now=now)  # a stop is passed when it is counted
    return size


def fold_all(now=None):
    """Folds until nothing waits; returns the number of rows folded."""
    folded = 0
    while size := fold(now):
        folded += size
    return folded


def number_of(pledge):
    """The supporter number of a pledge that was just confirmed.

    Whoever's turn it is folds all that wait, so that in a storm most find their number given when
    their own turn comes. None where it does not come in time, or where the pledge does not count
    (quarantine): the number then follows with the worker's next tick.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WAIT_FOR_TURN, [PATIENCE_MS, LOCK])
            pledge.refresh_from_db(fields=["number", "standing_country"])
            if pledge.standing_country and not pledge.number:
                _fold_alone(timezone.now())
                pledge.refresh_from_db(fields=["number"])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
    return pledge.number


def tally_unconfirmed(*, now):
    """Adds to the tally who has not confirmed for SETTLED_AFTER; returns how many.

    Most people who confirm do so sooner, and are then counted once instead of twice. Those who
    signed since are counted through an index when asked for (`figures.parts`).
    """
    parameters = {"until": now - SETTLED_AFTER, "batch": BATCH}
    tallied = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_TALLY_UNCONFIRMED, parameters)
            (size,) = cursor.fetchone()
            if not size:
                return tallied
            tallied += size


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
