"""The choice of pairs: each record at most once, greatest total value, the same for any order.

Sound dominance settles most: a pair worth more than the best alternatives of both its records
together is in every best choice. What is left is solved exactly, but for components too large.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.ragged import components, offsets
from tieout.engine.text import Flags, Ints

EXACT_RECORDS_MAX = 1_500
"""A component with more records on its smaller side goes to the fallback."""
_TIE_BITS = 20
_TAKEN = 2**60
"""Of a record that has its pair: more than any edge is worth."""


@dataclass(frozen=True)
class Choice:
    """Which edges were chosen, and how."""

    chosen: Flags
    by_dominance: int
    components: int
    largest: int
    greedy_components: int


def unique_values(value: Ints, left: Ints, right: Ints) -> Ints:
    """Values made distinct in sum by a hash of the pair, so that the best choice is one only."""
    mixed = left.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= right.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    tie = (mixed >> np.uint64(64 - _TIE_BITS)).astype(np.int64)
    return (value << _TIE_BITS) + tie


def assign(left: Ints, right: Ints, value: Ints) -> Choice:
    """Choose among edges of positive value; edges are sorted by left, then right."""
    chosen = np.zeros(len(value), dtype=np.bool_)
    worth = unique_values(value, left, right)
    open_ = np.flatnonzero(value > 0)
    records = int(left.max(initial=-1)) + 1, int(right.max(initial=-1)) + 1
    open_ = open_[: _dominate(left, right, worth, records, open_, chosen)]
    by_dominance = int(chosen.sum())
    components, largest, greedy = _by_component(left, right, worth, open_, chosen)
    return Choice(chosen, by_dominance, components, largest, greedy)


@compiled
def _dominate(  # noqa: PLR0913, PLR0917  edges as columns
    left: Ints, right: Ints, worth: Ints, records: tuple[int, int], open_: Ints, chosen: Flags
) -> int:
    """Choose edges worth more than the best others of both their records together, in rounds.

    The edges that stay open move to the front of `open_`; how many they are is the answer.
    """
    at_left = np.empty((records[0], 2), dtype=np.int64)
    at_right = np.empty((records[1], 2), dtype=np.int64)
    size, before = len(open_), -1
    while size != before:
        for edge in open_[:size]:
            one, other = left[edge], right[edge]
            at_left[one, 0] = at_left[one, 1] = at_right[other, 0] = at_right[other, 1] = 0
        for edge in open_[:size]:
            _rank(at_left, left[edge], worth[edge])
            _rank(at_right, right[edge], worth[edge])
        for edge in open_[:size]:
            one, other = left[edge], right[edge]
            others = _other(at_left, one, worth[edge]) + _other(at_right, other, worth[edge])
            if worth[edge] > others:
                chosen[edge] = True
                at_left[one, 0] = at_right[other, 0] = _TAKEN
        before, size = size, 0
        for edge in open_[:before]:
            if at_left[left[edge], 0] < _TAKEN and at_right[right[edge], 0] < _TAKEN:
                open_[size] = edge
                size += 1
    return size


@compiled
def _rank(best: Ints, record: int, worth: int) -> None:
    """Keep the two greatest worths of a record."""
    if worth > best[record, 0]:
        best[record, 1] = best[record, 0]
        best[record, 0] = worth
    elif worth > best[record, 1]:
        best[record, 1] = worth


@compiled
def _other(best: Ints, record: int, worth: int) -> int:
    """The greatest worth among a record's other edges, or 0."""
    return int(best[record, 1] if best[record, 0] == worth else best[record, 0])


def _by_component(
    left: Ints, right: Ints, worth: Ints, open_: Ints, chosen: Flags
) -> tuple[int, int, int]:
    if not len(open_):
        return 0, 0, 0
    lefts, edge_left = np.unique(left[open_], return_inverse=True)
    rights, edge_right = np.unique(right[open_], return_inverse=True)
    label = components(edge_left, edge_right + len(lefts), len(lefts) + len(rights))
    smaller = np.minimum(np.bincount(label[: len(lefts)]), np.bincount(label[len(lefts) :]))
    edge_label = label[edge_left]
    exact = np.flatnonzero(smaller[edge_label] <= EXACT_RECORDS_MAX)
    begin = offsets(edge_left[exact], len(lefts))
    picked = _best(begin, edge_left[exact], edge_right[exact], worth[open_[exact]], len(rights))
    chosen[open_[exact[picked[picked >= 0]]]] = True
    too_large = np.flatnonzero(smaller > EXACT_RECORDS_MAX)
    for number in too_large:
        _greedy(left, right, worth, open_[edge_label == number], chosen)
    return len(smaller), int(smaller.max()), len(too_large)


@compiled
def _best(  # noqa: C901, PLR0912  one search, told in one piece
    begin: Ints, left: Ints, right: Ints, worth: Ints, rights: int
) -> Ints:
    """For each left record its edge in the best choice, or -1; edges from `begin` on are its own.

    One left record after the other is let in by the cheapest path of changes (the Hungarian
    method; Dijkstra's search over what each edge falls short of the prices of its ends). A path
    ends at a right record that is free, or at a left one that goes without.
    """
    edge_of, held_by = np.full(len(begin) - 1, -1), np.full(rights, -1)
    price, other_price = np.zeros(len(begin) - 1, np.int64), np.zeros(rights, np.int64)
    cost, came = np.full(rights, _TAKEN), np.empty(rights, np.int64)
    reached, is_done = np.empty(rights, np.int64), np.zeros(rights, np.bool_)
    for start in range(len(begin) - 1):
        for edge in range(begin[start], begin[start + 1]):
            price[start] = max(price[start], worth[edge] - other_price[right[edge]])
        here, spent, count = start, 0, 0
        least, without, end = price[start], start, -1
        while end < 0:
            for edge in range(begin[here], begin[here + 1]):
                other = right[edge]
                short = spent + price[here] + other_price[other] - worth[edge]
                if cost[other] == _TAKEN:
                    reached[count] = other
                    count += 1
                if short < cost[other]:
                    cost[other], came[other] = short, edge
            nearest = _nearest(reached[:count], cost, is_done)
            if nearest < 0 or cost[nearest] >= least:
                break
            is_done[nearest] = True
            spent = cost[nearest]
            if held_by[nearest] < 0:
                least, end = spent, nearest
            else:
                here = left[held_by[nearest]]
                if spent + price[here] < least:
                    least, without = spent + price[here], here
        price[start] -= least
        for other in reached[:count]:
            if is_done[other] and cost[other] < least:
                price[left[held_by[other]]] -= least - cost[other]
                other_price[other] += least - cost[other]
            cost[other], is_done[other] = _TAKEN, False
        if end < 0 and edge_of[without] >= 0:
            end = right[edge_of[without]]
            edge_of[without] = -1
        _change(left, right, came, end, edge_of, held_by)
    return edge_of


@compiled
def _change(  # noqa: PLR0913, PLR0917  edges, the way, and what is held
    left: Ints, right: Ints, came: Ints, end: int, edge_of: Ints, held_by: Ints
) -> None:
    """Give each right record on the way back from `end` to the left one before it."""
    while end >= 0:
        edge = came[end]
        before = edge_of[left[edge]]
        edge_of[left[edge]], held_by[end] = edge, edge
        end = right[before] if before >= 0 else -1


@compiled
def _nearest(reached: Ints, cost: Ints, is_done: Flags) -> int:
    """Of the records reached the one of least cost that is not done, or -1."""
    nearest = -1
    for other in reached:
        if not is_done[other] and (nearest < 0 or cost[other] < cost[nearest]):
            nearest = other
    return nearest


def _greedy(left: Ints, right: Ints, worth: Ints, part: Ints, chosen: Flags) -> None:
    """The fallback for a component too large: the heaviest edge first."""
    used_left: set[int] = set()
    used_right: set[int] = set()
    for edge in part[np.argsort(-worth[part], kind="stable")].tolist():
        one, other = int(left[edge]), int(right[edge])
        if one not in used_left and other not in used_right:
            used_left.add(one)
            used_right.add(other)
            chosen[edge] = True
