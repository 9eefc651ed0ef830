"""Members of a sum for which another record could stand in: then the sum is no surer than that.

Sums are sought among records that no pair holds. A record that a pair only suggests may be the
true member, and the one that was taken its pair's: both have one amount, and nobody would notice.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, Status
from tieout.engine.evidence import Edges
from tieout.engine.groups import FoundGroup
from tieout.engine.groups.options import RULE_WORDS, Rule
from tieout.engine.later import NAME_KEY_LETTERS
from tieout.engine.policy import Pairs
from tieout.engine.population import Population, Populations
from tieout.engine.ragged import dense_both, in_order
from tieout.engine.text import Ints
from tieout.engine.workers import over

Floats = npt.NDArray[np.float64]

NEAR_DAYS = 7
"""Further away a record's day speaks for the member that was taken."""
OPEN_MIN = 0.0005
"""A pair wrong less often is sure enough."""
STRANGER = 0.125
"""So much counts a record of another name than the member's."""
SINGLED_OUT = frozenset(RULE_WORDS[each] for each in (Rule.NAMED, Rule.RUN))
"""Rules by which members stand out by more than their amounts."""
OF_A_DAY = frozenset(
    RULE_WORDS[each]
    for each in (
        Rule.DAY,
        Rule.DAY_KIND,
        Rule.DAY_KIND_BLANK,
        Rule.DAY_KIND_MIXED,
        Rule.DAY_PARTY,
        Rule.FEE,
    )
)
"""Rules by which a member's day is known."""


def with_stand_ins(
    sides: Populations,
    groups: Sequence[FoundGroup],
    edges: Edges,
    pairs: Pairs,
    rules: MatchRules,
) -> list[FoundGroup]:
    """The groups, the less sure the more others could be their members; the unsure suggested."""
    asked = [at for at, each in enumerate(groups) if _may_be_doubted(each)]
    days = np.array([0 if groups[at].rule in OF_A_DAY else NEAR_DAYS for at in asked], np.int64)
    unsure = ~pairs.confirmed & (pairs.posterior < 1.0 - OPEN_MIN)
    edge, open_ = pairs.edge[unsure], 1.0 - pairs.posterior[unsure]

    def others(side: Population, ends: Ints, members: list[tuple[int, ...]]) -> Floats:
        of = np.repeat(np.arange(len(asked)), [len(each) for each in members])
        flat = np.fromiter(chain.from_iterable(members), np.int64, len(of))
        found = _stand_ins(side, (flat, days[of]), ends[edge], open_)
        return np.bincount(of, found, len(asked)).astype(np.float64)

    many = sum(
        over(
            lambda one: others(*one),
            (
                (sides.left, edges.left, [groups[at].left for at in asked]),
                (sides.right, edges.right, [groups[at].right for at in asked]),
            ),
        )
    )
    made = list(groups)
    for at, number in zip(asked, np.asarray(many).tolist(), strict=True):
        if number >= OPEN_MIN:
            made[at] = _doubted(groups[at], number, rules)
    return made


def _may_be_doubted(group: FoundGroup) -> bool:
    """Whether it was confirmed for its amounts."""
    summed = group.made_by in {Pass.BATCH, Pass.SPLIT} and group.rule not in SINGLED_OUT
    return summed and group.status is Status.CONFIRMED


def _doubted(group: FoundGroup, others: float, rules: MatchRules) -> FoundGroup:
    posterior = round(group.posterior / (1.0 + others), 6)
    if posterior >= rules.group_posterior_min:
        return replace(group, posterior=posterior)
    said = f"{group.reason} A record of one amount with a member is in a pair that is not sure."
    return replace(group, posterior=posterior, status=Status.SUGGESTED, reason=said)


def _stand_ins(side: Population, members: tuple[Ints, Ints], unsure: Ints, open_: Floats) -> Floats:
    """How many records could stand in for each member: of its account, amount and days.

    `members` are records, and how many days from theirs another may be. `open_` is the chance of
    each unsure record that its pair is wrong. One of another name counts `STRANGER`. What looks the
    same does not count: either gives the same books.
    """
    names = side.text.name_key(NAME_KEY_LETTERS)
    member = members[0]
    anybody = _near(side, members, unsure, open_, (side.pool, side.amount))
    nameless = names[unsure] < 0
    kin = _near(side, members, unsure[nameless], open_[nameless], (side.pool, side.amount))
    kin += _near(
        side, members, unsure[~nameless], open_[~nameless], (side.pool, side.amount, names)
    )
    kin = np.where(names[member] < 0, anybody, kin)
    same = _near(side, members, unsure, open_, (side.look,))
    return np.maximum(STRANGER * anybody + (1.0 - STRANGER) * kin - same, 0.0)


def _near(
    side: Population,
    members: tuple[Ints, Ints],
    others: Ints,
    worth: Floats,
    alike: tuple[Ints, ...],
) -> Floats:
    """What the others are worth together that are like each member in those columns, and near."""
    member, days = members
    mine, theirs = dense_both(*((column[member], column[others]) for column in alike))
    order = in_order(theirs, side.day[others])
    total = np.concatenate(([0.0], np.cumsum(worth[order])))
    known = theirs[order], side.day[others][order]
    low, high = _places(known, (mine, side.day[member]), days)
    near: Floats = total[high] - total[low]
    return near


def _places(known: tuple[Ints, Ints], asked: tuple[Ints, Ints], days: Ints) -> tuple[Ints, Ints]:
    """From where to where those known, (code, day) in order, have a code on days so near."""
    ends = [(asked[0], asked[1] - days), (asked[0], asked[1] + days)]
    first = min(int(day.min(initial=0)) for _, day in (known, *ends))
    room = max(int(day.max(initial=0)) for _, day in (known, *ends)) - first + 1
    key, low, high = (code * room + (day - first) for code, day in (known, *ends))
    return np.searchsorted(key, low), np.searchsorted(key, high, "right")
