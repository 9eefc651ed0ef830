"""The choice of pairs: each record at most once, greatest total value, the same for any order.

Sound dominance settles most: a pair worth more than the best alternatives of both its records
together is in every best choice. What is left goes by connected component to an exact solver.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tieout.engine.ragged import components
from tieout.engine.text import Flags, Ints

EXACT_RECORDS_MAX = 1_500
"""A component with more records on its smaller side goes to the fallback."""
_TIE_BITS = 20


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
    open_ = np.flatnonzero(value > 0)
    worth = unique_values(value, left, right)
    while len(open_):
        edge_left, edge_right = left[open_], right[open_]
        won = _dominant(edge_left, edge_right, worth[open_])
        if not won.any():
            break
        chosen[open_[won]] = True
        open_ = open_[~np.isin(edge_left, edge_left[won]) & ~np.isin(edge_right, edge_right[won])]
    by_dominance = int(chosen.sum())
    components, largest, greedy = _by_component(left, right, worth, open_, chosen)
    return Choice(chosen, by_dominance, components, largest, greedy)


def _dominant(left: Ints, right: Ints, worth: Ints) -> Flags:
    """Edges worth more than the best others of both their records together."""
    return worth > _best_other(left, worth) + _best_other(right, worth)


def _best_other(key: Ints, worth: Ints) -> Ints:
    """For each edge the greatest worth among the other edges of the same record, or 0."""
    order = np.argsort(key, kind="stable")
    sorted_key, sorted_worth = key[order], worth[order]
    first = np.flatnonzero(np.concatenate(([True], sorted_key[1:] != sorted_key[:-1])))
    count = np.diff(np.concatenate((first, [len(key)])))
    best = np.repeat(np.maximum.reduceat(sorted_worth, first), count)
    is_best = sorted_worth == best
    second = np.maximum.reduceat(np.where(is_best, 0, sorted_worth), first)
    other = np.where(is_best, np.repeat(second, count), best)
    result = np.empty_like(other)
    result[order] = other
    return result


def _by_component(
    left: Ints, right: Ints, worth: Ints, open_: Ints, chosen: Flags
) -> tuple[int, int, int]:
    if not len(open_):
        return 0, 0, 0
    lefts, edge_left = np.unique(left[open_], return_inverse=True)
    rights, edge_right = np.unique(right[open_], return_inverse=True)
    label = components(edge_left, edge_right + len(lefts), len(lefts) + len(rights))
    edge_label = label[edge_left]
    order = np.argsort(edge_label, kind="stable")
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(edge_label[order])) + 1, [len(order)]))
    largest = greedy = 0
    for begin, end in pairwise(bounds.tolist()):
        part = open_[order[begin:end]]
        lefts, rights = np.unique(left[part]), np.unique(right[part])
        smaller = min(len(lefts), len(rights))
        largest = max(largest, smaller)
        if smaller > EXACT_RECORDS_MAX:
            greedy += 1
            _greedy(left, right, worth, part, chosen)
        else:
            _exact(left, right, worth, part, chosen)
    return len(bounds) - 1, largest, greedy


def _exact(left: Ints, right: Ints, worth: Ints, part: Ints, chosen: Flags) -> None:
    """The best choice of a component: an absent edge is worth nothing, like no pair."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  start-up time counts

    lefts, rows = np.unique(left[part], return_inverse=True)
    rights, columns = np.unique(right[part], return_inverse=True)
    matrix = np.zeros((len(lefts), len(rights)))
    matrix[rows, columns] = worth[part]
    place = np.full((len(lefts), len(rights)), -1, dtype=np.int64)
    place[rows, columns] = part
    row, column = linear_sum_assignment(matrix, maximize=True)
    picked = place[row, column]
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
