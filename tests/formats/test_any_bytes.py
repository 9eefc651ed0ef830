"""Whatever the bytes behind a format's signature, every reader keeps its promises."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import FORMATS, format_named
from tieout.testing.corpus import PROJECT
from tieout.testing.formats import check_promises, examples

REGRESSIONS = sorted(
    path for path in (PROJECT / "tests" / "regressions").rglob("*") if path.is_file()
)
OWN = [name for name in FORMATS if examples(name)]
HEADS = {name: [path.read_bytes()[:200] for path in examples(name)[:4]] for name in OWN}
SECONDS_MAX = 20.0
"""Of processor time for one small input; a quadratic reader takes minutes."""


def read_or_refuse(name: str, data: bytes) -> None:
    begun = time.process_time()
    try:
        check_promises(format_named(name).read(Source(f"fuzzed.{name}", data), {}))
    except TieoutError as error:
        assert error.found or error.expected  # noqa: PT017  either answer is right
    assert time.process_time() - begun < SECONDS_MAX


@pytest.mark.req("R070")
@pytest.mark.parametrize("name", OWN)
@given(tail=st.binary(max_size=600), pick=st.integers(0, 3), cut=st.integers(1, 200))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_arbitrary_bytes_behind_a_signature(name: str, tail: bytes, pick: int, cut: int) -> None:
    heads = HEADS[name]
    read_or_refuse(name, heads[pick % len(heads)][:cut] + tail)


@pytest.mark.parametrize("name", OWN)
def test_long_runs_of_one_piece_are_read_in_time(name: str) -> None:
    dice = random.Random(name)  # noqa: S311  not for secrets
    for head in HEADS[name]:
        begin = dice.randrange(len(head))
        piece = head[begin : begin + dice.randint(1, 12)]
        read_or_refuse(name, head + piece * (60_000 // len(piece)))


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_campaign_found_stays_mended(path: Path) -> None:
    read_or_refuse(path.parent.name, path.read_bytes())
