"""Runs of consecutive numbers, against the obvious."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine.groups.batches import RUN_MAX, _likely_runs

pytestmark = pytest.mark.usefixtures("both_ways")

CHAINS = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=15), max_size=4)


@given(CHAINS, st.lists(st.integers(-40, 60), max_size=12))
def test_a_run_is_likely_where_it_is_of_one_chain_and_has_a_wanted_sum(
    chains: list[list[int]], wanted: list[int]
) -> None:
    amount = [each for chain in chains for each in chain]
    number = [at for at, chain in enumerate(chains) for _ in chain]
    likely = _likely_runs(*(np.array(each, np.int64) for each in (amount, number, wanted)))
    assert likely.shape == (RUN_MAX + 1, len(amount))
    for length in range(RUN_MAX + 1):
        for begin in range(len(amount)):
            run = slice(begin, begin + length)
            is_whole = 2 <= length <= len(amount) - begin and len(set(number[run])) == 1
            assert likely[length, begin] == (is_whole and sum(amount[run]) in wanted)
