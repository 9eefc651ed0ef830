"""One table of the folder: rows by column name, cells as dates and amounts, its problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import dropwhile
from pathlib import Path

from tieout.core.errors import InvalidInput, Place, Problem
from tieout.core.money import Decimals, parse_decimal
from tieout.formats.books.lines import lines_of
from tieout.formats.books.mapping import PLAIN, FileMapping
from tieout.formats.common import parsed


@dataclass(frozen=True)
class Row:
    """The cells of one row, without blanks around them."""

    table: "Table"
    line: int
    """Where in the file; the header is line 1."""
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """The cell; blank where the column is not there."""
        return self.cells.get(column, "")

    def day(self, column: str) -> date | None:
        """A date as ISO writes it; None and a problem where it is not one, None where blank."""
        said = self.cells.get(column)
        if not said:
            return None
        found = day_of(said)
        if found is None:
            self.table.note("record.date-invalid", self, column, repr(said), "a date as 2026-01-31")
        return found

    def needed_day(self, column: str) -> date | None:
        """A date that must be there."""
        if not self.text(column):
            self.table.note("record.date-missing", self, column, "a blank", "a date as 2026-01-31")
        return self.day(column)

    def amount(self, column: str) -> Decimals | None:
        """A plain decimal, zero where blank; None and a problem where it is not one."""
        said = self.text(column)
        found = _decimal(said) if said else Decimals(0, 0)
        if found is None:
            self.table.note("record.amount-invalid", self, column, repr(said), "a plain decimal")
        return found

    def number(self, column: str) -> int | None:
        """A whole number, zero where blank; None and a problem where it is not one."""
        said = self.cells.get(column)
        if not said:
            return 0
        if not said.removeprefix("-").isdecimal():
            self.table.note("record.field-invalid", self, column, repr(said), "a whole number")
            return None
        return int(said)


@lru_cache(maxsize=100_000)
def day_of(said: str) -> date | None:
    """The day that a cell begins with, as ISO writes it; None where it is none."""
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return None


@lru_cache(maxsize=100_000)
def _decimal(said: str) -> Decimals | None:
    return parse_decimal(said)


@dataclass
class Table:
    """A file of the folder; `problems` grows while its rows are read."""

    name: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Row] = ()
    problems: list[Problem] = field(default_factory=list)
    is_there: bool = True

    def note(self, code: str, row: Row | None, column: str, found: str, expected: str = "") -> None:
        """Name a problem by file, row and column."""
        place = Place(row.line if row else None, None, column or None, self.name)
        self.problems.append(Problem(code, found, expected, place))

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def load(
    folder: Path,
    name: str,
    needed: Sequence[str],
    mapping: FileMapping = PLAIN,
    *,
    is_required: bool,
) -> Table:
    """Read one file, through its mapping.

    Raises:
        InvalidInput: Where a required file or a needed column of it is missing
            (`books.file-missing`, `books.column-missing`).
    """
    path = folder / (mapping.file or name)
    if not path.exists():
        if is_required:
            raise InvalidInput("books.file-missing", f"no {path.name}", "that file", str(folder))
        return Table(name, is_there=False)
    table = Table(name)
    if not is_required and path.stat().st_size == 0:
        table.note("file.empty", None, "", "0 bytes", "at least a header")
        table.is_there = False
        return table
    lines, doubts = lines_of(path, mapping.delimiter, mapping.sheet)
    table.problems += doubts
    lines = dropwhile(lambda line: line.line < mapping.heading_line, lines)
    header = next(lines, parsed.Row(mapping.heading_line, []))
    own = tuple(cell.strip().casefold() for cell in header.cells)
    table.columns = mapping.known(own)
    missing = [column for column in needed if column not in table.columns]
    if missing:
        if is_required:
            raise InvalidInput(
                "books.column-missing", f"no column {missing[0]!r}", "that column", name
            )
        for column in missing:
            table.note("books.column-missing", None, column, f"no column {column!r}")
        table.is_there = False
        return table
    table.rows = list(_rows(table, own, lines, mapping))
    return table


def _rows(
    table: Table, header: Sequence[str], lines: Iterator[parsed.Row], mapping: FileMapping
) -> Iterator[Row]:
    width = len(header)
    for number, cells in lines:
        if not any(cells):
            continue
        said = dict(zip(header, cells, strict=False))
        made = said if mapping is PLAIN else mapping.cells(said)
        row = Row(table, number, {column: cell.strip() for column, cell in made.items()})
        if len(cells) != width:
            table.note("table.row-width", row, "", f"{len(cells)} cells", f"{width} cells")
        yield row
