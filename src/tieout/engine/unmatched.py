"""Why a record is in no group: the reason, the numbers, and what came nearest."""

from dataclasses import dataclass

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import UnmatchedReason
from tieout.engine.evidence import TextEvidence
from tieout.engine.policy import Scored, twin_classes
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.reasons import money
from tieout.engine.tables import UnmatchedColumns
from tieout.engine.text import Flags, Ints

NEIGHBOURS = 6
"""So many records of the next smaller and next larger amounts are looked at for the nearest."""
NEAR_PERCENT = 10
"""A nearest record off by more than this is not called outside the tolerance."""
CLOSE_DAYS = 45
NO_DAY_LAG = 1_000_000
"""A greater distance of days means that one of the dates is missing."""


@dataclass(frozen=True)
class _Nearest:
    """For each unmatched record the nearest of the other side by amount, or -1."""

    index: Ints
    gap: Ints
    lag: Ints


def explain_unmatched(
    sides: Populations,
    weighed: Scored,
    free: tuple[Flags, Flags],
    found: TextEvidence,
    rules: MatchRules,
) -> tuple[UnmatchedColumns, UnmatchedColumns]:
    """Both sides' unmatched records."""
    reach = (rules.lag_days_min, rules.lag_days_max)
    backward = (-reach[1], -reach[0])
    left = _explain(sides.left, sides.right, free[0], found.crowded_left, reach)
    right = _explain(sides.right, sides.left, free[1], found.crowded_right, backward)
    edges = weighed.edges
    _with_edges(left, (edges.left, edges.right), weighed.value, free[1])
    _with_edges(right, (edges.right, edges.left), weighed.value, free[0])
    return left, right


def _nearest(mine: Population, other: Population, index: Ints) -> _Nearest:
    """The nearest amount of the same pool and sign of day; equal amounts by the nearest day."""
    order = np.lexsort((other.day, other.amount, other.pool))
    pool, amount, day = other.pool[order], other.amount[order], other.day[order]
    best = np.full(len(index), -1, dtype=np.int64)
    best_key = (np.full(len(index), 2**62), np.full(len(index), 2**62))
    wanted = (mine.pool[index], mine.amount[index], mine.day[index])
    start = _search(pool, amount, day, wanted)
    for shift in range(-NEIGHBOURS, NEIGHBOURS):
        place = start + shift
        inside = (place >= 0) & (place < len(order))
        safe = np.clip(place, 0, max(len(order) - 1, 0))
        if not len(order):
            break
        inside &= pool[safe] == wanted[0]
        gap = np.abs(amount[safe] - wanted[1])
        apart = np.abs(day[safe] - wanted[2])
        far = np.where(apart > CLOSE_DAYS, 2**50, 0) * (gap > 0)
        first, second = gap + far, apart
        better = inside & (
            (first < best_key[0])
            | ((first == best_key[0]) & (second < best_key[1]))
            | ((first == best_key[0]) & (second == best_key[1]) & (order[safe] < best))
        )
        best = np.where(better, order[safe], best)
        best_key = (np.where(better, first, best_key[0]), np.where(better, second, best_key[1]))
    known = best >= 0
    safe = np.where(known, best, 0)
    if not other.size:
        return _Nearest(best, np.zeros_like(best), np.zeros_like(best))
    return _Nearest(best, other.amount[safe] - wanted[1], other.day[safe] - wanted[2])


def _search(pool: Ints, amount: Ints, day: Ints, wanted: tuple[Ints, Ints, Ints]) -> Ints:
    """Where each wanted (pool, amount, day) would stand among the sorted ones."""
    count = len(wanted[0])
    columns = [np.concatenate((a, b)) for a, b in zip((pool, amount, day), wanted, strict=True)]
    is_wanted = np.concatenate((np.ones(len(pool), dtype=np.int8), np.zeros(count, dtype=np.int8)))
    order = np.lexsort((is_wanted, columns[2], columns[1], columns[0]))
    before = np.cumsum(is_wanted[order] == 1) - (is_wanted[order] == 1)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = before
    return place[len(pool) :]


def _explain(
    mine: Population, other: Population, free: Flags, crowded: Ints, reach: tuple[int, int]
) -> UnmatchedColumns:
    index = np.flatnonzero(free)
    nearest = _nearest(mine, other, index)
    is_crowded = np.isin(index, crowded)
    days = other.day[other.day != NO_DAY]
    span = (int(days.min()) + reach[0], int(days.max()) + reach[1]) if len(days) else (0, -1)
    twin_of = _matched_twin(mine, free, index)
    reasons, details = [], []
    for place, record in enumerate(index.tolist()):
        case = Case(
            amount=int(mine.amount[record]),
            currency=mine.table["currency"][record].as_py(),
            day=int(mine.day[record]),
            is_pending=bool(mine.pending[record]),
            is_crowded=bool(is_crowded[place]),
            twin=mine.ids[int(twin_of[place])].as_py() if twin_of[place] >= 0 else "",
            nearest=int(nearest.index[place]) >= 0,
            gap=int(nearest.gap[place]),
            lag=int(nearest.lag[place]),
            span=span,
        )
        reason, detail = judge(case)
        reasons.append(reason)
        details.append(detail)
    none = np.zeros(len(index), dtype=np.int64)
    return UnmatchedColumns(index, reasons, details, nearest.index, none)


def _matched_twin(mine: Population, free: Flags, index: Ints) -> Ints:
    """For each unmatched record a matched one of its own side that looks the same, or -1."""
    look, _ = twin_classes(mine)
    matched = np.full(int(look.max(initial=0)) + 1, -1, dtype=np.int64)
    used = np.flatnonzero(~free)[::-1]
    matched[look[used]] = used
    return matched[look[index]]


@dataclass(frozen=True)
class Case:
    """What is known of an unmatched record that has no candidate."""

    amount: int
    currency: str
    day: int
    is_pending: bool
    is_crowded: bool
    twin: str
    """A matched record of its own side that looks the same, or empty."""
    nearest: bool
    """Whether the other side has any record of its account and currency."""
    gap: int
    """Nearest amount minus its own."""
    lag: int
    """Nearest day minus its own."""
    span: tuple[int, int]
    """The days that the other side's records can reach; empty when the second is smaller."""


def judge(case: Case) -> tuple[UnmatchedReason, str]:  # noqa: PLR0911  a table, in the order tried
    """The reason, and the sentence with the numbers."""
    amount = money(case.amount, case.currency)
    if case.is_pending:
        return UnmatchedReason.WAITING, "Pending: the booked line has not come yet."
    if case.twin:
        sentence = (
            f"Looks the same as {case.twin} of its own side, which is matched: entered twice?"
        )
        return UnmatchedReason.DUPLICATE_OF, sentence
    if case.is_crowded:
        sentence = f"{amount} is so frequent in this account that not every pair was looked at."
        return UnmatchedReason.TOO_MANY, sentence
    if case.day == NO_DAY:
        return UnmatchedReason.NO_DATE, "It has no date, and no reference or id ties it to another."
    if case.nearest and not case.gap:
        apart = f"{abs(case.lag)} days {'later' if case.lag > 0 else 'earlier'}"
        apart = "without a date" if abs(case.lag) > NO_DAY_LAG else apart
        return UnmatchedReason.OUTSIDE_WINDOW, f"The other side has {amount} too, but {apart}."
    if case.span[0] <= case.span[1] and not case.span[0] <= case.day <= case.span[1]:
        sentence = "The other side's records do not reach its date: it may be early or late."
        return UnmatchedReason.CUT_OFF, sentence
    if case.nearest and abs(case.gap) * 100 <= NEAR_PERCENT * abs(case.amount):
        other = money(case.amount + case.gap, case.currency)
        off = f"{money(abs(case.gap), case.currency)} {'more' if case.gap > 0 else 'less'}"
        sentence = f"The nearest amount is {other}: {off}, {abs(case.lag)} days apart."
        return UnmatchedReason.OUTSIDE_TOLERANCE, sentence
    return UnmatchedReason.NO_CANDIDATE, f"The other side has nothing of {amount} or near it."


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
    for edge in mine[first].tolist():
        at = int(place[own[edge]])
        columns.nearest[at] = others[edge]
        columns.nearest_score[at] = value[edge]
        if columns.reason[at] is not UnmatchedReason.DUPLICATE_OF:
            columns.reason[at], columns.detail[at] = _judge_edge(
                int(value[edge]), is_free=bool(other_free[others[edge]])
            )


def _judge_edge(value: int, *, is_free: bool) -> tuple[UnmatchedReason, str]:
    if not is_free:
        return UnmatchedReason.CONSUMED, "Its best candidate belongs to a better match."
    if value <= 0:
        return UnmatchedReason.WEAK, (
            f"A candidate exists, but the evidence for it is {-value / 100:.2f} bits against."
        )
    return UnmatchedReason.TIE, "Several candidates are equally good, too many to propose one."
