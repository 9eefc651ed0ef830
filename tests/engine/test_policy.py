"""Rivals of chosen pairs, and what they take: loops over edges against the plain wording."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.evidence import Edges
from tieout.engine.learning import Weights
from tieout.engine.policy import IDENTITY_VALUE, TIE_MARGIN, Looks, best_rivals, competition, scored

pytestmark = pytest.mark.usefixtures("both_ways")
RECORDS = 5
LOOKS = st.lists(st.integers(0, 3), min_size=RECORDS, max_size=RECORDS)
PAIRS = st.tuples(st.integers(0, RECORDS - 1), st.integers(0, RECORDS - 1))
VALUES = st.integers(-40, 40).map(lambda tens: tens * 7)
WEIGHTS = st.dictionaries(PAIRS, VALUES, min_size=1, max_size=12)
Pair = tuple[int, int]


def _looks(number: Sequence[int]) -> Looks:
    numbers = np.array(number, np.int64)
    return Looks(numbers, np.bincount(numbers)[numbers])


def _edges(pairs: list[Pair]) -> Edges:
    left, right = np.array(pairs, np.int64).T.copy()
    none = np.zeros(len(pairs), np.uint8)
    return Edges(left, right, (none,) * 4, np.zeros(len(pairs), np.int64), none.astype(np.bool_))


@given(
    st.lists(st.lists(st.integers(-900, 900), min_size=1, max_size=6), min_size=4, max_size=4),
    st.lists(st.tuples(*(st.integers(0, 5),) * 4, st.booleans()), max_size=9),
    st.integers(-2_000, 0),
)
def test_a_pair_is_worth_what_its_levels_are_worth_together(
    worth: list[list[int]], rows: list[tuple[int, int, int, int, bool]], base: int
) -> None:
    weights = Weights(base, 0, tuple(map(tuple, worth)), ("",) * 4, 1)
    told = [[level % len(of) for level, of in zip(row, worth, strict=False)] for row in rows]
    levels = tuple(np.array(told, np.uint8).reshape(-1, 4).T.copy())
    zeros = np.zeros(len(rows), np.int64)
    edges = Edges(zeros, zeros, levels, zeros, np.array([row[4] for row in rows], np.bool_))
    assert scored(edges, weights).value.tolist() == [
        IDENTITY_VALUE if row[4] else base + sum(of[at] for of, at in zip(worth, here, strict=True))
        for row, here in zip(rows, told, strict=True)
    ]


@given(WEIGHTS, LOOKS, LOOKS)
def test_the_strongest_rival_is_no_twin(
    weights: dict[Pair, int], left: list[int], right: list[int]
) -> None:
    pairs = sorted(weights)
    chosen: list[int] = []
    for at, (one, other) in enumerate(pairs):
        if all(one != pairs[c][0] and other != pairs[c][1] for c in chosen):
            chosen.append(at)
    value = np.array([weights[pair] for pair in pairs], np.int64)
    looks = _looks(left), _looks(right)
    rival, ties = best_rivals(_edges(pairs), value, np.array(chosen, np.int64), looks)
    for place, at in enumerate(chosen):
        one, other = pairs[at]
        rivals = [
            each
            for each, (a, b) in enumerate(pairs)
            if (a == one and right[b] != right[other]) or (b == other and left[a] != left[one])
        ]
        assert ties[place] == sum(value[each] >= value[at] - TIE_MARGIN for each in rivals)
        assert (rival[place] < 0) == (not rivals)
        assert not rivals or value[rival[place]] == max(value[each] for each in rivals)
        assert not rivals or rival[place] in rivals


@given(WEIGHTS, LOOKS, LOOKS)
def test_rivals_take_by_their_strength_and_twins_nothing(
    weights: dict[Pair, int], left: list[int], right: list[int]
) -> None:
    pairs = sorted(weights)
    strength = {pair: 2.0 ** (weights[pair] / 100) for pair in pairs}

    def openness(end: int, felt: dict[Pair, float]) -> dict[Pair, float]:
        look = (right, left)[end]
        return {
            pair: 1
            / (
                1
                + sum(
                    felt[each]
                    for each in pairs
                    if each[end] == pair[end] and look[each[1 - end]] != look[pair[1 - end]]
                )
            )
            for pair in pairs
        }

    first = openness(0, strength), openness(1, strength)
    then = [
        openness(end, {pair: strength[pair] * first[1 - end][pair] for pair in pairs})
        for end in (0, 1)
    ]
    expected = [
        -50 * (np.log2(first[0][p] * then[1][p]) + np.log2(first[1][p] * then[0][p])) for p in pairs
    ]
    ends = np.array(pairs, np.int64).T.copy()
    value = np.array([weights[pair] for pair in pairs], np.int64)
    taken = competition((ends[0], ends[1]), value, (_looks(left), _looks(right)))
    assert taken.tolist() == pytest.approx(expected, abs=0.51)
