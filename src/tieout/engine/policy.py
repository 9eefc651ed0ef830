"""From edges to pairs: score, posterior, rivals, and what may be confirmed (matching.md, passes).

A score is the binary logarithm of the odds that a pair is true, given its own evidence and the
strength of every pair that competes for its records. Sums are of integers, so that they do not
depend on order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass
from tieout.engine.assignment import Choice
from tieout.engine.evidence import RARITY_LEVELS, STARTS, TEXT_AGREES, Edges, Ref, Text
from tieout.engine.learning import Weights
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.text import Flags, Ints

VALUE_MIN = -300
"""A pair eight times less likely than not is not proposed, even alone."""
IDENTITY_VALUE = 3_000
TIE_MARGIN = 10
"""A rival within a tenth of a bit is equally good."""
TIE_RIVALS_MAX = 3
"""With more equal rivals than this none is proposed."""
LEARNED_PAIRS = 20_000
"""From so many pairs on, learned weights may confirm a pair that no text speaks for."""
CONFIRM_ROUNDS = 4
_STRENGTH_BITS = 16


@dataclass(frozen=True)
class Scored:
    """Edges with their weights in hundredths of a bit."""

    edges: Edges
    parts: tuple[Ints, Ints, Ints, Ints]
    """Amount, date, reference, counterparty."""
    value: Ints
    """Base and parts together: the odds before rivals are seen."""
    base: int


@dataclass(frozen=True)
class Pairs:
    """The pairs made, one row each, sorted by left."""

    edge: Ints
    made_by: npt.NDArray[np.object_]
    confirmed: Flags
    held: Flags
    """Too weak to keep its records from the sum search; proposed if they are still free then."""
    score: Ints
    exclusivity: Ints
    posterior: npt.NDArray[np.float64]
    rival: Ints
    """The best rival edge, or -1."""
    twins: Ints
    """How many equal-looking records a side the pair was picked from; 1 when there are none."""
    ties: Ints
    """How many other edges are equally good."""

    def only(self, kept: Flags) -> "Pairs":
        """The marked ones."""
        return Pairs(**{each.name: getattr(self, each.name)[kept] for each in fields(self)})


def scored(edges: Edges, weights: Weights) -> Scored:
    """Apply the weights."""
    amount, date, reference, text = weights.of(edges)
    parts = (amount, date, reference, text)
    value = np.where(edges.identity, IDENTITY_VALUE, weights.base + sum(parts))
    return Scored(edges, parts, value, weights.base)


def twin_classes(side: Population, other: Population | None = None) -> tuple[Ints, Ints]:
    """A number for each record's look (account, amount, day, texts), and how many share it.

    An id of the source is part of the look only where the other side knows it too.
    """
    known = np.unique(other.external) if other is not None else np.zeros(0, dtype=np.int64)
    external = np.where(np.isin(side.external, known), side.external, -1)
    columns = [side.pool, side.amount, side.day, side.pending.astype(np.int64), external]
    columns += [side.text.whole, *side.text.main.eights.T]
    look = np.zeros(side.size, dtype=np.uint64)
    for column in columns:
        look = (look ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        look ^= look >> np.uint64(32)
    _, number, count = np.unique(look, return_inverse=True, return_counts=True)
    return number.astype(np.int64), count[number]


def _sum_by(key: Ints, amount: Ints) -> Ints:
    """For each row the sum over the rows of the same key; exact."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sums = np.add.reduceat(amount[order], first) if len(key) else amount
    result = np.empty_like(amount)
    result[order] = np.repeat(sums, np.diff(np.concatenate((first, [len(key)]))))
    return result


def competition(
    edges: Edges, value: Ints, alive: Flags, left_class: Ints, right_class: Ints
) -> Ints:
    """Hundredths of a bit that rivals take from each edge; equal-looking twins do not compete."""
    strength = np.floor(np.exp2(np.clip(value, -1_500, 3_000) / 100.0 + _STRENGTH_BITS))
    strength = np.where(alive, strength, 0).astype(np.int64)
    classes = int(max(left_class.max(initial=0), right_class.max(initial=0))) + 1
    row = _sum_by(edges.left, strength)
    row -= _sum_by(edges.left * classes + right_class[edges.right], strength)
    column = _sum_by(edges.right, strength)
    column -= _sum_by(edges.right * classes + left_class[edges.left], strength)
    others = (row + column) / 2.0**_STRENGTH_BITS
    taken: Ints = np.rint(100 * np.log2(1.0 + others)).astype(np.int64)
    return taken


def best_rivals(
    edges: Edges, value: Ints, of: Ints, left_class: Ints, right_class: Ints
) -> tuple[Ints, Ints]:
    """For each edge of `of` its strongest rival edge that is no twin's; how many are as good."""
    rival = np.full(len(of), -1, dtype=np.int64)
    rival_value = np.full(len(of), np.iinfo(np.int64).min // 2)
    ties = np.zeros(len(of), dtype=np.int64)
    place = np.full(edges.size, -1, dtype=np.int64)
    place[of] = np.arange(len(of))
    for key, other in ((edges.left, edges.right), (edges.right, edges.left)):
        classes = right_class if key is edges.left else left_class
        chosen_of = np.full(int(key.max(initial=0)) + 1, -1, dtype=np.int64)
        chosen_of[key[of]] = of
        mine = chosen_of[key]
        against = np.flatnonzero((mine >= 0) & (mine != np.arange(edges.size)))
        against = against[classes[other[against]] != classes[other[mine[against]]]]
        mine = place[mine[against]]
        order = np.lexsort((against, -value[against], mine))
        mine, against = mine[order], against[order]
        first = np.ones(len(mine), dtype=np.bool_)
        first[1:] = mine[1:] != mine[:-1]
        better = first & (value[against] > rival_value[mine])
        rival[mine[better]] = against[better]
        rival_value[mine[better]] = value[against[better]]
        equal = value[against] >= value[of[mine]] - TIE_MARGIN
        ties += np.bincount(mine[equal], minlength=len(of))
    return rival, ties


def decide(
    scored_edges: Scored,
    choice: Choice,
    rules: MatchRules,
    sides: Populations,
    *,
    learned: bool,
) -> Pairs:
    """Status, posterior and rivals of the chosen edges."""
    edges, value = scored_edges.edges, scored_edges.value
    left_class, left_count = twin_classes(sides.left, sides.right)
    right_class, right_count = twin_classes(sides.right, sides.left)
    uneven = left_count[edges.left] != right_count[edges.right]
    many = np.maximum(left_count[edges.left], right_count[edges.right])
    of = np.flatnonzero(choice.chosen)
    # Twins in unequal number compete like anybody else: they get classes of their own.
    left_seen, right_seen = _class_unless_uneven(edges, uneven, left_class, right_class)
    alive = np.ones(edges.size, dtype=np.bool_)
    confirmed = np.zeros(len(of), dtype=np.bool_)
    score = np.zeros(len(of), dtype=np.int64)
    rival, ties = best_rivals(edges, value, of, left_seen, right_seen)
    pending = sides.left.pending[edges.left[of]] | sides.right.pending[edges.right[of]]
    sure = ~pending & _may_confirm(scored_edges, of, ties, rules, learned=learned)
    for _ in range(CONFIRM_ROUNDS):
        taken = competition(edges, value, alive, left_seen, right_seen)[of]
        now = value[of] - taken
        score = np.where(confirmed, score, now)
        new = ~confirmed & sure & (_error(now) <= rules.confirm_error_max)
        if not new.any():
            break
        confirmed |= new
        gone = of[new]
        alive &= ~np.isin(edges.left, edges.left[gone]) & ~np.isin(edges.right, edges.right[gone])
    confirmed |= ~pending & (edges.identity[of] | _exclusive_reference(edges, of, rules))
    return Pairs(
        edge=of,
        made_by=_passes(edges, of),
        confirmed=confirmed,
        held=~confirmed & (score < 0) & (ties == 0),
        score=score,
        exclusivity=score - (value[of] - scored_edges.base),
        posterior=np.round(1.0 - _error(score), 6),
        rival=rival,
        twins=np.where(uneven[of], 1, many[of]),
        ties=ties,
    )


def _class_unless_uneven(
    edges: Edges, uneven: Flags, left_class: Ints, right_class: Ints
) -> tuple[Ints, Ints]:
    """Twin classes; a record that meets a class of another count stands for itself."""
    left_seen, right_seen = left_class.copy(), right_class.copy()
    for seen, index in ((left_seen, edges.left), (right_seen, edges.right)):
        alone = np.unique(index[uneven])
        seen[alone] = len(seen) + alone
    return left_seen, right_seen


def _error(score: Ints) -> npt.NDArray[np.float64]:
    """The chance that a pair of that score is wrong."""
    error: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp2(np.clip(score, -6_000, 6_000) / 100.0))
    return error


def _may_confirm(
    scored_edges: Scored, of: Ints, ties: Ints, rules: MatchRules, *, learned: bool
) -> Flags:
    """Whether the kind of evidence allows it, whatever the score."""
    edges = scored_edges.edges
    reference, text = edges.levels[2][of], edges.levels[3][of] // STARTS
    spoken = np.isin(text, TEXT_AGREES) | (reference >= Ref.TRUNCATED)
    not_against = (text != Text.CONFLICT) | (reference == Ref.RARE)
    lag = edges.lag[of]
    dated = (lag != NO_DAY) & (lag >= rules.lag_days_min) & (lag <= rules.lag_days_max)
    allowed: Flags = (ties == 0) & dated & not_against & (spoken | learned)
    return allowed


def _exclusive_reference(edges: Edges, of: Ints, rules: MatchRules) -> Flags:
    """A rare reference in both, the same amount, and no other pair of these records with one."""
    with_reference = (edges.levels[2] >= Ref.TRUNCATED).astype(np.int64)
    alone = (_sum_by(edges.left, with_reference) == 1) & (_sum_by(edges.right, with_reference) == 1)
    lag = edges.lag[of]
    near = (lag == NO_DAY) | ((lag >= rules.lag_days_min) & (lag <= rules.lag_days_max))
    equal = edges.levels[0][of] < RARITY_LEVELS
    exclusive: Flags = (edges.levels[2][of] == Ref.RARE) & alone[of] & near & equal
    return exclusive


def _passes(edges: Edges, of: Ints) -> npt.NDArray[np.object_]:
    made_by = np.full(len(of), Pass.AMOUNT_DATE_PARTY, dtype=object)
    made_by[edges.levels[2][of] == Ref.RARE] = Pass.REFERENCE
    made_by[edges.identity[of]] = Pass.IDENTITY
    return made_by


def released(pairs: Pairs) -> Flags:
    """Pairs with so many equal rivals that proposing one would be a guess."""
    too_many: Flags = ~pairs.confirmed & (pairs.ties > TIE_RIVALS_MAX)
    return too_many


def passes_on(rules: MatchRules, wanted: Sequence[Pass]) -> bool:
    """Whether any of these passes is switched on."""
    return any(each in rules.passes for each in wanted)
