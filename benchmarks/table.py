"""Rows of the table that `script/bench` prints: measured, floor, ratio, limit, and whether it is met.

A module of benchmarks measures ours and the floor in turns and prints its rows:

    show(Row("GET / from cache", ours=[2900, 3010, …], floor=[3300, 3290, …], unit="/s", least=0.85))

`python -m benchmarks.table` prints the heading that stands above them.
"""

import statistics
from dataclasses import dataclass

HEADING = """\
| what | median | floor | ratio | spread | must reach | met |
|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Row:
    """One value a run in `ours`, and of the same runs in `floor`, in turns and at least five.

    Without a floor the limit is about our values themselves, for example megabytes.
    """

    what: str
    ours: list[float]
    unit: str  # written behind the numbers: "/s", " ms", " MB"
    floor: list[float] | None = None
    least: float | None = None
    most: float | None = None

    @property
    def judged(self):
        """What the limit is about, one value a run: the ratios, or our values."""
        if self.floor is None:
            return self.ours
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]

    @property
    def is_met(self):
        median = statistics.median(self.judged)
        return (self.least is None or median >= self.least) and (
            self.most is None or median <= self.most
        )

    def __str__(self):
        limits = [("≥", self.least), ("≤", self.most)]
        cells = [
            self.what,
            _number(statistics.median(self.ours)) + self.unit,
            "" if self.floor is None else _number(statistics.median(self.floor)) + self.unit,
            "" if self.floor is None else _number(statistics.median(self.judged)),
            f"{_number(min(self.judged))} to {_number(max(self.judged))}",
            " ".join(f"{sign} {limit:g}" for sign, limit in limits if limit is not None),
            "yes" if self.is_met else "**no**",
        ]
        return f"| {' | '.join(cells)} |"


def grown(what, looks, unit):
    """The second half of what was looked at again and again, against its own beginning."""
    half = looks[len(looks) // 2 :]
    return Row(what, half[1:], unit, [half[0]] * len(half[1:]), most=1.05)


def show(*rows):
    """Prints the rows; returns the exit status: 1 where one does not reach its limit."""
    for row in rows:
        print(row, flush=True)
    return int(not all(row.is_met for row in rows))


def _number(value):
    """Three digits that say something: 0.874, 12.3, 2,950."""
    for limit, digits in ((10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:,.0f}"


if __name__ == "__main__":
    print(HEADING)
