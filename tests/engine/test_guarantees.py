"""The guarantees of a match run, on random small worlds full of ties and twins."""

import random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching.records import Record
from tieout.core.matching.result import check_result
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Status
from tieout.engine import match
from tieout.testing.matching import answer_of, sides, table_of

Backend = Literal["duckdb", "reference"]
Sides = tuple[list[Record], list[Record]]
BACKENDS: tuple[Backend, ...] = ("reference", "duckdb")
RULES = st.sampled_from(
    [MatchRules(), MatchRules(amount_tolerance_bp=100), MatchRules(amount_tolerance_minor=15)]
)
quick = settings(max_examples=12, deadline=None)


@quick
@given(sides(), RULES)
def test_duckdb_agrees_with_the_reference(world: Sides, rules: MatchRules) -> None:
    left, right = map(table_of, world)
    slow = match(left, right, rules, backend="reference")
    fast = match(left, right, rules, backend="duckdb")
    assert fast.matches.to_pylist() == slow.matches.to_pylist()
    assert fast.groups.to_pylist() == slow.groups.to_pylist()
    assert fast.unmatched.to_pylist() == slow.unmatched.to_pylist()


@pytest.mark.parametrize("backend", BACKENDS)
@quick
@given(world=sides(), rules=RULES)
def test_every_record_once_and_the_difference_explained(
    backend: Backend, world: Sides, rules: MatchRules
) -> None:
    left, right = map(table_of, world)
    result = match(left, right, rules, backend=backend)
    check_result(*world, answer_of(result))


@pytest.mark.parametrize("backend", BACKENDS)
@quick
@given(world=sides(), seed=st.integers(0, 999))
def test_the_order_of_the_input_changes_nothing(backend: Backend, world: Sides, seed: int) -> None:
    shuffled = [
        random.Random(seed).sample(side, len(side))  # noqa: S311  a shuffle, no secret
        for side in world
    ]
    one = match(*map(table_of, world), backend=backend)
    other = match(*map(table_of, shuffled), backend=backend)
    assert one.matches.to_pylist() == other.matches.to_pylist()
    assert one.groups.to_pylist() == other.groups.to_pylist()
    assert one.unmatched.to_pylist() == other.unmatched.to_pylist()


@pytest.mark.parametrize("backend", BACKENDS)
@quick
@given(world=sides())
def test_groups_say_why_and_parts_add_up(backend: Backend, world: Sides) -> None:
    answer = answer_of(match(*map(table_of, world), backend=backend))
    for group in answer.groups:
        assert group.parts.total == group.score
        assert group.rule
        assert group.reason
        assert 0.0 <= group.posterior <= 1.0
        if group.status is Status.CONFIRMED and not group.runner_up:
            assert group.solutions == 1
    for each in answer.unmatched:
        assert each.detail
