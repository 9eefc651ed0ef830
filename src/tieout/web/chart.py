"""The bridge drawn: bars of a waterfall as places on a page; every figure stands beside its bar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tieout.core.matching.bridge import Bar, Bridge, waterfall, window

WIDTH, LABEL, FIGURE = 1000, 260, 150
"""The drawing's width, and what labels and figures take of it, in its own units."""
ROW = 30


@dataclass(frozen=True, slots=True)
class Placed:
    """One bar and where it lies."""

    bar: Bar
    label: str
    x: float
    y: int
    width: float
    end: float
    """Where the running total stands after it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars from the bank's total to the books', and the size they take."""

    bars: tuple[Placed, ...]
    height: int
    is_cut: bool
    """Whether the axis begins near the totals instead of at zero."""


def drawn(bridge: Bridge) -> Drawing:
    """Every bar in its place; the left side is the bank here, the right side the books."""
    bars = waterfall(bridge, "Bank", "Books")
    place, is_cut = scaled(bars, WIDTH - LABEL - FIGURE, begins=LABEL)
    placed = tuple(
        Placed(
            bar,
            bar.label.replace("only left", "only bank").replace("only right", "only books"),
            place(bar.span[0]),
            row * ROW,
            max(place(bar.span[1]) - place(bar.span[0]), 2),
            place(bar.ends),
        )
        for row, bar in enumerate(bars)
    )
    return Drawing(placed, len(bars) * ROW + 4, is_cut)


def scaled(
    bars: Sequence[Bar], width: int, *, begins: int = 0
) -> tuple[Callable[[int], float], bool]:
    """Where an amount lies in a strip of that width, and whether the strip leaves out zero."""
    low, high = window([each.span for each in bars])
    scale = width / max(high - low, 1)

    def place(minor: int) -> float:
        return round(begins + (min(max(minor, low), high) - low) * scale, 2)

    return place, low > 0 or high < 0
