"""Machine code that set-up wrote down does what the loop itself does, without the compiler."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.engine import compiled, machine_code
from tieout.engine.compiled import Loop
from tieout.engine.compiled_kept import kept_in
from tieout.engine.letters import Ints
from tieout.engine.machine_code import LIST, Calls, is_able, is_good_for, kind_of, load
from tieout.engine.ragged import Floats

pytestmark = pytest.mark.skipif(not is_able(), reason="machine code is kept on Linux, x86-64")
MUCH = 4_000_000


def add_to(numbers: Ints, more: int) -> None:
    for row in range(len(numbers)):
        numbers[row] += more


def halves(numbers: Ints) -> tuple[Floats, Ints, float, bool]:
    """Of each number half; the numbers two by two; half of all; whether there are any."""
    half, two = np.empty(len(numbers), np.float64), np.empty((len(numbers), 2), np.int64)
    total = 0.0
    for row in range(len(numbers)):
        half[row] = numbers[row] / 2.0
        two[row, 0], two[row, 1] = numbers[row], row
        total += half[row]
    return half, two, total, len(numbers) > 0


def tail(numbers: Ints, begin: int) -> Ints:
    """Some of what was given, which is not the loop's own."""
    return numbers[begin:]


def both(sides: tuple[Ints, tuple[Ints, int]]) -> tuple[Ints, Ints]:
    """The same memory, held twice."""
    made = np.zeros(len(sides[0]) + sides[1][1], np.int64)
    for row in range(len(sides[0])):
        made[row] = sides[0][row] + sides[1][0][0]
    return made, made


def spun(number: np.uint64, is_twice: bool) -> np.uint64:  # noqa: FBT001  as loops take it
    once = number * np.uint64(0x9E3779B97F4A7C15)
    return once * once if is_twice else once


def shares(numbers: Ints) -> float:
    found = 0.0
    for number in numbers:
        found += 1.0 / number
    return found


NUMBERS = np.array([4, 5, 6], np.int64)
EXAMPLES: dict[Callable[..., object], tuple[Any, ...]] = {
    add_to: (NUMBERS, 1),
    halves: (NUMBERS,),
    tail: (NUMBERS, 1),
    both: ((NUMBERS, (NUMBERS, 2)),),
    spun: (np.uint64(3), True),
    shares: (NUMBERS,),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tieout.testing.machine_code import watched, write  # noqa: PLC0415  has the compiler

    at = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "KEEPS", False)
        loops: dict[str, Loop[Any, Any]] = {each.__name__: Loop(each) for each in EXAMPLES}
        patch.setattr(compiled, "LOOPS", loops)
        asked = watched()
        for loop, example in EXAMPLES.items():
            copied = [each.copy() if isinstance(each, np.ndarray) else each for each in example]
            loops[loop.__name__].made()(*copied)
        write(at, asked)
    return at


@pytest.fixture(scope="module")
def calls(folder: Path) -> dict[str, Calls]:
    return load(folder)


def call(calls: dict[str, Calls], loop: Callable[..., object], *given: object) -> Any:  # noqa: ANN401
    found = calls[Loop(loop).name].of(" ".join(map(kind_of, given)))
    assert found is not None
    return found(*given)


@given(st.lists(st.integers(-(2**40), 2**40)).map(lambda each: np.array(each, np.int64)))
def test_arrays_and_numbers_come_back_as_from_the_loop_itself(
    calls: dict[str, Calls], numbers: Ints
) -> None:
    found = call(calls, halves, numbers)
    expected: Any = halves(numbers)
    for one, other in zip(found, expected, strict=True):
        assert np.asarray(one).dtype == np.asarray(other).dtype
        assert np.array_equal(one, other)


@given(number=st.integers(0, 2**64 - 1), is_twice=st.booleans())
def test_numbers_of_64_bits_go_round(
    calls: dict[str, Calls], number: int, *, is_twice: bool
) -> None:
    with np.errstate(over="ignore"):
        expected = spun(np.uint64(number), is_twice)
    assert call(calls, spun, np.uint64(number), is_twice) == int(expected)


def test_what_is_given_may_be_written_to(calls: dict[str, Calls]) -> None:
    numbers = np.arange(5)
    assert call(calls, add_to, numbers, 7) is None
    assert numbers.tolist() == [7, 8, 9, 10, 11]


def test_part_of_what_was_given_comes_back_as_a_copy(calls: dict[str, Calls]) -> None:
    numbers = np.arange(5)
    found = call(calls, tail, numbers, 3)
    found[0] = 99
    assert numbers.tolist() == [0, 1, 2, 3, 4]
    assert found.tolist() == [99, 4]


def test_memory_held_twice_lives_until_both_are_gone(calls: dict[str, Calls]) -> None:
    found = call(calls, both, (np.arange(3), (np.array([10]), 1)))
    one, other = found
    del found, one
    assert other.tolist() == [10, 11, 12, 0]


def test_memory_is_given_back(calls: dict[str, Calls]) -> None:
    numbers, used = np.zeros(MUCH, np.int64), psutil.Process().memory_info
    call(calls, halves, numbers)
    before = used().rss
    for _ in range(20):  # 96 MB each
        call(calls, halves, numbers)
    assert used().rss - before < 200e6


def test_threads_call_the_same_code(calls: dict[str, Calls]) -> None:
    given_ = [np.arange(each, each + 1000) for each in range(200)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda each: call(calls, halves, each), given_))
    for numbers, each in zip(given_, found, strict=True):
        assert np.array_equal(each[0], numbers / 2)


def test_a_loop_that_cannot_go_on_says_why(calls: dict[str, Calls]) -> None:
    with pytest.raises(ZeroDivisionError, match="shares"):
        call(calls, shares, np.array([1, 0]))
    with pytest.raises(MemoryError, match="both"):
        call(calls, both, (np.arange(3), (np.arange(1), 2**50)))


def test_more_than_was_thought_of_will_do_and_less_will_not(calls: dict[str, Calls]) -> None:
    kept = calls[Loop(halves).name]
    numbers = np.arange(6)
    assert kept.of(kind_of(numbers)) is not None
    for other in (numbers[::2], numbers.astype(np.float64), numbers.reshape(2, 3), (numbers,)):
        assert kept.of(kind_of(other)) is None
    numbers.flags.writeable = False
    assert kept.of(kind_of(numbers)) is None


@pytest.mark.parametrize(
    ("kept", "given_", "is_good"),
    [
        ("<i8:1:A:u:r", "<i8:1:C:a:w", True),
        ("(<i8:1:C:a:w (<i8 <i8:1:A:u:r))", "(<i8:1:C:a:w (<i8 <i8:1:C:u:w))", True),
        ("(<i8:1:C:a:w <i8)", "<i8:1:C:a:w (<i8)", False),
        ("<i8:1:C:a:w", "<i8:1:C:a:r", False),
        ("<i8:1:C:a:w", "<i8:1:A:a:w", False),
        ("<i8:1:C:a:w", "<i8:1:C:u:w", False),
        ("<i8:1:A:a:w", "<u8:1:A:a:w", False),
        ("<i8:1:A:a:w", "<i8:2:A:a:w", False),
        ("<i8", "<i8 <i8", False),
        ("<i8", "<f8", False),
    ],
)
def test_which_kinds_do_for_which(kept: str, given_: str, *, is_good: bool) -> None:
    assert is_good_for(kept, given_) == is_good


def test_another_machine_has_nothing(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / LIST).read_text())
    for name in (LIST, machine_code.OBJECT):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert load(tmp_path)
    (tmp_path / LIST).write_text(json.dumps(told | {"for": [*told["for"][:2], "i386", ""]}))
    assert load(tmp_path) == {}


@pytest.mark.parametrize("name", [LIST, machine_code.OBJECT])
def test_half_of_it_is_nothing(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert load(tmp_path) == {}


def test_code_and_list_are_of_one_making(folder: Path, tmp_path: Path) -> None:
    (tmp_path / LIST).write_bytes((folder / LIST).read_bytes())
    code = (folder / machine_code.OBJECT).read_bytes()
    (tmp_path / machine_code.OBJECT).write_bytes(code[:-1] + b"?")
    assert load(tmp_path) == {}


def test_matching_much_after_set_up_needs_no_compiler() -> None:
    kept = kept_in("")
    if kept is None or not (kept / LIST).is_file():
        pytest.skip("nothing is compiled yet: make .venv/.ok-compiled")
    said = (
        "import sys; sys.modules['numba'] = None\n"
        "from tieout.core.matching.rules import MatchRules\n"
        "from tieout.engine import match\n"
        "from tieout.engine.compiled import LOOPS\n"
        "from tieout.testing.worlds import make_world\n"
        "world = make_world(3, 12_000)\n"
        "match(world.left, world.right, MatchRules())\n"
        "print([n for n, loop in LOOPS.items() if loop._dispatcher is not None])"
    )
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
