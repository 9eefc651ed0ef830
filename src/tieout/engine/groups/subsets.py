"""What all subsets of some candidates weigh together, size by size: what a sum stands against."""

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.groups.records import Floats, Ints
from tieout.engine.groups.sums import STEPS_FEW, WIDTH_MAX
from tieout.engine.groups.weights import GAPS

NO_NUMBER = 1 << 60
"""Where records without a number come in the order of numbers."""
_BIN = np.searchsorted(GAPS, np.arange(GAPS[-1] + 1), "right")
"""The bin of every gap up to the last one's begin."""


def all_subsets(start: Ints, value: Floats, number: Ints, gap: Floats, sizes: int) -> Floats:
    """Per row and k the summed weight of all subsets of k: their values times their gaps' factors.

    Row i has the candidates `start[i]` to `start[i + 1]`, 63 at most. `gap` has a factor for each
    bin of `GAPS`, for two members that are neighbours by number; number -1: none.
    """
    placed = np.where(number < 0, NO_NUMBER, number)
    steps = int((np.diff(start) ** 2).sum()) * sizes // 2
    loop = _all_subsets.made() if steps > STEPS_FEW else _all_subsets
    return loop(start, value, placed, gap[_BIN], sizes)


@compiled
def _all_subsets(start: Ints, value: Floats, number: Ints, factor_of: Floats, sizes: int) -> Floats:
    table = np.zeros((len(start) - 1, sizes))
    table[:, 0] = 1
    order, ending = np.empty(WIDTH_MAX, np.int64), np.empty((WIDTH_MAX, sizes))
    for row in range(len(table)):
        mine, numbers = value[start[row] : start[row + 1]], number[start[row] : start[row + 1]]
        if (numbers < NO_NUMBER).sum() > 1:
            _by_number(numbers, order)
            _chained(mine, numbers, factor_of, (order, ending), table[row])
            continue
        for at in range(len(mine)):
            for size in range(sizes - 1, 0, -1):
                table[row, size] += mine[at] * table[row, size - 1]
    return table


@compiled
def _by_number(number: Ints, order: Ints) -> None:
    """The places of the candidates by number; equal ones as they stand."""
    for at in range(len(number)):
        place = at
        while place > 0 and number[order[place - 1]] > number[at]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = at


@compiled
def _chained(
    value: Floats, number: Ints, factor_of: Floats, room: tuple[Ints, Floats], table: Floats
) -> None:
    """Subsets are built in the order of the numbers, so that each new member has one neighbour."""
    order, ending = room
    sizes = len(table)
    for place in range(len(value)):
        at = order[place]
        ending[place] = 0
        ending[place, 1] = 1
        for before in range(place):
            factor = 1.0
            if number[at] < NO_NUMBER:
                gap = number[at] - number[order[before]]
                factor = factor_of[min(gap, len(factor_of) - 1)]
            for size in range(2, sizes):
                ending[place, size] += factor * ending[before, size - 1]
        for size in range(1, sizes):
            ending[place, size] *= value[at]
            table[size] += ending[place, size]
