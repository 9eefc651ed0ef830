"""The bridge: from the left total to the right total, one step for every cause.

Left total - residuals - unmatched left + unmatched right = right total (guarantee 8), so the
steps, drawn as a waterfall, end exactly on the right total.
"""

from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Corruption
from tieout.core.matching.words import ResidualCause, UnmatchedReason
from tieout.files.matching import MatchRun


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
}


def bridges(run: MatchRun) -> list[Bridge]:
    """One bridge a currency, in order of the code. Raises if a bridge does not reach the end."""
    totals = {
        side: _totals(table)
        for side, table in (("left", run.left.table), ("right", run.right.table))
    }
    made = []
    for currency in sorted(totals["left"].keys() | totals["right"].keys()):
        left_minor, left_count = totals["left"].get(currency, (0, 0))
        right_minor, right_count = totals["right"].get(currency, (0, 0))
        steps = (*_residual_steps(run, currency), *_unmatched_steps(run, currency))
        reached = left_minor + sum(step.amount_minor for step in steps)
        if reached != right_minor:
            raise Corruption(
                "match.identity-broken",
                f"a bridge in {currency} that ends at {reached}",
                str(right_minor),
            )
        made.append(Bridge(currency, left_minor, right_minor, left_count, right_count, steps))
    return made


def _totals(table: pa.Table) -> dict[str, tuple[int, int]]:
    sums = table.group_by("currency").aggregate(
        [("amount_minor", "sum"), ("amount_minor", "count")]
    )
    return {
        row["currency"]: (row["amount_minor_sum"], row["amount_minor_count"])
        for row in sums.to_pylist()
    }


def _residual_steps(run: MatchRun, currency: str) -> list[Step]:
    matches = run.result.matches
    some = matches.filter(
        pc.and_(pc.equal(matches["currency"], currency), pc.not_equal(matches["residual_minor"], 0))
    )
    by_cause: dict[str, list[int]] = defaultdict(list)
    grouped = some.group_by("residual_cause").aggregate(
        [("residual_minor", "sum"), ("residual_minor", "count")]
    )
    for row in grouped.to_pylist():
        by_cause[row["residual_cause"]] = [row["residual_minor_sum"], row["residual_minor_count"]]
    return [
        Step(RESIDUAL_WORDS.get(cause, cause), -by_cause[cause][0], by_cause[cause][1])
        for cause in sorted(by_cause)
    ]


def _unmatched_steps(run: MatchRun, currency: str) -> list[Step]:
    unmatched = run.result.unmatched
    some = unmatched.filter(pc.equal(unmatched["currency"], currency))
    grouped = some.group_by(["side", "reason"]).aggregate(
        [("amount_minor", "sum"), ("amount_minor", "count")]
    )
    steps = []
    for row in sorted(grouped.to_pylist(), key=lambda each: (each["side"], each["reason"])):
        sign = -1 if row["side"] == "left" else 1
        label = f"only {row['side']}: {REASON_WORDS.get(row['reason'], row['reason'])}"
        steps.append(Step(label, sign * row["amount_minor_sum"], row["amount_minor_count"]))
    return steps
