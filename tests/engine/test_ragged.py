"""Rows in order: the packed key and the plain sort say the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.population import NO_DAY
from tieout.engine.ragged import in_order

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
