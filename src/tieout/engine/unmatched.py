"""Why a record is in no group: the reason, the numbers, and what came nearest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.matching.records import Side
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import UnmatchedReason
from tieout.engine.compiled import compiled
from tieout.engine.groups import Undecided
from tieout.engine.policy import Scored
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.ragged import in_order
from tieout.engine.reasons import money_column
from tieout.engine.tables import REASONS, Details, UnmatchedColumns
from tieout.engine.text import Flags, Ints
from tieout.engine.workers import over

NEIGHBOURS = 6
"""So many records of the next smaller and next larger amounts are looked at for the nearest."""
NEAR_PERCENT = 10
"""A nearest record off by more than this is not called outside the tolerance."""
CLOSE_DAYS = 45
_OUT_OF_REACH = 2**50
"""Added to the gap of a record on a far day: any near one of its pool is nearer."""
_FAR = 2**62
NO_DAY_LAG = 1_000_000
"""A greater distance of days means that one of the dates is missing."""


_PENDING = "Pending: the booked line has not come yet."
_CROWDED = " is so frequent in this account that not every pair was looked at."
_NO_DATE = "It has no date, and no reference or id ties it to another."
_CUT_OFF = "The other side's records do not reach its date: it may be early or late."
_CONSUMED = "Its best candidate belongs to a better match."
_TIE = "Several candidates are equally good, too many to propose one."

Says = Callable[[Ints], pa.Array | str]
Spoken = Callable[..., pa.Array]


@dataclass(frozen=True)
class _Nearest:
    """For each unmatched record the nearest of the other side by amount, or -1."""

    index: Ints
    amount: Ints
    gap: Ints
    """Its amount minus the record's own."""
    lag: Ints


@dataclass(frozen=True)
class Refused:
    """Records that were looked at and left undecided."""

    crowded_left: Ints
    """Their amount is too common for all its pairs to be compared."""
    crowded_right: Ints
    sums: Sequence[Undecided]
    """As a sum, or part of the other side's, they are not decidable."""

    def of(self, side: Side) -> tuple[Ints, dict[int, Undecided]]:
        """One side's, by index."""
        crowded = self.crowded_left if side is Side.LEFT else self.crowded_right
        return crowded, {each.idx: each for each in self.sums if each.side is side}


def explain_unmatched(
    sides: Populations,
    weighed: Scored,
    free: tuple[Flags, Flags],
    refused: Refused,
    rules: MatchRules,
) -> tuple[UnmatchedColumns, UnmatchedColumns]:
    """Both sides' unmatched records."""
    reach = (rules.lag_days_min, rules.lag_days_max)
    backward = (-reach[1], -reach[0])
    both = (sides.left, free[0], reach), (sides.right, free[1], backward)
    left, right = over(lambda one: _explain(sides, one[0], one[1], refused, one[2]), both)
    edges = weighed.edges
    _with_edges(left, (edges.left, edges.right), weighed.value, free[1])
    _with_edges(right, (edges.right, edges.left), weighed.value, free[0])
    return left, right


def _nearest(mine: Population, other: Population, index: Ints) -> _Nearest:
    """The nearest amount of the same pool and sign of day; equal amounts by the nearest day."""
    best = np.full(len(index), -1, dtype=np.int64)
    wanted = mine.pool[index], mine.amount[index], mine.day[index]
    order, start = _search((other.pool, other.amount, other.day), wanted)
    known = other.pool[order], other.amount[order], other.day[order]
    _look_around(known, order, wanted, start, best)
    safe = np.maximum(best, 0)
    if not other.size:
        return _Nearest(best, *(np.zeros_like(best) for _ in range(3)))
    amount = other.amount[safe]
    return _Nearest(best, amount, amount - wanted[1], other.day[safe] - wanted[2])


Columns = tuple[Ints, Ints, Ints]
"""Pool, amount and day."""


@compiled
def _look_around(known: Columns, order: Ints, wanted: Columns, start: Ints, best: Ints) -> None:
    """The nearest of the known before and behind the place where each wanted would stand.

    The known are in the order of these columns, which is `order`.
    """
    pool, amount, day = known
    wanted_pool, wanted_amount, wanted_day = wanted
    for row in range(len(start)):
        least_gap = least_apart = _FAR
        first, last = max(start[row] - NEIGHBOURS, 0), min(start[row] + NEIGHBOURS, len(order))
        for place in range(first, last):
            if pool[place] != wanted_pool[row]:
                continue
            gap = abs(amount[place] - wanted_amount[row])
            apart = abs(day[place] - wanted_day[row])
            if gap > 0 and apart > CLOSE_DAYS:
                gap += _OUT_OF_REACH
            if gap > least_gap or (gap == least_gap and apart > least_apart):
                continue
            if gap == least_gap and apart == least_apart and order[place] > best[row]:
                continue
            best[row], least_gap, least_apart = order[place], gap, apart


def _search(known: Columns, wanted: Columns) -> tuple[Ints, Ints]:
    """The known (pool, amount, day) in order, and where each wanted would stand among them."""
    count = len(wanted[0])
    order = in_order(*(np.concatenate(both) for both in zip(wanted, known, strict=True)))
    is_known = order >= count
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.cumsum(is_known) - is_known
    return order[is_known] - count, place[:count]


def _explain(
    sides: Populations, mine: Population, free: Flags, refused: Refused, reach: tuple[int, int]
) -> UnmatchedColumns:
    """The reasons of records without a candidate: the first rule of the ladder that fits."""
    other = sides.right if mine is sides.left else sides.left
    index = np.flatnonzero(free)
    crowded, sums = refused.of(mine.side)
    nearest = _nearest(mine, other, index)
    days = other.day[other.day != NO_DAY]
    first, last = (days.min() + reach[0], days.max() + reach[1]) if len(days) else (0, -1)
    day, amount = mine.day[index], mine.amount[index]
    twin = _matched_twin(mine, free, index)
    has_nearest = nearest.index >= 0
    near = np.abs(nearest.gap) * 100 <= NEAR_PERCENT * np.abs(amount)

    def undecided(reason: UnmatchedReason) -> Flags:
        return np.isin(index, [idx for idx, each in sums.items() if each.reason is reason])

    def summed(at: Ints) -> pa.Array:
        return pa.array([sums[idx].detail for idx in index[at].tolist()], pa.string())

    ladder: tuple[tuple[Flags, UnmatchedReason, Says], ...] = (
        (mine.pending[index], UnmatchedReason.WAITING, lambda _: _PENDING),
        (twin >= 0, UnmatchedReason.DUPLICATE_OF, lambda at: _twin_detail(mine, twin[at])),
        (np.isin(index, crowded), UnmatchedReason.TOO_MANY, lambda at: _said(spoken(at), _CROWDED)),
        (day == NO_DAY, UnmatchedReason.NO_DATE, lambda _: _NO_DATE),
        (undecided(UnmatchedReason.TIE), UnmatchedReason.TIE, summed),
        (
            has_nearest & (nearest.gap == 0),
            UnmatchedReason.OUTSIDE_WINDOW,
            lambda at: _said(
                "The other side has ", spoken(at), " too, but ", _apart(nearest.lag[at])
            ),
        ),
        (
            (first <= last) & ((day < first) | (day > last)),
            UnmatchedReason.CUT_OFF,
            lambda _: _CUT_OFF,
        ),
        (
            has_nearest & near,
            UnmatchedReason.OUTSIDE_TOLERANCE,
            lambda at: _near_detail(spoken, nearest, at),
        ),
        (undecided(UnmatchedReason.TOO_MANY), UnmatchedReason.TOO_MANY, summed),
        (
            np.ones(len(index), dtype=np.bool_),
            UnmatchedReason.NO_CANDIDATE,
            lambda at: _said("The other side has nothing of ", spoken(at), " or near it."),
        ),
    )

    def spoken(at: Ints, plus: Ints | None = None) -> pa.Array:
        amounts = amount[at] if plus is None else plus
        return money_column(amounts, mine.currency[index[at]], sides.units)

    reason = np.full(len(index), -1, dtype=np.int64)
    detail = Details(len(index))
    for fits, each, says in ladder:
        at = np.flatnonzero(fits & (reason < 0))
        if len(at):
            reason[at] = REASONS.index(each)
            detail.put(at, says(at))
    none = np.zeros(len(index), dtype=np.int64)
    return UnmatchedColumns(index, reason, detail, nearest.index, none)


def _said(*parts: pa.Array | str) -> pa.Array:
    """The sentences of a column, put together from pieces."""
    return pc.binary_join_element_wise(*parts, "")


def _twin_detail(mine: Population, twin: Ints) -> pa.Array:
    ids = mine.ids.take(pa.array(twin))
    return _said("Looks the same as ", ids, " of its own side, which is matched: entered twice?")


def _apart(lag: Ints) -> pa.Array:
    size = pa.array(np.abs(lag)).cast(pa.string())
    noun = pa.array([" days", " day"]).take(pa.array((np.abs(lag) == 1).astype(np.int8)))
    way = pa.array([" earlier.", " later."]).take(pa.array((lag > 0).astype(np.int8)))
    known = pa.array(np.abs(lag) <= NO_DAY_LAG)
    return pc.if_else(known, _said(size, noun, way), "without a date.")


def _near_detail(spoken: Spoken, nearest: _Nearest, at: Ints) -> pa.Array:
    gap, lag = nearest.gap[at], np.abs(nearest.lag[at])
    other, off = spoken(at, nearest.amount[at]), spoken(at, np.abs(gap))
    way = pa.array([" less, ", " more, "]).take(pa.array((gap > 0).astype(np.int8)))
    noun = pa.array([" days apart.", " day apart."]).take(pa.array((lag == 1).astype(np.int8)))
    days = pa.array(lag).cast(pa.string())
    apart = pc.if_else(pa.array(lag <= NO_DAY_LAG), _said(days, noun), "one without a date.")
    return _said("The nearest amount is ", other, ": ", off, way, apart)


def _matched_twin(mine: Population, free: Flags, index: Ints) -> Ints:
    """For each unmatched record a matched one of its own side that looks the same, or -1."""
    look = mine.look
    matched = np.full(int(look.max(initial=0)) + 1, -1, dtype=np.int64)
    used = np.flatnonzero(~free)[::-1]
    matched[look[used]] = used
    return matched[look[index]]


def _with_edges(
    columns: UnmatchedColumns, keys: tuple[Ints, Ints], value: Ints, other_free: Flags
) -> None:
    """Records that have candidates: consumed, tied or weak; their best candidate is nearest."""
    own, others = keys
    if not len(columns.index):
        return
    place = np.full(int(max(own.max(initial=-1), columns.index.max())) + 1, -1, dtype=np.int64)
    place[columns.index] = np.arange(len(columns.index))
    mine = np.flatnonzero(place[own] >= 0)
    mine = mine[np.lexsort((others[mine], -value[mine], own[mine]))]
    first = np.ones(len(mine), dtype=np.bool_)
    first[1:] = own[mine][1:] != own[mine][:-1]
    best = mine[first]
    at, worth = place[own[best]], value[best]
    columns.nearest[at] = others[best]
    columns.nearest_score[at] = worth
    open_ = columns.reason[at] != REASONS.index(UnmatchedReason.DUPLICATE_OF)
    is_free = other_free[others[best]]
    for fits, reason, detail in (
        (~is_free, UnmatchedReason.CONSUMED, _CONSUMED),
        (is_free & (worth <= 0), UnmatchedReason.WEAK, ""),
        (is_free & (worth > 0), UnmatchedReason.TIE, _TIE),
    ):
        chosen = np.flatnonzero(open_ & fits)
        columns.reason[at[chosen]] = REASONS.index(reason)
        columns.detail.put(at[chosen], detail or _weak_detail(worth[chosen]))


def _weak_detail(worth: Ints) -> pa.Array:
    values, which = np.unique(worth, return_inverse=True)
    said = [
        f"A candidate exists, but the evidence for it is {-value / 100:.2f} bits against."
        for value in values.tolist()
    ]
    return pa.array(said, pa.string()).take(pa.array(which))
