"""Completing: what named parts lack of their sum, made up by other free records of those days.

A text names two of four invoices, the bank cut off the rest. What the named ones lack is searched
like a sum, of one part or more, against the hypothesis that it is a real remainder.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.groups.options import Options, Rule
from tieout.engine.groups.records import NO_DAY, Bools, Floats, Ints
from tieout.engine.groups.scopes import View, near_parts
from tieout.engine.groups.searched import AMOUNT_MAX, hundredths
from tieout.engine.groups.sums import members, solve, work_of
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.letters import rows_among, set_of
from tieout.engine.ragged import count_by, offsets, spread

SIZES = np.array([0.0, 0.4, 0.25, 0.2, 0.15])
"""How often one, two, three or four more records make up what is lacking."""
SAME_PARTY = 8.0
"""How much likelier a record is one of them that is of the anchor's party, or of a named part's."""
AMONG_MAX = 60
"""Of more candidates only those of the party are looked at; where these are more, none."""
FEW = 25
"""Of more candidates sets of four are not sought."""
LISTED_MAX = 1000
"""Anchors with more records than this in their days are passed over."""


@dataclass(frozen=True)
class Named:
    """Anchors and the parts they name: anchor i has `part[start[i]:start[i + 1]]`."""

    anchor: Ints
    start: Ints
    part: Ints

    @property
    def row_of(self) -> Ints:
        return np.repeat(np.arange(len(self.anchor)), np.diff(self.start))

    def lacking(self, view: View) -> Ints:
        """What each anchor's parts lack of its amount."""
        total = np.zeros(len(self.anchor), np.int64)
        np.add.at(total, self.row_of, view.parts.amount[self.part])
        return view.anchors.amount[self.anchor] - total

    def take(self, at: Ints) -> "Named":
        """These anchors."""
        row, place = spread(self.start[at], self.start[at + 1])
        return Named(self.anchor[at], offsets(row, len(at)), self.part[place])


def completed_options(
    view: View, named: Named, weights: GroupWeights, budget: int
) -> tuple[Options, int]:
    """Named parts with what makes up the rest, and the partial sums formed to find it."""
    lack, whole = named.lacking(view), view.anchors.amount[named.anchor]
    able = (lack != 0) & ((lack > 0) == (whole > 0)) & (np.abs(whole) < AMOUNT_MAX)
    able &= view.anchors.day[named.anchor] != NO_DAY
    named, lack = named.take(np.flatnonzero(able)), lack[able]
    near = _near(view, named, lack)
    begin, amount, width = near.start, view.parts.amount[near.part], np.diff(near.start)
    most = np.minimum(np.where(width > FEW, len(SIZES) - 2, len(SIZES) - 1), width)
    most[width == 1] = 0
    cost = work_of(width, most)
    cheapest = np.argsort(cost, kind="stable")
    most[cheapest[np.cumsum(cost[cheapest]) > budget]] = 0
    several = solve(begin, amount, lack, most)
    start, place = members(begin[several.row], several.mask)
    alone = np.flatnonzero(amount == np.repeat(lack, width))
    row = np.concatenate((np.repeat(np.arange(len(lack)), width)[alone], several.row))
    added = Named(row, np.r_[np.arange(len(alone)), start + len(alone)], np.r_[alone, place])
    size = np.diff(added.start)
    party = np.bincount(added.row_of, near.same[added.part], len(row)) * np.log2(SAME_PARTY)
    share = np.log2(SIZES[size]) - np.log2(near.sets[row, size])
    surprise = weights.surprise(view.direction, view.anchors, named.anchor, lack)[row]
    known = named.take(row)
    order = np.argsort(np.concatenate((known.row_of, added.row_of)), kind="stable")
    return Options.make(
        known.anchor,
        known.start + added.start,
        np.concatenate((known.part, near.part[added.part]))[order],
        rule=int(Rule.NAMED_COMPLETED),
        amount=hundredths(surprise),
        counterparty=hundredths(party),
        exclusivity=hundredths(share),
    ), int(cost[most > 0].sum())


@dataclass(frozen=True)
class _Near:
    """The records of each anchor's days that may be part of the rest: those no greater than it."""

    start: Ints
    part: Ints
    same: Bools
    """Of the anchor's party, or of a named part's."""
    sets: Floats
    """Per anchor and size what all sets weigh, greater records included: the rest could be any."""


def _near(view: View, named: Named, lack: Ints) -> _Near:
    row, part = near_parts(view, named.anchor, lack, LISTED_MAX)
    rows, size = len(named.anchor), len(view.parts)
    other = ~_among(row * size + part, named.row_of * size + named.part)
    row, part = row[other], part[other]
    same = _of_party(view, named, row, part)
    kin = count_by(row[same], rows)
    sets = _every_set(kin, count_by(row, rows) - kin)
    few = np.abs(view.parts.amount[part]) <= np.abs(lack)[row]
    row, part, same = row[few], part[few], same[few]
    for kept in (same, np.zeros(len(row), np.bool_)):
        few = kept[: len(row)] | (count_by(row, rows) <= AMONG_MAX)[row]
        row, part, same = row[few], part[few], same[few]
    return _Near(offsets(row, rows), part, same, sets)


def _every_set(kin: Ints, others: Ints) -> Floats:
    """What all sets of each size weigh among so many of the party and so many others."""
    out = np.zeros((len(kin), len(SIZES)))
    for size in range(len(SIZES)):
        for of_party in range(size + 1):
            one, two = _ways(kin, of_party), _ways(others, size - of_party)
            out[:, size] += one * two * SAME_PARTY**of_party
    return out


def _ways(many: Ints, size: int) -> Floats:
    """In how many ways so many can be taken of them."""
    out = np.ones(len(many))
    for each in range(size):
        out *= np.maximum(many - each, 0) / (each + 1)
    return out


def _of_party(view: View, named: Named, row: Ints, part: Ints) -> Bools:
    """Candidates that share a key of the name with their row's anchor or one of its parts."""
    anchors, parts = view.anchors, view.parts
    names = [parts.party[part], parts.alias[part]]
    own = [
        (np.arange(len(named.anchor)), each[named.anchor])
        for each in (anchors.party, anchors.alias)
    ]
    own += [(named.row_of, each[named.part]) for each in (parts.party, parts.alias)]
    high = 1 + max(int(each.max(initial=0)) for each in (*names, *(name for _, name in own)))
    known = np.concatenate([(at * high + name)[name >= 0] for at, name in own])
    same = [_among(row * high + name, known) & (name >= 0) for name in names]
    return np.asarray(same[0] | same[1])


def _among(keys: Ints, known: Ints) -> Bools:
    """Whether each key is one of those known."""
    made = np.zeros(len(keys), np.bool_)
    made[rows_among(set_of(known), keys)] = True
    return made
