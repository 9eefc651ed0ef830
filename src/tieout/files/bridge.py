"""The bridge of a match run over files, one a currency; the arithmetic is the core's."""

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.matching.bridge import Bridge, Tally, bridge_of
from tieout.engine import MatchResult
from tieout.files.matching import MatchRun


def bridges(run: MatchRun) -> list[Bridge]:
    """One bridge a currency, in order of the code. Raises if a bridge does not reach the end."""
    left, right = _totals(run.left.table), _totals(run.right.table)
    none: Tally = (0, 0)
    return [
        bridge_of(
            currency,
            (left.get(currency, none), right.get(currency, none)),
            residual_tallies(run.result, currency),
            unmatched_tallies(run.result, currency),
        )
        for currency in sorted(left.keys() | right.keys())
    ]


def _totals(table: pa.Table) -> dict[str, Tally]:
    sums = table.group_by("currency").aggregate(
        [("amount_minor", "sum"), ("amount_minor", "count")]
    )
    return {
        row["currency"]: (row["amount_minor_count"], row["amount_minor_sum"])
        for row in sums.to_pylist()
    }


def residual_tallies(result: MatchResult, currency: str) -> dict[str, Tally]:
    """By cause, what groups leave."""
    matches = result.matches
    some = matches.filter(
        pc.and_(pc.equal(matches["currency"], currency), pc.not_equal(matches["residual_minor"], 0))
    )
    grouped = some.group_by("residual_cause").aggregate(
        [("residual_minor", "sum"), ("residual_minor", "count")]
    )
    return {
        row["residual_cause"]: (row["residual_minor_count"], row["residual_minor_sum"])
        for row in grouped.to_pylist()
    }


def unmatched_tallies(result: MatchResult, currency: str) -> dict[tuple[str, str], Tally]:
    """By side and reason, the records in no group."""
    unmatched = result.unmatched
    some = unmatched.filter(pc.equal(unmatched["currency"], currency))
    grouped = some.group_by(["side", "reason"]).aggregate(
        [("amount_minor", "sum"), ("amount_minor", "count")]
    )
    return {
        (row["side"], row["reason"]): (row["amount_minor_count"], row["amount_minor_sum"])
        for row in grouped.to_pylist()
    }
