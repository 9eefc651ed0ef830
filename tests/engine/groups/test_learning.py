"""What learning counts, against the obvious."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.groups.learning_fees import _votes

pytestmark = pytest.mark.usefixtures("both_ways")

FEES = st.lists(
    st.tuples(
        st.integers(0, 3),  # the batch
        st.integers(1, 60),  # its fee
        st.integers(1, 4000),  # its gross
        st.integers(1, 3),  # how many times the fixed part is in it
    ),
    max_size=12,
)


@given(FEES)
def test_each_batch_votes_once_for_every_shape_that_one_of_its_fees_has(
    fees: list[tuple[int, int, int, int]],
) -> None:
    percents, most = 150, 20
    fees.sort()
    voters = {
        (fixed, percent, batch)
        for batch, charged, total, often in fees
        for percent in range(percents)
        for fixed in range(most)
        if (percent or fixed)
        and abs(charged - (total * percent + 5000) // 10000 - fixed * often) <= 1
        and fixed == (charged - (total * percent + 5000) // 10000 + often // 2) // often
    }
    expected = np.zeros((most, percents), np.int64)
    for fixed, percent, _ in voters:
        expected[fixed, percent] += 1
    bucket, fee, gross, times = np.array(fees, np.int64).reshape(-1, 4).T.copy()
    votes = _votes(bucket, fee, gross, times, (percents, most))
    assert votes.tolist() == expected.ravel().tolist()
