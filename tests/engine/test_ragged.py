"""Rows in order: the packed key and the plain sort say the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.population import NO_DAY
from tieout.engine.ragged import in_order, rising

ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(-(10**12), 10**12) | st.integers(-2, 2),
        st.integers(19_000, 19_400) | st.just(NO_DAY),
    ),
    max_size=40,
)
"""Pool, amount, day: with a record without a date they do not fit into one number."""


@given(ROWS)
def test_rows_stand_by_pool_amount_and_day_and_equal_ones_as_they_came(
    rows: list[tuple[int, int, int]],
) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    expected = sorted(range(len(rows)), key=lambda at: (*rows[at], at))
    assert in_order(*columns).tolist() == expected


@given(st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 2**45) | st.integers(0, 3), max_size=60))
def test_keys_rise_and_equal_ones_stay_as_they_stand(keys: list[int]) -> None:
    expected = sorted(range(len(keys)), key=lambda at: (keys[at], at))
    assert rising(np.array(keys, np.int64)).tolist() == expected
