"""Codes, runs and meetings of rows, against the obvious."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.ragged import dense, in_order, meeting, rising, runs

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-3, 3) | st.integers(-(2**61), 2**61)), max_size=30
)
"""Two columns, which do not always fit into one number."""


@given(ROWS)
def test_equal_rows_have_one_code_and_are_one_run(rows: list[tuple[int, int]]) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    distinct = sorted(set(rows))
    assert dense(*columns).tolist() == [distinct.index(row) for row in rows]
    order, begin = runs(*columns)
    assert order.tolist() == in_order(*columns).tolist()
    assert [rows[order[at]] for at in begin.tolist()] == distinct


@given(st.lists(st.integers(0, 5), max_size=9), st.lists(st.integers(0, 5), max_size=9))
def test_each_of_mine_meets_the_equal_ones_of_theirs(mine: list[int], theirs: list[int]) -> None:
    order, low, high = meeting(np.array(mine, np.int64), np.array(theirs, np.int64))
    for at, code in enumerate(mine):
        met = order[low[at] : high[at]].tolist()
        assert met == [place for place, other in enumerate(theirs) if other == code]


@pytest.mark.parametrize("bits", [0, 1, 11, 12, 23, 50, 62])
def test_many_keys_rise_and_equal_ones_stay_as_they_stand(bits: int) -> None:
    """Few are compared; of so many the digits are counted, where they leave room for the place."""
    key = np.random.default_rng(bits).integers(0, 1 << bits, 6000)
    assert rising(key).tolist() == np.argsort(key, kind="stable").tolist()
