"""The bridge drawn: bars of a waterfall as places on a page; every figure stands beside its bar."""

from dataclasses import dataclass

from tieout.core.matching.bridge import Bridge

WIDTH, LABEL, FIGURE = 1000, 260, 150
"""The drawing's width, and what labels and figures take of it, in its own units."""
ROW, BAR = 30, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it lies, and what it says."""

    label: str
    amount_minor: int
    count: int
    kind: str
    """`total`, `plus` or `minus`."""
    x: float
    y: int
    width: float
    end: float
    """Where the running total stands after it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bars from the left total to the right total, and the size they take."""

    bars: tuple[Bar, ...]
    height: int
    is_cut: bool
    """Whether the axis begins near the totals instead of at zero."""


def waterfall(bridge: Bridge) -> Drawing:
    """One bar for each total and one for each cause between them."""
    steps = [("Bank", bridge.left_minor, bridge.left_count, "total", 0, bridge.left_minor)]
    running = bridge.left_minor
    for step in bridge.steps:
        kind = "plus" if step.amount_minor >= 0 else "minus"
        reached = running + step.amount_minor
        label = step.label.replace("only left", "only bank").replace("only right", "only books")
        steps.append((label, step.amount_minor, step.count, kind, running, reached))
        running = reached
    steps.append(("Books", bridge.right_minor, bridge.right_count, "total", 0, running))
    low, high = _window([(min(a, b), max(a, b)) for *_, a, b in steps])
    scale = (WIDTH - LABEL - FIGURE) / max(high - low, 1)

    def place(minor: int) -> float:
        return round(LABEL + (min(max(minor, low), high) - low) * scale, 2)

    bars = tuple(
        Bar(
            label,
            amount,
            count,
            kind,
            place(min(begins, ends)),
            row * ROW,
            max(place(max(begins, ends)) - place(min(begins, ends)), 2),
            place(ends),
        )
        for row, (label, amount, count, kind, begins, ends) in enumerate(steps)
    )
    return Drawing(bars, len(bars) * ROW + 4, low > 0 or high < 0)


def _window(spans: list[tuple[int, int]]) -> tuple[int, int]:
    """From where to where: cut near the totals when all change lies far from zero."""
    low, high = min(first for first, _ in spans), max(last for _, last in spans)
    between = spans[1:-1]
    if not between:
        return low, high
    near, far = min(first for first, _ in between), max(last for _, last in between)
    if low == 0 and near > 4 * (high - near):
        return near - (high - near), high
    if high == 0 and -far > 4 * (far - low):
        return low, far + (far - low)
    return low, high
