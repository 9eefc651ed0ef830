"""The bridge of a match run over files, one a currency; the arithmetic is the core's."""

from collections.abc import Sequence

import numpy as np
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


def sums_by(
    table: pa.Table, keys: Sequence[str], amounts: Sequence[str]
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """How many rows have each combination of keys, and the sums of their amounts, exact.

    Arrow can group, but loads all that it has for sets of files to do so: longer than a small
    match takes to add up.
    """
    code, names = np.zeros(table.num_rows, np.int64), list[tuple[str, ...]]([()])
    for key in keys:
        coded = table[key].combine_chunks().dictionary_encode()
        kinds = coded.dictionary.to_pylist()
        code = code * len(kinds) + coded.indices.to_numpy()
        names = [(*name, kind) for name in names for kind in kinds]
    columns = [np.bincount(code, minlength=len(names))]
    for amount in amounts:
        sums = np.zeros(len(names), np.int64)
        np.add.at(sums, code, table[amount].to_numpy())
        columns.append(sums)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {name: row for name, row in zip(names, rows, strict=True) if row[0]}


def _totals(table: pa.Table) -> dict[str, Tally]:
    summed = sums_by(table, ["currency"], ["amount_minor"])
    return {currency: (count, minor) for (currency,), (count, minor) in summed.items()}


def residual_tallies(result: MatchResult, currency: str) -> dict[str, Tally]:
    """By cause, what groups leave."""
    matches = result.matches
    some = matches.filter(
        pc.and_(pc.equal(matches["currency"], currency), pc.not_equal(matches["residual_minor"], 0))
    )
    summed = sums_by(some, ["residual_cause"], ["residual_minor"])
    return {cause: (count, minor) for (cause,), (count, minor) in summed.items()}


def unmatched_tallies(result: MatchResult, currency: str) -> dict[tuple[str, str], Tally]:
    """By side and reason, the records in no group."""
    unmatched = result.unmatched
    some = unmatched.filter(pc.equal(unmatched["currency"], currency))
    summed = sums_by(some, ["side", "reason"], ["amount_minor"])
    return {(side, reason): (count, minor) for (side, reason), (count, minor) in summed.items()}
