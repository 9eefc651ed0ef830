"""Loops: compiled when there is much to do, as they stand otherwise, and never out of date."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from tieout.engine import compiled_kept
from tieout.engine.compiled import FEW, Loop, P, R, compiled
from tieout.engine.compiled_kept import is_own, kept_in
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


def test_what_set_up_compiled_is_taken_along_where_it_may_not_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = kept_in(str(tmp_path / "anywhere"))
    assert named is not None
    kept_in.cache_clear()
    made = tmp_path / "set-up" / named.name / "module"
    made.mkdir(parents=True)
    (made / "loop.nbi").write_bytes(b"machine code")
    (made / "loop.nbi").chmod(0o444)
    made.chmod(0o555)
    made.parent.chmod(0o555)
    monkeypatch.setattr(compiled_kept, "beside", lambda: tmp_path / "set-up")
    folder = kept_in(str(tmp_path / "own"))
    assert folder == tmp_path / "own" / named.name
    assert (folder / "module" / "loop.nbi").read_bytes() == b"machine code"
    assert (folder / "module" / "new").write_bytes(b"") == 0
    made.chmod(0o755)


def test_what_is_run_lies_where_nobody_else_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_kept, "HOME", Path("~nobody-has-this-name"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = list(compiled_kept.places())[-1]
    assert own.parent == tmp_path
    assert is_own(own)
    own.chmod(0o777)
    assert not is_own(own)
    assert own not in compiled_kept.places()
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert not is_own(link)
