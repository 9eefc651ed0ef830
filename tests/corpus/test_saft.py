"""The corpus of real saft files: counts and sums, and nothing lost in silence."""

import pytest

from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import corpus_files, verdict
from tieout.testing.formats import check_promises

pytestmark = pytest.mark.usefixtures("corpus")


def test_counts_are_those_expected_and_every_file_is_read() -> None:
    for file in corpus_files("saft"):
        right, said = verdict(file)
        assert right, f"{file.name}: {said}"
        check_promises(read_source(Source.of(file.path)))


def test_a_file_without_a_ledger_names_its_invoices() -> None:
    for file in corpus_files("saft"):
        if file.expected_number("entries") == 0:
            reading = read_source(Source.of(file.path))
            (problem,) = (each for each in reading.problems if each.code == "file.no-records")
            assert f"{file.expected_number('invoices')} invoices" in problem.found, file.name
