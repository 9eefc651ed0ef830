"""The cfonb120 files of the corpus: count and sum, and nothing lost in silence."""

from pathlib import Path

import pytest

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import corpus_files, verdict
from tieout.testing.formats import check_promises

GATE = 1.0


@pytest.mark.usefixtures("corpus")
def test_count_and_sum_are_right() -> None:
    said = {file.name: verdict(file) for file in corpus_files("cfonb120")}
    wrong = [f"{name}: {text}" for name, (right, text) in said.items() if not right]
    assert len(said) > 0
    assert len(said) - len(wrong) >= GATE * len(said), "\n".join(wrong)


def test_every_file_is_read_or_refused_by_name(corpus: Path) -> None:
    assert corpus.is_dir()
    for file in corpus_files("cfonb120"):
        try:
            reading = read_source(Source.of(file.path))
        except TieoutError:
            assert file.expected_number("n") in {None, 0}, file.name
            continue
        check_promises(reading)
        assert reading.format == "cfonb120", file.name
        assert reading.is_clean or reading.all_problems(), file.name
        assert all(held.raw for held in reading.held), file.name
