"""Stops the count has passed. Each is recorded once, ever: the unique stop says who was first."""

from django.db import connection

from common import outbox
from pledges.models import Milestone
from pledges.stops import passed

_RECORD = """
    INSERT INTO pledges_milestone (stop, reached_at, total)
    SELECT stop, %(now)s, %(total)s FROM unnest(%(stops)s::integer[]) AS stop ORDER BY stop
        ON CONFLICT (stop) DO NOTHING
    RETURNING stop
"""


def crossed(before, after):
    """Whether a stop lies between two totals, the later one included."""
    return len(passed(after)) > len(passed(before))


def record(total, *, now):
    """Records every stop up to `total` that was not recorded before; returns the new ones.

    Staff are told of the highest one, in the same transaction: a total that leaps (an import, a
    recount) is one piece of news.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {"stops": list(passed(total)), "now": now, "total": total})
        new = sorted(stop for (stop,) in cursor.fetchall())
    if new:
        outbox.put_for_staff("pledge-milestone", now=now, stop=new[-1])
    return new


def latest():
    """The highest stop that was ever passed, or None."""
    return Milestone.objects.first()
