"""The lines of one table, wherever it stands: in text, packed text or a sheet of a workbook."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.core.errors import InvalidInput, Problem
from tieout.formats.common.parsed import Row
from tieout.formats.common.source import WORKBOOKS, Source, decode, gunzip

if TYPE_CHECKING:
    from tieout.formats.common.workbook import Workbook

FILE_BYTES_MAX = 1 << 30
"""Larger files are for the engine, which streams them."""


def is_workbook(name: str) -> bool:
    """Whether a file of that name has sheets."""
    return name.casefold().endswith(WORKBOOKS)


def lines_of(
    path: Path, delimiter: str = ",", sheet: str = ""
) -> tuple[Iterator[Row], tuple[Problem, ...]]:
    """The lines of a table as cells of text, blank ones too; what was wrong with its charset.

    Args:
        path: Text of any charset, the same packed by gzip, or a workbook.
        delimiter: What parts the cells of text.
        sheet: Which sheet of a workbook; it may be left out where only one is filled.

    Raises:
        InvalidInput: The file is empty, damaged, too large or a bomb; `match.mapping-invalid`
            where there is no such sheet, or several and none is named.
    """
    source = Source.of(path)
    if is_workbook(path.name):
        from tieout.formats.common.workbook import Workbook  # noqa: PLC0415  start-up time counts

        book = Workbook(source)
        return iter(book.rows(book.chosen(sheet) if sheet else _only_filled(book, path.name))), ()
    text, problems = text_of(source)
    return lines_in(text, delimiter), problems


def lines_in(text: str, delimiter: str) -> Iterator[Row]:
    """The lines of a text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return (Row(number, cells) for number, cells in enumerate(reader, 1))


def text_of(source: Source) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file that is not a workbook, and what was wrong with its charset."""
    data = gunzip(source.data(FILE_BYTES_MAX), FILE_BYTES_MAX, source.name)
    text = decode(data)
    return text.text, text.problems


def _only_filled(book: "Workbook", name: str) -> str:
    filled = [each for each in book.sheets if book.rows(each)]
    if len(filled) == 1:
        return filled[0]
    raise InvalidInput(
        "match.mapping-invalid",
        f"{len(filled)} sheets with cells and none named",
        f"sheet = one of {', '.join(filled or book.sheets)}",
        name,
    )
