"""Loops: compiled when there is much to do, as they stand otherwise, and never out of date."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tieout.engine.compiled import FEW, Loop, P, R, compiled, kept_in
from tieout.engine.letters import Ints


@compiled
def doubled(number: int) -> int:
    return 2 * number


@compiled
def total(numbers: Ints, times: int) -> int:
    """The sum of the numbers, each doubled, so many times."""
    found = 0
    for number in numbers:
        found += doubled(number) * times
    return found


@compiled
def spun(numbers: np.ndarray) -> np.uint64:
    """A product that goes round."""
    found = np.uint64(1)
    for number in numbers:
        found *= number
    return found


@compiled
def shaken(bits: np.uint64, by: np.uint64) -> np.uint64:
    """Bits mixed with others."""
    return (bits ^ by) * np.uint64(0x9E3779B97F4A7C15)


@compiled
def shaken_twice(numbers: np.ndarray) -> np.ndarray:
    """Bits mixed one after the other: whoever is between must not lose how many they are."""
    made = np.empty_like(numbers)
    for row in range(len(numbers)):
        made[row] = shaken(shaken(np.uint64(0), numbers[row]), numbers[row])
    return made


def fresh(loop: Loop[P, R]) -> Loop[P, R]:
    return Loop(loop.plain)


def test_little_is_done_without_the_compiler() -> None:
    loop = fresh(total)
    assert loop(np.arange(FEW - 1), 3) == 3 * (FEW - 1) * (FEW - 2)
    assert loop._made is None


def test_much_is_done_compiled_and_says_the_same() -> None:
    loop = fresh(total)
    assert loop(np.arange(FEW + 1), 3) == 3 * (FEW + 1) * FEW
    assert loop._made is not None


def test_a_loop_as_it_stands_calls_no_compiled_one() -> None:
    numbers = np.arange(50, dtype=np.uint64)
    expected = fresh(shaken_twice).made()(numbers)
    shaken.made()  # compiled now, for whoever else calls it
    assert fresh(shaken_twice)(numbers).tolist() == expected.tolist()


def test_a_machine_without_a_compiler_runs_the_loop_as_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    loop = fresh(total)
    assert loop(np.arange(FEW + 1), 1) == (FEW + 1) * FEW
    assert loop._made == loop.going_round


def test_numbers_go_round_alike_compiled_and_as_they_stand() -> None:
    numbers = np.arange(1, 2 * FEW, 2, dtype=np.uint64)
    assert fresh(spun).going_round(numbers) == fresh(spun).made()(numbers)


def test_what_is_kept_is_named_after_the_code_and_replaces_what_was(tmp_path: Path) -> None:
    (tmp_path / "loops-of-before").mkdir()
    folder = kept_in(str(tmp_path))
    assert folder is not None
    assert [each.name for each in tmp_path.iterdir()] == [folder.name]
    kept_in.cache_clear()
    assert kept_in(str(tmp_path)) == folder


def test_where_nothing_may_be_kept_loops_are_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert kept_in(str(tmp_path / "file")) is None
