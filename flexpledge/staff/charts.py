"""Columns of sign-ups and confirmations, drawn here so that a template only writes them down."""

from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 620, 150
LEFT, TOP, BOTTOM = 44, 10, 130  # of the plot, in units of the drawing


@dataclass(frozen=True)
class Span:
    """An hour or a day."""

    begins: datetime
    signed: int
    confirmed: int


@dataclass(frozen=True)
class Column:
    span: Span
    left: float
    width: float
    signed_top: float
    confirmed_top: float

    @property
    def signed_height(self):
        return round(BOTTOM - self.signed_top, 1)

    @property
    def confirmed_height(self):
        return round(BOTTOM - self.confirmed_top, 1)


@dataclass(frozen=True)
class Chart:
    spans: list[Span]

    width, height, left, top, bottom = WIDTH, HEIGHT, LEFT, TOP, BOTTOM
    middle = (TOP + BOTTOM) / 2

    @property
    def most(self):
        """The top of the scale: an even number with one digit that is not zero, or two."""
        highest = max(max(span.signed, span.confirmed) for span in self.spans)
        step = 2
        while step * 5 < highest:
            step *= 10
        return max(2, -(-highest // step) * step)

    @property
    def half(self):
        return self.most // 2

    @property
    def columns(self):
        room = (WIDTH - LEFT) / len(self.spans)
        return [
            Column(
                span,
                left=round(LEFT + position * room, 1),
                width=round(room * 0.75, 1),
                signed_top=self._y(span.signed),
                confirmed_top=self._y(span.confirmed),
            )
            for position, span in enumerate(self.spans)
        ]

    def _y(self, count):
        return round(BOTTOM - (BOTTOM - TOP) * count / self.most, 1)

    @property
    def newest_first(self):
        return self.spans[::-1]

    @property
    def first(self):
        return self.spans[0].begins

    @property
    def last(self):
        return self.spans[-1].begins
