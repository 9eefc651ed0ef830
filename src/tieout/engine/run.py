"""The run: populations, candidates, learned weights, assignment, later passes, result tables."""

import time
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa

from tieout.core.matching.rules import MatchRules
from tieout.engine.assignment import Choice
from tieout.engine.embedded import Embedded
from tieout.engine.evidence import (
    Edges,
    TextEvidence,
    chance_pairs,
    date_level,
    is_tolerant,
    priors,
    with_numbers,
)
from tieout.engine.grouping import with_groups
from tieout.engine.learning import Weights, learn, sample
from tieout.engine.policy import LEARNED_PAIRS, VALUE_MIN, Pairs, Scored, decide, released, scored
from tieout.engine.population import Populations, populations
from tieout.engine.result import MatchResult
from tieout.engine.tables import (
    OtherGroup,
    check_answer,
    pair_columns,
    result_tables,
    unmatched_table,
)
from tieout.engine.text import Flags, Ints
from tieout.engine.unmatched import explain_unmatched

Progress = Callable[[str, float], None]


class Backend(Protocol):
    """What an engine does itself; all else is shared."""

    name: str

    def candidates(
        self, sides: Populations, rules: MatchRules, chance: tuple[Ints, Ints]
    ) -> TextEvidence:
        """All candidate pairs with the levels of reference, text and rarity."""

    def assign(self, left: Ints, right: Ints, value: Ints) -> Choice:
        """The best choice among edges of positive value."""


class Clock:
    """Seconds by stage, and word to whoever waits."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._stage = ""
        self._since = 0.0

    def stage(self, name: str, share: float) -> None:
        """The stage before has ended, this one begins."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(now - self._since, 3)
        self._stage, self._since = name, now
        if self._progress and name:
            self._progress(name, share)


def match(
    left: pa.Table,
    right: pa.Table,
    rules: MatchRules | None = None,
    *,
    backend: Literal["duckdb", "reference"] = "duckdb",
    progress: Progress | None = None,
) -> MatchResult:
    """Match two populations (tables of `RECORD_SCHEMA`) and account for every record."""
    rules = rules or MatchRules()
    engine = _backend(backend)
    clock = Clock(progress)
    clock.stage("read", 0.0)
    sides = populations(left, right, rules)
    clock.stage("candidates", 0.2)
    chance = chance_pairs(sides, rules)
    found = engine.candidates(sides, rules, chance)
    edges = with_numbers(found, sides, rules)
    clock.stage("learn", 0.5)
    weights = _learn(edges, found, chance, sides, rules)
    clock.stage("assign", 0.6)
    weighed = scored(edges, weights)
    choice = engine.assign(edges.left, edges.right, weighed.value - VALUE_MIN)
    learned = weights.pairs_seen >= LEARNED_PAIRS
    pairs = decide(weighed, choice, rules, sides, learned=learned)
    clock.stage("groups", 0.75)
    kept, others, said = with_groups(sides, weighed, pairs.only(~released(pairs)), rules)
    clock.stage("unmatched", 0.85)
    free = _free(sides, weighed, kept, others)
    notes = [*sides.notes, *found.notes, *_choice_notes(choice), *said]
    missing = explain_unmatched(sides, weighed, free, found, rules)
    clock.stage("tables", 0.9)
    groups, matches, members = result_tables(sides, pair_columns(sides, weighed, kept), others)
    unmatched = unmatched_table(sides, *missing)
    identity = check_answer(sides, members, missing)
    clock.stage("", 1.0)
    summary: dict[str, object] = {
        "engine": engine.name,
        "identity": identity,
        "notes": notes,
        "seconds": clock.seconds,
        "pairs_compared": edges.size,
        "learned": {"base": weights.base, **dict(zip(weights.names, weights.levels, strict=True))},
    }
    return MatchResult(groups, matches, unmatched, summary)


def _backend(name: Literal["duckdb", "reference"]) -> Backend:
    if name == "reference":
        from tieout.engine.reference import Reference  # noqa: PLC0415  slow, and seldom wanted

        return Reference()
    return Embedded()


def _learn(
    edges: Edges,
    found: TextEvidence,
    chance: tuple[Ints, Ints],
    sides: Populations,
    rules: MatchRules,
) -> Weights:
    """Weights from a sample of the edges; with equal amounts chance is seen in random pairs."""
    none = np.zeros(0, dtype=np.int64)
    dimensions = priors(sides, rules)
    if is_tolerant(rules):
        return learn(edges, dimensions, (none, none, none, none))
    lag = sides.left.day[chance[0]] - sides.right.day[chance[1]]
    by_chance = (none, date_level(lag, rules), found.chance_reference, found.chance_text)
    block = sides.left.amount[edges.left] * 1_000_003 + sides.left.pool[edges.left]
    return learn(sample(edges, block), dimensions, by_chance)


def _free(
    sides: Populations, weighed: Scored, pairs: Pairs, others: Sequence[OtherGroup]
) -> tuple[Flags, Flags]:
    """Which records of each side are in no group."""
    result = []
    for place, side in enumerate((sides.left, sides.right)):
        free = np.ones(side.size, dtype=np.bool_)
        members: Ints = (weighed.edges.left, weighed.edges.right)[place][pairs.edge]
        free[members] = False
        for group in others:
            free[list((group.left, group.right)[place])] = False
        result.append(free)
    return result[0], result[1]


def _choice_notes(choice: Choice) -> list[str]:
    if not choice.greedy_components:
        return []
    note = (
        f"{choice.greedy_components} sets of competing records were too large for the exact "
        f"choice (the largest has {choice.largest} records on its smaller side): there the "
        "strongest pair was chosen first."
    )
    return [note]
