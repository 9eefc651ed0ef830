"""The vectorised way of a large delimited file: Arrow splits, `vector` understands.

Nothing larger than a block is held as text besides the columns that are the result. Where Arrow
cannot split the file as rows are split elsewhere, None is returned and the plain way is taken.
"""

import codecs
import io
import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import PlainRows, schema
from tieout.formats.common.source import Source
from tieout.formats.common.texts import has_line_break
from tieout.formats.common.vector import VectorRows
from tieout.formats.delimited.text import rows_of

BLOCK = 1 << 22
"""Of smaller blocks two readers wait for each other's interpreter, of larger ones for memory."""
_LONE_RETURN = re.compile(rb"\r[^\n]")
_BLANK_LINE = re.compile(rb"\n[\r\n]")


class _Utf8(io.RawIOBase):
    """The file from a line on, as UTF-8 without NUL bytes, whatever its charset."""

    def __init__(self, stream: BinaryIO, charset: str, lines_skipped: int) -> None:
        self._stream = stream
        self._decoder = (
            codecs.getincrementaldecoder(charset)("replace") if _needs_decoding(charset) else None
        )
        if charset == "utf-8-sig" and stream.read(3) != codecs.BOM_UTF8:
            stream.seek(0)
        self._left = b""
        while lines_skipped:
            block = self._block()
            if not block:
                break
            at = 0
            while lines_skipped and (end := block.find(b"\n", at)) >= 0:
                at, lines_skipped = end + 1, lines_skipped - 1
            self._left = block[at:] if not lines_skipped else b""

    def _block(self) -> bytes:
        data = self._stream.read(BLOCK)
        if self._decoder is None:
            return data.replace(b"\0", b"") if b"\0" in data else data
        while True:
            text = self._decoder.decode(data, final=not data)
            if text or not data:
                return text.replace("\0", "").encode("utf-8", errors="replace")
            data = self._stream.read(BLOCK)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override]  # any writable buffer
        if not self._left:
            self._left = self._block()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _needs_decoding(charset: str) -> bool:
    return charset.lower() not in {"utf-8", "utf-8-sig", "ascii"}


@dataclass
class _Look:
    """What one pass over the bytes shows."""

    regular: bool = True
    """No line is blank, besides those at the end, and all end with a line feed."""
    quoted: bool = False
    """Any cell may be quoted."""
    nul: bool = False


def _look(stream: BinaryIO) -> _Look:
    found = _Look()
    last = b""
    while block := stream.read(BLOCK):
        seen = last + block
        found.quoted = found.quoted or b'"' in block
        found.nul = found.nul or b"\0" in block
        if b"\r" in seen and _LONE_RETURN.search(seen):
            found.regular = False
            return found
        if blank := _BLANK_LINE.search(seen):
            rest = seen[blank.start() :].strip() or stream.read().strip()
            found.regular = not rest
            return found
        last = block[-1:]
    return found


def table(
    source: Source, profile: TableProfile, first_line: int, plain_rows: PlainRows
) -> pa.Table | None:
    """The ledger columns of all rows from that line on; None if the plain way must be taken."""
    if len(profile.delimiter) != 1 or profile.charset.startswith("utf-16") or profile.width < 2:
        return None
    with source.open() as stream:
        look = _look(stream)
    if not look.regular:
        return None
    try:
        with source.open() as stream:
            if look.nul or _needs_decoding(profile.charset):
                decoded = _Utf8(stream, profile.charset, first_line - 1)
                text: BinaryIO = io.BufferedReader(decoded, BLOCK)
            else:
                text = _from_line(stream, first_line)
            return _converted(text, profile, first_line, plain_rows, quoted=look.quoted)
    except pa.ArrowInvalid:
        return None


def _from_line(stream: BinaryIO, line: int) -> BinaryIO:
    """UTF-8 as it stands, from that line on."""
    if stream.read(3) != codecs.BOM_UTF8:
        stream.seek(0)
    for _ in range(line - 1):
        stream.readline()
    return stream


def _converted(
    stream: BinaryIO, profile: TableProfile, first_line: int, plain_rows: PlainRows, *, quoted: bool
) -> pa.Table:
    odd: list[tuple[int, str]] = []

    def set_by(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [str(at) for at in range(profile.width)]
    reader = arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(block_size=BLOCK, use_threads=False, column_names=names),
        parse_options=arrow_csv.ParseOptions(
            delimiter=profile.delimiter, newlines_in_values=quoted, invalid_row_handler=set_by
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )
    vector = VectorRows(profile, plain_rows)
    made: list[pa.Table] = []
    record, line, taken = 0, first_line, 0
    for batch in reader:
        if not batch.num_rows:
            continue
        records, taken_now = _records(batch.num_rows, record, odd, taken)
        lines, line = _lines(batch, records, record, odd[taken:taken_now], line, any_breaks=quoted)
        for number, text in odd[taken:taken_now]:
            _read_odd(number, text, lines[1][number], profile, plain_rows)
        taken = taken_now
        record = int(records[-1])
        cells = [
            column if isinstance(column, pa.Array) else column.combine_chunks()
            for column in batch.columns
        ]
        made.append(vector.convert(cells, records, lines[0]))
        if plain_rows.lines.rows:
            made[-1] = vector.merged(made[-1])
    for number, text in odd[taken:]:
        _read_odd(number, text, line, profile, plain_rows)
        line += 1 + text.count("\n")
    made.append(plain_rows.lines.table())
    return pa.concat_tables(made) if made else schema(profile).empty_table()


def _records(
    count: int, before: int, odd: list[tuple[int, str]], taken: int
) -> tuple[np.ndarray, int]:
    """The record numbers of a batch, leaving out those of odd rows among and before them."""
    records = np.arange(before + 1, before + 1 + count, dtype=np.int64)
    while taken < len(odd) and odd[taken][0] <= records[-1]:
        records[np.searchsorted(records, odd[taken][0]) :] += 1
        taken += 1
    return records, taken


def _lines(  # noqa: PLR0913  the counts of the batches before
    batch: pa.RecordBatch,
    records: np.ndarray,
    before: int,
    odd: list[tuple[int, str]],
    line: int,
    *,
    any_breaks: bool,
) -> tuple[tuple[np.ndarray, dict[int, int]], int]:
    """The line each record begins on: one further for every line break within a row above."""
    breaks = np.zeros(int(records[-1]) - before, np.int64)
    within = records - before - 1
    for column in batch.columns if any_breaks else ():
        if has_line_break(column):
            breaks[within] += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
    for number, text in odd:
        breaks[number - before - 1] += text.count("\n")
    begins = line + np.arange(len(breaks), dtype=np.int64) + np.cumsum(breaks) - breaks
    odd_lines = {number: int(begins[number - before - 1]) for number, _ in odd}
    return (begins[within], odd_lines), int(begins[-1] + breaks[-1] + 1)


def _read_odd(
    number: int, text: str, line: int, profile: TableProfile, plain_rows: PlainRows
) -> None:
    """A row of another width, as the plain way splits it."""
    rows = list(rows_of(iter(text.replace("\r\n", "\n").split("\n")), profile.delimiter))
    if len(rows) != 1:
        raise pa.ArrowInvalid("rows that are split elsewhere differently")
    plain_rows.read(number, Row(line + rows[0].line - 1, rows[0].cells))
