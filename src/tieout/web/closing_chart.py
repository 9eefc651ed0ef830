"""Control accounts drawn: a waterfall in rows of text, and an area a cause over all periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.core.explain.causes import title_of
from tieout.core.matching.bridge import Bar
from tieout.web.chart import scaled
from tieout.workflows.views.closing_period import PeriodView

WIDTH = 1000
"""Of a bar's strip and of the area, in their own units."""
HEIGHT = 300
"""Of the area."""
BANDS = 7
"""Causes with an area of their own; those with less share one more."""
Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A bar of the waterfall as a row: its words, and where it lies in its strip."""

    bar: Bar
    cause: str
    """Blank of the two totals."""
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the sub-ledger's total to that of the control accounts."""

    rows: tuple[Placed, ...]
    is_cut: bool
    """Whether the strips begin near the totals instead of at zero."""


@dataclass(frozen=True, slots=True)
class Band:
    """A cause over all periods: two outlines, of what it adds and of what it takes away."""

    number: int
    """From 1 on: its colour, and the figure drawn in it."""
    title: str
    above: str
    below: str
    x: float
    """Where its number stands: where it is thickest."""
    y: float
    now_minor: int


@dataclass(frozen=True, slots=True)
class AreaRow:
    """The same in figures: a period, what each band adds, and the difference."""

    called: str
    amounts: Row
    difference_minor: int


@dataclass(frozen=True, slots=True)
class Area:
    """The difference of a ledger over all periods, by cause."""

    bands: tuple[Band, ...]
    line: str
    """The difference itself."""
    zero: float
    """How far down zero lies."""
    most_minor: int
    least_minor: int
    rows: tuple[AreaRow, ...]


def waterfall_of(view: PeriodView) -> Waterfall:
    """Every bar in its row."""
    place, is_cut = scaled(view.bars, WIDTH)
    rows = tuple(
        Placed(
            bar,
            cause,
            place(bar.span[0]),
            max(round(place(bar.span[1]) - place(bar.span[0]), 2), 3),
        )
        for bar, cause in zip(view.bars, view.bar_causes, strict=True)
    )
    return Waterfall(rows, is_cut)


def area_of(view: PeriodView) -> Area | None:
    """The area, up to the period that is looked at; None where there never was a difference."""
    count = view.run.period + 1
    rows = _bands(view.by_cause, count)
    if not rows:
        return None
    tops = [sum(max(row[at], 0) for _, row in rows) for at in range(count)]
    bottoms = [sum(min(row[at], 0) for _, row in rows) for at in range(count)]
    most, least = max(0, *tops), min(0, *bottoms)
    places = _Places(count, most, least)
    above, below = [0] * count, [0] * count
    bands = []
    for number, (title, row) in enumerate(rows, 1):
        up = [base + max(each, 0) for base, each in zip(above, row, strict=True)]
        down = [base + min(each, 0) for base, each in zip(below, row, strict=True)]
        thick = max(range(count), key=lambda at: abs(row[at]))
        middle = above[thick] + row[thick] / 2 if row[thick] > 0 else below[thick] + row[thick] / 2
        bands.append(
            Band(
                number,
                title,
                places.outline(above, up),
                places.outline(below, down),
                min(max(places.x(thick), 15), WIDTH - 15),
                min(max(places.y(middle), 12), HEIGHT - 12),
                row[view.run.period],
            )
        )
        above, below = up, down
    told = tuple(
        AreaRow(called, tuple(row[at] for _, row in rows), view.difference_by_period[at])
        for at, (_, called) in enumerate(view.periods[:count])
    )
    line = places.line(view.difference_by_period[:count])
    return Area(tuple(bands), line, places.y(0), most, least, told)


def _bands(by_cause: Mapping[str, Row], count: int) -> list[tuple[str, Row]]:
    """The causes that were ever largest by themselves, the largest first; the rest as one."""
    found = [(title_of(cause), row[:count]) for cause, row in by_cause.items() if any(row[:count])]
    found.sort(key=lambda each: -max(map(abs, each[1])))
    if len(found) <= BANDS + 1:
        return found
    rest = [row for _, row in found[BANDS:]]
    sums = tuple(sum(each) for each in zip(*rest, strict=True))
    return [*found[:BANDS], (f"{len(rest)} other causes", sums)]


class _Places:
    """Periods from left to right, amounts from below upwards."""

    def __init__(self, count: int, most: int, least: int) -> None:
        self._step = WIDTH / max(count - 1, 1)
        self._most = most
        self._scale = HEIGHT / max(most - least, 1)

    def x(self, at: int) -> float:
        return round(at * self._step, 2)

    def y(self, minor: float) -> float:
        return round((self._most - minor) * self._scale, 2)

    def line(self, row: Sequence[int]) -> str:
        return " ".join(f"{self.x(at)},{self.y(each)}" for at, each in enumerate(row))

    def outline(self, inner: Sequence[int], outer: Sequence[int]) -> str:
        """Along one edge and back along the other; blank where nothing lies between them."""
        if list(inner) == list(outer):
            return ""
        back = " ".join(f"{self.x(at)},{self.y(inner[at])}" for at in reversed(range(len(inner))))
        return f"{self.line(outer)} {back}"
