"""Work shared out to threads: the same answers."""

from functools import partial

import numpy as np
import pytest

from tieout.engine.workers import beside, over


def total(numbers: np.ndarray) -> int:
    return int(numbers.sum())


def refused(numbers: np.ndarray) -> int:
    raise ValueError(f"{len(numbers)} numbers are not wanted")


ITEMS = [np.arange(size, dtype=np.int64) for size in (3, 200_000, 0, 17, 50_000, 1)]


def test_answers_come_in_the_order_of_the_items() -> None:
    assert over(total, ITEMS) == [int(each.sum()) for each in ITEMS]
    assert over(total, []) == []


def test_two_steps_beside_each_other_give_both_answers() -> None:
    assert beside(lambda: "one", lambda: 2) == ("one", 2)


@pytest.mark.parametrize("which", [0, 1])
def test_a_step_that_fails_beside_another_is_told(which: int) -> None:
    steps = [partial(total, ITEMS[0]), partial(total, ITEMS[1])]
    steps[which] = partial(refused, ITEMS[which])
    with pytest.raises(ValueError, match="not wanted"):
        beside(steps[0], steps[1])
