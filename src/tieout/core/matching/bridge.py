"""The bridge: from the left total to the right total, one step for every cause.

Left total - residuals - unmatched left + unmatched right = right total (guarantee 8), so the
steps, drawn as a waterfall, end exactly on the right total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tieout.core.errors import Corruption
from tieout.core.matching.words import ResidualCause, UnmatchedReason


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: minor units it adds to the running total, and how many records it stands for."""

    label: str
    amount_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps between the two totals of a currency."""

    currency: str
    left_minor: int
    right_minor: int
    left_count: int
    right_count: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the drawn bridge, and between which totals it lies."""

    label: str
    amount_minor: int
    count: int
    kind: Literal["total", "up", "down"]
    begins: int
    ends: int

    @property
    def span(self) -> tuple[int, int]:
        """The smaller total first."""
        return min(self.begins, self.ends), max(self.begins, self.ends)


RESIDUAL_WORDS: dict[str, str] = {
    ResidualCause.FEE: "fees kept back",
    ResidualCause.FX_DIFFERENCE: "exchange differences",
    ResidualCause.ROUNDING: "rounding",
    ResidualCause.TIP: "tips",
    ResidualCause.DISCOUNT: "discounts taken",
    ResidualCause.WITHHOLDING: "tax withheld",
    ResidualCause.TOLERANCE: "within tolerance",
    ResidualCause.REMAINDER: "remainders still open",
    ResidualCause.ONE_SIDED: "pairs on one side",
    ResidualCause.NONE: "other residuals",
}

REASON_WORDS: dict[str, str] = {
    UnmatchedReason.NO_CANDIDATE: "no candidate",
    UnmatchedReason.OUTSIDE_TOLERANCE: "amount differs",
    UnmatchedReason.OUTSIDE_WINDOW: "too far apart in time",
    UnmatchedReason.TIE: "several equally good",
    UnmatchedReason.CONSUMED: "taken by a better match",
    UnmatchedReason.DUPLICATE_OF: "looks like a duplicate",
    UnmatchedReason.CUT_OFF: "beyond the other side's dates",
    UnmatchedReason.WAITING: "pending",
    UnmatchedReason.NO_DATE: "no date",
    UnmatchedReason.TOO_MANY: "too many alike to decide",
    UnmatchedReason.WEAK: "evidence too weak",
    UnmatchedReason.REJECTED: "rejected by a person",
}


Tally = tuple[int, int]
"""How many, and how much in minor units."""


def bridge_of(
    currency: str,
    totals: tuple[Tally, Tally],
    residuals: Mapping[str, Tally],
    unmatched: Mapping[tuple[str, str], Tally],
) -> Bridge:
    """The bridge between the totals of left and right; raises if it does not reach the end.

    `residuals` are by cause, of groups that leave something; `unmatched` by side and reason.
    """
    (left_count, left_minor), (right_count, right_minor) = totals
    steps = [
        Step(RESIDUAL_WORDS.get(cause, cause), -minor, count)
        for cause, (count, minor) in sorted(residuals.items())
    ]
    for (side, reason), (count, minor) in sorted(unmatched.items()):
        label = f"only {side}: {REASON_WORDS.get(reason, reason)}"
        steps.append(Step(label, -minor if side == "left" else minor, count))
    reached = left_minor + sum(step.amount_minor for step in steps)
    if reached != right_minor:
        raise Corruption(
            "match.identity-broken",
            f"a bridge in {currency} that ends at {reached}",
            str(right_minor),
        )
    return Bridge(currency, left_minor, right_minor, left_count, right_count, tuple(steps))


def waterfall(bridge: Bridge, left: str, right: str) -> tuple[Bar, ...]:
    """A bar for each total, called `left` and `right`, and between them one for each step."""
    running = bridge.left_minor
    bars = [Bar(left, bridge.left_minor, bridge.left_count, "total", 0, running)]
    for step in bridge.steps:
        kind: Literal["up", "down"] = "up" if step.amount_minor >= 0 else "down"
        reached = running + step.amount_minor
        bars.append(Bar(step.label, step.amount_minor, step.count, kind, running, reached))
        running = reached
    return (*bars, Bar(right, bridge.right_minor, bridge.right_count, "total", 0, running))


def window(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From where to where a drawing reaches: cut near zero when all change is far from it."""
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    middle = spans[1:-1]
    if not middle:
        return low, high
    near, far = min(span[0] for span in middle), max(span[1] for span in middle)
    if low == 0 and near > 4 * (high - near):
        return near - (high - near), high
    if high == 0 and -far > 4 * (far - low):
        return low, far + (far - low)
    return low, high
