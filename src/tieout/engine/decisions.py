"""Decisions of people: groups confirmed earlier are facts; new data that contradicts is told.

Pairs that a person rejected are no candidates: each of their records is free for another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tieout.core.matching.result import ScoreParts
from tieout.core.matching.words import Pass, ResidualCause, Status
from tieout.engine.groups import FoundGroup
from tieout.engine.population import Population, Populations
from tieout.engine.reasons import money
from tieout.engine.text import Flags, Ints


@dataclass(frozen=True, slots=True)
class Decision:
    """A group that a person confirmed, with each member's amount at that time."""

    left: Mapping[str, int]
    right: Mapping[str, int]
    """Record id to amount in minor units."""


def decided(
    sides: Populations, decisions: Sequence[Decision]
) -> tuple[list[FoundGroup], list[str]]:
    """The groups of the decisions whose records are still there, and what contradicts them."""
    notes: list[str] = []
    used: set[tuple[int, int]] = set()
    populations = (sides.left, sides.right)
    wanted_ids = {i for d in decisions for i in (*d.left, *d.right)}
    places = [_places(side, wanted_ids) for side in populations]
    groups = []
    for decision in decisions:
        members = []
        for number, wanted in enumerate((decision.left, decision.right)):
            side, found = populations[number], []
            for record_id, amount in sorted(wanted.items()):
                place = places[number].get(record_id)
                who = f"{record_id} of the {side.side} side was matched by a person and is"
                if place is None:
                    notes.append(f"{who} gone.")
                    continue
                if (number, place) in used:
                    notes.append(f"{who} in two decisions: the first holds.")
                    continue
                used.add((number, place))
                found.append(place)
                unit = sides.units[int(side.currency[place])]
                if int(side.amount[place]) != amount:
                    now = money(int(side.amount[place]), unit)
                    notes.append(f"{who} {now} now, not {money(amount, unit)}.")
            members.append(tuple(sorted(found)))
        if any(members):
            groups.append(_group(sides, members[0], members[1]))
    return groups, notes


def is_rejected(
    sides: Populations, pairs: tuple[Ints, Ints], rejected: Sequence[tuple[str, str]]
) -> Flags:
    """Which of the pairs (places of both sides) a person has rejected (ids of both sides)."""
    lefts = _places(sides.left, {left for left, _ in rejected})
    rights = _places(sides.right, {right for _, right in rejected})
    codes = [
        lefts[left] * sides.right.size + rights[right]
        for left, right in rejected
        if left in lefts and right in rights
    ]
    return np.isin(pairs[0].astype(np.int64) * sides.right.size + pairs[1], codes)


def _places(side: Population, wanted: set[str]) -> dict[str, int]:
    if not wanted:
        return {}
    return {i: n for n, i in enumerate(side.ids.to_pylist()) if i in wanted}


def _group(sides: Populations, left: tuple[int, ...], right: tuple[int, ...]) -> FoundGroup:
    residual = int(sides.left.amount[list(left)].sum() - sides.right.amount[list(right)].sum())
    cause = ResidualCause.NONE
    if residual:
        cause = ResidualCause.TOLERANCE if left and right else ResidualCause.ONE_SIDED
    return FoundGroup(
        left=left,
        right=right,
        made_by=Pass.DECISION,
        rule="confirmed by a person",
        status=Status.CONFIRMED,
        score=0,
        parts=ScoreParts(),
        posterior=1.0,
        residual_minor=residual,
        residual_cause=cause,
        reason="Confirmed by a person in an earlier run.",
    )
