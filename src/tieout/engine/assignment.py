"""The choice of pairs: each record at most once, greatest total value, the same for any order.

Sound dominance settles most: a pair worth more than the best alternatives of both its records
together is in every best choice. What is left goes by connected component to an exact solver.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.ragged import components, rank_in
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
    edge_label = label[edge_left]
    row, rows = _places(label[: len(lefts)])
    column, columns = _places(label[len(lefts) :])
    row, column = row[edge_left], column[edge_right]
    order = np.argsort(edge_label, kind="stable")
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(edge_label[order])) + 1, [len(order)]))
    largest = greedy = 0
    for begin, end in pairwise(bounds.tolist()):
        here = order[begin:end]
        part = open_[here]
        number = edge_label[here[0]]
        shape = int(rows[number]), int(columns[number])
        largest = max(largest, min(shape))
        if min(shape) > EXACT_RECORDS_MAX:
            greedy += 1
            _greedy(left, right, worth, part, chosen)
        else:
            _exact((row[here], column[here]), shape, worth[part], part, chosen)
    return len(bounds) - 1, largest, greedy


def _places(label: Ints) -> tuple[Ints, Ints]:
    """The place of each record among those of its component; how many each component has."""
    order = np.argsort(label, kind="stable")
    place = np.empty_like(order)
    place[order] = rank_in(label[order])
    return place, np.bincount(label)


def _exact(
    at: tuple[Ints, Ints], shape: tuple[int, int], worth: Ints, part: Ints, chosen: Flags
) -> None:
    """The best choice of a component: an absent edge is worth nothing, like no pair."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  start-up time counts

    matrix = np.zeros(shape)
    matrix[at] = worth
    place = np.full(shape, -1, dtype=np.int64)
    place[at] = part
    picked = place[linear_sum_assignment(matrix, maximize=True)]
    chosen[picked[picked >= 0]] = True


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
