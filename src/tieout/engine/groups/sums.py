"""All subsets of n amounts that give a total, for many rows of n amounts at once.

Meet in the middle: the amounts are cut into two halves; every partial sum of the first half is
sorted together with (total - partial sum) of the second; equal neighbours from different halves
are the solutions. Sums, half and subset are packed into one integer, so one plain sort a row
does the work. Sizes are bounded: with many amounts only small subsets of each half are formed.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from tieout.engine.groups.records import Bools, Ints

FULL = 22
"""Up to this many candidates every subset is formed."""
SIZE_BEYOND = ((30, 5), (63, 4))
"""(up to n candidates, parts): beyond FULL only subsets of so many parts are complete."""
LIST_MAX = 4096
"""Solutions of one row that are listed; a row with more is not decidable by its amounts."""
CHUNK = 1 << 18
"""Partial sums held at once (2 MB): little enough to stay near the processor."""


@dataclass(frozen=True)
class Solutions:
    """Solutions of many rows: `mask` has bit i for the i-th amount of its row."""

    row: Ints
    mask: Ints
    count: Ints
    """Per row: how many; exact unless `capped`."""
    capped: Bools
    """Per row: more than LIST_MAX, none listed."""
    work: int


@lru_cache(maxsize=256)
def _subsets(items: int, most: int) -> tuple[Ints, tuple[tuple[Ints, Ints], ...]]:
    """Masks of at most `most` bits by size, and per size (parent's place, highest item)."""
    masks = [np.zeros(1, np.int64)]
    steps = []
    offset = 0
    for _ in range(most):
        last = masks[-1]
        top = np.zeros(len(last), np.int64)
        for bit in range(items):
            top[(last >> bit) & 1 == 1] = bit + 1
        parent = np.concatenate([np.flatnonzero(top <= bit) for bit in range(items)])
        item = np.concatenate([np.full((top <= bit).sum(), bit) for bit in range(items)])
        steps.append((parent + offset, item.astype(np.int64)))
        masks.append(last[parent] | (np.int64(1) << item))
        offset += len(last)
    return np.concatenate(masks), tuple(steps)


def size_limit(candidates: int, most: int) -> int:
    """The most parts for which the search over so many candidates is complete."""
    if candidates <= FULL:
        return most
    return min(most, next(size for limit, size in SIZE_BEYOND if candidates <= limit))


def work_of(candidates: int, most: int) -> int:
    """Partial sums formed for one row."""
    limit = size_limit(candidates, most)
    half = candidates // 2
    return _subset_count(half, limit) + _subset_count(candidates - half, limit)


def _subset_count(items: int, most: int) -> int:
    return sum(comb(items, size) for size in range(min(items, most) + 1))


def solve(amounts: Ints, totals: Ints, least: int, most: int) -> Solutions:
    """Every subset of `least` to `most` parts of each row of `amounts` that sums to its total.

    All rows have the same number of amounts (2 to 63). Amounts are below 2**40 in size.
    """
    rows, width = amounts.shape
    work = work_of(width, most)
    step = max(1, CHUNK // work)
    found = [
        _solve_chunk(amounts[at : at + step], totals[at : at + step], at, least, most)
        for at in range(0, rows, step)
    ]
    count = np.concatenate([each.count for each in found]) if found else np.zeros(0, np.int64)
    capped = np.concatenate([each.capped for each in found]) if found else np.zeros(0, np.bool_)
    row = np.concatenate([each.row for each in found]) if found else np.zeros(0, np.int64)
    mask = np.concatenate([each.mask for each in found]) if found else np.zeros(0, np.int64)
    return Solutions(row, mask, count, capped, work * rows)


def _partial_sums(amounts: Ints, limit: int) -> tuple[Ints, Ints]:
    masks, steps = _subsets(amounts.shape[1], min(amounts.shape[1], limit))
    sums = np.zeros((len(amounts), len(masks)), np.int64)
    at = 1
    for parent, item in steps:
        sums[:, at : at + len(parent)] = sums[:, parent] + amounts[:, item]
        at += len(parent)
    return sums, masks


def _solve_chunk(amounts: Ints, totals: Ints, first: int, least: int, most: int) -> Solutions:
    rows, width = amounts.shape
    half = width // 2
    limit = size_limit(width, most)
    one, one_masks = _partial_sums(amounts[:, :half], limit)
    two, two_masks = _partial_sums(amounts[:, half:], limit)
    bits = max(len(one_masks), len(two_masks)).bit_length()
    keys = np.empty((rows, len(one_masks) + len(two_masks)), np.int64)
    keys[:, : len(one_masks)] = (one << (bits + 1)) | np.arange(len(one_masks))
    np.subtract(totals[:, None], two, out=two)
    keys[:, len(one_masks) :] = (two << (bits + 1)) | np.arange(len(two_masks)) | (1 << bits)
    del one, two
    keys.sort(axis=1)
    row, at = np.nonzero(((keys[:, 1:] ^ keys[:, :-1]) >> bits) == 1)
    before = _run(keys, row, at, bits, -1)
    after = _run(keys, row, at + 1, bits, 1)
    pairs = before * after
    capped = np.zeros(rows, np.bool_)
    total = np.bincount(row, pairs, rows)
    capped[total > 64 * LIST_MAX] = True
    keep = ~capped[row]
    which, mask = _expand(keys, (row[keep], at[keep]), before[keep], after[keep], bits)
    mask = one_masks[mask[0]] | (two_masks[mask[1]] << half)
    size = np.bitwise_count(mask)
    good = (size >= least) & (size <= limit)
    which, mask = which[good], mask[good]
    count = np.bincount(which, minlength=rows).astype(np.int64)
    count[capped] = total[capped].astype(np.int64)
    capped |= count > LIST_MAX
    listed = ~capped[which]
    order = np.lexsort((mask[listed], which[listed]))
    return Solutions(which[listed][order] + first, mask[listed][order], count, capped, 0)


def _run(keys: Ints, row: Ints, at: Ints, bits: int, way: int) -> Ints:
    """How many neighbours from `at` onwards (itself included) share its sum and its half."""
    length = np.ones(len(row), np.int64)
    live = np.arange(len(row))
    here = keys[row, at] >> bits
    while len(live):
        place = at[live] + way * length[live]
        inside = (place >= 0) & (place < keys.shape[1])
        live, place = live[inside], place[inside]
        live = live[(keys[row[live], place] >> bits) == here[live]]
        length[live] += 1
    return length


def _expand(
    keys: Ints, where: tuple[Ints, Ints], before: Ints, after: Ints, bits: int
) -> tuple[Ints, tuple[Ints, Ints]]:
    """Every combination of a run's first-half and second-half subsets."""
    row, at = where
    pairs = before * after
    which = np.repeat(np.arange(len(row)), pairs)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    low = (1 << bits) - 1
    rows = row[which]
    one = keys[rows, at[which] - nth % before[which]] & low
    two = keys[rows, at[which] + 1 + nth // before[which]] & low
    return rows, (one, two)
