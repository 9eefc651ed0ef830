"""Searched sums: every subset of an anchor's candidates that gives its amount, with its evidence.

Finding (which subsets) is apart from weighing (what each is worth), so that the weights can be
learned from one search and applied to another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tieout.engine.groups.records import Bools, Floats, Ints
from tieout.engine.groups.scopes import Rows, View
from tieout.engine.groups.subsets import all_subsets
from tieout.engine.groups.sums import SIZE_LIMIT, members, solve, work_of
from tieout.engine.groups.weights import GAPS, GroupWeights
from tieout.engine.ragged import count_by, offsets, rank_in, spread

HOPE = np.array([0.25, 8.0, 8.0])
"""Per scope: sums whose share is less than so many times what stands against them are not sought.

Within a party a sum may be worth a question; among all of a kind only a likely one is.
"""
DATE_BONUS, NUMBER_BONUS = 0.5, 0.7
"""Bits that each member of a true sum may have over an accidental one by its date, its number."""
AMOUNT_MAX = 1 << 40
"""Larger amounts are not searched: 63 of them stay far from the end of 64 bits."""


@dataclass(frozen=True)
class Found:
    """The solutions of some rows: solution i has `part[start[i]:start[i + 1]]`."""

    rows: Rows
    row: Ints
    start: Ints
    place: Ints
    """Flat places of the members in `rows.part`."""
    count: Ints
    """Per row."""
    capped: Bools
    limit: Ints
    """Per row: the most parts for which the list is complete; 0: not searched (budget)."""
    work: int

    @property
    def size(self) -> Ints:
        return np.diff(self.start)

    @property
    def member_of(self) -> Ints:
        return np.repeat(np.arange(len(self.row)), self.size)

    @property
    def part(self) -> Ints:
        return self.rows.part[self.place]


def solved(found: Found) -> Found:
    """Only the rows that have solutions: all that weighing needs."""
    has = np.flatnonzero(count_by(found.row, len(found.rows.anchor)))
    rows = found.rows
    row, place = spread(rows.start[has], rows.start[has + 1])
    start = offsets(row, len(has))
    kept = Rows(
        rows.anchor[has],
        rows.scope[has],
        rows.kind[has],
        start,
        rows.part[place],
        rows.refused_anchor,
        rows.refused_count,
    )
    number = np.zeros(len(rows.anchor), np.int64)
    number[has] = np.arange(len(has))
    new = number[found.row]
    moved = found.place - (rows.start[found.row] - start[new])[found.member_of]
    few = found.count[has], found.capped[has], found.limit[has]
    return Found(kept, new, found.start, moved, *few, found.work)


def search(view: View, rows: Rows, most: Ints | int, budget: int) -> Found:
    """All solutions of all rows up to `most` parts, cheapest rows first, within each budget."""
    width = rows.width
    most = np.minimum(most, SIZE_LIMIT[width])
    cost = work_of(width, most)
    limit = np.where(_affordable(view, rows, cost, budget), most, 0)
    totals = view.anchors.amount[rows.anchor]
    made = solve(rows.start, view.parts.amount[rows.part], totals, limit)
    start, place = members(rows.start[made.row], made.mask)
    work = int(cost[limit > 0].sum())
    return Found(rows, made.row, start, place, made.count, made.capped, limit, work)


def _affordable(view: View, rows: Rows, cost: Ints, budget: int) -> Bools:
    block = view.anchor_block[rows.anchor]
    order = np.lexsort((np.arange(len(cost)), cost, block))
    spent = np.cumsum(cost[order])
    begin = np.searchsorted(block[order], block[order], "left")
    spent -= spent[begin] - cost[order][begin]
    allowed = np.zeros(len(cost), np.bool_)
    allowed[order] = spent <= budget
    big = np.abs(view.parts.amount[rows.part]) >= AMOUNT_MAX
    allowed &= count_by(rows.row_of[big], len(cost)) == 0
    return allowed & (np.abs(view.anchors.amount[rows.anchor]) < AMOUNT_MAX)


@dataclass(frozen=True)
class Evidence:
    """What each solution is worth, in hundredths of a bit against 'the anchor is no sum'."""

    amount: Ints
    date: Ints
    reference: Ints
    exclusivity: Ints

    @property
    def total(self) -> Ints:
        return self.amount + self.date + self.reference + self.exclusivity


def weigh(view: View, found: Found, weights: GroupWeights) -> Evidence:
    """The evidence of every solution under these weights."""
    rows = found.rows
    cell = cells(view, rows, weights)
    amount = weights.surprise(view.direction, view.anchors, rows.anchor)
    share = weights.prior[cell]
    odds = np.log2(share / (1 - share))
    line, subsets = _lines(view, rows, cell, weights)
    size = found.size
    log_size = np.log2(np.maximum(weights.size[cell], 1e-9))
    date = np.bincount(found.member_of, line[found.place], len(found.row))
    exclusive = (odds[found.row] + log_size[found.row, size]) - subsets[found.row, size]
    member, gap = gaps(view, found)
    return Evidence(
        hundredths(amount)[found.row],
        date.astype(np.int64),
        np.bincount(member, weights.gap[gap], len(found.row)).astype(np.int64),
        hundredths(exclusive),
    )


def cells(view: View, rows: Rows, weights: GroupWeights) -> tuple[int, Ints, Ints, Ints]:
    """The cell of every row, as an index into the arrays of the weights."""
    slot = weights.slots(view.anchors.kind)[rows.anchor]
    return view.direction, rows.scope, slot, rows.kind


def hundredths(bits: Floats) -> Ints:
    """Bits as whole hundredths."""
    return np.rint(100 * bits).astype(np.int64)


def _lines(
    view: View, rows: Rows, cell: tuple[int, Ints, Ints, Ints], weights: GroupWeights
) -> tuple[Ints, Floats]:
    """Per candidate its date evidence; per row and k log2 of the weight of all k-subsets."""
    row = rows.row_of
    lag = np.clip(view.lag(rows.anchor[row], rows.part), weights.low, weights.high) - weights.low
    share = weights.lag[(cell[0], *(each[row] for each in cell[1:]), lag)]
    width = np.maximum(rows.width, 1)
    mean = np.bincount(row, share, len(width)) / width
    relative = share / mean[row] if len(row) else share
    line = hundredths(np.log2(np.maximum(relative, 1e-6)))
    relative = np.exp2(line / 100)
    number = view.parts.number[rows.part]
    gap, sizes = np.exp2(weights.gap / 100), weights.size.shape[-1]
    subsets = all_subsets(rows.start, relative, number, gap, sizes)
    return line, np.log2(np.maximum(subsets, 1e-300))


def gaps(view: View, found: Found) -> tuple[Ints, Ints]:
    """(solution, bin) for each two members that are neighbours by number."""
    number = view.parts.number[found.part]
    has = number >= 0
    member, number = found.member_of[has], number[has]
    order = np.lexsort((number, member))
    member, number = member[order], number[order]
    same = member[1:] == member[:-1]
    gap = (number[1:] - number[:-1])[same]
    return member[1:][same], np.searchsorted(GAPS, gap, "right")


def unsearched(view: View, found: Found, weights: GroupWeights) -> Floats:
    """Per row the expected weight (not its logarithm) of solutions larger than were searched."""
    cell = cells(view, found.rows, weights)
    size, share = weights.size[cell], weights.prior[cell]
    out = np.zeros(len(found.rows.anchor))
    short = (found.limit > 0) & (found.limit < size.shape[1] - 1)
    for k, chance in _chances(view, found.rows, size.shape[1]):
        out += np.where(short & (found.limit < k), size[:, k] * chance, 0)
    amount = weights.surprise(view.direction, view.anchors, found.rows.anchor)
    bits = np.minimum(amount + np.log2(share / (1 - share)), 200)
    return np.asarray(out * np.exp2(bits), np.float64)


def _chances(view: View, rows: Rows, sizes: int) -> Iterator[tuple[int, Floats]]:
    """Per k and row the chance that a sum of k of its candidates is just the anchor's amount.

    Sums of k of n amounts lie about k times their mean, nearly normally.
    """
    row = rows.row_of
    amount = view.parts.amount[rows.part].astype(np.float64)
    width = np.maximum(rows.width, 2).astype(np.float64)
    mean = np.bincount(row, amount, len(width)) / width
    spread_of = np.bincount(row, (amount - mean[row]) ** 2, len(width)) / width
    total = view.anchors.amount[rows.anchor].astype(np.float64)
    for k in range(2, sizes):
        variance = k * spread_of * np.maximum(width - k, 0) / (width - 1) + 1
        gap = (total - k * mean) ** 2 / (2 * variance)
        yield k, np.where(width > k, np.exp(-gap) / np.sqrt(2 * np.pi * variance), 0)


def depth(view: View, rows: Rows, weights: GroupWeights) -> Ints:
    """Per row the most parts that a sum could have and still be proposed; below 2: none.

    Known before the search: a set of k of n candidates has the share size[k] / (n over k); against
    it stand all accidental sets together, and that the anchor is no sum. What good dates and
    neighbouring numbers may add is allowed for.
    """
    cell = cells(view, rows, weights)
    size, share = weights.size[cell], weights.prior[cell]
    density = np.exp2(-weights.surprise(view.direction, view.anchors, rows.anchor))
    against = (1 - share) / share * density
    for k, chance in _chances(view, rows, size.shape[1]):
        against += size[:, k] * chance
    numbered = np.bincount(rows.row_of, view.parts.number[rows.part] >= 0, len(share)) > 1
    bonus = np.where(numbered & (weights.gap.max() > 0), NUMBER_BONUS, DATE_BONUS)
    out = np.zeros(len(share), np.int64)
    ways = np.ones(len(share))
    for k in range(1, size.shape[1]):
        ways *= np.maximum(rows.width - k + 1, 0) / k
        if k > 1:
            mine = size[:, k] * np.exp2(bonus * k) / np.maximum(ways, 1)
            out[(mine >= HOPE[rows.scope] * against) & (ways > 0)] = k
    return out


def rank_options(anchor: Ints, weight: Ints, tie: Ints) -> tuple[Ints, Ints]:
    """Order of options by anchor and falling weight, and each one's rank in its anchor."""
    order = np.lexsort((tie, -weight, anchor))
    return order, rank_in(anchor[order])


def flat_members(found: Found, keep: Ints) -> tuple[Ints, Ints]:
    """Offsets and parts of the kept solutions."""
    row, place = spread(found.start[keep], found.start[keep + 1])
    return offsets(row, len(keep)), found.part[place]
