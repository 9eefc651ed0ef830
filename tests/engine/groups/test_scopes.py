"""Looking up by group and day, against the obvious."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.groups.scopes import Index

pytestmark = pytest.mark.usefixtures("both_ways")

RECORDS = st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 9)), max_size=15)
ASKED = st.lists(st.tuples(st.integers(0, 6), st.integers(-5, 10), st.integers(-1, 8)), max_size=8)


@given(RECORDS, ASKED)
def test_what_is_asked_for_is_every_record_of_the_group_and_days(
    records: list[tuple[int, int]], asked: list[tuple[int, int, int]]
) -> None:
    group, day = np.array(records, np.int64).reshape(-1, 2).T
    index = Index.of(np.arange(len(records)), group, day)
    wanted, first, days = np.array(asked, np.int64).reshape(-1, 3).T.copy()
    low, high = index.between(wanted, first, first + days)
    for ask in range(len(asked)):
        found = index.record[low[ask] : high[ask]].tolist()
        expected = [
            at
            for at, each in enumerate(records)
            if each[0] == wanted[ask] and first[ask] <= each[1] <= first[ask] + days[ask]
        ]
        assert found == sorted(expected, key=lambda at: (records[at][1], at))
