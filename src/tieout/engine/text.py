"""Text to numbers: names, words and reference tokens of records, as integers that engines compare.

Work is done on the byte buffers of whole columns, since a regular expression a row costs more
than all other steps of a run together: bytes are classed by table, and runs of bytes are read
eight at a time as one integer. `reference.py` states the same on plain strings.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

BOILERPLATE = frozenset((resources.files("tieout.engine") / "boilerplate.txt").read_text().split())
"""Words banks and bookkeepers put into any text: they say nothing about whose payment it is."""
LEARN_ROWS = 50_000
"""So many records of a side, evenly spread, show which words are boilerplate in these data."""
COMMON_SHARE = 0.15
COMMON_LEAST = 100
"""A word on that share of a side's sample, and on at least so many records, tells nothing."""
PREFIXES = (1, 3, 4, 6, 8, 11, 14)
TEXT_PREFIXES = (4, 7, 10, 14)
WORDS = 6
"""So many telling words of a text are compared with those of the other side."""
WORD_LETTERS = 5
NAME_LETTERS = 24
TEXT_LETTERS = 128
TOKEN_DIGITS = 24
YEARS = frozenset(str(year) for year in range(1990, 2036))
BLOCK_ROWS = 2_048
"""Small enough that the work stays in the processor's cache and asks the system for no memory."""
LEFT_ABSENT, RIGHT_ABSENT = -1, -2
"""What is absent on one side equals nothing on the other."""
_LETTER, _DIGIT = 1, 2
_UPPER = np.arange(256, dtype=np.uint8)
_UPPER[97:123] = np.arange(65, 91)
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[65:91] = _CLASS[128:] = _LETTER
_CLASS[48:58] = _DIGIT
_MULTIPLIERS = np.random.default_rng(20_260).integers(1, 2**62, 32, dtype=np.uint64) * 2 + 1
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)
_PAD = np.zeros(TEXT_LETTERS + 8, dtype=np.uint8)


def fold(text: str) -> str:
    """Upper case, no accents; what is neither letter nor digit beyond ASCII is a blank."""
    decomposed = unicodedata.normalize("NFKD", text.upper())
    return "".join(
        char if char.isascii() or char.isalnum() else " "
        for char in decomposed
        if not unicodedata.combining(char)
    )


def hash_runs(body: Bytes, start: Ints, length: Ints, most: int) -> Ints:
    """A non-negative hash of each run's first `most` bytes; `body` is padded by `_PAD`."""
    eights = np.lib.stride_tricks.as_strided(
        body[: max(len(body) - 7, 1)].view(np.uint8), (max(len(body) - 7, 0), 8), (1, 1)
    )
    total = np.zeros(len(start), dtype=np.uint64)
    open_: Ints | None = None
    for chunk in range(-(-most // 8)):
        here = np.clip(np.minimum(length, most) - 8 * chunk, 0, 8)
        if chunk:
            open_ = np.nonzero(here)[0]
            if not len(open_):
                break
            packed = _pack(eights, start[open_] + 8 * chunk) & _MASKS[here[open_]]
            total[open_] += packed * _MULTIPLIERS[chunk]
        else:
            total += (_pack(eights, start) & _MASKS[here]) * _MULTIPLIERS[0]
    return (total >> np.uint64(1)).astype(np.int64)


def _pack(eights: Bytes, start: Ints) -> Words:
    packed: Words = np.ascontiguousarray(eights[start]).view(np.uint64)[:, 0]
    return packed


def hash_texts(texts: list[str]) -> Ints:
    """The hashes of folded words, as the columns hold them."""
    bodies = [text.encode() for text in texts]
    length = np.array([len(body) for body in bodies], dtype=np.int64)
    body = np.concatenate((np.frombuffer(b"".join(bodies), dtype=np.uint8), _PAD))
    return hash_runs(body, np.cumsum(length) - length, length, NAME_LETTERS)


_YEAR_HASHES = np.unique(hash_texts(sorted(YEARS)))
_BOILERPLATE_HASHES = np.unique(hash_texts(sorted(BOILERPLATE)))


@dataclass(frozen=True)
class Pieces:
    """Runs of bytes (words, digit runs) of a block of rows, in order."""

    row: Ints
    start: Ints
    length: Ints

    def only(self, kept: Flags) -> "Pieces":
        """The marked ones."""
        return Pieces(self.row[kept], self.start[kept], self.length[kept])


class Buffer:
    """One text column of a block: folded bytes, where each row begins, and byte classes."""

    def __init__(self, column: pa.Array) -> None:
        offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
        offsets = offsets[column.offset : column.offset + len(column) + 1].astype(np.int64)
        data = column.buffers()[2]
        body = np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)
        self.size = int(offsets[-1] - offsets[0])
        self.body: Bytes = np.concatenate((_UPPER[body[offsets[0] : offsets[-1]]], _PAD))
        self.offsets: Ints = offsets - offsets[0]
        self.rows = len(column)
        self.classes: Bytes = _CLASS[self.body[: self.size]]

    @cached_property
    def digit(self) -> Flags:
        """Which bytes are digits."""
        is_digit: Flags = self.classes == _DIGIT
        return is_digit

    @cached_property
    def words(self) -> Pieces:
        """Runs of letters and digits."""
        return self.runs(self.classes > 0)

    def runs(self, inside: Flags) -> Pieces:
        """Maximal runs of the marked bytes; a row's end ends a run."""
        if not self.size:
            none = np.zeros(0, dtype=np.int64)
            return Pieces(none, none, none)
        starts = inside.copy()
        starts[1:] &= ~inside[:-1]
        ends = inside.copy()
        ends[:-1] &= ~inside[1:]
        edges = self.offsets[:-1]
        edges = edges[edges < self.size]
        starts[edges] = inside[edges]
        last = self.offsets[1:] - 1
        last = last[last >= 0]
        ends[last] = inside[last]
        start, end = np.flatnonzero(starts), np.flatnonzero(ends) + 1
        per_row = np.diff(np.searchsorted(start, self.offsets))
        return Pieces(np.repeat(np.arange(self.rows), per_row), start, end - start)

    def count(self, pieces: Pieces, marked: Flags) -> Ints:
        """How many marked bytes each run holds."""
        places = np.flatnonzero(marked)
        counted: Ints = np.searchsorted(places, pieces.start + pieces.length) - np.searchsorted(
            places, pieces.start
        )
        return counted


def fold_column(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Fold the rows that are not plain ASCII; the others are folded byte by byte later."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    odd = pc.invert(pc.string_is_ascii(flat))
    if not pc.any(odd).as_py():
        return flat
    folded = [fold(text) for text in flat.filter(odd).to_pylist()]
    return pc.replace_with_mask(flat, odd, pa.array(folded, type=pa.string()))


def joined(*columns: pa.Array) -> pa.Array:
    """The columns as one, with a blank between."""
    return pc.binary_join_element_wise(*columns, " ")


def learn_boilerplate(table: pa.Table) -> Ints:
    """Hashes of the words that tell nothing: those of the list, and those on too many records."""
    step = max(1, table.num_rows // LEARN_ROWS)
    sample = table.take(np.arange(0, table.num_rows, step)) if step > 1 else table
    text = Buffer(joined(fold_column(sample["counterparty"]), fold_column(sample["narrative"])))
    words = text.words
    hashed = hash_runs(text.body, words.start, words.length, NAME_LETTERS)
    order = np.lexsort((words.row, hashed))
    row, value = words.row[order], hashed[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (value[1:] != value[:-1])
    values, counts = np.unique(value[first], return_counts=True)
    least = max(COMMON_LEAST, COMMON_SHARE * sample.num_rows)
    return np.unique(np.concatenate((_BOILERPLATE_HASHES, values[counts >= least])))


def boilerplate_of(left: pa.Table, right: pa.Table) -> Ints:
    """The words that tell nothing on either side."""
    return np.union1d(learn_boilerplate(left), learn_boilerplate(right))


@dataclass(frozen=True)
class TextColumns:
    """What a side's texts say, a value a record; and its reference tokens."""

    columns: dict[str, pa.ChunkedArray]
    token_row: Ints
    token: Ints
    token_number: Ints
    """The token as a number when it has at most 15 digits and no letter, else -1."""


def text_columns(table: pa.Table, boilerplate: Ints, absent: int) -> TextColumns:
    """All text columns of a side, made a block of rows at a time."""
    blocks: list[dict[str, pa.Array]] = []
    tokens: list[tuple[Ints, Ints, Ints]] = []
    for begin in range(0, max(table.num_rows, 1), BLOCK_ROWS):
        block = table.slice(begin, BLOCK_ROWS)
        party, narrative = fold_column(block["counterparty"]), fold_column(block["narrative"])
        text = Buffer(joined(party, narrative))
        party_end = text.offsets[:-1] + pc.binary_length(party).to_numpy(zero_copy_only=False)
        columns = _names(text, party_end, boilerplate, absent)
        reference = Buffer(fold_column(block["reference"]))
        row, token, number, main = _tokens(reference, text, absent)
        blocks.append(columns | main)
        tokens.append((row + begin, token, number))
    merged = {name: pa.chunked_array([b[name] for b in blocks]) for name in blocks[0]}
    row, token, number = (np.concatenate(parts) for parts in zip(*tokens, strict=True))
    return TextColumns(merged, row, token, number)


def _names(text: Buffer, party_end: Ints, boilerplate: Ints, absent: int) -> dict[str, pa.Array]:
    words = text.words
    hashed = hash_runs(text.body, words.start, words.length, NAME_LETTERS)
    place = np.minimum(np.searchsorted(boilerplate, hashed), len(boilerplate) - 1)
    telling = boilerplate[place] != hashed
    digits = text.count(words, text.digit)
    in_party = words.start < party_end[words.row]
    named = telling & (digits == 0)
    has_party = np.zeros(text.rows, dtype=np.bool_)
    has_party[words.row[named & in_party]] = True
    columns = _name_keys(text, words.only(named & (in_party | ~has_party[words.row])), absent)
    spoken = telling & (digits < words.length) & (words.length >= 4)
    columns |= _word_keys(text, words.only(spoken), absent)
    squeezed, begin, length = _squeeze(text, words)
    whole = hash_runs(squeezed, begin, length, TEXT_LETTERS)
    columns["text"] = pa.array(np.where(length > 0, whole ^ length, absent))
    for most in TEXT_PREFIXES:
        hashed = hash_runs(squeezed, begin, length, most)
        columns[f"text_{most}"] = pa.array(np.where(length >= most, hashed, absent))
    columns["text_start"] = _strings(squeezed, begin, length, NAME_LETTERS * 2)
    return columns


def _squeeze(text: Buffer, pieces: Pieces) -> tuple[Bytes, Ints, Ints]:
    """The bytes of the runs, close together, padded; where each row begins, how many it has."""
    change = np.zeros(text.size + 1, dtype=np.int8)
    change[pieces.start] += 1
    change[pieces.start + pieces.length] -= 1
    kept = np.cumsum(change[:-1], dtype=np.int8).astype(np.bool_)
    squeezed = np.concatenate((text.body[: text.size][kept], _PAD))
    length = np.bincount(pieces.row, pieces.length, text.rows).astype(np.int64)
    return squeezed, np.cumsum(length) - length, length


def _strings(squeezed: Bytes, begin: Ints, length: Ints, most: int) -> pa.Array:
    """The first bytes of each row as text; bytes beyond ASCII are shown as `?`."""
    short = np.minimum(length, most)
    offsets = np.concatenate(([0], np.cumsum(short)))
    inner = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], short)
    body = squeezed[inner]
    body[body >= 128] = 63
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(body)]
    return pa.Array.from_buffers(pa.string(), len(length), buffers)


def _name_keys(text: Buffer, pieces: Pieces, absent: int) -> dict[str, pa.Array]:
    squeezed, begin, length = _squeeze(text, pieces)
    columns = {"name_start": _strings(squeezed, begin, length, NAME_LETTERS)}
    whole = hash_runs(squeezed, begin, length, NAME_LETTERS)
    columns["name"] = pa.array(np.where(length > 0, whole, absent))
    for most in PREFIXES:
        hashed = hash_runs(squeezed, begin, length, most)
        columns[f"name_{most}"] = pa.array(np.where(length >= most, hashed, absent))
    return columns


def _word_keys(text: Buffer, pieces: Pieces, absent: int) -> dict[str, pa.Array]:
    """The first telling words of a row, each by its first letters."""
    hashed = hash_runs(text.body, pieces.start, pieces.length, WORD_LETTERS)
    rank = np.arange(len(pieces.row)) - np.searchsorted(pieces.row, pieces.row)
    columns = {}
    for place in range(WORDS):
        column = np.full(text.rows, absent, dtype=np.int64)
        here = rank == place
        column[pieces.row[here]] = hashed[here]
        columns[f"word_{place}"] = pa.array(column)
    return columns


def _tokens(
    reference: Buffer, text: Buffer, absent: int
) -> tuple[Ints, Ints, Ints, dict[str, pa.Array]]:
    in_reference, in_text = _token_runs(reference, least=3), _token_runs(text, least=4)
    main = _main_token(text.rows, (in_text, in_reference), absent)
    row = np.concatenate((in_reference.row, in_text.row))
    token = np.concatenate((in_reference.token, in_text.token))
    number = np.concatenate((in_reference.number, in_text.number))
    order = np.lexsort((token, row))
    row, token, number = row[order], token[order], number[order]
    new = np.ones(len(row), dtype=np.bool_)
    new[1:] = (row[1:] != row[:-1]) | (token[1:] != token[:-1])
    return row[new], token[new], number[new], main


@dataclass(frozen=True)
class _Tokens:
    row: Ints
    token: Ints
    number: Ints
    length: Ints
    body: Bytes
    start: Ints


def _token_runs(text: Buffer, least: int) -> _Tokens:
    """Digit runs of at least that many digits (also across `-`, `/`, `.`), and mixed words.

    Leading zeros do not count as part of a token; a year is no token.
    """
    plain = text.runs(text.digit)
    plain = plain.only(plain.length >= least)
    words = text.words
    ends = words.start + words.length
    has_run = np.searchsorted(plain.start, ends) > np.searchsorted(plain.start, words.start)
    mixed = words.only((text.count(words, text.digit) >= 4) & ~has_run)
    body, split = _split_numbers(text, least)
    pieces = Pieces(
        np.concatenate((plain.row, mixed.row, split.row)),
        np.concatenate((plain.start, mixed.start, split.start)),
        np.concatenate((plain.length, mixed.length, split.length)),
    )
    pieces = _without_zeros(body, pieces)
    token = hash_runs(body, pieces.start, pieces.length, TOKEN_DIGITS)
    is_mixed = np.zeros(len(token), dtype=np.bool_)
    is_mixed[len(plain.row) : len(plain.row) + len(mixed.row)] = True
    number = np.where(is_mixed, -1, _numbers(body, pieces))
    keep = (pieces.length > 0) & ~((pieces.length == 4) & np.isin(token, _YEAR_HASHES))
    pieces = pieces.only(keep)
    return _Tokens(pieces.row, token[keep], number[keep], pieces.length, body, pieces.start)


def _split_numbers(text: Buffer, least: int) -> tuple[Bytes, Pieces]:
    """Numbers written with `-`, `/` or `.` between digits, joined: 2024-0031 is 20240031 too.

    They are appended to the body, and the runs point there.
    """
    body = text.body[: text.size]
    joint = (body == 45) | (body == 46) | (body == 47)
    joint[:1] = joint[-1:] = False
    joint[1:-1] &= text.digit[:-2] & text.digit[2:]
    if not joint.any():
        none = np.zeros(0, dtype=np.int64)
        return text.body, Pieces(none, none, none)
    pieces = text.runs(text.digit | joint)
    count = text.count(pieces, text.digit)
    chosen = (text.count(pieces, joint) > 0) & (count >= max(least, 4)) & (count <= TOKEN_DIGITS)
    pieces, count = pieces.only(chosen), count[chosen]
    place = np.arange(pieces.length.sum()) - np.repeat(
        np.cumsum(pieces.length) - pieces.length, pieces.length
    )
    spelt = body[np.repeat(pieces.start, pieces.length) + place]
    digits = spelt[_CLASS[spelt] == _DIGIT]
    start = text.size + np.cumsum(count) - count
    return np.concatenate((body, digits, _PAD)), Pieces(pieces.row, start, count)


def _without_zeros(body: Bytes, pieces: Pieces) -> Pieces:
    """The same runs, each without the zeros it begins with."""
    start, length = pieces.start.copy(), pieces.length.copy()
    open_ = np.flatnonzero(length > 0)
    while len(open_):
        open_ = open_[body[start[open_]] == 48]
        start[open_] += 1
        length[open_] -= 1
        open_ = open_[length[open_] > 0]
    return Pieces(pieces.row, start, length)


def _numbers(body: Bytes, pieces: Pieces) -> Ints:
    """Each run of digits as a number; -1 when it has more than 15."""
    value = np.zeros(len(pieces.row), dtype=np.int64)
    for place in range(15):
        here = np.flatnonzero(pieces.length > place)
        if not len(here):
            break
        value[here] = value[here] * 10 + (body[pieces.start[here] + place] - 48)
    return np.where(pieces.length <= 15, value, -1)


def _main_token(rows: int, sources: tuple[_Tokens, _Tokens], absent: int) -> dict[str, pa.Array]:
    """The token a record is known by: the longest of its reference, else of its text."""
    columns = {f"main_{most}": np.full(rows, absent, dtype=np.int64) for most in range(5, 11)}
    columns["main"] = np.full(rows, absent, dtype=np.int64)
    columns["main_length"] = np.zeros(rows, dtype=np.int64)
    for source in sources:
        order = np.lexsort((source.token, source.length, source.row))
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = source.row[order][1:] != source.row[order][:-1]
        chosen = order[last]
        row, start, length = source.row[chosen], source.start[chosen], source.length[chosen]
        columns["main"][row] = source.token[chosen]
        columns["main_length"][row] = length
        for most in range(5, 11):
            prefix = hash_runs(source.body, start, length, most)
            columns[f"main_{most}"][row] = np.where(length > most, prefix, absent)
    return {name: pa.array(values) for name, values in columns.items()}
