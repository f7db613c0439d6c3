"""The stored counts, held against every row: on demand, and each night by one of the workers."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from common import outbox
from pledges import counting, milestones
from pledges.models import LedgerEntry, Recount, Tally

logger = logging.getLogger(__name__)
LOCK = counting.LOCK + 1  # number of the advisory lock: one recount at a time
HOUR = 3  # of the nightly recount, UTC
MOST_FINDINGS = 100  # kept and mailed

_DRIFT = f"""
    WITH changes AS (
        SELECT counted_state AS state, counted_country AS country, referrer_id, member_id,
               source, counted_under AS under, count(*) AS amount
          FROM pledges_pledge WHERE counted_state IS NOT NULL
         GROUP BY 1, 2, 3, 4, 5, 6
    ),
    entries AS (SELECT day, kind, amount FROM pledges_ledgerentry),
    truth AS ({counting.SUMS} UNION ALL {counting.SUMS_OF_ENTRIES}),
    compared AS (
        SELECT scope, key, coalesce(tally.value, 0) AS stored, coalesce(truth.value, 0) AS actual
          FROM truth FULL JOIN pledges_tally AS tally USING (scope, key)
         UNION ALL
        SELECT 'ledger', '', (SELECT coalesce(sum(amount), 0) FROM entries),
               (SELECT value FROM truth WHERE scope = 'total')
    )
    SELECT scope, key, stored::bigint, actual::bigint
      FROM compared WHERE stored <> actual ORDER BY scope, key
"""  # noqa: S608  built from constants


@dataclass(frozen=True)
class Drift:
    """A tally, or the ledger as a whole, that says something else than the rows do."""

    scope: str
    key: str
    stored: int
    actual: int

    @property
    def difference(self):
        return self.actual - self.stored

    def __str__(self):
        return f"{self.scope} {self.key}: stored {self.stored}, rows {self.actual}"


def drift():
    """What differs from the rows it was folded from. Rows that wait are no drift."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        return [Drift(*row) for row in cursor.fetchall()]


@transaction.atomic
def recount(*, now):
    """Corrects all that drifted, for everybody to see; returns what was corrected.

    Rows are read without a lock. Corrections are added rather than written, so folds that happened
    meanwhile stay counted; they wait only while the corrections are.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        found = drift()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [counting.LOCK])
    correct(found)
    difference = sum(one.difference for one in found if one.scope == "total")
    unexplained = sum(one.difference for one in found if one.scope == "ledger") - difference
    _enter(LedgerEntry.Kind.DRIFTED, unexplained, now)
    _enter(LedgerEntry.Kind.CORRECTED, difference, now)
    milestones.record(Tally.objects.total(), now=now)
    done = Recount.objects.create(
        at=now,
        drifted=len(found),
        difference=difference,
        findings=[str(one) for one in found[:MOST_FINDINGS]],
    )
    if found:
        logger.error("Recount found %s wrong tallies", len(found))
        outbox.put_for_staff("pledge-drift", now=now, recount_id=done.pk)
    return found


def recount_nightly(*, now):
    """Recounts unless some worker has since the hour of the recount; returns whether it did."""
    due_at = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if now < due_at:
        due_at -= timedelta(days=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_mine,) = cursor.fetchone()
        if not is_mine or Recount.objects.filter(at__range=(due_at, now)).exists():
            return False
        recount(now=now)
    return True


def latest():
    """The last recount that finished, or None."""
    return Recount.objects.order_by("-at").first()


def correct(found):
    """Adds what is missing from each drifted tally."""
    wrong = [one for one in found if one.scope != "ledger"]
    with connection.cursor() as cursor:
        cursor.execute(
            counting.ADD_TO_TALLIES.format(
                "SELECT * FROM unnest(%s::text[], %s::text[], %s::integer[])"
            ),
            [
                [one.scope for one in wrong],
                [one.key for one in wrong],
                [one.difference for one in wrong],
            ],
        )


def _enter(kind, amount, now):
    if not amount:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            counting.ADD_TO_LEDGER.format("VALUES (%s, %s, '', NULL::bigint, %s)"),
            [now.date(), kind.value, amount],
        )
        cursor.execute(
            counting.ADD_TO_TALLIES.format("VALUES ('day', %s, %s), ('change', %s, %s)"),
            [now.date().isoformat(), amount, kind.value, amount],
        )
