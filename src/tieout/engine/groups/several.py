"""Several against several: two records of one side, two or three of the other, of one party.

Such a group is only suggested: many accidental ones exist, and every one is a guess about which
records were dealt with together.
"""

import numpy as np

from tieout.engine.groups.options import Options, Rule
from tieout.engine.groups.records import Floats, FreeRecords, Ints
from tieout.engine.groups.scopes import View, may_anchor
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import count_by, dense_both, meeting, rising, spread

EACH_MAX = 8
"""Records of one party and account on a side; with more the search is not tried."""
PRIOR = 0.01


def several_options(view: View, weights: GroupWeights) -> Options:
    """Two anchors (the first is named as the anchor) with two or three parts of their party."""
    here, there = dense_both(
        (view.anchor_block, view.part_block), (view.anchors.party, view.parts.party)
    )
    groups = max(int(here.max(initial=-1)), int(there.max(initial=-1))) + 1
    one = _few(view.anchors, here, groups)
    two = _few(view.parts, there, groups)
    left = _pairs(one, here)
    pairs = _pairs(two, there)
    right = pairs, _triples(pairs, two, there)
    out = [_join(view, weights, (here, there), left, each) for each in right]
    return Options.join(out)


def _few(records: FreeRecords, group: Ints, groups: int) -> Ints:
    usable = may_anchor(records) & (records.party >= 0)
    size = count_by(group[usable], groups)
    at: Ints = np.flatnonzero(usable & (size[group] <= EACH_MAX) & (size[group] >= 2))
    found: Ints = at[rising(group[at])]
    return found


def _pairs(at: Ints, group: Ints) -> Ints:
    """Rows of two positions of one group, ascending."""
    if not len(at):
        return np.zeros((0, 2), np.int64)
    end = np.cumsum(np.bincount(group[at]))[group[at]]
    first, second = spread(np.arange(len(at)) + 1, end)
    made: Ints = np.stack([at[first], at[second]], axis=1)
    return made


def _triples(pairs: Ints, at: Ints, group: Ints) -> Ints:
    if not len(pairs):
        return np.zeros((0, 3), np.int64)
    place = np.empty(int(at.max()) + 1, np.int64)
    place[at] = np.arange(len(at))
    end = np.cumsum(np.bincount(group[at]))[group[pairs[:, 1]]]
    first, third = spread(place[pairs[:, 1]] + 1, end)
    made: Ints = np.c_[pairs[first], at[third]]
    return made


def _join(
    view: View, weights: GroupWeights, party: tuple[Ints, Ints], left: Ints, right: Ints
) -> Options:
    """Combinations of equal sums, each within the window of the first anchor."""
    here, there = party
    if not len(left) or not len(right):
        none = np.zeros(0, np.int64)
        return Options.make(none, np.zeros(1, np.int64), none)
    total = view.anchors.amount[left].sum(axis=1)
    code, asked = dense_both(
        (there[right[:, 0]], here[left[:, 0]]), (view.parts.amount[right].sum(axis=1), total)
    )
    order, low, high = meeting(asked, code)
    row, place = spread(low, high)
    one, two = left[row], right[order[place]]
    good = np.ones(len(row), np.bool_)
    for a in range(one.shape[1]):
        for b in range(two.shape[1]):
            lag = view.lag(one[:, a], two[:, b])
            good &= (lag >= view.low) & (lag <= view.high)
            good &= view.anchors.amount[one[:, a]] != view.parts.amount[two[:, b]]
    one, two, row = one[good], two[good], row[good]
    # every pair of anchors met every combination of its party: that many chances for an accident
    top = int(max(here.max(), there.max())) + 1
    chances = count_by(here[left[:, 0]], top) * count_by(there[right[:, 0]], top)
    surprise: Floats = weights.surprise(view.direction, view.anchors, left[row, 0], total[row])
    nodes = np.c_[two, one[:, 1] + len(view.parts)]
    width = nodes.shape[1]
    return Options.make(
        one[:, 0],
        np.arange(len(one) + 1) * width,
        nodes.ravel(),
        rule=int(Rule.SEVERAL),
        amount=np.rint(100 * surprise).astype(np.int64),
        exclusivity=np.rint(100 * np.log2(PRIOR / chances[here[one[:, 0]]])).astype(np.int64),
    )
