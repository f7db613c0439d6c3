"""How the count came about: every entry of the ledger as CSV, and the total at the end of periods."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby

from django.utils.translation import gettext_lazy as _

from common.spreadsheets import cell
from pledges import figures, telling
from pledges.models import LedgerEntry, Tally

COLUMNS = ("date", "kind", "country", "people", "reason")
CHUNK = 2_000  # entries held at a time
MOST_PERIODS = 40
# What a column of the chart is, and in which one a day lies; from short to long.
_UNITS = (
    (_("One column is a day."), lambda day: day),
    (_("One column is a week."), lambda day: day - timedelta(days=day.weekday())),
    (_("One column is a month."), lambda day: (day.year, day.month)),
    (_("One column is a quarter."), lambda day: (day.year, (day.month - 1) // 3)),
    (_("One column is a year."), lambda day: day.year),
)


@dataclass(frozen=True)
class Period:
    until: date
    change: int
    total: int  # at its end


@dataclass(frozen=True)
class Growth:
    """The total at the end of days, weeks, months, quarters or years, whichever fit in a chart."""

    unit: str
    periods: list[Period]

    @property
    def columns(self):
        return [(period.until, period.total) for period in self.periods]


def write_csv(out, *, today):
    """Writes a line for each change of the total; the people of all lines add up to the total.

    New confirmations are told by country once their day is over.
    """
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    entries = LedgerEntry.objects.order_by("day", "pk").values_list(
        "day", "kind", "country", "amount", "cleanup__reason"
    )
    for day, of_day in groupby(entries.iterator(chunk_size=CHUNK), key=lambda entry: entry[0]):
        confirmed = {}
        changes = []
        for _day, kind, country, people, cleaned_up_for in of_day:
            if kind == LedgerEntry.Kind.CONFIRMED:
                confirmed[country] = people
            else:
                changes.append((day, kind, "", people, cell(figures.reason(kind, cleaned_up_for))))
        if day == today and confirmed:
            confirmed = {"": sum(confirmed.values())}
        for country, people in telling.newly_confirmed(confirmed):
            writer.writerow((day, LedgerEntry.Kind.CONFIRMED.value, country, people, ""))
        writer.writerows(changes)


def growth(*, today):
    """The Growth from the first day on; None before anybody was counted."""
    changes = {
        date.fromisoformat(key): change
        for key, change in Tally.objects.filter(scope="day").values_list("key", "value")
    }
    if not changes:
        return None
    first, last = min(changes), max(today, *changes)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    for unit, period_of in _UNITS:
        periods = _periods(days, changes, period_of)
        if len(periods) <= MOST_PERIODS:
            return Growth(unit, periods)
    return None


def _periods(days, changes, period_of):
    ends = {period_of(day): day for day in days}
    by_period = dict.fromkeys(ends, 0)
    for day, change in changes.items():
        by_period[period_of(day)] += change
    totals = accumulate(by_period.values())
    return [Period(*row) for row in zip(ends.values(), by_period.values(), totals, strict=True)]
