"""Gate: every text ledger of the corpus gives exactly the entries it holds, balanced or named."""

from collections.abc import Iterator
from pathlib import Path

from tieout.core.errors import Severity
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.corpus import CorpusFile, corpus_files

COUNTED_BY_HAND = {
    # dated lines inside `comment` blocks are no entries; the expectation counts them
    "hledger__costs_1.j": 1,
    "hledger__costs_2a.j": 1,
    "hledger__costs_2b.j": 1,
    "hledger__costs_3.j": 1,
    "hledger__costs_4.j": 1,
    # dates without a year, and years of seventeen digits, are entries all the same
    "hledger__borrowing.journal": 9,
    "hledger__farfuture.j": 4,
    # an entry whose first posting has no amount was not counted
    "hledger__2021.journal": 3,
    "hledger__2022.journal": 3,
    "hledger__2021-closed.journal": 5,
    "hledger__2022-closed.journal": 5,
}
"""Where `SOURCES.tsv` is wrong: what the file holds, and why the two differ."""

UNBALANCED_AS_WRITTEN = {
    # one-sided entries that an importer proposes, and one that beancount refuses too
    "beangulp__statement.csv.beancount": 6,
    "fava__import.beancount": 1,
    "fava__errors.beancount": 1,
    "smart_importer__multiaccounts.beancount": 1,
}


def ledgers() -> Iterator[tuple[CorpusFile, Reading]]:
    for file in corpus_files("ledger", "labelled-matches", "labelled-categories"):
        if file.expected_number("entries") is not None:
            yield file, read_source(Source.of(file.path))


def base(file: CorpusFile) -> str:
    return file.name.rpartition("/")[2]


def test_entries_are_as_many_as_the_file_holds(corpus: Path) -> None:
    assert corpus
    wrong = {}
    for file, reading in ledgers():
        expected = COUNTED_BY_HAND.get(base(file), file.expected_number("entries"))
        if len(reading.entries) != expected:
            wrong[file.name] = (len(reading.entries), expected)
    assert not wrong


def test_entries_balance_wherever_their_own_program_balances_them(corpus: Path) -> None:
    assert corpus
    for file, reading in ledgers():
        open_ones = [each for each in reading.entries if not each.is_balanced]
        assert len(open_ones) == UNBALANCED_AS_WRITTEN.get(base(file), 0), file.name
        said = {problem.place.line for problem in reading.problems}
        for entry in open_ones:
            lines = {entry.place.line, *(posting.place.line for posting in entry.postings)}
            assert said & lines, f"{file.name}: entry {entry.entry_id} is open and nothing says so"


def test_balance_assertions_are_counted(corpus: Path) -> None:
    assert corpus
    for file, reading in ledgers():
        if reading.format == "beancount":
            said = [each.found for each in reading.problems if "balance assertion" in each.found]
            counted = int(said[0].partition(": ")[2].split()[0]) if said else 0
            assert counted == file.expected_number("balances"), file.name


def test_what_is_held_or_doubtful_is_said(corpus: Path) -> None:
    assert corpus
    for file, reading in ledgers():
        for held in reading.held:
            assert held.problem.severity is Severity.HELD, file.name
            assert held.problem.place.line, file.name
        for entry in reading.entries:
            if entry.booked_on is None:
                assert any(each.place == entry.place for each in reading.problems), file.name
