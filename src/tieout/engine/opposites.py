"""Opposite amounts on one side: transfers between own accounts, and reversals within one.

How far such a pair is believed is measured on the same records: opposite amounts also meet by
accident, on any day alike. Pairs further apart than a transfer or reversal can be are accidents
all; what they are for each day apart is taken off what is found within the days allowed.
"""

from dataclasses import dataclass

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status
from tieout.engine.groups import FoundGroup
from tieout.engine.groups.choose import SUGGEST_MIN
from tieout.engine.joins import exclusive, mixed, pairs_by_key
from tieout.engine.later import NAME_KEY_LETTERS, NO_SCORE, Free, apart_days
from tieout.engine.policy import Floats
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.reasons import days, money
from tieout.engine.text import Flags, Ints
from tieout.engine.workers import over

TRANSFER_DAYS = 5
REVERSAL_DAYS = 30
BEYOND = 4
"""Accidents are counted up to so many times the days allowed."""
ACCIDENTS_UNTOLD = 1.0
"""Accidents taken to have been seen, however few records there are."""
ACCIDENTS_TOLD = 0.05
"""The same where the texts agree: by accident they do so once in twenty."""
POSTERIOR_MAX = 0.999
RULES = {
    Pass.TRANSFER: "opposite amounts on two own accounts",
    Pass.REVERSAL: "opposite amounts that cancel",
}


@dataclass(frozen=True)
class _Opposites:
    """Pairs of opposite amounts of one side within the days allowed, each alone."""

    out: Ints
    back: Ints
    posterior: Floats
    told: Flags
    """The texts agree as well."""


def one_sided(sides: Populations, free: Free, rules: MatchRules) -> list[FoundGroup]:
    """Transfers between own accounts, then reversals within one, of the records that are free."""
    both = over(lambda side: _of_side(sides, side, free, rules), (sides.left, sides.right))
    return [group for found in zip(*both, strict=True) for groups in found for group in groups]


def _of_side(
    sides: Populations, side: Population, free: Free, rules: MatchRules
) -> list[list[FoundGroup]]:
    """The transfers of one side, and its reversals."""
    names = side.text.name_key(NAME_KEY_LETTERS)
    made: list[list[FoundGroup]] = []
    for made_by, find in ((Pass.TRANSFER, _transfers), (Pass.REVERSAL, _reversals)):
        made.append([])
        if made_by not in rules.passes:
            continue
        found = find(sides, side, free, names)
        sure = found.told & (found.posterior >= rules.group_posterior_min)
        sure &= made_by is Pass.TRANSFER
        made[-1] = free.take(
            [
                _group(sides, side, found, i, made_by, is_sure=bool(sure[i]))
                for i in np.flatnonzero(found.posterior >= SUGGEST_MIN).tolist()
            ]
        )
    return made


def _transfers(sides: Populations, side: Population, free: Free, names: Ints) -> _Opposites:
    out, back = _opposite_amounts(sides, side, free)
    own = (side.account[out] != side.account[back]) & (side.account[out] >= 0)
    own &= side.account[back] >= 0
    return _believed(side, out[own], back[own], TRANSFER_DAYS, names)


def _reversals(sides: Populations, side: Population, free: Free, names: Ints) -> _Opposites:
    out, back = _opposite_amounts(sides, side, free)
    same = (side.account[out] == side.account[back]) & (names[out] == names[back])
    same &= names[out] >= 0
    return _believed(side, out[same], back[same], REVERSAL_DAYS, names)


def _opposite_amounts(sides: Populations, side: Population, free: Free) -> tuple[Ints, Ints]:
    """Free records of one currency whose amounts cancel, whatever their days."""
    mask = free.of(side, sides) & ~side.pending & (side.amount != 0)
    minus, plus = np.flatnonzero(mask & (side.amount < 0)), np.flatnonzero(mask & (side.amount > 0))
    one, other = pairs_by_key(
        mixed(side.currency[minus], -side.amount[minus]),
        mixed(side.currency[plus], side.amount[plus]),
    )
    return minus[one], plus[other]


def _believed(side: Population, out: Ints, back: Ints, most: int, names: Ints) -> _Opposites:
    """The pairs that are alone within the days allowed, with what accidents leave of them.

    Counted apart: where texts agree, where two names do not, and where there is none to compare.
    """
    gap = np.abs(apart_days(side.day[out], side.day[back]))
    told = _texts_agree(side, out, back, names)
    near = np.flatnonzero(gap <= most)
    near_ends = out[near], back[near]
    alone = near[exclusive(*near_ends)]
    # An accident at a distance of days is alone when its ends have no near partner: then one
    # that is near is so equally often. What comes and goes each week is never counted.
    partnered = np.zeros(side.size, np.bool_)
    partnered[near_ends[0]] = True
    partnered[near_ends[1]] = True
    far = (gap > most) & (gap <= BEYOND * most) & ~partnered[out] & ~partnered[back]
    by_gap = _by_chance(side, out, back, most)
    posterior = np.zeros(len(alone))
    strangers = ~told & (names[out] >= 0) & (names[back] >= 0)
    for mine, seen in (
        (told, ACCIDENTS_TOLD),
        (strangers, ACCIDENTS_UNTOLD),
        (~told & ~strangers, ACCIDENTS_UNTOLD),
    ):
        accidents = (seen + int((mine & far).sum())) * by_gap
        here = np.flatnonzero(mine[alone])
        found = np.bincount(gap[alone[here]], minlength=most + 1)
        more = np.maximum(found - accidents, 0)
        varies = np.maximum(accidents - ACCIDENTS_TOLD, 0)  # by the root of it, more and less
        more *= more**2 / np.maximum(more**2 + varies, 1e-9)
        true = np.minimum(more / np.maximum(found, 1), POSTERIOR_MAX)
        posterior[here] = true[gap[alone[here]]]
    return _Opposites(out[alone], back[alone], np.round(posterior, 6), told[alone])


def _by_chance(side: Population, out: Ints, back: Ints, most: int) -> Floats:
    """For each gap of days up to `most` how many accidents it has for one that is further apart.

    Counted on the days alone: books that rest at weekends have more on one day than a day apart.
    """
    days = [np.unique(index) for index in (out, back)]
    days = [side.day[index][side.day[index] != NO_DAY] for index in days]
    if not all(len(each) for each in days):
        return np.zeros(most + 1)
    first = min(int(each.min()) for each in days)
    many = max(int(each.max()) for each in days) - first + 1
    one, other = (np.bincount(each - first, minlength=many).astype(np.float64) for each in days)
    meet = np.zeros(BEYOND * most + 1)
    for gap in range(min(len(meet), many)):
        meet[gap] = one[: many - gap] @ other[gap:] + (one[gap:] @ other[: many - gap]) * (gap > 0)
    beyond = meet[most + 1 :].sum()
    if not beyond:
        return np.where(np.arange(most + 1) > 0, 2, 1) / (2.0 * (BEYOND - 1) * most)
    return np.asarray(meet[: most + 1] / beyond)


def _texts_agree(side: Population, out: Ints, back: Ints, names: Ints) -> Flags:
    """Whether the names begin alike, or a reference is in both."""
    told: Flags = (names[out] == names[back]) & (names[out] >= 0)
    told |= np.isin(mixed(out, back), _sharing_tokens(side, out, back))
    return told


def _sharing_tokens(side: Population, out: Ints, back: Ints) -> Ints:
    """Keys of the pairs of those records that share a reference token."""
    ends = []
    for index in (out, back):
        here = np.isin(side.text.token_row, index)
        ends.append((side.text.token_row[here], side.text.token[here]))
    one, other = pairs_by_key(ends[0][1], ends[1][1])
    return mixed(ends[0][0][one], ends[1][0][other])


def _group(  # noqa: PLR0913  one pair, and what is said of it
    sides: Populations,
    side: Population,
    found: _Opposites,
    at: int,
    made_by: Pass,
    *,
    is_sure: bool,
) -> FoundGroup:
    out, back = int(found.out[at]), int(found.back[at])
    members = tuple(sorted((out, back)))
    is_left, is_transfer = side is sides.left, made_by is Pass.TRANSFER
    amount = money(int(side.amount[back]), sides.units[int(side.currency[out])])
    apart = days(int(side.day[out] - side.day[back]))
    accounts = [sides.accounts[int(side.account[i])] for i in (out, back)]
    return FoundGroup(
        left=members if is_left else (),
        right=() if is_left else members,
        made_by=made_by,
        rule=RULES[made_by],
        status=Status.CONFIRMED if is_sure else Status.SUGGESTED,
        score=0,
        parts=NO_SCORE,
        posterior=float(found.posterior[at]),
        residual_minor=0,
        residual_cause=ResidualCause.NONE,
        reason=f"{amount} out of {accounts[0]} and into {accounts[1]}, {apart} apart."
        if is_transfer
        else f"{amount} out and back under one name, {apart} apart.",
    )
