"""Joins of integer keys on arrays, for the few records that later passes look at."""

import numpy as np

from tieout.engine.letters import mix_into, rows_among, set_of
from tieout.engine.ragged import spread
from tieout.engine.text import Flags, Ints

PAIRS_A_KEY_MAX = 400
"""A key that would make more pairs is too common to prove anything, and is passed over."""


def pairs_by_key(left_key: Ints, right_key: Ints) -> tuple[Ints, Ints]:
    """Places of all pairs of equal key; negative keys are no keys."""
    values, which, many = np.unique(left_key, return_inverse=True, return_counts=True)
    if not len(values):
        return values, values
    met = rows_among(set_of(values[values >= 0]), right_key)
    order = met[np.argsort(right_key[met], kind="stable")]
    ordered = right_key[order]
    low = np.searchsorted(ordered, values, side="left")[which]
    high = np.searchsorted(ordered, values, side="right")[which]
    count = np.where(left_key < 0, 0, high - low)
    count = np.where(count * many[which] > PAIRS_A_KEY_MAX, 0, count)
    one, place = spread(low, low + count)
    return one, order[place]


def mixed(*columns: Ints) -> Ints:
    """One non-negative key of several columns; negative where any of them is."""
    key = np.zeros(len(columns[0]), dtype=np.uint64)
    absent = np.zeros(len(columns[0]), dtype=np.bool_)
    for column in columns:
        absent |= column < 0
        mix_into(key, np.ascontiguousarray(column.astype(np.uint64)))
    return np.where(absent, -1, (key >> np.uint64(1)).view(np.int64))


def exclusive(one: Ints, other: Ints) -> Flags:
    """Pairs whose both ends are in no other pair."""
    if not len(one):
        return np.zeros(0, dtype=np.bool_)
    alone: Flags = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1)
    return alone
