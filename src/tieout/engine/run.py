"""The run: populations, candidates, learned weights, assignment, later passes, result tables."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass
from tieout.engine.assignment import Choice
from tieout.engine.decisions import Decision, decided, is_rejected
from tieout.engine.embedded import Embedded
from tieout.engine.evidence import (
    Edges,
    TextEvidence,
    date_level,
    is_tolerant,
    priors,
    with_numbers,
)
from tieout.engine.grouping import search_sums
from tieout.engine.groups import FoundGroup, Undecided
from tieout.engine.later import (
    Free,
    fee_net,
    find_rare_tokens,
    left_open,
    pending_lines,
    remainders_believed,
)
from tieout.engine.learning import Weights, learn, sample
from tieout.engine.likelier import believed, chosen_again, with_belief
from tieout.engine.opposites import one_sided
from tieout.engine.policy import (
    VALUE_MIN,
    Looks,
    Pairs,
    Scored,
    decide,
    looks_of,
    pruned,
    released,
    scored,
    switched_on,
)
from tieout.engine.population import Populations, populations, without_compared, without_texts
from tieout.engine.result import MatchResult
from tieout.engine.stand_ins import with_stand_ins
from tieout.engine.tables import (
    check_answer,
    pair_columns,
    result_tables,
    unmatched_table,
)
from tieout.engine.text import Ints
from tieout.engine.unmatched import Refused, explain_unmatched
from tieout.engine.workers import beside

Progress = Callable[[str, float], None]
STAGES = {
    "read": "reading the records",
    "candidates": "finding candidates",
    "learn": "weighing the evidence",
    "assign": "choosing pairs",
    "groups": "searching sums",
    "tables": "saying why, and making the tables",
}
"""The stages of a match, as whoever waits is told."""


class Backend(Protocol):
    """What an engine does itself; all else is shared."""

    name: str

    def candidates(self, sides: Populations, rules: MatchRules) -> TextEvidence:
        """All candidate pairs with the levels of reference, text and rarity."""

    def assign(self, left: Ints, right: Ints, value: Ints) -> Choice:
        """The best choice among edges of positive value."""

    def close(self) -> None:
        """Let go of what is held; once more does no harm."""


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
            self._progress(STAGES[name], share)


def match(  # noqa: PLR0913  the public door: two sides, and settings by keyword
    left: pa.Table,
    right: pa.Table,
    rules: MatchRules | None = None,
    *,
    backend: Literal["duckdb", "reference"] = "duckdb",
    progress: Progress | None = None,
    decisions: Sequence[Decision] = (),
    rejected: Sequence[tuple[str, str]] = (),
    exponents: Mapping[str, int] | None = None,
) -> MatchResult:
    """Match two populations (tables of `RECORD_SCHEMA`) and account for every record.

    `decisions` are groups that people have confirmed, `rejected` pairs (left id, right id) that
    they have rejected. `exponents` says in how many decimals a currency is counted where not as in
    ISO 4217.
    """
    clock = Clock(progress)
    clock.stage("read", 0.0)
    rules = rules or MatchRules()
    with closing(_backend(backend)) as engine:
        return _matched(
            engine,
            populations(left, right, rules, exponents or {}),
            rules,
            decisions,
            rejected,
            clock,
        )


def _matched(  # noqa: PLR0913, PLR0917  what is matched, by what, with whose word
    engine: Backend,
    sides: Populations,
    rules: MatchRules,
    decisions: Sequence[Decision],
    rejected: Sequence[tuple[str, str]],
    clock: Clock,
) -> MatchResult:
    """All passes, one after the other, and what they say together."""
    pa.default_memory_pool().release_unused()
    free = Free(np.ones(sides.left.size, np.bool_), np.ones(sides.right.size, np.bool_))
    others, notes = decided(sides, decisions)
    free.take(others)
    if Pass.PENDING in rules.passes:
        others += free.take(pending_lines(sides, free))
    compared, looks = _compare(engine, sides, rules, free, rejected, clock)
    # At a million lines texts and pairs are the most that is held: each goes when it is done with.
    sides = without_compared(sides)
    clock.stage("assign", 0.6)
    # What the later passes ask of texts does not wait for the choice, which keeps one thread busy.
    (pairs, choice_notes), _ = beside(
        partial(_chosen, engine, compared, looks, sides, rules), partial(find_rare_tokens, sides)
    )
    numbers = looks[0].number, looks[1].number
    del looks
    pa.default_memory_pool().release_unused()
    clock.stage("groups", 0.75)
    told, (kept, later) = beside(
        partial(believed, compared.weighed, pairs, rules, sides, numbers),
        partial(_later_passes, sides, compared.weighed, pairs, free, rules),
    )
    del numbers
    kept = with_belief(kept, told)
    others += with_stand_ins(sides, later.groups, compared.weighed.edges, kept, rules)
    kept = chosen_again(compared.weighed, kept, told, (free.left, free.right), rules)
    sides = without_texts(sides)
    pa.default_memory_pool().release_unused()
    clock.stage("tables", 0.85)
    notes = [*sides.notes, *compared.notes, *notes, *choice_notes, *later.notes]
    refused = Refused(*compared.crowded, later.undecided)
    unpaired = partial(
        explain_unmatched, sides, compared.weighed, (free.left, free.right), refused, rules
    )
    missing, columns = beside(unpaired, partial(pair_columns, sides, compared.weighed, kept))
    weights, compared_pairs = compared.weights, compared.pairs
    del unpaired, compared, pairs, kept
    pa.default_memory_pool().release_unused()
    groups, matches, members = result_tables(sides, columns, others)
    del columns
    unmatched, identity = beside(
        partial(unmatched_table, sides, *missing), partial(check_answer, sides, members, missing)
    )
    clock.stage("", 1.0)
    pa.default_memory_pool().release_unused()
    summary: dict[str, object] = {
        "engine": engine.name,
        "identity": identity,
        "notes": notes,
        "seconds": clock.seconds,
        "pairs_compared": compared_pairs,
        "learned": {
            "base": weights.base,
            **dict(zip(weights.names, weights.levels, strict=True)),
            **later.told,
        },
    }
    return MatchResult(groups, matches, unmatched, summary)


def _chosen(
    engine: Backend,
    compared: "Compared",
    looks: tuple[Looks, Looks],
    sides: Populations,
    rules: MatchRules,
) -> tuple[Pairs, list[str]]:
    """The best pairs of the candidates, and what to say of the choice."""
    weighed = compared.weighed
    choice = engine.assign(weighed.edges.left, weighed.edges.right, weighed.value - VALUE_MIN)
    pairs = decide(weighed, choice, rules, sides, looks)
    return pairs, _choice_notes(choice)


@dataclass(frozen=True)
class Compared:
    """What is kept of the comparison of all candidate pairs."""

    weighed: Scored
    """The pairs that are not hopeless."""
    weights: Weights
    pairs: int
    """How many there were."""
    crowded: tuple[Ints, Ints]
    notes: tuple[str, ...]


def _compare(  # noqa: PLR0913, PLR0917  what is compared, by what, with whose word
    engine: Backend,
    sides: Populations,
    rules: MatchRules,
    free: Free,
    rejected: Sequence[tuple[str, str]],
    clock: Clock,
) -> tuple[Compared, tuple[Looks, Looks]]:
    """Find the candidates, learn what evidence is worth, weigh them; see who looks equal."""
    clock.stage("candidates", 0.2)
    found = engine.candidates(sides, rules)
    edges = with_numbers(found, sides, rules)
    edges = edges.only(free.left[edges.left] & free.right[edges.right])
    if rejected:
        edges = edges.only(~is_rejected(sides, (edges.left, edges.right), rejected))
    clock.stage("learn", 0.5)
    weights, looks = beside(partial(_learn, edges, found, sides, rules), partial(looks_of, sides))
    weighed = pruned(scored(edges, weights))
    crowded = found.crowded_left, found.crowded_right
    return Compared(weighed, weights, edges.size, crowded, found.notes), looks


def _backend(name: Literal["duckdb", "reference"]) -> Backend:
    if name == "reference":
        from tieout.engine.reference import Reference  # noqa: PLC0415  slow, and seldom wanted

        return Reference()
    return Embedded()


def _learn(
    edges: Edges,
    found: TextEvidence,
    sides: Populations,
    rules: MatchRules,
) -> Weights:
    """Weights from a sample of the edges; with equal amounts chance is seen in random pairs."""
    none = np.zeros(0, dtype=np.uint8)
    dimensions = priors(sides, rules)
    if is_tolerant(rules):
        return learn(edges, dimensions, (none, none, none, none))
    lag = sides.left.day[found.chance[0]] - sides.right.day[found.chance[1]]
    by_chance = (none, date_level(lag, rules), found.chance_reference, found.chance_text)
    block = sides.left.amount[edges.left] * 1_000_003 + sides.left.pool[edges.left]
    return learn(sample(edges, block), dimensions, by_chance)


@dataclass(frozen=True)
class Later:
    """What the passes after the pairs found."""

    groups: list[FoundGroup]
    undecided: tuple[Undecided, ...]
    notes: list[str]
    told: dict[str, object]


def _later_passes(
    sides: Populations, weighed: Scored, pairs: Pairs, free: Free, rules: MatchRules
) -> tuple[Pairs, Later]:
    """Groups of free records; pairs too weak to hold theirs come back where both stayed free."""
    pairs = pairs.only(switched_on(pairs.made_by, rules) & ~released(pairs))
    left, right = weighed.edges.left[pairs.edge], weighed.edges.right[pairs.edge]
    free.left[left[~pairs.held]] = False
    free.right[right[~pairs.held]] = False
    groups: list[FoundGroup] = []
    told: dict[str, object] = {}
    if Pass.FEE_NET in rules.passes:
        netted, shapes = fee_net(sides, free, rules)
        groups += netted
        told["fee_shapes"] = [str(shape) for shape in shapes]
    pa.default_memory_pool().release_unused()
    summed, undecided, notes = search_sums(sides, free, rules)
    groups += summed
    groups = remainders_believed(groups + left_open(sides, free, rules))
    groups += one_sided(sides, free, rules)
    back = pairs.held & free.left[left] & free.right[right]
    free.left[left[back]] = False
    free.right[right[back]] = False
    return pairs.only(~pairs.held | back), Later(groups, undecided, notes, told)


def _choice_notes(choice: Choice) -> list[str]:
    if not choice.greedy_components:
        return []
    note = (
        f"{choice.greedy_components} sets of competing records were too large for the exact "
        f"choice (the largest has {choice.largest} records on its smaller side): there the "
        "strongest pair was chosen first."
    )
    return [note]
