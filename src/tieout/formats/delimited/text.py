"""The text of a delimited file: its charset, its delimiter, its rows, read as a stream."""

import codecs
import csv
import io
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from tieout.core.errors import InvalidInput, Problem
from tieout.formats.common.cells import looks_like_amount, looks_like_date
from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import ROLES
from tieout.formats.common.source import Source, gunzip
from tieout.formats.common.words import named

COLUMNS_MAX = 500
LINE_MAX = 4 * 1024 * 1024
GZIP_MAX = 512 * 1024 * 1024
JOINED_MAX = 60
"""A quoted cell may run over so many lines; a quote open for longer was never meant as one."""
DELIMITERS = (",", ";", "\t", "|", "^", "~")
_SPELLED = {"tab": "\t", "space": " ", "comma": ",", "semicolon": ";", "pipe": "|"}
_EIGHT_BIT = [
    "cp1252",
    "cp1250",
    "iso8859_2",
    "iso8859_15",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "cp437",
    "cp850",
    "cp852",
    "cp932",
    "gb18030",
    "big5",
    "euc_kr",
]
_KEY_VALUE = re.compile(r"\s*([^\W\d][^:=]{0,40}?)\s*:\s(.*)")


def unpacked(source: Source) -> Source:
    """The source itself, or what a gzip file holds."""
    if not source.head.startswith(b"\x1f\x8b"):
        return source
    return Source(source.name, gunzip(source.data(GZIP_MAX), GZIP_MAX, source.name))


def head_text(source: Source, charset: str = "") -> str:
    """The beginning of the file as text, cut at the last whole line."""
    head = source.head
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 65_536)
        except zlib.error:
            return ""
    text = (
        head.decode(charset or charset_of_head(head), errors="replace")
        .lstrip("\ufeff")
        .replace("\0", "")
    )
    whole = text.rpartition("\n")[0] if len(source.head) < source.size else text
    return whole or text


def charset_of_head(head: bytes) -> str:
    """The charset of a beginning; what follows may still be found not to be in it."""
    for mark, charset in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if head.startswith(mark):
            return charset
    if len(head) > 8 and b"\0" in head[:400]:
        even, odd = head[:400:2].count(0), head[1:400:2].count(0)
        if max(even, odd) > 60 * len(head[:400]) / 200:
            return "utf-16-le" if odd > even else "utf-16-be"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return _eight_bit(head[:100_000])
    return "utf-8"


def _eight_bit(data: bytes) -> str:
    """The likeliest charset of a byte a letter."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  start-up time counts

    guess = from_bytes(data, cp_isolation=_EIGHT_BIT).best()
    return guess.encoding if guess is not None else "cp1252"


def charset_of(source: Source) -> tuple[str, tuple[Problem, ...]]:
    """The charset of the whole file, which is decoded once to be sure."""
    charset = charset_of_head(source.head)
    if not charset.startswith("utf-8"):
        return charset, ()
    try:
        _decode_all(source)
    except UnicodeDecodeError as error:
        around = error.object[max(0, error.start - 20_000) : error.start + 20_000]
        other = _eight_bit(around)
        return other, (
            Problem(
                "file.encoding",
                f"text that is not UTF-8, read as {other}",
                "one charset throughout",
            ),
        )
    return charset, ()


def _decode_all(source: Source) -> None:
    """Raise where the file is not UTF-8; blocks of ASCII alone need no decoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    pending = False
    with source.open() as stream:
        while block := stream.read(1 << 20):
            if pending or not block.isascii():
                decoder.decode(block)
                pending = bool(decoder.getstate()[0])
    decoder.decode(b"", final=True)


def lines_of(source: Source, charset: str) -> Iterator[str]:
    """The file's lines without their ends and without NUL bytes."""
    with io.TextIOWrapper(source.open(), charset, errors="replace", newline=None) as text:
        number = 0
        while line := text.readline(LINE_MAX):
            number += 1
            if len(line) >= LINE_MAX:
                raise InvalidInput(
                    "file.damaged",
                    f"a line of more than {LINE_MAX:,} characters",
                    "lines of a table",
                    f"line {number}",
                )
            yield line.rstrip("\n").replace("\0", "").lstrip("\ufeff" if number == 1 else "")


def rows_of(  # noqa: C901  one rule a branch
    lines: Iterator[str], delimiter: str, open_quotes: list[int] | None = None
) -> Iterator[Row]:
    """The rows; quoted cells may run over lines. Lines whose quote never closes go to the list."""
    mark = re.escape(delimiter)
    bare = rf'[^"{mark}][^{mark}]*'
    quoted = '"(?:[^"]|"")*"'
    whole = re.compile(rf"(?:{bare}|{quoted}[^{mark}]*|)(?:{mark}|$)")
    strict = re.compile(rf"(?:{bare}|{quoted}\s*|)(?:{mark}|$)")
    pending: list[str] = []
    number = 0
    while True:
        if pending:
            line = pending.pop(0)
        else:
            fetched = next(lines, None)
            if fetched is None:
                return
            line = fetched
        number += 1
        begins = number
        if not line:
            continue
        if line.count('"') % 2 and not _closed(line, whole):
            more: list[str] = []
            joined = line
            while len(more) < JOINED_MAX and not _closed(joined, strict):
                following = pending[len(more)] if len(more) < len(pending) else next(lines, None)
                if following is None:
                    break
                if len(more) >= len(pending):
                    pending.append(following)
                more.append(following)
                joined += "\n" + following
            if more and _closed(joined, strict):
                del pending[: len(more)]
                number += len(more)
                line = joined
            else:
                if open_quotes is not None:
                    open_quotes.append(begins)
                yield Row(begins, [cell.strip('"') for cell in line.split(delimiter)])
                continue
        yield Row(begins, _parsed(line, delimiter))


def _closed(line: str, whole: re.Pattern[str]) -> bool:
    """Whether no quoted cell is left open at the end."""
    at = 0
    while at < len(line):
        found = whole.match(line, at)
        if found is None or found.end() == at:
            return False
        at = found.end()
    return True


def _parsed(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(
            csv.reader(
                [line],
                delimiter=delimiter,
                skipinitialspace='" ' not in line and f'{delimiter} "' in line,
            ),
            [""],
        )
    except csv.Error:
        return line.split(delimiter)


@lru_cache(maxsize=2)  # of both sides: who reads asks again what recognising has found
def delimiter_of(text: str) -> tuple[str, int]:
    """The delimiter of a beginning, and how sure it is that this is a table (0 to 80)."""
    lines = list(islice(text.splitlines(), 120))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4], 80
    best, best_score, best_vote = ",", 0.0, 0
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        rows = [row.cells for row in rows_of(iter(lines), delimiter) if any(row.cells)]
        score, vote = _table_score(rows)
        if score > best_score:
            best, best_score, best_vote = delimiter, score, vote
    return best, best_vote


def _table_score(rows: list[list[str]]) -> tuple[float, int]:
    """How much rows look like a ledger: steady width, names of columns, dates and amounts."""
    widths = [len(row) for row in rows if len(row) > 1]
    if not widths:
        return 0.0, 0
    usual = max(set(widths), key=lambda each: (widths.count(each), each))
    steady = widths.count(usual) / len(rows)
    names = max(
        sum(any(named(role, cell) >= 60 for role in ROLES) for cell in row[:60])
        for row in rows[:40]
    )
    body = [row for row in rows if len(row) == usual][:40]
    dates = max(
        (sum(looks_like_date(row[at]) for row in body) for at in range(min(usual, 60))), default=0
    )
    amounts = max(
        (sum(looks_like_amount(row[at]) for row in body) for at in range(min(usual, 60))), default=0
    )
    dated = (dates + amounts) / len(body) if body else 0
    score = 2 * steady + min(names, 8) + 2 * dated
    vote = (
        70
        if names >= 3 and steady > 0.3
        else 55
        if dated >= 1.2 and steady > 0.5
        else 30
        if steady > 0.8 and len(rows) > 1
        else 10
    )
    return score, vote


def spelled(delimiter: str) -> str:
    """A delimiter as a profile writes it."""
    return _SPELLED.get(delimiter.lower(), delimiter)


def key_value_rows(lines: Iterator[str]) -> list[Row]:
    """Blocks of `label: value` lines as a table: one row a block, the labels as header.

    Some banks export each booking as such a block, set apart by blank lines or rules.
    """
    labels: dict[str, int] = {}
    blocks: list[tuple[int, dict[str, str]]] = []
    block: dict[str, str] = {}
    begins, last = 0, ""
    for number, line in enumerate(lines, 1):
        found = _KEY_VALUE.fullmatch(line + " ")
        if found and (found[1] not in block):
            begins = begins or number
            last = found[1]
            labels.setdefault(last, len(labels))
            block[last] = found[2].strip()
        elif found or not line.strip() or not line.strip(" -_=*"):
            if len(block) > 2:
                blocks.append((begins, block))
            block, begins, last = {}, 0, ""
            if found:
                begins, last = number, found[1]
                block[last] = found[2].strip()
        elif last:
            block[last] += " " + line.strip()
    if len(block) > 2:
        blocks.append((begins, block))
    rows = [Row(1, list(labels))] if blocks else []
    return rows + [
        Row(line, [values.get(label, "") for label in labels]) for line, values in blocks
    ]
