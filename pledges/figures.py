"""The figures that `/count/` publishes, in words and for programs: parts that add up to a whole."""

from dataclasses import dataclass
from datetime import date

from django.db import connections, router
from django.utils.translation import gettext_lazy as _

from pledges.models import LedgerEntry, Pledge

# In one statement, so that all are of one moment.
_FIGURES = """
    SELECT scope, key, value, NULL::date AS day, NULL AS reason, NULL::bigint AS id
      FROM pledges_tally WHERE scope IN ('total', 'state', 'change')
     UNION ALL
    SELECT 'state', 'pending', count(*), NULL, NULL, NULL
      FROM pledges_pledge WHERE state = 'pending' AND counted_state IS NULL
     UNION ALL
    (SELECT 'entry', entry.kind, entry.amount, entry.day, cleanup.reason, entry.id
       FROM pledges_ledgerentry AS entry LEFT JOIN pledges_cleanup AS cleanup
         ON cleanup.id = entry.cleanup_id
      WHERE NOT entry.kind = 'confirmed' ORDER BY entry.day DESC, entry.id DESC LIMIT %s)
"""
PERSON = _(
    "One person is one mailbox that somebody reads: we mail a link, and only the button behind it "
    "counts. Capital letters, anything after a plus sign, and dots at Gmail make no second person."
)
EARLIER = "earlier"  # the kind of a line that sums up all lines before those shown
_REASONS = {
    LedgerEntry.Kind.WITHDRAWN: _("People took their pledge back, or had it erased."),
    LedgerEntry.Kind.QUARANTINED: _("They looked suspicious and wait for a closer look."),
    LedgerEntry.Kind.RELEASED: _("A closer look found nothing wrong."),
    LedgerEntry.Kind.INVALIDATED: _("A closer look found that nobody had signed for themselves."),
    LedgerEntry.Kind.RESTORED: _("They had been taken out by mistake."),
    LedgerEntry.Kind.DRIFTED: _("The stored number had moved without an entry here."),
    LedgerEntry.Kind.CORRECTED: _("A count of every row found another number than the stored one."),
    EARLIER: _("Everything before; line by line in the history."),
}


@dataclass(frozen=True)
class Line:
    """A change of the total that was no new confirmation, on one day for one reason."""

    day: date | None  # None: several
    kind: str
    people: int
    reason: str

    @property
    def label(self):
        return _("Earlier") if self.kind == EARLIER else LedgerEntry.Kind(self.kind).label


class Figures:
    """Pledges by state, and by how much the total changed and why, as of one moment."""

    def __init__(self, *, lines):
        self.states = dict.fromkeys(Pledge.State.values, 0)
        self.confirmations = 0  # so far: the highest supporter number
        newest = []
        changed = 0
        with connections[router.db_for_read(Pledge)].cursor() as cursor:
            cursor.execute(_FIGURES, [lines])
            for scope, key, value, day, cleaned_up_for, entry in cursor.fetchall():
                match scope:
                    case "total":
                        self.states[Pledge.State.STANDING] = value
                    case "state":
                        self.states[key] += value
                    case "change" if key == LedgerEntry.Kind.CONFIRMED:
                        self.confirmations = value
                    case "change":
                        changed += value
                    case "entry":
                        newest.append((entry, Line(day, key, value, reason(key, cleaned_up_for))))
        newest.sort(key=lambda pair: (pair[1].day, pair[0]), reverse=True)
        self.ledger = [line for _entry, line in newest]
        if earlier := changed - sum(line.people for line in self.ledger):
            self.ledger.append(Line(None, EARLIER, earlier, reason(EARLIER)))

    person = PERSON

    @property
    def confirmed(self):
        return self.states[Pledge.State.STANDING]

    @property
    def signed(self):
        """The whole: every pledge there is."""
        return sum(self.states.values())


def reason(kind, of_cleanup=None):
    """Why the total changed, for everybody to read."""
    return of_cleanup or _REASONS[kind]
