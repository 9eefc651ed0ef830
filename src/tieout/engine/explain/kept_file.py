"""The file of kept work as it is read: names of rows, sorted, and where each row begins.

Nothing is loaded: it is mapped into memory, and a name is found by halving. Its layout is columns
of numbers and texts, then what the caller said as JSON with where the columns are, then the length
of that and the CRC of all before.
"""

import json
import mmap
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from tieout.engine.explain.frame import NOMINAL

ENTRY_NAMES = {
    "txn_id": "kept_entry_ids",
    "batch_id": "kept_entry_batches",
    "reference": "kept_entry_references",
}
"""Columns of a ledger's file by which rows hang together, with the statement of each."""
LINE_NAMES = {
    "nominal_id": "kept_line_ids",
    "journal_id": "kept_line_journals",
    "source_id": "kept_line_sources",
    "reference": "kept_line_references",
}
"""The same of the nominal file; references only of lines that name no entry."""
STARTS = "where each row begins"
NUMBER = 8
"""Bytes of a number; of those of a column half of it where all of them fit."""
_TAIL = 2 * NUMBER
_BLOCK = 1 << 24


class DamagedError(Exception):
    """The file of kept work is none, or not as it was written."""


@dataclass(frozen=True)
class _Names:
    """Sorted texts, where each ends among them, and the row that has it."""

    texts: mmap.mmap
    begin: int
    """Where the first text stands in the file."""
    bounds: Sequence[int]
    """Where each text begins behind that, and the last ends."""
    places: Sequence[int]

    def at(self, name: str) -> list[int]:
        """The rows that have a name, counted from 0, ascending."""
        wanted = name.encode()
        count = len(self.places)
        first = bisect_left(range(count), wanted, key=self._text)
        end = first
        while end < count and self._text(end) == wanted:
            end += 1
        return list(self.places[first:end])

    def _text(self, number: int) -> bytes:
        begin, end = self.bounds[number], self.bounds[number + 1]
        return self.texts[self.begin + begin : self.begin + end]


class KeptFile:
    """Kept work, mapped; sound only if `is_sound` says so."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            DamagedError: It cannot be read as kept work at all.
        """
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            end = len(self._bytes) - _TAIL
            begin = end - int.from_bytes(self._bytes[end : end + NUMBER], "little")
            read = json.loads(self._bytes[begin:end]) if 0 <= begin < end else {}
            self.said: dict[str, Any] = read["said"]
            self._columns: dict[str, list[Any]] = read["columns"]
            self._starts: dict[str, Sequence[int]] = {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedError(str(error)) from error

    def is_sound(self) -> bool:
        """Whether every byte is as it was written; reads the whole file."""
        crc = 0
        end = len(self._bytes) - NUMBER
        data = memoryview(self._bytes)
        for at in range(0, end, _BLOCK):
            crc = crc32(data[at : min(at + _BLOCK, end)], crc)
        return crc.to_bytes(NUMBER, "little") == self._bytes[end:]

    def rows_named(self, file: str, column: str, name: str) -> list[int]:
        """The rows of a file, counted from 0, that had this name in a column when it was kept."""
        return self._names(file, column).at(name) if name else []

    def start_of(self, file: str, place: int) -> int:
        """Where in bytes a row of a file begins."""
        if file not in self._starts:
            count, numbers = self._columns[f"{file}/{STARTS}"]
            self._starts[file] = self._numbers(numbers, count)
        return self._starts[file][place]

    def _names(self, file: str, column: str) -> _Names:
        count, texts, bounds, places = self._columns[f"{file}/{column}"]
        marks, rows = self._numbers(bounds, count + 1), self._numbers(places, count)
        return _Names(self._bytes, texts, marks, rows)

    def _numbers(self, numbers: Sequence[int], count: int) -> Sequence[int]:
        begin, size = numbers
        column = memoryview(self._bytes)[begin : begin + count * size]
        return column.cast("q") if size == NUMBER else column.cast("i")


def names_of(file: str) -> dict[str, str]:
    """The columns by which rows of a file hang together, with the statement of each."""
    return LINE_NAMES if file == NOMINAL else ENTRY_NAMES
