"""A table of another system as text: delimiter, headings and columns, nothing understood."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tieout.formats.books.tables import FILE_BYTES_MAX
from tieout.formats.common.source import Source, decode
from tieout.formats.common.words import plain

DELIMITERS = (",", ";", "\t", "|", "^", "~")
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab", ".asc", ""})
"""Ends of names of files that may be tables as text."""
_HEAD_LINES = 40


@dataclass(frozen=True)
class ForeignTable:
    """A file of another system."""

    file: str
    delimiter: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Heading to its cells without blanks around them; one that stands twice is left out."""
        folded = [heading.casefold() for heading in self.headings]
        return {
            heading: tuple(row[at].strip() if at < len(row) else "" for row in self.rows)
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
        """The line of the file that first has a cell; the headings are line 1."""
        return self.columns[heading].index(cell) + 2


def forms_of(heading: str) -> tuple[str, ...]:
    """A heading as phrases are kept: with what stands in brackets, and without."""
    opened = heading.translate(str.maketrans("()[]", "    "))
    return tuple(dict.fromkeys((plain(opened), plain(heading))))


def foreign_tables(
    folder: Path, delimiters: Mapping[str, str]
) -> tuple[list[ForeignTable], list[tuple[str, str]]]:
    """The tables of a folder, and the files that are none with the reason.

    `delimiters` has those that a person has named, by file.
    """
    tables, others = [], []
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        if path.suffix.casefold() not in SUFFIXES or path.name.startswith("."):
            if path.suffix != ".json":
                others.append((path.name, "no table as text: unpack it, or export it as CSV"))
            continue
        found = _table(path, delimiters.get(path.name, ""))
        if isinstance(found, str):
            others.append((path.name, found))
        else:
            tables.append(found)
    return tables, others


def _table(path: Path, delimiter: str) -> ForeignTable | str:
    """The table, or why the file is none."""
    if path.stat().st_size == 0:
        return "it is empty"
    if path.stat().st_size > FILE_BYTES_MAX:
        return f"more than {FILE_BYTES_MAX:,} bytes"
    text = decode(Source.of(path).data(FILE_BYTES_MAX)).text
    delimiter = delimiter or _delimiter(text)
    try:
        lines = list(_rows(text, delimiter))
    except csv.Error as error:
        return f"no table as text: {error}"
    if len(lines) < 2:
        return "no rows below the headings"
    headings = tuple(cell.strip() for cell in lines[0])
    if len(headings) < 2:
        return "one column only: its delimiter is none of , ; | ^ ~ or a tab"
    return ForeignTable(path.name, delimiter, headings, tuple(map(tuple, lines[1:])))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows as the reader of books takes them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return (cells for at, cells in enumerate(reader) if at == 0 or any(cells))


def _delimiter(text: str) -> str:
    """The mark by which most of the first lines are as wide as their headings."""
    head = "".join(text.splitlines(keepends=True)[:_HEAD_LINES])

    def steady(mark: str) -> tuple[float, int]:
        try:
            rows = list(_rows(head, mark))
        except csv.Error:
            return 0.0, 0
        width = len(rows[0]) if rows else 0
        if width < 2:
            return 0.0, 0
        return sum(len(row) == width for row in rows) / len(rows), width

    return max(DELIMITERS, key=lambda mark: (*steady(mark), -DELIMITERS.index(mark)))
