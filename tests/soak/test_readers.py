"""The long campaigns over every reader: coverage-guided where atheris is to be had.

TIEOUT_SOAK_SECONDS is the time in all (an hour by default), shared evenly.
"""

import importlib.util
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import FORMATS, format_named
from tieout.testing.formats import check_promises, examples

SECONDS = int(os.environ.get("TIEOUT_SOAK_SECONDS", "3600"))
OWN = [name for name in FORMATS if examples(name)]
INPUT_SECONDS_MAX = 20.0
HAS_ATHERIS = importlib.util.find_spec("atheris") is not None


@pytest.mark.soak
@pytest.mark.parametrize("name", OWN)
@pytest.mark.skipif(not HAS_ATHERIS, reason="atheris has no build for this Python")
def test_coverage_guided(name: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("campaign.py")
    share = str(max(SECONDS // len(OWN), 1))
    done = subprocess.run(
        [sys.executable, str(script), name, share, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.soak
@pytest.mark.parametrize("name", OWN)
@pytest.mark.skipif(HAS_ATHERIS, reason="the coverage-guided campaign runs instead")
def test_mutated(name: str, tmp_path: Path) -> None:
    seeds = [path.read_bytes() for path in examples(name)]
    dice = random.Random()  # noqa: S311  not for secrets; a campaign never runs twice alike
    end = time.monotonic() + SECONDS / len(OWN)
    while time.monotonic() < end:
        data = mutated(dice.choice(seeds), dice.choice(seeds), dice)
        begun = time.process_time()
        try:
            check_promises(format_named(name).read(Source("fuzzed", data), {}))
        except TieoutError:
            continue
        except Exception:
            found = tmp_path / "find"
            found.write_bytes(data)
            sys.stderr.write(f"kept in {found}\n")
            raise
        assert time.process_time() - begun < INPUT_SECONDS_MAX


ODD = (b"\0", b"\xff", b"9" * 31, b"NaN", b"-", b"0000", b"<", b"&#0;", b"\r", b"\n", b"\x1a", b'"')


def mutated(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """A few changes: bytes, cuts, repeats, odd values, a stretch of another file."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        spot = dice.randrange(len(made) + 1)
        length = dice.randint(1, 60)
        match dice.randrange(6):
            case 0:
                made[spot : spot + 1] = bytes([dice.randrange(256)])
            case 1:
                del made[spot : spot + length]
            case 2:
                made[spot:spot] = made[spot : spot + length] * dice.randint(1, 20)
            case 3:
                made[spot : spot + dice.randrange(3)] = dice.choice(ODD)
            case 4:
                start = dice.randrange(len(other) + 1)
                made[spot:spot] = other[start : start + length * 5]
            case _:
                del made[spot:]
    return bytes(made)
