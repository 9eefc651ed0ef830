"""The passes after the pairs: fees and parts; and pending lines before them.

Each looks only at records that are still free, takes what is exclusive, and leaves the rest.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa

from tieout.core.matching.result import ScoreParts
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status
from tieout.engine.fees import Shape, learn_shapes, shape_of
from tieout.engine.groups import FoundGroup
from tieout.engine.groups.options import RULE_WORDS, Rule
from tieout.engine.joins import exclusive, mixed, pairs_by_key
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.ragged import distinct, in_order
from tieout.engine.reasons import days, days_apart, money
from tieout.engine.text import Flags, Ints
from tieout.engine.workers import beside, over

MADE_UP_FOUND = 0.9
"""Of what others make up so much is found."""
OPEN_LEAN = 4.0
"""So many groups with a remainder are believed to have been seen, half of them real."""
TIP_PERCENT = 30
PENDING_DAYS = 10
NO_SCORE = ScoreParts()


@dataclass
class Free:
    """Which records of both sides no group has taken yet."""

    left: Flags
    right: Flags

    def take(self, groups: list[FoundGroup]) -> list[FoundGroup]:
        """The groups' records are free no longer."""
        self.left[[at for group in groups for at in group.left]] = False
        self.right[[at for group in groups for at in group.right]] = False
        return groups

    def of(self, side: Population, sides: Populations) -> Flags:
        """The mask of one side."""
        return self.left if side is sides.left else self.right


NAME_KEY_LETTERS = 4


def _name_key(side: Population, index: Ints) -> Ints:
    """Currency pool and the first letters of the name."""
    return mixed(side.pool[index], side.text.name_key(NAME_KEY_LETTERS)[index])


def apart_days(one: Ints, other: Ints) -> Ints:
    """Days between; very many when a date is missing."""
    gap: Ints = np.where((one == NO_DAY) | (other == NO_DAY), 2**30, one - other)
    return gap


def pending_lines(sides: Populations, free: Free) -> list[FoundGroup]:
    """Pending lines that a posted line of their own side has replaced: the posted one counts.

    The pending line becomes a group of its own, so that the difference it makes to the side's
    total is an explained line and the posted one is matched like any other.
    """
    both = over(lambda side: _posted_again(side, free.of(side, sides)), (sides.left, sides.right))
    return [
        _replaced(sides, side, pending, posted)
        for side, found in zip((sides.left, sides.right), both, strict=True)
        for pending, posted in zip(*(each.tolist() for each in found), strict=True)
    ]


def _posted_again(side: Population, free: Flags) -> tuple[Ints, Ints]:
    """Free pending lines of a side, and the one line that has replaced each."""
    waiting, booked = np.flatnonzero(side.pending & free), np.flatnonzero(~side.pending & free)
    if not len(waiting):
        return waiting, waiting
    by_name = pairs_by_key(_name_key(side, waiting), _name_key(side, booked))
    money_keys = [mixed(side.pool[i], np.abs(side.amount[i])) for i in (waiting, booked)]
    by_amount = pairs_by_key(money_keys[0], money_keys[1])
    one, other = distinct(
        np.concatenate((by_name[0], by_amount[0])), np.concatenate((by_name[1], by_amount[1]))
    )
    old, new = side.amount[waiting[one]], side.amount[booked[other]]
    gap = apart_days(side.day[booked[other]], side.day[waiting[one]])
    grown = (np.abs(new) >= np.abs(old)) & (np.abs(new) * 100 <= np.abs(old) * (100 + TIP_PERCENT))
    fits = ((old > 0) == (new > 0)) & grown & (gap >= 0) & (gap <= PENDING_DAYS)
    one, other = one[fits], other[fits]
    alone = exclusive(one, other)
    return waiting[one[alone]], booked[other[alone]]


def _replaced(sides: Populations, side: Population, pending: int, posted: int) -> FoundGroup:
    is_left = side is sides.left
    amount = int(side.amount[pending])
    unit = sides.units[int(side.currency[pending])]
    new = money(int(side.amount[posted]), unit)
    return FoundGroup(
        left=(pending,) if is_left else (),
        right=() if is_left else (pending,),
        made_by=Pass.PENDING,
        rule="pending, replaced by its posted line",
        status=Status.CONFIRMED,
        score=0,
        parts=NO_SCORE,
        posterior=1.0,
        residual_minor=amount if is_left else -amount,
        residual_cause=ResidualCause.ONE_SIDED,
        reason=f"{money(amount, unit)} was pending; {side.ids[posted].as_py()} posted it as "
        f"{new}, {days(int(side.day[posted] - side.day[pending]))} later, and counts instead.",
    )


def find_rare_tokens(sides: Populations) -> None:
    """Find out which references of a side are rare, for whoever asks later."""
    for side in (sides.left, sides.right):
        _ = side.text.token_is_rare
        pa.default_memory_pool().release_unused()


def _reference_pairs(sides: Populations, one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Pairs of free records that share a reference which is on one record of each side only."""

    def rare(of: tuple[Population, Ints]) -> tuple[Ints, Ints]:
        side, index = of
        place = np.full(side.size, -1, dtype=np.int64)
        place[index] = np.arange(len(index))
        row = place[side.text.token_row]
        kept = np.flatnonzero(row >= 0)
        kept = kept[side.text.token_is_rare[kept]]
        return row[kept], side.text.token[kept]

    tokens = over(rare, ((sides.left, one), (sides.right, other)))
    a, b = pairs_by_key(tokens[0][1], tokens[1][1])
    return distinct(tokens[0][0][a], tokens[1][0][b])


@dataclass(frozen=True)
class _Unequal:
    """Pairs of free records tied by reference or name whose amounts differ."""

    left: Ints
    right: Ints
    by_reference: Flags

    def only(self, keep: Flags) -> Self:
        """The pairs that are kept."""
        return type(self)(self.left[keep], self.right[keep], self.by_reference[keep])

    def pairs(self) -> list[tuple[int, int]]:
        """The two records of each."""
        return list(zip(self.left.tolist(), self.right.tolist(), strict=True))


def unequal_pairs(sides: Populations, free: Free, rules: MatchRules) -> _Unequal:
    """Free records of one account and sign, tied by a rare reference or by name, within days."""
    one, other = np.flatnonzero(free.left), np.flatnonzero(free.right)
    named, referred = beside(
        lambda: pairs_by_key(_name_key(sides.left, one), _name_key(sides.right, other)),
        lambda: _reference_pairs(sides, one, other),
    )
    left = one[np.concatenate((named[0], referred[0]))]
    right = other[np.concatenate((named[1], referred[1]))]
    by_reference = np.zeros(len(left), dtype=np.bool_)
    by_reference[len(named[0]) :] = True
    order = in_order(left, right, (~by_reference).astype(np.int64))
    left, right, by_reference = left[order], right[order], by_reference[order]
    new = np.ones(len(left), dtype=np.bool_)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    lag = apart_days(sides.left.day[left], sides.right.day[right])
    near = (lag >= rules.lag_days_min) & (lag <= rules.lag_days_max)
    first, second = sides.left.amount[left], sides.right.amount[right]
    fits = new & near & (sides.left.pool[left] == sides.right.pool[right])
    fits &= (first != second) & ((first > 0) == (second > 0))
    fits &= ~sides.left.pending[left] & ~sides.right.pending[right]
    return _Unequal(left[fits], right[fits], by_reference[fits])


def fee_net(
    sides: Populations, free: Free, rules: MatchRules
) -> tuple[list[FoundGroup], list[Shape]]:
    """A payment and its invoice less a fee whose shape is configured or recurs."""
    found, gross, fee = _fees(sides, unequal_pairs(sides, free, rules), rules)
    sure = found.by_reference & exclusive(found.left, found.right)
    shapes = [
        Shape(each.name, each.percent_bp, each.fixed_minor, each.slack_minor, 0)
        for each in rules.fee_shapes
    ] or learn_shapes(gross[sure], fee[sure], rules)
    shape = shape_of(shapes, gross, fee)
    best = _exclusive_among(found, shape >= 0)
    pairs, which = found.only(best).pairs(), shape[best].tolist()
    groups = [
        _fee_group(sides, *pair, shapes[each]) for pair, each in zip(pairs, which, strict=True)
    ]
    return free.take(groups), shapes


def _fees(sides: Populations, found: _Unequal, rules: MatchRules) -> tuple[_Unequal, Ints, Ints]:
    """Pairs that may differ by a fee, with gross and fee: the side that is less is the net one."""
    first, second = sides.left.amount[found.left], sides.right.amount[found.right]
    gross, fee = np.abs(np.maximum(first, second)), np.abs(second - first)
    fits = fee <= gross * rules.fee_percent_bp_max // 10_000 + rules.fee_fixed_minor_max
    return found.only(fits), gross[fits], fee[fits]


def _exclusive_among(found: _Unequal, chosen: Flags) -> Flags:
    """Pairs whose ends are in no other chosen pair."""
    result = np.zeros(len(chosen), dtype=np.bool_)
    result[chosen] = exclusive(found.left[chosen], found.right[chosen])
    return result


def _fee_group(sides: Populations, left: int, right: int, shape: Shape) -> FoundGroup:
    first, second, gap = _amounts(sides, left, right)
    lag = days_apart(int(sides.left.day[left] - sides.right.day[right]))
    return FoundGroup(
        left=(left,),
        right=(right,),
        made_by=Pass.FEE_NET,
        rule=f"net of a fee: {shape}",
        status=Status.CONFIRMED,
        score=0,
        parts=NO_SCORE,
        posterior=0.999,
        residual_minor=int(sides.left.amount[left] - sides.right.amount[right]),
        residual_cause=ResidualCause.FEE,
        reason=f"{first} against {second}: a fee of {gap} ({shape}); {lag}.",
    )


def left_open(sides: Populations, free: Free, rules: MatchRules) -> list[FoundGroup]:
    """Pairs tied by reference that stay unequal: net of a fee nobody knows, or paid in part."""
    found = unequal_pairs(sides, free, rules)
    groups: list[FoundGroup] = []
    if Pass.FEE_NET in rules.passes:
        fees, _, _ = _fees(sides, found.only(found.by_reference), rules)
        chosen = fees.only(exclusive(fees.left, fees.right))
        groups += free.take([_perhaps_a_fee(sides, *pair) for pair in chosen.pairs()])
    if Pass.PARTIAL in rules.passes:
        found = found.only(free.left[found.left] & free.right[found.right])
        chosen = found.only(found.by_reference & exclusive(found.left, found.right))
        groups += free.take([_part_paid(sides, *pair) for pair in chosen.pairs()])
    return groups


def _perhaps_a_fee(sides: Populations, left: int, right: int) -> FoundGroup:
    first, second, gap = _amounts(sides, left, right)
    lag = days_apart(int(sides.left.day[left] - sides.right.day[right]))
    return _unequal(
        sides,
        (left, right),
        (Pass.FEE_NET, "net of an unknown fee", ResidualCause.FEE),
        f"{first} against {second}: {gap} apart, perhaps a fee; {lag}.",
    )


def _part_paid(sides: Populations, left: int, right: int) -> FoundGroup:
    """The rest stays open."""
    first, second, gap = _amounts(sides, left, right)
    return _unequal(
        sides,
        (left, right),
        (Pass.PARTIAL, "same reference, part of the amount", ResidualCause.REMAINDER),
        f"{first} against {second} with a reference that few carry: {gap} stays open.",
    )


def _amounts(sides: Populations, left: int, right: int) -> tuple[str, str, str]:
    """The amounts of both records and how far they lie apart, in words."""
    first, second = int(sides.left.amount[left]), int(sides.right.amount[right])
    unit = sides.units[int(sides.left.currency[left])]
    return money(first, unit), money(second, unit), money(abs(first - second), unit)


def _unequal(
    sides: Populations, pair: tuple[int, int], what: tuple[Pass, str, ResidualCause], reason: str
) -> FoundGroup:
    """A suggested pair with a difference (`remainders_believed`)."""
    (left, right), (made_by, rule, cause) = pair, what
    return FoundGroup(
        left=(left,),
        right=(right,),
        made_by=made_by,
        rule=rule,
        status=Status.SUGGESTED,
        score=0,
        parts=NO_SCORE,
        posterior=0.5,
        residual_minor=int(sides.left.amount[left] - sides.right.amount[right]),
        residual_cause=cause,
        reason=reason,
    )


def remainders_believed(groups: list[FoundGroup]) -> list[FoundGroup]:
    """The groups; those that leave something open as sure as what was made up elsewhere lets them.

    Where the rest of nearly all such was found among other records, what is still open is mostly
    one whose rest was not found; where of none, it is mostly a real remainder.
    """
    made_up = sum(each.rule == RULE_WORDS[Rule.NAMED_COMPLETED] for each in groups)
    still_open = [each.residual_minor != 0 and each.status is Status.SUGGESTED for each in groups]
    many = sum(still_open)
    real = max(many - made_up * (1.0 / MADE_UP_FOUND - 1.0), 0.0)
    posterior = round((real + OPEN_LEAN / 2) / (many + OPEN_LEAN), 6)
    return [
        replace(each, posterior=posterior) if is_open else each
        for each, is_open in zip(groups, still_open, strict=True)
    ]
