"""What is said of pairs that are not confirmed: how likely each is right (pairs.md, belief)."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tieout.core.matching.rules import MatchRules
from tieout.engine.evidence import LAG_BINS, STARTS, Edges
from tieout.engine.marginals import UNKNOWN, UNUSUAL, Lags, chances
from tieout.engine.naming import of_names
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.ragged import among
from tieout.engine.text import Ints

Floats = npt.NDArray[np.float64]

USUAL_MIN = 0.002
"""A lag that fewer of all pairs have is nobody's habit."""
LAGS_LEARNED = 1000.0
"""An account's own lags weigh as much as those of all once it has so many pairs confirmed."""
HOPELESS = -1_000
"""Hundredths of a bit: pairs of odds below two to the minus tenth are not right, come what may."""
DOUBLE_DAYS = 3
"""What is entered twice is entered again within so many days."""


def usual_lags(weights: tuple[int, ...], rules: MatchRules) -> tuple[Ints, Floats]:
    """For each level of the date the number of its lag, and how common each usual lag is.

    `weights` are those of the levels of the date. Chance has no favourite day, so they say how
    often true pairs are that far apart.
    """
    window = min(rules.lag_days_max - rules.lag_days_min + 1, LAG_BINS)
    share = np.exp2(np.array(weights[2 : 2 + window]) / 100.0)
    share /= share.sum()
    usual = np.flatnonzero(share >= USUAL_MIN)
    number = np.full(len(weights), UNUSUAL, dtype=np.int64)
    number[0] = UNKNOWN
    number[2 + usual] = np.arange(len(usual))
    return number, share[usual] / share[usual].sum()


def beliefs(  # noqa: PLR0913, PLR0917  the pairs, and all that they are seen in
    edges: Edges,
    odds: tuple[Ints, int],
    chosen: tuple[Ints, Ints],
    lags: tuple[Ints, Floats],
    sides: Populations,
    looks: tuple[Ints, Ints],
) -> tuple[Floats, Floats]:
    """The chance that each open pair is right, given that the confirmed ones are; and of each edge.

    Only the former counts what may stand for a pair's records.

    `chosen` are the edges confirmed and those open. `odds` are in hundredths of a bit, each and
    what comes to all; they leave out that a record has only one partner. `looks` number the looks
    of each side's records.
    """
    sure, open_ = chosen
    value, more = odds
    hoped = value >= HOPELESS - more
    for key in (edges.left, edges.right):
        hoped &= ~among(key, key[sure])
    alive = np.flatnonzero(hoped)
    sure_ones, open_ones = (
        (sides.left.pool[edges.left[at]], lags[0][edges.levels[1][at]]) for at in (sure, alive)
    )
    share, bits = _lags_by_account(*sure_ones, lags[1], int(sides.left.pool.max(initial=0)))
    account, number = open_ones
    worth = value[alive] + (more + np.where(number < 0, 0.0, bits[account, number]))
    ends = edges.left[alive], edges.right[alive]
    habits = Lags(number, share, account)
    texts = edges.levels[3][alive] // STARTS
    worth += of_names(ends, texts, _roughly(ends, worth), sides)
    chance = np.zeros(edges.size)
    chance[alive] = chances(ends, worth, habits, sides.left.day)
    belief: Floats = chance[open_]
    _add_twins(belief, chance, edges, (alive, open_), looks)
    both = edges.left, edges.right
    _add_doubles(belief, chance, both, (alive, open_), sides.right, looks[1])
    _add_doubles(belief, chance, both[::-1], (alive, open_), sides.left, looks[0])
    return np.minimum(belief, 1.0), chance


def _roughly(ends: tuple[Ints, Ints], worth: Floats) -> Floats:
    """The chance of each pair against those of its own two records: enough to learn names from."""
    odds = np.exp2(worth / 100.0)
    rivals = sum(np.bincount(end, odds)[end] for end in ends) - odds
    return np.asarray(odds / (1.0 + rivals))


def _lags_by_account(
    account: Ints, number: Ints, usual: Floats, last: int
) -> tuple[Floats, Floats]:
    """How common each lag is in each account, and how much more so than in all of them.

    Both of shape (accounts, usual lags), by the confirmed pairs; the latter in hundredths of a bit.
    One bank is slow where another is prompt. An account of few pairs leans on all of them.
    """
    known = number >= 0
    cell = account[known] * len(usual) + number[known]
    seen = np.bincount(cell, minlength=(last + 1) * len(usual)).reshape(last + 1, -1)
    of_all = seen.sum(axis=0) + usual
    of_all /= of_all.sum()
    own = (seen + LAGS_LEARNED * of_all) / (seen.sum(axis=1, keepdims=True) + LAGS_LEARNED)
    share = usual * own / of_all
    return share / share.sum(axis=1, keepdims=True), 100 * np.log2(own / of_all)


def _add_twins(
    belief: Floats, chance: Floats, edges: Edges, at: tuple[Ints, Ints], looks: tuple[Ints, Ints]
) -> None:
    """Equal-looking records stand for one another.

    The open pairs of the same two looks are right as often as such pairs are expected.
    """
    alive, open_ = at
    left, right = looks
    many = (np.bincount(left)[left][edges.left] > 1) | (np.bincount(right)[right][edges.right] > 1)
    both = left[edges.left] * len(right) + right[edges.right]
    here = np.flatnonzero(many[open_])
    distinct, which = np.unique(both[open_[here]], return_inverse=True)
    seen = alive[many[alive]]
    seen = seen[np.isin(both[seen], distinct)]
    expected = np.bincount(np.searchsorted(distinct, both[seen]), chance[seen], len(distinct))
    belief[here] = (expected / np.maximum(np.bincount(which, minlength=len(distinct)), 1))[which]


def _add_doubles(  # noqa: PLR0913, PLR0917  a side of the pairs
    belief: Floats,
    chance: Floats,
    ends: tuple[Ints, Ints],
    at: tuple[Ints, Ints],
    side: Population,
    look: Ints,
) -> None:
    """What was entered twice stands for its double, where the double has no partner of its own."""
    key, other = ends
    alive, open_ = at
    pair_of = np.full(int(key.max(initial=-1)) + 1, -1, dtype=np.int64)
    pair_of[key[open_]] = np.arange(len(open_))
    taken = np.zeros(side.size, dtype=np.bool_)
    taken[other[open_]] = True
    rival = alive[(pair_of[key[alive]] >= 0) & ~taken[other[alive]]]
    mine = pair_of[key[rival]]
    one, again = other[open_[mine]], other[rival]
    double = (np.abs(side.day[one] - side.day[again]) <= DOUBLE_DAYS) & (side.day[one] != NO_DAY)
    double &= (side.amount[one] == side.amount[again]) & (side.pool[one] == side.pool[again])
    double &= (side.text.said[one] == side.text.said[again]) & (look[one] != look[again])
    found = np.flatnonzero(double)
    first, second = (_wording(side, index[found]) for index in (one, again))
    same = [a == b and any(a) for a, b in zip(first, second, strict=True)]
    found = found[np.array(same, dtype=np.bool_)]
    np.add.at(belief, mine[found], chance[rival[found]])


def _wording(side: Population, index: Ints) -> list[tuple[str, ...]]:
    """All that those records say."""
    rows = side.table.select(["counterparty", "narrative", "reference"]).take(pa.array(index))
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
