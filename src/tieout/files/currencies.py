"""Which currency a side without currencies is in: named, or the other side's, never guessed alone.

Where the other side has several, the one with clearly most amounts in common is taken and a note
says so; else such records are compared only with each other and a problem says what to name.
"""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Problem
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.common_amounts import overlaps
from tieout.files.records import NO_CURRENCY, SideRecords

CURRENCY, AMOUNT = (RECORD_SCHEMA.get_field_index(name) for name in ("currency", "amount_minor"))
ENOUGH = 3
CLEAR_TIMES = 10
"""So many times more amounts in common than with any other currency make one of several clear."""


def agree_on_currency(
    left: SideRecords, right: SideRecords, named: str
) -> tuple[SideRecords, SideRecords]:
    """Give a side without currencies the one that was named, or the other side's."""
    if NO_CURRENCY not in left.exponents.keys() | right.exponents.keys():
        return left, right
    if named:
        return _in_currency(left, named, "named"), _in_currency(right, named, "named")
    known = {code for side in (left, right) for code in side.exponents if code != NO_CURRENCY}
    if not known:
        return left, right
    code, why = (next(iter(known)), "the only one") if len(known) == 1 else _clearest(left, right)
    if code:
        return _in_currency(left, code, why), _in_currency(right, code, why)
    return _unsaid(left, known), _unsaid(right, known)


def _clearest(left: SideRecords, right: SideRecords) -> tuple[str, str]:
    """The currency whose amounts the records without one share; empty when none stands out."""
    counts: dict[str, int] = {}
    for bare, other in ((left, right), (right, left)):
        if NO_CURRENCY not in bare.exponents:
            continue
        alone = bare.table.filter(pc.equal(bare.table["currency"], NO_CURRENCY))
        for code in other.exponents:
            if code == NO_CURRENCY or other.exponents[code] != bare.exponents[NO_CURRENCY]:
                continue
            some = other.table.filter(pc.equal(other.table["currency"], code))
            found = overlaps(_without_names(alone, code), _without_names(some, code))
            counts[code] = counts.get(code, 0) + sum(each.same for each in found)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    if not ranked or ranked[0][1] < ENOUGH:
        return "", ""
    if len(ranked) > 1 and ranked[1][1] * CLEAR_TIMES > ranked[0][1]:
        return "", ""
    return ranked[0][0], f"{ranked[0][1]:,} amounts in common"


def _without_names(table: pa.Table, code: str) -> pa.Table:
    column = pa.array([code] * len(table), pa.string())
    empty = pa.array([""] * len(table), pa.string())
    table = table.set_column(CURRENCY, RECORD_SCHEMA.field(CURRENCY), column)
    return table.set_column(1, RECORD_SCHEMA.field(1), empty)


def _in_currency(side: SideRecords, code: str, why: str) -> SideRecords:
    """The side with its unnamed currency named; both counts of it brought to the finer one."""
    if NO_CURRENCY not in side.exponents:
        return side
    bare = pc.equal(side.table["currency"], NO_CURRENCY)
    amounts = side.table["amount_minor"]
    finest = max(side.exponents.get(code, 0), side.exponents[NO_CURRENCY])
    for here, exponent in (
        (bare, side.exponents[NO_CURRENCY]),
        (pc.equal(side.table["currency"], code), side.exponents.get(code, finest)),
    ):
        if exponent < finest:
            scaled = pc.multiply_checked(amounts, 10 ** (finest - exponent))
            amounts = pc.if_else(here, scaled, amounts)
    table = side.table.set_column(AMOUNT, RECORD_SCHEMA.field(AMOUNT), amounts)
    names = pc.if_else(bare, code, table["currency"])
    table = table.set_column(CURRENCY, RECORD_SCHEMA.field(CURRENCY), names)
    exponents = {key: value for key, value in side.exponents.items() if key != NO_CURRENCY}
    return replace(
        side,
        table=table,
        exponents=exponents | {code: finest},
        notes=(*side.notes, f"{side.label} names no currency: taken as {code} ({why})"),
    )


def _unsaid(side: SideRecords, known: set[str]) -> SideRecords:
    if NO_CURRENCY not in side.exponents:
        return side
    count = pc.sum(pc.equal(side.table["currency"], NO_CURRENCY)).as_py() or 0
    problem = Problem(
        "match.no-currency",
        f"{count:,} records without a currency in {side.label}",
        f"one, such as {', '.join(sorted(known)[:6])}",
    )
    return replace(side, problems=(*side.problems, problem))
