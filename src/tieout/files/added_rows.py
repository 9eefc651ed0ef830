"""Rows added behind kept ones: what of the kept hangs together with them, what they add to sums.

Nothing is inferred from what a new row is. All new rows may differ, and so may every row that a
name leads to from them; the core tells which do.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tieout.core.explain.books import Books, LedgerEntry, NominalPosting, PostingStatus
from tieout.core.explain.linking import CORRECTION_WORDS, SUSPENSE_WORDS
from tieout.engine.explain import NOMINAL, KeptFile, Move
from tieout.formats.books import Picked, rows_from

ROWS_MAX = 20_000
"""New rows and what hangs on them, for which it is worth while."""
SHARE_MAX = 5
"""Where more than one row in so many hangs together with what is new, all are read."""

Name = tuple[str, str]
"""What it is (`id`, `reference`, `journal`) and what it says."""
_CASE = (re.compile(r"(.*?) \([a-z_]+\)"), re.compile(r"(.*) \([a-z_]+\)"))


@dataclass
class Gathering:
    """The kept rows that names lead to, by file and place."""

    kept: KeptFile
    folder: Path
    ledgers: tuple[str, ...]
    """File names of the sub-ledgers."""
    rows_max: int
    """When so many are found, it is given up."""
    found: dict[str, dict[int, Picked]] = field(default_factory=dict)

    def follow(self, names: Iterable[Name]) -> bool:
        """Follow names until no further ones come up; False where too much hangs on them."""
        seen: set[Name] = set()
        ahead = set(names)
        while ahead:
            seen |= ahead
            further: set[Name] = set()
            for file, places in self._places(ahead):
                for row in self._read(file, places):
                    further |= _further(file, row[1])
                if sum(map(len, self.found.values())) > self.rows_max:
                    return False
            ahead = further - seen
        return True

    def journals(self, names: Iterable[str]) -> list[Picked]:
        """All kept lines of some journals."""
        found = {
            place for name in names for place in self.kept.rows_named(NOMINAL, "journal_id", name)
        }
        return self.rows(NOMINAL, found)

    def rows(self, file: str, places: Iterable[int]) -> list[Picked]:
        """Kept rows by their place, in order."""
        starts = ((place, self.kept.start_of(file, place)) for place in sorted(places))
        return list(rows_from(self.folder / file, starts))

    def _places(self, names: set[Name]) -> Iterator[tuple[str, set[int]]]:
        """By file, the rows in which some of the names stand."""
        columns = {
            "id": [*((each, "txn_id") for each in self.ledgers), (NOMINAL, "source_id")],
            "reference": [(each, "reference") for each in (*self.ledgers, NOMINAL)],
            "journal": [(NOMINAL, "journal_id")],
        }
        columns["id"] += [(each, "batch_id") for each in self.ledgers]
        for kind, places in columns.items():
            said = [name for of, name in names if of == kind]
            for file, column in places:
                found = (self.kept.rows_named(file, column, name) for name in said)
                yield file, set().union(*found)

    def _read(self, file: str, places: set[int]) -> list[Picked]:
        """Those rows that were not found before, noted as found."""
        known = self.found.setdefault(file, {})
        rows = self.rows(file, places - known.keys())
        known |= {line - 2: (line, cells) for line, cells in rows}
        return rows


def names_in(file: str, rows: Iterable[Picked]) -> set[Name]:
    """Names by which something may hang together with new rows of a file."""
    made: set[Name] = set()
    for _, cells in rows:
        if file != NOMINAL:
            made |= _entry_names(cells)
            continue
        source = _text(cells, "source_id")
        if source:
            made.add(("id", source))
            continue
        made |= {("reference", _text(cells, "reference")), ("journal", _text(cells, "journal_id"))}
        narrative = _text(cells, "narrative")
        for words in _correcting(narrative):
            said = narrative[len(words) :]
            made.add(("reference", said.strip()))
            made |= {("id", match[1]) for case in _CASE if (match := case.match(said))}
    return {(kind, said) for kind, said in made if said}


def _further(file: str, cells: Mapping[str, str]) -> set[Name]:
    """Names in a kept row that a name led to. What corrects something names nothing further."""
    if file != NOMINAL:
        return {name for name in _entry_names(cells) if name[1]}
    if _text(cells, "source_id") or any(_correcting(_text(cells, "narrative"))):
        return set()
    made = {("reference", _text(cells, "reference")), ("journal", _text(cells, "journal_id"))}
    return {name for name in made if name[1]}


def _entry_names(cells: Mapping[str, str]) -> set[Name]:
    ids = {("id", _text(cells, column)) for column in ("txn_id", "batch_id")}
    return ids | {("reference", _text(cells, "reference"))}


def _correcting(narrative: str) -> list[str]:
    """The words with which a keyed journal says that it corrects something."""
    said = narrative.casefold()
    return [words for words in (SUSPENSE_WORDS, CORRECTION_WORDS) if said.startswith(words)]


def _text(cells: Mapping[str, str], column: str) -> str:
    return cells.get(column, "").strip()


def moves_of(
    books: Books, entries: Iterable[LedgerEntry], postings: Iterable[NominalPosting]
) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
    """What entries add to their ledgers, and posted lines to the counted accounts of each."""
    number_of = books.calendar.number_of
    subledger = tuple(
        Move(each.ledger.value, str(each.key), each.currency, number_of(each.dated_on), amount)
        for each in entries
        if (amount := each.base_minor)
    )
    control = tuple(
        Move(ledger.value, str(line.key), line.currency, line.period, line.natural(ledger))
        for line in postings
        for ledger, settings in books.settings.items()
        if line.status is PostingStatus.POSTED and line.key in settings.counted
    )
    return subledger, control
