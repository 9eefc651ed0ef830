"""The choice of pairs: dominance and components choose what one search over all edges does."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.engine.assignment import Choice, assign, unique_values
from tieout.engine.reference import Reference

pytestmark = pytest.mark.usefixtures("both_ways")
VALUES = st.integers(-5, 60)
EDGES = st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), VALUES, max_size=14)
Weights = dict[tuple[int, int], int]


def _choices(weights: Weights) -> tuple[Choice, Choice]:
    """By dominance and component, and by the plain reference."""
    edges = np.array(sorted(weights), np.int64).reshape(-1, 2)
    value = np.array([weights[pair] for pair in sorted(weights)], np.int64)
    left, right = edges.T.copy()
    return assign(left, right, value), Reference().assign(left, right, value)


@given(EDGES)
def test_the_choice_is_that_of_the_reference(weights: Weights) -> None:
    fast, slow = _choices(weights)
    assert fast.chosen.tolist() == slow.chosen.tolist()
    assert fast.by_dominance <= fast.chosen.sum()


@settings(max_examples=60)
@given(EDGES)
def test_no_other_choice_is_worth_more(weights: Weights) -> None:
    pairs = sorted(weights)
    edges = np.array(pairs, np.int64).reshape(-1, 2)
    worth = unique_values(np.array([weights[p] for p in pairs], np.int64), *edges.T)
    chosen = _choices(weights)[0].chosen
    positive = [at for at, pair in enumerate(pairs) if weights[pair] > 0]
    possible = (
        several
        for size in range(min(len(positive), 7) + 1)
        for several in combinations(positive, size)
        if len({pairs[at][0] for at in several}) == len({pairs[at][1] for at in several}) == size
    )
    best = max(sum(worth[at] for at in several) for several in possible)
    assert int(worth[chosen].sum()) == best


@settings(max_examples=30, deadline=None)
@given(EDGES)
def test_in_a_component_too_large_the_strongest_pair_goes_first(weights: Weights) -> None:
    """Forced: no component is small enough to be solved exactly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tieout.engine.assignment.EXACT_RECORDS_MAX", 0)
        fast, _ = _choices(weights)
    pairs = sorted(weights)
    taken = [pairs[at] for at in np.flatnonzero(fast.chosen)]
    assert len({one for one, _ in taken}) == len({other for _, other in taken}) == len(taken)
    assert fast.greedy_components == fast.components
    for pair, value in weights.items():  # no pair could be added
        assert value <= 0 or any(pair[0] == one or pair[1] == other for one, other in taken)
