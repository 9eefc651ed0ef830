"""A table of another system: delimiter, sheet, headings and columns, nothing understood."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tieout.core.errors import TieoutError
from tieout.formats.books.headings import HEADINGS
from tieout.formats.books.lines import is_workbook, lines_in, text_of
from tieout.formats.common.parsed import Exact, Row
from tieout.formats.common.source import Source
from tieout.formats.common.words import plain
from tieout.formats.common.workbook import Workbook

DELIMITERS = (",", ";", "\t", "|", "^", "~")
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab", ".asc", ""})
"""Ends of names of files that may be tables as text."""
Place = tuple[str, str]
"""File and sheet."""
Said = Mapping[str, object]
"""What a person has said of a table."""
_HEAD_LINES = 40
_NAMED = 2
"""How many cells of a line must be words for columns, for it to be the headings' line."""


@dataclass(frozen=True)
class ForeignTable:
    """A file of another system."""

    file: str
    delimiter: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    """Those below the headings that are not blank."""
    sheet: str = ""
    """Of a workbook that has several filled ones."""
    heading_line: int = 1

    @property
    def place(self) -> Place:
        """File and sheet."""
        return self.file, self.sheet

    @property
    def is_workbook(self) -> bool:
        """Whether its cells are those of a workbook: numbers and dates already known as such."""
        return is_workbook(self.file)

    @property
    def called(self) -> str:
        """File and sheet as a person names them."""
        return f"{self.file} ({self.sheet})" if self.sheet else self.file

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Heading to its cells without blanks around them; one that stands twice is left out."""
        folded = [heading.casefold() for heading in self.headings]
        return {
            heading: tuple(_cell(row.cells, at) for row in self.rows)
            for at, heading in enumerate(self.headings)
            if heading and folded.count(heading.casefold()) == 1
        }

    @property
    def repeated(self) -> tuple[str, ...]:
        """Headings that stand more than once and so name no column."""
        return tuple(dict.fromkeys(h for h in self.headings if h and h not in self.columns))

    def filled(self, heading: str) -> list[str]:
        """The cells of a column that are not blank."""
        return [cell for cell in self.columns[heading] if cell]

    def line_of(self, heading: str, cell: str) -> int:
        """The line of the file that first has a cell."""
        return self.rows[self.columns[heading].index(cell)].line


def _cell(cells: Sequence[str], at: int) -> str:
    cell = cells[at] if at < len(cells) else ""
    return cell if isinstance(cell, Exact) else cell.strip()


def forms_of(heading: str) -> tuple[str, ...]:
    """A heading as phrases are kept: with what stands in brackets, and without."""
    opened = heading.translate(str.maketrans("()[]", "    "))
    return tuple(dict.fromkeys((plain(opened), plain(heading))))


def foreign_tables(
    folder: Path, named: Iterable[Said]
) -> tuple[list[ForeignTable], list[tuple[str, str]]]:
    """The tables of a folder, and the files and sheets that are none with the reason.

    `named` has what a person has said of files: `file` with `sheet`, `delimiter`, `heading_line`.
    """
    said = {(str(each.get("file", "")), str(each.get("sheet", ""))): each for each in named}
    tables, others = [], []
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        if path.name.startswith(".") or path.suffix == ".json":
            continue
        try:
            for sheet, found in _tables(path, said):
                if isinstance(found, str):
                    others.append((f"{path.name} ({sheet})" if sheet else path.name, found))
                else:
                    tables.append(found)
        except TieoutError as error:
            others.append((path.name, f"{error.code}: {error.found}"))
    return tables, others


def _tables(path: Path, said: Mapping[Place, Said]) -> Iterator[tuple[str, ForeignTable | str]]:
    """By sheet each table of a file, or why there is none; blank where the file is one table."""
    name = path.name
    if is_workbook(name):
        book = Workbook(Source.of(path))
        filled = {sheet: rows for sheet in book.sheets if (rows := book.rows(sheet))}
        is_one = len(filled) == 1 and (name, *filled) not in said
        for sheet, rows in filled.items():
            place = (name, "" if is_one else sheet)
            yield place[1], _table(place, ",", rows, said.get(place, {}))
        if not filled:
            yield "", "no sheet has cells"
    elif _suffix(name) not in SUFFIXES:
        yield "", "no table: unpack it, or export it as CSV or as a workbook"
    elif path.stat().st_size == 0:
        yield "", "it is empty"
    else:
        known = said.get((name, ""), {})
        text, _ = text_of(Source.of(path))
        delimiter = str(known.get("delimiter", "")) or _delimiter(text)
        try:
            yield "", _table((name, ""), delimiter, list(lines_in(text, delimiter)), known)
        except csv.Error as error:
            yield "", f"no table as text: {error}"


def _table(place: Place, delimiter: str, lines: Sequence[Row], said: Said) -> ForeignTable | str:
    """The table, or why these lines are none."""
    begins = said.get("heading_line")
    begins = begins if isinstance(begins, int) else _heading_line(lines)
    rows = tuple(row for row in lines if row.line > begins and any(row.cells))
    headings = next((row.cells for row in lines if row.line == begins), [])
    if not rows:
        return "no rows below the headings"
    if len(headings) < 2:
        return "one column only: its delimiter is none of , ; | ^ ~ or a tab"
    file, sheet = place
    named = tuple(cell.strip() for cell in headings)
    return ForeignTable(file, delimiter, named, rows, sheet, begins)


def _suffix(name: str) -> str:
    return Path(name.casefold().removesuffix(".gz")).suffix


def _heading_line(lines: Sequence[Row]) -> int:
    """The first line, or where it names no columns the one below that names most."""
    scores = [(_named(row), -row.line) for row in lines[:_HEAD_LINES]]
    if not scores or scores[0][0] >= _NAMED:
        return 1
    count, line = max(scores)
    return -line if count >= _NAMED else 1


def _named(row: Row) -> int:
    """How many cells of a line are words for columns of the layout."""
    return sum(not _PHRASES.isdisjoint(forms_of(cell)) for cell in row.cells if cell.strip())


_PHRASES = frozenset(
    phrase for columns in HEADINGS.values() for phrases in columns.values() for phrase in phrases
)


def _delimiter(text: str) -> str:
    """The mark by which most of the first lines are equally wide."""
    head = "".join(text.splitlines(keepends=True)[:_HEAD_LINES])

    def steady(mark: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(io.StringIO(head, newline=""), delimiter=mark) if row]
        except csv.Error:
            return 0.0, 0
        widths = Counter(map(len, rows))
        width, count = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
        return (count / len(rows), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=lambda mark: (*steady(mark), -DELIMITERS.index(mark)))
