"""The bank files of the corpus: count and sum, and nothing lost in silence."""

from pathlib import Path

import pytest

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import corpus_files, verdict
from tieout.testing.formats import check_promises

GATES = {
    "bai2": 1.0,
    "cfonb120": 1.0,
    "coda": 1.0,
    "mt940": 0.98,
    "norma43": 1.0,
    "ofx": 0.97,
    "qif": 0.95,
}
"""The share of a kind's countable files whose count and sum must be right."""

FIXED = ("bai2", "cfonb120", "coda", "mt940", "norma43")
"""Kinds of which the corpus lists every file as countable or empty."""

REFUSED = {"ofx": {"libofx__ofx_request.hh"}, "qif": set[str]()}
"""Files in the folders of the other kinds that are nothing of the kind at all."""


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize("kind", sorted(GATES))
def test_count_and_sum_are_right(kind: str) -> None:
    said = {file.name: verdict(file) for file in corpus_files(kind)}
    wrong = [f"{name}: {text}" for name, (right, text) in said.items() if not right]
    assert len(said) > 0
    assert len(said) - len(wrong) >= GATES[kind] * len(said), "\n".join(wrong)


@pytest.mark.parametrize("kind", FIXED)
def test_every_file_is_read_or_refused_by_name(kind: str, corpus: Path) -> None:
    assert corpus.is_dir()
    for file in corpus_files(kind):
        try:
            reading = read_source(Source.of(file.path))
        except TieoutError:
            assert file.expected_number("n") in {None, 0}, file.name
            continue
        check_promises(reading)
        assert reading.format == kind, file.name
        assert reading.is_clean or reading.all_problems(), file.name
        assert all(held.raw for held in reading.held), file.name


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_every_file_of_the_folder_keeps_its_promises_or_gives_a_coded_error(
    kind: str, corpus: Path
) -> None:
    refused: set[str] = set()
    for path in sorted((corpus / kind).iterdir()):
        try:
            reading = read_source(Source.of(path))
        except TieoutError:
            refused.add(path.name)
            continue
        check_promises(reading)
        undated = [x for s in reading.statements for x in s.lines if x.booked_on is None]
        assert not (reading.held or undated) or not reading.is_clean, path.name
    assert refused <= REFUSED[kind]
