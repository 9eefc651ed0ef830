"""Some rows of a large file, by their place in it, without reading the others."""

import csv
import io
import mmap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

Picked = tuple[int, dict[str, str]]
"""Line in the file, counting a row as one, and cells without blanks around by column in small
letters."""
_BLOCK = 1 << 22
_NEWLINE = 10


def rows_at(
    path: Path, places: Sequence[int], count: int, starts: Sequence[int] = ()
) -> list[Picked] | None:
    """The rows at some places of a comma separated file.

    Args:
        path: The file.
        places: Which rows, counted from 0 after the header, in ascending order.
        count: How many rows the file has.
        starts: Where each of those rows begins, in bytes, where that is known.

    Returns:
        Line in the file and cells by column in small letters, as `tables.load` gives them; None
        where the file has not that many rows.
    """
    if not places:
        return []
    if len(starts) == len(places):
        return list(rows_from(path, zip(places, starts, strict=True)))
    lines = line_starts(path)
    if len(lines) == count + 1:  # as many lines as rows: no cell has a line break in it
        begins = lines[1:][places].tolist()
        return list(rows_from(path, zip(places, begins, strict=True)))
    return _read_through(path, set(places), count)


def line_starts(path: Path) -> "Offsets":
    """Where each line of a file begins, in bytes."""
    import numpy as np  # noqa: PLC0415  start-up time counts

    found = [np.zeros(1, np.int64)]
    at = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE)
            found.append(ends + (at + 1))
            at += len(block)
    starts = np.concatenate(found)
    return starts[starts < at]


def rows_from(path: Path, places: Iterable[tuple[int, int]]) -> Iterator[Picked]:
    """The rows of which place and first byte are known, in that order; each is a line."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        header = _columns(next(csv.reader([file.readline().decode("utf-8-sig")])))
        known = list(places)
        lines = (
            data[start : (data.find(b"\n", start) + 1) or len(data)].decode("utf-8")
            for _, start in known
        )
        for (place, _), cells in zip(known, csv.reader(lines), strict=True):
            yield place + 2, _cells(header, cells)


def _read_through(path: Path, places: set[int], count: int) -> list[Picked] | None:
    made: list[Picked] = []
    read = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = _columns(next(reader, []))
        for line, cells in enumerate(reader, 2):
            if not cells:
                continue
            if read in places:
                made.append((line, _cells(header, cells)))
            read += 1
    return made if read == count else None


def rows_behind(path: Path, begin: int, end: int, first: int) -> list[Picked] | None:
    """The rows from one byte of a file to another, of which the first has that place.

    None where one has not as many cells as the header.
    """
    with path.open("rb") as file:
        header = _columns(next(csv.reader([file.readline().decode("utf-8-sig")])))
        file.seek(begin)
        text = file.read(end - begin).decode("utf-8")
    rows = [cells for cells in csv.reader(io.StringIO(text, newline="")) if cells]
    if any(len(cells) != len(header) for cells in rows):
        return None
    return [(place, _cells(header, cells)) for place, cells in enumerate(rows, first + 2)]


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    return dict(zip(header, map(str.strip, cells), strict=False))


def _columns(header: list[str]) -> list[str]:
    return [cell.strip().casefold() for cell in header]
