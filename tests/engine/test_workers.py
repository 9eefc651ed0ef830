"""Work shared out to other processes: the same answers, whatever becomes of a process."""

import os
import time
from functools import partial

import numpy as np
import pytest

from tieout.engine.workers import apart, beside, over, processors


def total(numbers: np.ndarray) -> int:
    """What is asked of each item below; by name, so that another process finds it."""
    return int(numbers.sum())


def by_whom(numbers: np.ndarray, home: int) -> tuple[int, int]:
    """The total and the process that added it up; slowly at home, so that others have a share."""
    if os.getpid() == home:
        time.sleep(0.5)
    return total(numbers), os.getpid()


def total_unless_away(numbers: np.ndarray, home: int) -> int:
    """As a process that is killed in its work."""
    if os.getpid() != home:
        os._exit(9)
    time.sleep(0.5)
    return total(numbers)


def refused(numbers: np.ndarray) -> int:
    """An item that cannot be done anywhere."""
    raise ValueError(f"{len(numbers)} numbers are not wanted")


ITEMS = [np.arange(size, dtype=np.int64) for size in (3, 200_000, 0, 17, 50_000, 1)]


def test_answers_come_in_the_order_of_the_items() -> None:
    assert apart(total, ITEMS) == over(total, ITEMS) == [int(each.sum()) for each in ITEMS]
    assert apart(total, []) == []


def test_two_steps_beside_each_other_give_both_answers() -> None:
    assert beside(lambda: "one", lambda: 2) == ("one", 2)


@pytest.mark.parametrize("which", [0, 1])
def test_a_step_that_fails_beside_another_is_told(which: int) -> None:
    steps = [partial(total, ITEMS[0]), partial(total, ITEMS[1])]
    steps[which] = partial(refused, ITEMS[which])
    with pytest.raises(ValueError, match="not wanted"):
        beside(steps[0], steps[1])


@pytest.mark.skipif(processors() < 2, reason="one processor: all is done in this process")
def test_other_processes_take_part() -> None:
    answers = apart(partial(by_whom, home=os.getpid()), ITEMS)
    assert [each for each, _ in answers] == [int(each.sum()) for each in ITEMS]
    assert len({process for _, process in answers}) > 1


def test_what_a_process_leaves_undone_is_done_here() -> None:
    """It ends in the midst of its work; no answer is missing, none is doubled."""
    asked = partial(total_unless_away, home=os.getpid())
    assert apart(asked, ITEMS) == [int(each.sum()) for each in ITEMS]


def test_a_fault_is_told_where_it_was_asked(capfd: pytest.CaptureFixture[str]) -> None:
    """The other process says nothing of it: no traceback of its own beside the message."""
    with pytest.raises(ValueError, match="numbers are not wanted"):
        apart(refused, ITEMS)
    assert not capfd.readouterr().err
