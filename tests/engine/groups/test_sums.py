"""The kernel against the obvious: every subset tried one by one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.engine.groups.searched import all_subsets
from tieout.engine.groups.sums import LIST_MAX, size_limit, solve
from tieout.engine.groups.weights import GAPS


def brute(amounts: list[int], total: int, most: int) -> list[int]:
    found = [
        sum(1 << each for each in chosen)
        for size in range(2, most + 1)
        for chosen in combinations(range(len(amounts)), size)
        if sum(amounts[each] for each in chosen) == total
    ]
    return sorted(found)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(2, 12).flatmap(
        lambda n: st.lists(
            st.tuples(
                st.lists(st.integers(-50, 300), min_size=n, max_size=n), st.integers(-60, 900)
            ),
            min_size=1,
            max_size=4,
        )
    ),
    most=st.integers(2, 12),
)
def test_the_solutions_are_those_of_brute_force(
    rows: list[tuple[list[int], int]], most: int
) -> None:
    found = solve(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), 2, most)
    for at, (amounts, total) in enumerate(rows):
        assert found.mask[found.row == at].tolist() == brute(amounts, total, most)


@pytest.mark.parametrize("width", [14, 18])
def test_the_count_is_exact_up_to_eighteen_candidates(width: int) -> None:
    random = np.random.default_rng(width)
    amounts = random.integers(1, 60, (2, width))
    totals = amounts[:, ::3].sum(axis=1)
    found = solve(amounts, totals, 2, 12)
    for at in range(2):
        truth = brute(amounts[at].tolist(), int(totals[at]), 12)
        assert found.count[at] == len(truth)
        assert found.capped[at] == (len(truth) > LIST_MAX)


@pytest.mark.parametrize("width", [24, 33])
def test_many_candidates_are_complete_for_small_sets(width: int) -> None:
    random = np.random.default_rng(width)
    amounts = random.integers(100, 9000, (2, width))
    totals = amounts[:, :3].sum(axis=1)
    limit = min(size_limit(width, 12), 4)
    found = solve(amounts, totals, 2, limit)
    for at in range(2):
        truth = brute(amounts[at].tolist(), int(totals[at]), limit)
        assert 7 in truth
        assert found.mask[found.row == at].tolist() == truth


def test_the_weight_of_all_subsets_counts_the_gaps_of_neighbours() -> None:
    random = np.random.default_rng(4)
    value = random.uniform(0.2, 3, (3, 7))
    number = random.integers(-1, 60, (3, 7))
    gap = np.exp2(np.linspace(3, -2, len(GAPS) + 1))
    table = all_subsets(value, number, gap, 5)
    for row in range(3):
        for size in range(2, 5):
            whole = 0.0
            for chosen in combinations(range(7), size):
                known = sorted(int(number[row, each]) for each in chosen if number[row, each] >= 0)
                steps = np.searchsorted(GAPS, np.diff(known), "right")
                whole += float(np.prod(value[row, list(chosen)]) * np.prod(gap[steps]))
            assert table[row, size] == pytest.approx(whole)


def test_equal_amounts_without_end_are_counted_and_not_listed() -> None:
    found = solve(np.full((1, 20), 100), np.array([600]), 2, 12)
    assert found.count.tolist() == [38760]  # 20 over 6
    assert found.capped.tolist() == [True]
    assert not len(found.row)
