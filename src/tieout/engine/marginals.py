"""How likely each pair is among all ways to choose pairs together.

A choice takes each record at most once and weighs as much as the odds of its pairs multiplied; a
pair's chance is its share of the weight of all choices. Records that compete hang together in
components, most of them chains along the days. A component's left records are gone through by day:
of what was chosen before, only those right records matter that come up again, and they are few
(the transfer-matrix method, forward and backward). Where they are not, chances come from belief
propagation.

The days between are no independent evidence where something recurs: if one rent takes five days,
so does the next. Each component is weighed as it stands and once for each usual lag as its habit;
the chances are the mean, weighed by how well each of these explains the component. Else a chain
shifted as a whole by a week would be believed for its many equal proofs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tieout.engine.compiled import compiled
from tieout.engine.ragged import components, in_order, starts
from tieout.engine.text import Ints
from tieout.engine.workers import over

Floats = npt.NDArray[np.float64]

FELT_MIN = -600
"""Hundredths of a bit: pairs of odds below two to the minus sixth are left out."""
OPEN_MAX = 6
"""So many right records that come up again are kept apart at a time."""
CELLS_MAX = 2**20
"""So many sums of choices are held; a component that needs more is too large."""
MESSAGES = 8
HABIT = 0.75
"""So often what recurs takes its usual lag."""
RECURS = 0.5
"""The chance that a component has a habit, before it is looked at."""
BELIEF_MIN = 1e-9
UNUSUAL, UNKNOWN = -1, -2


@dataclass(frozen=True)
class Lags:
    """The days between the records of each pair, as far as they may be a habit."""

    number: Ints
    """For each pair the number of its usual lag; else `UNUSUAL`, or `UNKNOWN` without a date."""
    share: Floats
    """A row an account: how common each usual lag is there; together one."""
    account: Ints
    """For each pair the row of its account."""


def chances(ends: tuple[Ints, Ints], value: Ints | Floats, lags: Lags, left_day: Ints) -> Floats:
    """The chance of each pair, given its odds in hundredths of a bit.

    Pairs of odds below `FELT_MIN` are nobody's rivals.
    """
    chance: Floats = 1.0 / (1.0 + np.exp2(-value / 100.0))
    felt = np.flatnonzero(value >= FELT_MIN)
    several = [np.bincount(end[felt])[end[felt]] > 1 for end in ends]
    felt = felt[several[0] | several[1]]
    if not len(felt):
        return chance
    left, lefts = _renumbered(ends[0][felt])
    right, rights = _renumbered(ends[1][felt])
    label = components(left, right + len(lefts), len(lefts) + len(rights))[: len(lefts)]
    place = np.empty(len(lefts), dtype=np.int64)
    place[in_order(label, left_day[lefts])] = np.arange(len(lefts))
    order = in_order(place[left], right)
    felt, left, right = felt[order], left[order], right[order]
    bounds = np.append(starts(label[left]), len(felt))
    odds, found = np.exp2(value[felt] / 100.0), np.zeros(len(felt))
    lag, account = lags.number[felt], lags.account[felt]
    half = int(np.searchsorted(bounds, len(felt) // 2))
    del several, label, place, order  # memory is shortest while chances are counted
    over(
        lambda part: _fill(part, left, right, odds, lag, account, lags.share, len(rights), found),
        (bounds[: half + 1], bounds[half:]),
    )
    chance[felt] = found
    return chance


def _renumbered(index: Ints) -> tuple[Ints, Ints]:
    """The index in numbers without gaps, and what each number stands for."""
    there = np.flatnonzero(np.bincount(index))
    number = np.zeros(int(there[-1]) + 1, dtype=np.int64)
    number[there] = np.arange(len(there))
    return number[index], there


@compiled
def _fill(  # noqa: PLR0913, PLR0917  the pairs, and where the answer goes
    bounds: Ints,
    left: Ints,
    right: Ints,
    odds: Floats,
    lag: Ints,
    account: Ints,
    share: Floats,
    rights: int,
    chance: Floats,
) -> None:
    """The chance of each pair; pairs stand by component (`bounds`), then by left record."""
    last = np.zeros(rights, dtype=np.int64)
    bit = np.full(rights, -1, dtype=np.int64)
    sums = np.empty(rights)
    for part in range(len(bounds) - 1):
        here = slice(bounds[part], bounds[part + 1])
        to, own, found = right[here], odds[here], chance[here]
        rows = _rows(left[here])
        for edge in range(len(to)):
            last[to[edge]] = edge
        width = _seats(rows, to, last, bit)
        if width > OPEN_MAX or len(rows) << width > CELLS_MAX:
            _by_messages(rows, to, own, sums, found)
        else:
            usual = share[account[bounds[part]]]
            _by_habits(rows, to, last, bit, 1 << width, own, lag[here], usual, found)


@compiled
def _rows(left: Ints) -> Ints:
    """Where each left record's pairs begin, and the end."""
    rows = np.empty(len(left) + 1, dtype=np.int64)
    count = 0
    for edge in range(len(left)):
        if edge == 0 or left[edge] != left[edge - 1]:
            rows[count] = edge
            count += 1
    rows[count] = len(left)
    return rows[: count + 1]


@compiled
def _seats(rows: Ints, right: Ints, last: Ints, bit: Ints) -> int:
    """Give each right record a bit for as long as it comes up; how many are needed at once."""
    for edge in range(len(right)):
        bit[right[edge]] = -1
    taken = 0
    width = 0
    for row in range(len(rows) - 1):
        for edge in range(rows[row], rows[row + 1]):
            if bit[right[edge]] < 0:
                free = 0
                while taken >> free & 1:
                    free += 1
                if free >= OPEN_MAX:
                    return OPEN_MAX + 1
                bit[right[edge]] = free
                taken |= 1 << free
                width = max(width, free + 1)
        for edge in range(rows[row], rows[row + 1]):
            if last[right[edge]] == edge:
                taken &= ~(1 << bit[right[edge]])
    return width


@compiled
def _by_habits(  # noqa: PLR0913, PLR0917  a component, room to work, and where the answer goes
    rows: Ints,
    right: Ints,
    last: Ints,
    bit: Ints,
    states: int,
    odds: Floats,
    lag: Ints,
    usual: Floats,
    chance: Floats,
) -> None:
    """The mean of the chances under no habit (-2), one nobody here has (-1), and each usual one."""
    seen = np.zeros(len(usual))
    for edge in range(len(lag)):
        if lag[edge] >= 0:
            seen[lag[edge]] = usual[lag[edge]]
    nobodys = 1.0 - seen.sum()
    before, room = np.empty((len(rows), states)), np.empty((3, states))
    felt, found = np.empty(len(odds)), np.empty(len(odds))
    best, total = -1e300, 0.0
    for habit in range(UNKNOWN, len(usual)):
        belief = 1.0 - RECURS
        if habit >= 0:
            belief = RECURS * seen[habit]
        elif habit == UNUSUAL:
            belief = RECURS * nobodys
        if belief < BELIEF_MIN:
            continue
        _under(habit, odds, lag, usual, felt)
        log = np.log2(belief) + _summed(rows, right, last, bit, felt, before, room, found)
        top = max(log, best)
        kept, added, best = 2.0 ** (best - top), 2.0 ** (log - top), top
        total = total * kept + added
        for edge in range(len(odds)):
            chance[edge] = chance[edge] * kept + found[edge] * added
    for edge in range(len(odds)):
        chance[edge] /= total


@compiled
def _under(habit: int, odds: Floats, lag: Ints, usual: Floats, felt: Floats) -> None:
    """The odds of pairs where there is that habit: its lag is more common, any other less."""
    for edge in range(len(odds)):
        felt[edge] = odds[edge]
        if habit > UNKNOWN and lag[edge] != UNKNOWN:
            felt[edge] *= 1.0 - HABIT
            if habit >= 0 and lag[edge] == habit:
                felt[edge] += odds[edge] * HABIT / usual[habit]


@compiled
def _summed(  # noqa: C901, PLR0912, PLR0913, PLR0917  as above, once down and once up
    rows: Ints,
    right: Ints,
    last: Ints,
    bit: Ints,
    odds: Floats,
    before: Floats,
    room: Floats,
    found: Floats,
) -> float:
    """Chances by the sum over all choices; the binary logarithm of that sum.

    `before[row]` holds, for each set of open right records taken, the share of what was chosen
    above that row; `after` what can still be chosen below.
    """
    states = room.shape[1]
    now, after, then = room[0], room[1], room[2]
    for state in range(states):
        before[0, state] = 0.0 if state else 1.0
        after[state] = 1.0
    log = 0.0
    for row in range(len(rows) - 1):
        shut = 0
        total = 0.0
        here, below = before[row], before[row + 1]
        for state in range(states):
            now[state] = here[state]
            below[state] = 0.0
        for edge in range(rows[row], rows[row + 1]):
            one, own = 1 << bit[right[edge]], odds[edge]
            for first in range(0, states, 2 * one):
                for state in range(first, first + one):
                    now[state + one] += here[state] * own
            if last[right[edge]] == edge:
                shut |= one
        for state in range(states):
            below[state & ~shut] += now[state]
            total += now[state]
        scale = 1.0 / total
        for state in range(states):
            below[state] *= scale
        log += np.log2(total)
    for row in range(len(rows) - 2, -1, -1):
        shut = 0
        for edge in range(rows[row], rows[row + 1]):
            if last[right[edge]] == edge:
                shut |= 1 << bit[right[edge]]
        here = before[row]
        total = 0.0
        for state in range(states):
            then[state] = after[state & ~shut]
            now[state] = then[state]
            total += here[state] * then[state]
        for edge in range(rows[row], rows[row + 1]):
            one, own = 1 << bit[right[edge]], odds[edge]
            through = 0.0
            for first in range(0, states, 2 * one):
                for state in range(first, first + one):
                    through += here[state] * then[state + one]
                    now[state] += then[state + one] * own
            found[edge] = through * own
            total += found[edge]
        for edge in range(rows[row], rows[row + 1]):
            found[edge] /= total
        scale = 1.0 / now[0]
        for state in range(states):
            after[state] = now[state] * scale
    return log


@compiled
def _by_messages(rows: Ints, right: Ints, odds: Floats, at_right: Floats, chance: Floats) -> None:
    """Chances by belief propagation, where choices are too many to be summed."""
    left_open, right_open = np.ones(len(right)), np.ones(len(right))
    for _ in range(MESSAGES):
        for edge in range(len(right)):
            at_right[right[edge]] = 0.0
        for edge in range(len(right)):
            at_right[right[edge]] += odds[edge] * left_open[edge]
        for edge in range(len(right)):
            rivals = at_right[right[edge]] - odds[edge] * left_open[edge]
            right_open[edge] = 1.0 / (1.0 + max(rivals, 0.0))
        for row in range(len(rows) - 1):
            at_left = 0.0
            for edge in range(rows[row], rows[row + 1]):
                at_left += odds[edge] * right_open[edge]
            for edge in range(rows[row], rows[row + 1]):
                rivals = max(at_left - odds[edge] * right_open[edge], 0.0)
                left_open[edge] = np.sqrt(left_open[edge] / (1.0 + rivals))
    for edge in range(len(right)):
        strength = odds[edge] * left_open[edge] * right_open[edge]
        chance[edge] = strength / (1.0 + strength)
