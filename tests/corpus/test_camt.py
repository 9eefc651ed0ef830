"""The corpus of real camt files: counts and sums, and nothing lost in silence."""

import pytest

from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import CorpusFile, corpus_files, verdict
from tieout.testing.formats import check_promises

pytestmark = pytest.mark.usefixtures("corpus")


def readings() -> list[tuple[CorpusFile, Reading]]:
    return [(file, read_source(Source.of(file.path))) for file in corpus_files("camt")]


def test_counts_and_sums_are_those_expected() -> None:
    wrong = [
        f"{file.name}: {said}"
        for file in corpus_files("camt")
        for right, said in [verdict(file)]
        if not right
    ]
    assert wrong == []


def test_every_file_gives_a_reading_that_keeps_its_promises() -> None:
    for file, reading in readings():
        check_promises(reading)
        assert reading.format == "camt", file.name


def test_details_are_parts_of_their_entry() -> None:
    for file, reading in readings():
        stated = file.expected_number("txdtls")
        lines = [line for each in reading.statements for line in each.lines]
        parts = sum(len(line.parts) for line in lines)
        set_aside = any(problem.code == "record.extra" for problem in reading.problems)
        if stated is not None and stated > len(lines) and not set_aside:
            assert parts >= stated - len(lines), file.name
