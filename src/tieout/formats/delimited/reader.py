"""Read a delimited file: sample it, guess its profile, then turn its rows into statements.

Small files go row by row; large ones through Arrow's CSV reader, a mebibyte at a time, with odd
rows row by row. Neither way ever holds the whole text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from tieout.core.errors import InvalidInput, Problem
from tieout.core.reading import Reading
from tieout.formats.common import ledger
from tieout.formats.common.guess import guess
from tieout.formats.common.parsed import Row
from tieout.formats.common.preamble import facts_of, name_preamble
from tieout.formats.common.profile import TableProfile, checked
from tieout.formats.common.rows import Findings, PlainRows, schema
from tieout.formats.common.sample import Guess
from tieout.formats.common.source import Source
from tieout.formats.common.tables import finished
from tieout.formats.delimited import fast, text

SAMPLE_HEAD = 300
BATCH = 50_000
FAST_BYTES = 128 * 1024
"""From this size on a file goes the vectorised way."""
SCATTERED_BYTES = 2 * 1024 * 1024
"""From this size on a file is sampled further on as well."""


@dataclass
class _File:
    """A file being read: where its bytes are and how they are decoded."""

    source: Source
    charset: str
    delimiter: str
    as_blocks: bool = False

    def lines(self) -> Iterator[str]:
        return text.lines_of(self.source, self.charset)

    def rows(self, open_quotes: list[int] | None = None) -> Iterator[Row]:
        if self.as_blocks:
            return iter(text.key_value_rows(self.lines()))
        return text.rows_of(self.lines(), self.delimiter, open_quotes)


def read(
    source: Source,
    options: Mapping[str, str],
    fast_bytes: int = FAST_BYTES,
    small: int = ledger.SMALL,
) -> Reading:
    """The reading of a delimited file."""
    settings = checked(options, source.name)
    if source.size == 0:
        raise InvalidInput("file.empty", "0 bytes", "at least one record", source.name)
    plain_source = text.unpacked(source)
    file, problems = _opened(plain_source, settings)
    sample = _sample(file)
    base = TableProfile(columns={}, delimiter=file.delimiter, charset=file.charset)
    try:
        guessed = guess(sample, settings, base)
    except InvalidInput as error:
        if error.where:
            raise
        raise InvalidInput(error.code, error.found, error.expected, source.name) from error
    facts = facts_of(sample[: guessed.first_row - 1] if guessed.first_row else [])
    findings = Findings()
    plain_rows = PlainRows(guessed.profile, findings)
    name_preamble(sample, guessed, plain_rows)
    table = None
    if plain_source.size > fast_bytes and not file.as_blocks:
        table = fast.table(plain_source, guessed.profile, _data_begins(file, guessed), plain_rows)
        if table is None:
            findings = Findings()
            plain_rows = PlainRows(guessed.profile, findings)
            name_preamble(sample, guessed, plain_rows)
    open_quotes: list[int] = []
    if table is None:
        table = _plainly(file, guessed, plain_rows, open_quotes)
    for line in open_quotes:
        findings.name(
            "table.row-width",
            "a quote that is never closed",
            "a closing quote",
            line,
            kind="open quotes",
        )
    named = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
    begun = Reading(
        file=source.name,
        format="delimited",
        variant="blocks of labels" if file.as_blocks else named.get(file.delimiter, file.delimiter),
        charset=file.charset,
        sha256=source.sha256,
        problems=problems,
    )
    return finished(table, guessed, findings, facts, begun, small)


def _opened(source: Source, settings: Mapping[str, str]) -> tuple[_File, tuple[Problem, ...]]:
    """The charset and the delimiter, given or found; refuses tables far too wide."""
    charset, problems = (
        (settings["charset"], ()) if settings.get("charset") else text.charset_of(source)
    )
    try:
        head = text.head_text(source, charset)
    except LookupError as error:
        raise InvalidInput(
            "match.mapping-invalid",
            f"charset = {charset!r}",
            "a charset that Python knows",
            source.name,
        ) from error
    if source.head.count(0) and not charset.startswith("utf-16"):
        count = source.head.count(0)
        problems = (*problems, Problem("file.encoding", f"{count} NUL bytes, taken out", "text"))
    delimiter, vote = (
        (text.spelled(settings["delimiter"]), 80)
        if settings.get("delimiter")
        else text.delimiter_of(head)
    )
    if len(delimiter) != 1:
        raise InvalidInput(
            "match.mapping-invalid", f"delimiter = {delimiter!r}", "one character", source.name
        )
    widest = max((line.count(delimiter) for line in head.splitlines()[:50]), default=0)
    if widest >= text.COLUMNS_MAX:
        raise InvalidInput(
            "table.too-many-columns",
            f"{widest + 1:,} columns or more",
            f"at most {text.COLUMNS_MAX}",
            source.name,
        )
    return _File(source, charset, delimiter, as_blocks=vote < 55 and is_key_value(head)), problems


def is_key_value(head: str) -> bool:
    """Whether the text is blocks of `label: value` lines rather than rows."""
    rows = text.key_value_rows(iter(head.splitlines()[:400]))
    filled = [row for row in rows[1:] if sum(bool(cell) for cell in row.cells) > 3]
    lines = sum(bool(line.strip()) for line in head.splitlines()[:400])
    return bool(filled) and sum(len([c for c in row.cells if c]) for row in filled) > 0.5 * lines


def _sample(file: _File) -> list[Row]:
    """The first rows and, of a large file, some from further on."""
    rows = list(islice(file.rows(), SAMPLE_HEAD))
    if (
        file.source.size > SCATTERED_BYTES
        and not file.charset.startswith("utf-16")
        and not file.as_blocks
    ):
        with file.source.open() as stream:
            for part in range(1, 6):
                stream.seek(file.source.size * part // 6)
                scattered = (
                    stream.read(8192).decode(file.charset, errors="replace").splitlines()[1:-1]
                )
                rows += [
                    Row(0, row.cells)
                    for row in islice(text.rows_of(iter(scattered), file.delimiter), 20)
                ]
    return rows


def _data_begins(file: _File, guessed: Guess) -> int:
    """The line on which the first row below the header begins."""
    rows = file.rows()
    for _ in range(guessed.first_row):
        next(rows)
    first = next(rows, None)
    return first.line if first else 1


def _plainly(
    file: _File, guessed: Guess, plain_rows: PlainRows, open_quotes: list[int]
) -> pa.Table:
    """All rows one by one, a batch of lines at a time made columns."""
    batches = []
    for record, row in enumerate(islice(file.rows(open_quotes), guessed.first_row, None), 1):
        plain_rows.read(record, row)
        if len(plain_rows.lines.rows) >= BATCH:
            batches.append(plain_rows.lines.table())
    batches.append(plain_rows.lines.table())
    return pa.concat_tables(batches) if batches else schema(guessed.profile).empty_table()
