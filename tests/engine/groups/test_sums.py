"""The kernel against the obvious: every subset tried one by one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.engine.groups.subsets import all_subsets
from tieout.engine.groups.sums import (
    LIST_MAX,
    PAIRS_MAX,
    SIZE_LIMIT,
    Solutions,
    members,
    solve,
    work_of,
)
from tieout.engine.groups.weights import GAPS

pytestmark = pytest.mark.usefixtures("both_ways")


def solved(rows: list[tuple[list[int], int]], most: list[int]) -> Solutions:
    start = np.cumsum([0] + [len(amounts) for amounts, _ in rows])
    flat = np.array([each for amounts, _ in rows for each in amounts])
    return solve(start, flat, np.array([total for _, total in rows]), np.array(most))


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
    rows=st.lists(
        st.tuples(
            st.lists(st.integers(-50, 300), min_size=2, max_size=12),
            st.integers(-60, 900),
            st.sampled_from([0, *range(2, 13)]),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_the_solutions_are_those_of_brute_force(rows: list[tuple[list[int], int, int]]) -> None:
    """Row by row in order, each within its own number of parts; 0 parts: not looked at."""
    found = solved([row[:2] for row in rows], [row[2] for row in rows])
    assert np.all(np.diff(found.row) >= 0)
    for at, row in enumerate(rows):
        truth = brute(*row)
        assert found.mask[found.row == at].tolist() == truth
        assert found.count[at] == len(truth)


def test_the_members_of_a_solution_are_the_places_of_its_bits() -> None:
    start, place = members(np.array([0, 7, 7]), np.array([0b101, 0, 1 << 62 | 0b10]))
    assert start.tolist() == [0, 2, 2, 4]
    assert place.tolist() == [0, 2, 8, 69]


@pytest.mark.parametrize(("width", "most", "sums"), [(12, 12, 128), (22, 12, 4096), (40, 4, 12392)])
def test_the_work_of_a_row_is_the_subsets_of_its_halves(width: int, most: int, sums: int) -> None:
    assert work_of(np.array([width]), np.array([most])).tolist() == [sums]


@pytest.mark.parametrize("width", [14, 18])
def test_the_count_is_exact_up_to_eighteen_candidates(width: int) -> None:
    random = np.random.default_rng(width)
    amounts = random.integers(1, 60, (2, width))
    totals = amounts[:, ::3].sum(axis=1)
    found = solved(list(zip(amounts.tolist(), totals.tolist(), strict=True)), [12, 12])
    for at in range(2):
        truth = brute(amounts[at].tolist(), int(totals[at]), 12)
        assert found.count[at] == len(truth)
        assert found.capped[at] == (len(truth) > LIST_MAX)


@pytest.mark.parametrize("width", [24, 33])
def test_many_candidates_are_complete_for_small_sets(width: int) -> None:
    random = np.random.default_rng(width)
    amounts = random.integers(100, 9000, (2, width))
    totals = amounts[:, :3].sum(axis=1)
    limit = min(int(SIZE_LIMIT[width]), 4)
    found = solved(list(zip(amounts.tolist(), totals.tolist(), strict=True)), [limit, limit])
    for at in range(2):
        truth = brute(amounts[at].tolist(), int(totals[at]), limit)
        assert 7 in truth
        assert found.mask[found.row == at].tolist() == truth


def test_the_weight_of_all_subsets_counts_the_gaps_of_neighbours() -> None:
    random = np.random.default_rng(4)
    start = np.array([0, 7, 9, 9, 15, 19])
    value = random.uniform(0.2, 3, 19)
    number = random.integers(-1, 60, 19)
    number[-4:] = [-1, 12, -1, -1]
    number[:2] = [300, 9]
    gap = np.exp2(np.linspace(3, -2, len(GAPS) + 1))
    table = all_subsets(start, value, number, gap, 5)
    for row, begin in enumerate(start[:-1].tolist()):
        places = range(begin, int(start[row + 1]))
        for size in range(5):
            whole = 0.0
            for chosen in combinations(places, size):
                known = sorted(int(number[each]) for each in chosen if number[each] >= 0)
                steps = np.searchsorted(GAPS, np.diff(known), "right")
                whole += float(np.prod(value[list(chosen)]) * np.prod(gap[steps]))
            assert table[row, size] == pytest.approx(whole)


def test_equal_amounts_without_end_are_counted_and_not_listed() -> None:
    found = solved([([100] * 20, 600), ([1, 2, 3], 3)], [12, 12])
    assert found.count[0] == 38760  # 20 over 6
    assert found.capped.tolist() == [True, False]
    assert found.row.tolist() == [1]


def test_a_row_of_very_many_pairs_is_not_told_one_by_one() -> None:
    """63 equal amounts, 8 of them the total: 31 over 4 times 32 over 4 pairs have that sum."""
    found = solved([([7] * 63, 56)], [4])
    assert found.count[0] == 31465 * 35960 > PAIRS_MAX
    assert found.capped.tolist() == [True]
