"""Kept work as it is written: names of all rows, sorted, for the run after rows were added.

Whether an entry is plainly well posted depends only on what it hangs together with: entries and
lines with its ids, its batch, its reference, or a journal of those. So what was added is looked at
with all that hangs together with it (`files.kept_work`), which is found here by name.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from zlib import crc32

import numpy as np
import pyarrow as pa

from tieout.engine.duckdb_adapter import DuckDB
from tieout.engine.explain.frame import NOMINAL
from tieout.engine.explain.kept_file import NUMBER, STARTS, names_of
from tieout.engine.explain.triage import statement

Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]


def save(
    engine: DuckDB, path: Path, said: Mapping[str, object], starts: Mapping[str, Offsets]
) -> None:
    """Write what the next run needs of all rows into a file.

    Args:
        engine: Where the steps ran.
        path: The file.
        said: What the caller wants to know of it again, as JSON has it.
        starts: By file, where in bytes each of its rows begins.
    """
    columns: dict[str, list[object]] = {}
    with path.open("wb") as file:
        out = _Out(file)
        for name, begins in starts.items():
            columns[f"{name}/{STARTS}"] = [len(begins), out.numbers(begins)]
            for column, asked in names_of(name).items():
                values = {} if name == NOMINAL else {"file_name": name}
                found = engine.rows(statement(asked), values or None)
                columns[f"{name}/{column}"] = _names(out, found)
        written = json.dumps({"said": said, "columns": columns}).encode()
        out.write(written)
        out.write(len(written).to_bytes(NUMBER, "little"))
        file.write(out.crc.to_bytes(NUMBER, "little"))


class _Out:
    """A file, what was written of it added up; columns begin at whole numbers."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._length = 0
        self.crc = 0

    def write(self, data: bytes | memoryview) -> int:
        """Write, and say where it begins."""
        begin = self._length
        self._file.write(data)
        self.crc = crc32(data, self.crc)
        self._length += len(data)
        return begin

    def numbers(self, values: Offsets) -> list[int]:
        """Write numbers; where they begin, and how many bytes each has."""
        self.write(bytes(-self._length % NUMBER))
        size = NUMBER // 2 if values.size and values.max() < 1 << 31 else NUMBER
        return [self.write(values.astype(f"<i{size}").tobytes()), size]


def _names(out: _Out, found: pa.Table) -> list[object]:
    """Write texts and their rows; how many there are, where texts, bounds and rows begin."""
    bounds = [np.zeros(1, np.int64)]
    begin, end = -1, 0
    for chunk in found["name"].cast(pa.large_string()).chunks:
        ends = np.frombuffer(chunk.buffers()[1], np.int64)[chunk.offset :][: len(chunk) + 1]
        at = out.write(memoryview(chunk.buffers()[2] or b"")[ends[0] : ends[-1]])
        begin = at if begin < 0 else begin
        bounds.append(ends[1:] - ends[0] + end)
        end = int(bounds[-1][-1]) if len(chunk) else end
    places = found["place"].to_numpy()
    return [len(places), max(begin, 0), out.numbers(np.concatenate(bounds)), out.numbers(places)]
