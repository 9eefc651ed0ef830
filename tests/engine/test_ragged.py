"""Rows in order: the packed key and the plain sort say the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.population import NO_DAY
from tieout.engine.ragged import components, in_order, rising

pytestmark = pytest.mark.usefixtures("both_ways")
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


@given(st.lists(st.integers(0, 62).flatmap(lambda bits: st.integers(0, 2**bits)), max_size=60))
def test_keys_rise_and_equal_ones_stay_as_they_stand(keys: list[int]) -> None:
    expected = sorted(range(len(keys)), key=lambda at: (keys[at], at))
    assert rising(np.array(keys, np.int64)).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14))
def test_components_are_numbered_by_their_least_node(edges: list[tuple[int, int]]) -> None:
    least = list(range(13))
    for _ in least:
        for one, other in edges:
            least[one] = least[other] = min(least[one], least[other])
    number = {node: count for count, node in enumerate(sorted(set(least)))}
    ends = np.array(edges, np.int64).reshape(-1, 2).T.copy()
    assert components(ends[0], ends[1], 13).tolist() == [number[node] for node in least]
