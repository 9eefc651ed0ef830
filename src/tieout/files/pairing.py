"""Which account of the books is which account of the bank, in which currency, with which sign.

Guessed only where nobody said it, from how many amounts the two have in common within a few
days; every guess is shown in the notes of the run.
"""

from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import linear_sum_assignment

from tieout.core.errors import InvalidInput
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.records import NO_CURRENCY, SideRecords, only_accounts

SAMPLE_MAX = 200_000
DAYS = 15

_OVERLAP = """
with l as (select account, currency, amount_minor, booked_on, count(*) n from l group by all),
     r as (select account, currency, amount_minor, booked_on, count(*) n from r group by all)
select l.account as la, r.account as ra,
       sum(case when l.amount_minor = r.amount_minor then least(l.n, r.n) else 0 end) as same,
       sum(case when l.amount_minor = -r.amount_minor then least(l.n, r.n) else 0 end) as opposite
from l join r on l.currency = r.currency and abs(l.amount_minor) = abs(r.amount_minor)
where l.amount_minor <> 0 and abs(l.booked_on - r.booked_on) <= $days
group by all order by all
"""


class Overlap(NamedTuple):
    """How many amounts two accounts have in common, as they are and with opposite signs."""

    left: str
    right: str
    same: int
    opposite: int


def agree_on_currency(
    left: SideRecords, right: SideRecords, named: str
) -> tuple[SideRecords, SideRecords]:
    """Give a side without currencies the one that was named, or the other side's only one."""
    known = {code for side in (left, right) for code in side.exponents if code != NO_CURRENCY}
    if not (NO_CURRENCY in left.exponents or NO_CURRENCY in right.exponents):
        return left, right
    code = named or (known.pop() if len(known) == 1 else "")
    if not code:
        return left, right
    return _in_currency(left, code), _in_currency(right, code)


def _in_currency(side: SideRecords, code: str) -> SideRecords:
    if NO_CURRENCY not in side.exponents:
        return side
    named = pc.if_else(pc.equal(side.table["currency"], NO_CURRENCY), code, side.table["currency"])
    exponents = {key: value for key, value in side.exponents.items() if key != NO_CURRENCY}
    exponents[code] = max(exponents.get(code, 0), side.exponents[NO_CURRENCY])
    return replace(
        side,
        table=side.table.set_column(2, RECORD_SCHEMA.field(2), named),
        exponents=exponents,
        notes=(*side.notes, f"{side.label} names no currency: taken as {code}"),
    )


def pair_accounts(
    left: SideRecords, right: SideRecords
) -> tuple[SideRecords, SideRecords, tuple[tuple[str, str], ...]]:
    """The two sides cut down to what can be compared, and the account pairs found.

    Books are cut down to the accounts that pair with an account of the other side. A side whose
    amounts are the other's with the opposite sign is turned round, and a note says so.
    """
    names_left, names_right = (
        set(each.table["account"].unique().to_pylist()) for each in (left, right)
    )
    if names_left == names_right and not (left.is_books or right.is_books):
        return left, right, ()
    overlap = _overlaps(left, right)
    if not overlap:
        if left.is_books or right.is_books:
            raise InvalidInput(
                "match.no-account",
                "no account of the books has an amount in common with the other side",
                "the account's name",
                (left if left.is_books else right).label,
            )
        return left, right, ()
    pairs, opposite = _best_pairs(overlap)
    if opposite:
        right = _turned(right)
    if left.is_books:
        left = _cut(left, [a for a, _ in pairs])
    if right.is_books:
        right = _cut(right, [b for _, b in pairs])
    one_each = len(names_left) == 1 and len(set(right.table["account"].unique().to_pylist())) == 1
    return left, right, () if one_each else tuple(pairs)


def _overlaps(left: SideRecords, right: SideRecords) -> list[Overlap]:
    connection = duckdb.connect(config={"threads": 2})
    try:
        for name, side in (("l", left), ("r", right)):
            connection.register(name, side.table.slice(0, SAMPLE_MAX))
        found = connection.execute(_OVERLAP, {"days": DAYS}).fetchall()
    finally:
        connection.close()
    return [Overlap(la, ra, int(same), int(opposite)) for la, ra, same, opposite in found]


def _best_pairs(overlaps: list[Overlap]) -> tuple[list[tuple[str, str]], bool]:
    """Pairs of greatest common count, one to one, and whether the right side is turned round."""
    same, turned = (_sum_of_best(overlaps, count) for count in ("same", "opposite"))
    is_opposite = turned >= 3 and turned > 3 * same
    count_of = attrgetter("opposite" if is_opposite else "same")
    lefts = sorted({each.left for each in overlaps})
    rights = sorted({each.right for each in overlaps})
    counts = np.zeros((len(lefts), len(rights)), dtype=np.int64)
    for each in overlaps:
        counts[lefts.index(each.left), rights.index(each.right)] = count_of(each)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    pairs = [(lefts[i], rights[j]) for i, j in zip(rows, columns, strict=True) if counts[i, j] > 0]
    return pairs, is_opposite


def _sum_of_best(overlaps: list[Overlap], count: str) -> int:
    """For each left account its best partner's count, added up."""
    best: dict[str, int] = {}
    for each in overlaps:
        best[each.left] = max(best.get(each.left, 0), getattr(each, count))
    return sum(best.values())


def _turned(side: SideRecords) -> SideRecords:
    amounts = pc.negate_checked(side.table["amount_minor"])
    return replace(
        side,
        table=side.table.set_column(3, RECORD_SCHEMA.field(3), amounts),
        notes=(
            *side.notes,
            f"{side.label} counts the other way round: its signs were turned for the comparison",
        ),
    )


def _cut(side: SideRecords, accounts: list[str]) -> SideRecords:
    chosen = only_accounts(side, accounts)
    exact = pc.is_in(chosen.table["account"], value_set=pa.array(accounts))
    chosen = replace(chosen, table=chosen.table.filter(exact))
    note = f"of {side.label}, compared: {', '.join(accounts)} ({len(chosen.table)} postings)"
    return replace(chosen, notes=(*chosen.notes, note))
