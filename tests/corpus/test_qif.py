"""QIF against the corpus of real files: count and sum of every countable file."""

from pathlib import Path

import pytest

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import corpus_files, verdict
from tieout.testing.formats import check_promises

GATE = 0.95
"""The share of countable files whose count and sum must be right."""

REFUSED: set[str] = set()
"""Files of the folder that are no QIF at all."""


@pytest.mark.usefixtures("corpus")
def test_count_and_sum_are_right() -> None:
    verdicts = [(file.name, *verdict(file)) for file in corpus_files("qif")]
    wrong = {name: said for name, right, said in verdicts if not right}
    assert len(verdicts) - len(wrong) >= GATE * len(verdicts), wrong


def test_every_file_gives_a_reading_that_keeps_its_promises_or_a_coded_error(corpus: Path) -> None:
    refused: list[str] = []
    for path in sorted((corpus / "qif").iterdir()):
        try:
            reading = read_source(Source.of(path))
        except TieoutError:
            refused.append(path.name)
            continue
        check_promises(reading)
        undated = [x for s in reading.statements for x in s.lines if x.booked_on is None]
        assert not (reading.held or undated) or not reading.is_clean, path.name
    assert set(refused) <= REFUSED
