"""Suggested pairs less likely than not are chosen again, by their chances (pairs.md, belief).

The first choice is by weight, each pair for itself; chances know what recurs and what is rare on
any day. Nothing is confirmed here, and no record is taken from a pair or group that stays.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from tieout.core.matching.rules import MatchRules
from tieout.engine.assignment import assign
from tieout.engine.belief import beliefs, usual_lags
from tieout.engine.evidence import Edges
from tieout.engine.policy import (
    Looks,
    Pairs,
    Scored,
    best_rivals,
    passes_of,
    released,
    switched_on,
)
from tieout.engine.population import Populations
from tieout.engine.ragged import among
from tieout.engine.text import Flags, Ints

Floats = npt.NDArray[np.float64]

LIKELY = 0.5
"""A suggested pair that is at least so likely stays."""
CHANCE_MIN = 0.05
"""A pair less likely takes no other's place."""
STEPS = 1_000_000
"""Chances are compared as whole millionths."""


@dataclass(frozen=True)
class Contested:
    """Pairs that may take the place of suggested ones that are less likely than not."""

    edge: Ints
    """Rising; the pairs in doubt are among them."""
    chance: Floats
    doubtful: Ints
    """Edges of the suggested pairs in doubt."""


@dataclass(frozen=True)
class Believed:
    """What is believed of the pairs that are not confirmed, given that the confirmed ones are."""

    edge: Ints
    """Rising."""
    chance: Floats
    contested: Contested


def believed(
    weighed: Scored, pairs: Pairs, rules: MatchRules, sides: Populations, looks: tuple[Ints, Ints]
) -> Believed:
    """How likely each pair that is not confirmed is right, and what is likelier.

    `looks` number the looks of each side's records.
    """
    edges, weights = weighed.edges, weighed.weights
    unsure = np.flatnonzero(~pairs.confirmed)
    belief, chance = beliefs(
        edges,
        (weighed.value, weights.partner - weights.base),
        (pairs.edge[pairs.confirmed], pairs.edge[unsure]),
        usual_lags(weights.levels[1], rules),
        sides,
        looks,
    )
    belief = np.round(belief, 6)
    doubt = (belief < LIKELY) & (pairs.twins[unsure] == 1) & ~released(pairs)[unsure]
    return Believed(pairs.edge[unsure], belief, _contested(edges, pairs, unsure[doubt], chance))


def _contested(edges: Edges, pairs: Pairs, doubt: Ints, chance: Floats) -> Contested:
    """The pairs of a record in doubt whose other record is in doubt or has no pair."""
    doubtful, settled = pairs.edge[doubt], np.delete(pairs.edge, doubt)
    ends = edges.left, edges.right
    taken, wavering = ([among(key, key[these]) for key in ends] for these in (settled, doubtful))
    rows = np.flatnonzero((wavering[0] | wavering[1]) & ~taken[0] & ~taken[1])
    return Contested(rows, chance[rows], doubtful)


def with_belief(pairs: Pairs, told: Believed) -> Pairs:
    """The pairs with what is believed of those that are not confirmed."""
    posterior, open_ = pairs.posterior.copy(), ~pairs.confirmed
    posterior[open_] = told.chance[np.searchsorted(told.edge, pairs.edge[open_])]
    return replace(pairs, posterior=posterior)


def chosen_again(
    weighed: Scored, pairs: Pairs, told: Believed, free: tuple[Flags, Flags], rules: MatchRules
) -> Pairs:
    """The pairs (`with_belief`), those in doubt chosen again by their chances.

    The greatest sum of chances is the choice with the most right pairs to be expected. A pair in
    doubt stays where neither of its records is wanted. `free` are the records in no pair or group
    of each side, before and after.
    """
    doubt = ~pairs.confirmed & np.isin(pairs.edge, told.contested.doubtful)
    if not doubt.any():
        return pairs
    edges, old = weighed.edges, pairs.edge[doubt]
    _set(free, edges, old, value=True)
    at, chance = told.contested.edge, told.contested.chance.copy()
    place = np.searchsorted(at, old)
    chance[place] = np.maximum(chance[place], pairs.posterior[doubt])
    kept = free[0][edges.left[at]] & free[1][edges.right[at]]
    at, chance = at[kept], chance[kept]
    small = _numbered_anew(weighed.only(at))
    on = switched_on(passes_of(small.edges, np.arange(len(at))), rules)
    worth = np.where(on & (chance >= CHANCE_MIN), np.rint(chance * STEPS), 0.0).astype(np.int64)
    picked = np.flatnonzero(assign(small.edges.left, small.edges.right, worth).chosen)
    _set(free, edges, at[picked], value=False)
    stays = ~doubt | np.isin(pairs.edge, at[picked])
    idle = doubt & ~stays & free[0][edges.left[pairs.edge]] & free[1][edges.right[pairs.edge]]
    _set(free, edges, pairs.edge[idle], value=False)
    new = np.flatnonzero(~np.isin(at[picked], pairs.edge))
    made = _made(small, picked[new], chance[picked[new]], at)
    return _together(pairs.only(stays | idle), made, edges)


def _set(free: tuple[Flags, Flags], edges: Edges, of: Ints, *, value: bool) -> None:
    free[0][edges.left[of]] = value
    free[1][edges.right[of]] = value


def _numbered_anew(few: Scored) -> Scored:
    """The same with records in numbers without gaps."""
    left, right = (
        np.unique(key, return_inverse=True)[1] for key in (few.edges.left, few.edges.right)
    )
    return replace(few, edges=replace(few.edges, left=left, right=right))


def _made(small: Scored, of: Ints, chance: Floats, edge: Ints) -> Pairs:
    """Suggested pairs; `edge` says which edge of all each edge of `small` is."""
    likely = np.clip(chance, 1 / STEPS, 1 - 1 / STEPS)
    score = np.rint(100 * np.log2(likely / (1 - likely))).astype(np.int64)
    alone = [
        Looks(np.arange(int(key.max(initial=-1)) + 1), np.ones(int(key.max(initial=-1)) + 1, int))
        for key in (small.edges.left, small.edges.right)
    ]
    rival, ties = best_rivals(small.edges, small.value, of, (alone[0], alone[1]))
    none = np.zeros(len(of), dtype=np.bool_)
    return Pairs(
        edge=edge[of],
        made_by=passes_of(small.edges, of),
        confirmed=none,
        held=none,
        score=score,
        exclusivity=score - (small.value[of] - small.base),
        posterior=np.round(chance, 6),
        rival=np.where(rival < 0, -1, edge[rival]),
        twins=np.ones(len(of), dtype=np.int64),
        ties=ties,
    )


def _together(one: Pairs, other: Pairs, edges: Edges) -> Pairs:
    """Both, sorted by left."""
    order = np.argsort(edges.left[np.concatenate((one.edge, other.edge))], kind="stable")
    return Pairs(
        **{
            each.name: np.concatenate((getattr(one, each.name), getattr(other, each.name)))[order]
            for each in fields(Pairs)
        }
    )
