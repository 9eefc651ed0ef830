"""All subsets of some amounts that give a total, for many rows of amounts.

Meet in the middle: the amounts are cut into two halves, and every partial sum of the first half is
filed. Each of the second is looked up there: what it lacks of the total. Subsets are formed in the
order of their masks, so that the solutions come in that order too. Sizes are bounded: with many
amounts only small subsets of each half are formed.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.groups.records import Bools, Ints

FULL = 22
"""Up to this many candidates every subset is formed."""
WIDTH_MAX = 63
SIZE_LIMIT = np.array([63] * (FULL + 1) + [5] * (30 - FULL) + [4] * (WIDTH_MAX - 30), np.int64)
"""Per number of candidates: the most parts that the search is complete for."""
LEAST = 2
"""Parts of a sum."""
LIST_MAX = 4096
"""Solutions of one row that are listed; a row with more is not decidable by its amounts."""
PAIRS_MAX = 64 * LIST_MAX
"""Of so many equal partial sums that it has more, a row's solutions are not told one by one."""
SUBSETS = np.cumsum([[comb(n, k) for k in range(33)] for n in range(33)], axis=1, dtype=np.int64)
"""Subsets of n items that have k or fewer of them; for halves, which have 32 at most."""

STEPS_FEW = 20_000
"""So many steps a loop takes as it stands before the compiler would be loaded."""

SUM, MASK, SIZE, NEXT, SAME, LOWEST, MANY = range(7)
"""What is known of a subset of a half: its sum, its items, how many these are; and when filed,
the next sum of its shelf, the next subset of the same sum, the first of these and their number."""
MIX = np.int64(-7046029254386353131)
"""An odd number whose multiples differ in their high bits."""


@dataclass(frozen=True)
class Solutions:
    """Solutions of many rows: `mask` has bit i for the i-th amount of its row."""

    row: Ints
    """Ascending, and the masks within each row."""
    mask: Ints
    count: Ints
    """Per row: how many; exact unless `capped`."""
    capped: Bools
    """Per row: more than LIST_MAX, none listed."""


def work_of(width: Ints, most: Ints) -> Ints:
    """Partial sums formed for rows of so many amounts and parts at most, within `SIZE_LIMIT`."""
    half = width // 2
    one = SUBSETS[half, np.minimum(most, half)]
    return np.asarray(one + SUBSETS[width - half, np.minimum(most, width - half)], np.int64)


def solve(start: Ints, amounts: Ints, totals: Ints, most: Ints) -> Solutions:
    """Every subset of `LEAST` to `most` parts of each row of amounts that sums to its total.

    Row i has `amounts[start[i]:start[i + 1]]`, 2 to 63 of them and below 2**40 in size, and
    `most[i]` is within `SIZE_LIMIT`; 0: the row is not looked at.
    """
    half = (np.diff(start) + 1)[most > 0] // 2
    room = int(SUBSETS[half, np.minimum(most[most > 0], half)].max(initial=1))
    loop = _solve.made() if int(work_of(np.diff(start), most).sum()) > STEPS_FEW else _solve
    return Solutions(*loop(start, amounts, totals, most, room))


@compiled
def _solve(
    start: Ints, amounts: Ints, totals: Ints, most: Ints, room: int
) -> tuple[Ints, Ints, Ints, Bools]:
    rows = len(totals)
    count, capped = np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
    row_of, mask_of = np.empty(8 * LIST_MAX, np.int64), np.empty(8 * LIST_MAX, np.int64)
    one, two = np.empty((7, room), np.int64), np.empty((3, room), np.int64)
    met, shelves = np.empty((2, room), np.int64), np.empty(8 * room, np.int64)
    listed = 0
    for row in range(rows):
        if most[row] == 0:
            continue
        middle = (start[row] + start[row + 1]) // 2
        half = middle - start[row]
        ones = _partial_sums(amounts[start[row] : middle], most[row], one)
        twos = _partial_sums(amounts[middle : start[row + 1]], most[row], two)
        bits = _file(one, ones, shelves)
        meetings, pairs = _meet(one, two[SUM, :twos], totals[row], (shelves, bits), met)
        if pairs > PAIRS_MAX:
            count[row], capped[row] = pairs, True
            continue
        if listed + LIST_MAX > len(row_of):
            row_of, mask_of = _longer(row_of), _longer(mask_of)
        for each in range(meetings):
            other = met[1, each]
            this = one[LOWEST, met[0, each]]
            while this >= 0:
                size = one[SIZE, this] + two[SIZE, other]
                if LEAST <= size <= most[row]:
                    if count[row] < LIST_MAX:
                        row_of[listed + count[row]] = row
                        mask_of[listed + count[row]] = one[MASK, this] | two[MASK, other] << half
                    count[row] += 1
                this = one[SAME, this]
        capped[row] = count[row] > LIST_MAX
        listed += 0 if capped[row] else count[row]
    return row_of[:listed].copy(), mask_of[:listed].copy(), count, capped


@compiled
def _partial_sums(amounts: Ints, most: int, into: Ints) -> int:
    """All subsets of at most so many amounts, in the order of their masks; how many."""
    into[:3, 0] = 0
    made = 1
    for item in range(len(amounts)):
        for each in range(made):
            if into[SIZE, each] < most:
                into[SUM, made] = into[SUM, each] + amounts[item]
                into[MASK, made] = into[MASK, each] | (np.int64(1) << item)
                into[SIZE, made] = into[SIZE, each] + 1
                made += 1
    return made


@compiled
def _file(one: Ints, ones: int, shelves: Ints) -> int:
    """Put every sum on the shelf that its bits name, equal ones together; the bits of a shelf."""
    bits = 2
    while 1 << bits < 4 * ones:
        bits += 1
    shelves[: 1 << bits] = -1
    for each in range(ones - 1, -1, -1):  # the last first: equal ones are read the first first
        shelf = _shelf(one[SUM, each], bits)
        known = shelves[shelf]
        while known >= 0 and one[SUM, known] != one[SUM, each]:
            known = one[NEXT, known]
        if known < 0:
            known = each
            one[NEXT, each], shelves[shelf] = shelves[shelf], each
            one[LOWEST, each], one[MANY, each] = -1, 0
        one[SAME, each], one[LOWEST, known] = one[LOWEST, known], each
        one[MANY, known] += 1
    return bits


@compiled
def _meet(
    one: Ints, others: Ints, total: np.int64, filed: tuple[Ints, int], met: Ints
) -> tuple[int, int]:
    """Which filed sum and which other give the total: how many such meetings, of how many pairs."""
    shelves, bits = filed
    meetings = pairs = 0
    for other in range(len(others)):
        lacking = total - others[other]
        known = shelves[_shelf(lacking, bits)]
        while known >= 0 and one[SUM, known] != lacking:
            known = one[NEXT, known]
        if known >= 0:
            met[0, meetings], met[1, meetings] = known, other
            meetings += 1
            pairs += one[MANY, known]
    return meetings, pairs


@compiled
def _shelf(value: np.int64, bits: int) -> np.int64:
    return (value * MIX >> (64 - bits)) & ((1 << bits) - 1)


@compiled
def _longer(values: Ints) -> Ints:
    made = np.empty(2 * len(values), np.int64)
    made[: len(values)] = values
    return made


def members(begin: Ints, mask: Ints) -> tuple[Ints, Ints]:
    """Offsets and flat places of the set bits of each mask, whose bit 0 is the place `begin`."""
    size = np.bitwise_count(mask).astype(np.int64)
    start = np.r_[0, np.cumsum(size)]
    return start, _places(begin, mask, start)


@compiled
def _places(begin: Ints, mask: Ints, start: Ints) -> Ints:
    made = np.empty(start[-1], np.int64)
    for each in range(len(mask)):
        at, place, rest = start[each], begin[each], mask[each]
        while rest:
            if rest & 1:
                made[at] = place
                at += 1
            place += 1
            rest >>= 1
    return made
