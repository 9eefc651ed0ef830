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
from tieout.engine.compiled import compiled
from tieout.engine.evidence import RARITY_LEVELS, STARTS, TEXT_AGREES, Edges, Ref, Text
from tieout.engine.learning import FELT_MIN, Weights
from tieout.engine.population import NO_DAY, Population, Populations, numbered
from tieout.engine.ragged import among, dense
from tieout.engine.text import Bytes, Flags, Ints
from tieout.engine.workers import over

Floats = npt.NDArray[np.float64]

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
PASSES = tuple(Pass)


@dataclass(frozen=True)
class Scored:
    """Edges with what they are worth, in hundredths of a bit."""

    edges: Edges
    value: Ints
    """All evidence together: the odds before rivals are seen."""
    weights: Weights

    @property
    def base(self) -> int:
        """What each pair has before its evidence."""
        return self.weights.base

    def parts(self, at: Ints) -> tuple[Ints, ...]:
        """What amount, date, reference and counterparty are worth in those edges."""
        return tuple(self.weights.of(self.edges.only(at)))

    def only(self, kept: Ints) -> "Scored":
        """Those edges."""
        return Scored(self.edges.only(kept), self.value[kept], self.weights)


@dataclass(frozen=True)
class Looks:
    """Which records of a side look equal."""

    number: Ints
    """A number for each record's look."""
    count: Ints
    """How many records have it."""

    def alone(self, index: Ints) -> "Looks":
        """The same, but these records look like no other."""
        number, count = self.number.copy(), self.count.copy()
        number[index] = len(number) + index
        count[index] = 1
        return Looks(number, count)


@dataclass(frozen=True)
class Pairs:
    """The pairs made, one row each, sorted by left."""

    edge: Ints
    made_by: Ints
    """Its place in `PASSES`."""
    confirmed: Flags
    held: Flags
    """Too weak to keep its records from the sum search; proposed if they are still free then."""
    score: Ints
    exclusivity: Ints
    posterior: Floats
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
    value = np.empty(edges.size, dtype=np.int64)
    worth = np.zeros((len(weights.levels), max(map(len, weights.levels))), dtype=np.int64)
    for dimension, levels in enumerate(weights.levels):
        worth[dimension, : len(levels)] = levels
    amount, day, reference, text = edges.levels
    _add_up(amount, day, reference, text, worth, weights.base, value)
    value[edges.identity] = IDENTITY_VALUE
    return Scored(edges, value, weights)


@compiled
def _add_up(  # noqa: PLR0913, PLR0917  a column for each dimension in, sums out
    amount: Bytes, day: Bytes, reference: Bytes, text: Bytes, worth: Ints, base: int, value: Ints
) -> None:
    """What each edge is worth: the row of `worth` is the dimension, the column the level."""
    for edge in range(len(value)):
        said = worth[0, amount[edge]] + worth[1, day[edge]]
        value[edge] = base + said + worth[2, reference[edge]] + worth[3, text[edge]]


def looks_of(sides: Populations) -> tuple[Looks, Looks]:
    """Which records of either side look equal."""
    left, right = over(
        lambda both: _looks(*both),
        ((sides.left, sides.right), (sides.right, sides.left)),
    )
    return left, right


def _looks(side: Population, other: Population) -> Looks:
    """Those of one side.

    An id of the source is part of the look only where the other side knows it too.
    """
    number = side.look
    shared = np.isin(side.external, other.external[other.external >= 0], kind="table")
    if shared.any():
        number = numbered(number, np.where(shared, side.external, -1))
    return Looks(number, np.bincount(number)[number])


def pruned(weighed: Scored) -> Scored:
    """Without the edges so unlikely that they are neither chosen nor felt as rivals."""
    kept = np.flatnonzero(weighed.value >= FELT_MIN)
    return weighed if len(kept) == weighed.edges.size else weighed.only(kept)


def _sums(key: Ints, amount: Floats) -> Floats:
    """For each row the sum over the rows of the same key."""
    totals: Floats = np.bincount(key, amount).astype(np.float64)
    return totals[key]


@dataclass(frozen=True)
class _Rivals:
    """For sums over the edges that compete with each edge for one of its records."""

    key: Ints
    look: Ints
    """For an edge to a record that others look equal to the number of its look, else -1."""

    @classmethod
    def of(cls, key: Ints, looks: Looks, index: Ints) -> "_Rivals":
        shared = np.flatnonzero(looks.count[index] > 1)
        look = np.full(len(key), -1, dtype=np.int64)
        look[shared] = dense(key[shared], looks.number[index[shared]])
        return cls(key, look)

    def sums(self, strength: Floats) -> Floats:
        """What competes with each edge: neither itself nor its equal-looking twins."""
        sums = np.empty_like(strength)
        totals = np.zeros(int(self.key.max(initial=-1)) + 1)
        twins = np.zeros(int(self.look.max(initial=-1)) + 1)
        _sum_rivals(self.key, self.look, strength, totals, twins, sums)
        return sums


@compiled
def _sum_rivals(  # noqa: PLR0913, PLR0917  columns in, room to count in, sums out
    key: Ints, look: Ints, strength: Floats, totals: Floats, twins: Floats, sums: Floats
) -> None:
    for edge in range(len(key)):
        totals[key[edge]] += strength[edge]
        if look[edge] >= 0:
            twins[look[edge]] += strength[edge]
    for edge in range(len(key)):
        own = twins[look[edge]] if look[edge] >= 0 else strength[edge]
        sums[edge] = max(totals[key[edge]] - own, 0.0)


def competition(ends: tuple[Ints, Ints], value: Ints, looks: tuple[Looks, Looks]) -> Ints:
    """Hundredths of a bit that rivals take from each edge; equal-looking twins do not compete.

    A rival counts for less where its own other record has a better partner: a record's openness to
    an edge is one over one plus its other edges, each weighed by the openness of its far end
    (belief propagation on matchings). One exchange is made, begun from either side, and the mean
    taken: more would settle on more certainty than is right wherever edges form rings.
    """
    strength = np.exp2(np.clip(value, FELT_MIN, 3_000) / 100.0)
    left, right = ends
    at_left, at_right = over(
        lambda end: _Rivals.of(*end), ((left, looks[1], right), (right, looks[0], left))
    )
    left_first, right_first = over(_openness, ((at_left, strength), (at_right, strength)))
    left_then, right_then = over(
        _openness, ((at_left, strength * right_first), (at_right, strength * left_first))
    )
    both = left_first * right_then, right_first * left_then
    taken: Ints = np.rint(-50 * (np.log2(both[0]) + np.log2(both[1]))).astype(np.int64)
    return taken


def _openness(end: tuple[_Rivals, Floats]) -> Floats:
    """How open the records at one end are to each edge, by the strength of the others."""
    rivals, strength = end
    openness: Floats = 1.0 / (1.0 + rivals.sums(strength))
    return openness


def best_rivals(
    edges: Edges, value: Ints, of: Ints, looks: tuple[Looks, Looks]
) -> tuple[Ints, Ints]:
    """For each edge of `of` its strongest rival edge that is no twin's; how many are as good."""

    def at_one_end(end: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints]:
        key, other, look = end
        rival, ties = np.full(len(of), -1, dtype=np.int64), np.zeros(len(of), dtype=np.int64)
        place = np.full(int(key.max(initial=-1)) + 1, -1, dtype=np.int64)
        place[key[of]] = np.arange(len(of))
        _meet_rivals((key, look[other]), value, of, place, rival, ties)
        return rival, ties

    (first, ties_first), (second, ties_second) = over(
        at_one_end,
        (
            (edges.left, edges.right, looks[1].number),
            (edges.right, edges.left, looks[0].number),
        ),
    )
    is_better = (second >= 0) & ((first < 0) | (value[second] > value[first]))
    return np.where(is_better, second, first), ties_first + ties_second


@compiled
def _meet_rivals(  # noqa: PLR0913, PLR0917  edges and what is chosen of them in, rivals out
    edges: tuple[Ints, Ints], value: Ints, of: Ints, place: Ints, rival: Ints, ties: Ints
) -> None:
    """Those at one end: `edges` are the record there, and the look of the one at the other end.

    `place` leads from the record to the chosen edge in `of`, or is -1.
    """
    key, look = edges
    for edge in range(len(key)):
        at = place[key[edge]]
        if at < 0 or look[edge] == look[of[at]]:  # of no chosen edge; itself or a twin's
            continue
        if rival[at] < 0 or value[edge] > value[rival[at]]:
            rival[at] = edge
        if value[edge] >= value[of[at]] - TIE_MARGIN:
            ties[at] += 1


def decide(
    scored_edges: Scored,
    choice: Choice,
    rules: MatchRules,
    sides: Populations,
    looks: tuple[Looks, Looks],
) -> Pairs:
    """Status, score and rivals of the chosen edges; what is believed of open ones comes later."""
    edges, value = scored_edges.edges, scored_edges.value
    left, right = looks
    uneven = left.count[edges.left] != right.count[edges.right]
    of = np.flatnonzero(choice.chosen)
    many = np.maximum(left.count[edges.left[of]], right.count[edges.right[of]])
    # Twins in unequal number compete like anybody else: they get looks of their own.
    looks = left.alone(edges.left[uneven]), right.alone(edges.right[uneven])
    alive = np.arange(edges.size)
    taken = np.zeros(edges.size, dtype=np.int64)
    confirmed = np.zeros(len(of), dtype=np.bool_)
    score = np.zeros(len(of), dtype=np.int64)
    rival, ties = best_rivals(edges, value, of, looks)
    pending = sides.left.pending[edges.left[of]] | sides.right.pending[edges.right[of]]
    sure = ~pending & _may_confirm(scored_edges, of, ties, rules)
    for _ in range(CONFIRM_ROUNDS):
        open_ = np.flatnonzero(~confirmed)
        ends = edges.left[alive], edges.right[alive]
        taken[alive] = competition(ends, value[alive], looks)
        score[open_] = value[of[open_]] - taken[of[open_]]
        new = open_[sure[open_] & (_error(score[open_]) <= rules.confirm_error_max)]
        if not len(new):
            break
        confirmed[new] = True
        gone = edges.left[of[new]], edges.right[of[new]]
        alive = alive[~among(ends[0], gone[0]) & ~among(ends[1], gone[1])]
    confirmed |= ~pending & (edges.identity[of] | _exclusive_reference(edges, of, rules))
    return Pairs(
        edge=of,
        made_by=passes_of(edges, of),
        confirmed=confirmed,
        held=~confirmed & (score < 0) & (ties == 0),
        score=score,
        exclusivity=score - (value[of] - scored_edges.base),
        posterior=np.round(1.0 - _error(score), 6),
        rival=rival,
        twins=np.where(uneven[of], 1, many),
        ties=ties,
    )


def _error(score: Ints) -> Floats:
    """The chance that a pair of that score is wrong."""
    error: Floats = 1.0 / (1.0 + np.exp2(np.clip(score, -6_000, 6_000) / 100.0))
    return error


def _may_confirm(scored_edges: Scored, of: Ints, ties: Ints, rules: MatchRules) -> Flags:
    """Whether the kind of evidence allows it, whatever the score."""
    learned = scored_edges.weights.pairs_seen >= LEARNED_PAIRS
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
    with_reference = (edges.levels[2] >= Ref.TRUNCATED).astype(np.float64)
    alone = (_sums(edges.left, with_reference) == 1) & (_sums(edges.right, with_reference) == 1)
    lag = edges.lag[of]
    near = (lag == NO_DAY) | ((lag >= rules.lag_days_min) & (lag <= rules.lag_days_max))
    equal = edges.levels[0][of] < RARITY_LEVELS
    exclusive: Flags = (edges.levels[2][of] == Ref.RARE) & alone[of] & near & equal
    return exclusive


def passes_of(edges: Edges, of: Ints) -> Ints:
    """The place in `PASSES` of the pass that makes a pair of each of those edges."""
    made_by = np.full(len(of), PASSES.index(Pass.AMOUNT_DATE_PARTY), dtype=np.int64)
    made_by[edges.levels[2][of] == Ref.RARE] = PASSES.index(Pass.REFERENCE)
    made_by[edges.identity[of]] = PASSES.index(Pass.IDENTITY)
    return made_by


def released(pairs: Pairs) -> Flags:
    """Pairs with so many equal rivals that proposing one would be a guess."""
    too_many: Flags = ~pairs.confirmed & (pairs.ties > TIE_RIVALS_MAX)
    return too_many


def switched_on(made_by: Ints, rules: MatchRules) -> Flags:
    """Pairs of passes that the rules name."""
    return np.isin(made_by, [PASSES.index(each) for each in rules.passes])


def passes_on(rules: MatchRules, wanted: Sequence[Pass]) -> bool:
    """Whether any of these passes is switched on."""
    return any(each in rules.passes for each in wanted)
