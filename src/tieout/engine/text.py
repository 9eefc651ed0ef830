"""Text to numbers: names, words and reference tokens of records, as integers that engines compare.

Work is done on the byte buffers of whole columns, since a regular expression a row costs more
than all other steps of a run together: bytes are classed by table, and runs of bytes are read
eight at a time as one integer. `reference.py` states the same on plain strings.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tieout.engine.ragged import distinct, rank_in, spread
from tieout.engine.workers import over

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
INITIALS_MAX = 2
"""Words of so few letters may be initials."""
WORDS = 6
"""So many telling words of a text are compared with those of the other side."""
WORD_LETTERS = 5
NAME_LETTERS = 24
TEXT_START_LETTERS = 32
TEXT_LETTERS = 128
EDIT_LETTERS = 10
"""Of two names so many letters are compared for a slip of the pen."""
TOKEN_DIGITS = 24
YEARS = frozenset(str(year) for year in range(1990, 2036))
BLOCK_ROWS = 8_192
"""Small enough that the work stays in the processor's cache and asks the system for no memory."""
LEFT_ABSENT, RIGHT_ABSENT = -1, -2
"""An id that is absent on one side equals nothing on the other."""
ABSENT = -1
_LETTER, _DIGIT = 1, 2
_UPPER = np.arange(256, dtype=np.uint8)
_UPPER[97:123] = np.arange(65, 91)
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[65:91] = _CLASS[128:] = _LETTER
_CLASS[48:58] = _DIGIT
_MULTIPLIERS = np.random.default_rng(20_260).integers(1, 2**62, 32, dtype=np.uint64) * 2 + 1
MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)
"""Of eight packed letters the first n."""
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
    eights = _eights(body)
    total = np.zeros(len(start), dtype=np.uint64)
    open_: Ints | None = None
    for chunk in range(-(-most // 8)):
        here = np.clip(np.minimum(length, most) - 8 * chunk, 0, 8)
        if chunk:
            open_ = np.nonzero(here)[0]
            if not len(open_):
                break
            packed = eights[start[open_] + 8 * chunk] & MASKS[here[open_]]
            total[open_] += packed * _MULTIPLIERS[chunk]
        else:
            total += (eights[start] & MASKS[here]) * _MULTIPLIERS[0]
    return (total >> np.uint64(1)).astype(np.int64)


def _eights(body: Bytes) -> Words:
    """The eight bytes from each place on, as one number."""
    return np.ndarray((max(len(body) - 7, 0),), np.uint64, np.ascontiguousarray(body), 0, (1,))


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

    @cached_property
    def digits_of_words(self) -> Ints:
        """How many digits each word holds."""
        return self.count(self.words, self.digit)

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
        before = np.zeros(len(marked) + 1, dtype=np.int32)
        np.cumsum(marked, out=before[1:])
        counted: Ints = before[pieces.start + pieces.length] - before[pieces.start]
        return counted


def fold_column(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Fold the rows that are not plain ASCII; the others are folded byte by byte later."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    content = flat.buffers()[2]
    if content is None or np.frombuffer(content, np.int8).min(initial=0) >= 0:
        return flat
    odd = pc.invert(pc.string_is_ascii(flat))
    if not pc.any(odd).as_py():
        return flat
    folded = [fold(text) for text in flat.filter(odd).to_pylist()]
    return pc.replace_with_mask(flat, odd, pa.array(folded, type=pa.string()))


def joined(*columns: pa.Array) -> pa.Array:
    """The columns as one, with a blank between."""
    return pc.binary_join_element_wise(*columns, " ")


def learn_boilerplate(table: pa.Table) -> Ints:
    """Hashes of the words that tell nothing: those of the list, and those on too many records.

    Initials are never learned: a letter is on many records, and is all that is left of a name.
    """
    step = max(1, table.num_rows // LEARN_ROWS)
    sample = table.take(np.arange(0, table.num_rows, step)) if step > 1 else table
    text = Buffer(joined(fold_column(sample["counterparty"]), fold_column(sample["narrative"])))
    words = text.words.only(text.words.length > INITIALS_MAX)
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
    return np.union1d(*over(learn_boilerplate, (left, right)))


@dataclass(frozen=True)
class Heads:
    """The first letters of each record's text, eight to a number; zero beyond the end."""

    eights: Words
    """Shape (records, letters / 8)."""
    length: Bytes
    """How many letters are there; 0 when the text is absent."""

    @classmethod
    def of(cls, body: Bytes, start: Ints, length: Ints, most: int) -> "Heads":
        """Of runs in a padded body."""
        eights = _eights(body)
        packed = np.empty((len(start), most // 8), dtype=np.uint64)
        for chunk in range(most // 8):
            at = np.minimum(start + 8 * chunk, len(body) - 8)
            packed[:, chunk] = eights[at] & MASKS[np.clip(length - 8 * chunk, 0, 8)]
        return cls(packed, np.minimum(length, most).astype(np.uint8))

    @classmethod
    def join(cls, parts: "Sequence[Heads]") -> "Heads":
        """One after the other."""
        return cls(
            np.concatenate([each.eights for each in parts]),
            np.concatenate([each.length for each in parts]),
        )

    def key(self, letters: int) -> Ints:
        """The first letters (at most seven) as a number; negative where there are fewer."""
        first = (self.eights[:, 0] & MASKS[letters]).astype(np.int64)
        return np.where(self.length >= letters, first, ABSENT)


@dataclass(frozen=True)
class TextColumns:
    """What a side's texts say.

    Records of one text share what is known of it: `said` leads from the record to the text.
    """

    said: Ints
    """For each record the row of its text in the columns up to `word_bits`."""
    name: Heads
    """The telling words of the counterparty, else of the narrative, without blanks."""
    name_letters: Words
    """Which letters the name begins with, as a set of bits."""
    text: Heads
    """All words of counterparty and narrative, one blank between two."""
    whole: Ints
    """A hash of that text; `ABSENT` when it is empty."""
    words: Ints
    """Shape (texts, WORDS): the telling words, each by its first letters."""
    word_bits: Words
    """A set of bits that two records share if they share a word."""
    main: Heads
    """For each record the reference token it is known by."""
    token_row: Ints
    """The record of each reference token, rising."""
    token: Ints

    def compared(self) -> "TextColumns":
        """Without what only comparison looks at."""
        return replace(
            self,
            name_letters=_NO_WORDS,
            text=_NO_HEADS,
            whole=_NO_INTS,
            word_bits=_NO_WORDS,
            main=_NO_HEADS,
        )

    @cached_property
    def token_count(self) -> Ints:
        """How often each token of `token` is there."""
        which = pa.array(self.token).dictionary_encode().indices.to_numpy()
        counted: Ints = np.bincount(which)[which]
        return counted

    def name_key(self, letters: int) -> Ints:
        """For each record the first letters of its name as a number; negative without them."""
        return self.name.key(letters)[self.said]


_NO_INTS, _NO_WORDS = np.zeros(0, np.int64), np.zeros(0, np.uint64)
_NO_HEADS = Heads(np.zeros((0, 1), np.uint64), np.zeros(0, np.uint8))
NO_TEXT = TextColumns(
    said=_NO_INTS,
    name=_NO_HEADS,
    name_letters=_NO_WORDS,
    text=_NO_HEADS,
    whole=_NO_INTS,
    words=np.zeros((0, 1), np.int64),
    word_bits=_NO_WORDS,
    main=_NO_HEADS,
    token_row=_NO_INTS,
    token=_NO_INTS,
)
"""Of no record."""


@dataclass(frozen=True)
class _Distinct:
    """A side's folded texts and references, and which of them are there."""

    party: pa.Array
    narrative: pa.Array
    reference: pa.Array
    said: tuple[Ints, Ints]
    """For each record which text it has, and the first record of each."""
    referred: tuple[Ints, Ints]

    @classmethod
    def of(cls, table: pa.Table) -> "_Distinct":
        """Of a side's records."""
        party, narrative = fold_column(table["counterparty"]), fold_column(table["narrative"])
        reference = fold_column(table["reference"])
        said, referred = _distinct_rows(party, narrative), _distinct_rows(reference)
        return cls(party, narrative, reference, said, referred)


def text_columns(left: pa.Table, right: pa.Table) -> tuple[TextColumns, TextColumns]:
    """All text columns of both sides; each distinct text is looked at once, block by block.

    What one thread does is done for both sides at a time, but one side's blocks after the other's:
    they are the most that is held.
    """
    boilerplate = boilerplate_of(left, right)
    both = over(_Distinct.of, (left, right))
    blocks = [_blocks(each, boilerplate) for each in both]
    one, other = over(lambda side: _columns(*side), zip(both, blocks, strict=True))
    return one, other


def _blocks(side: _Distinct, boilerplate: Ints) -> tuple[dict[str, Any], "_TokenBlock"]:
    """The columns of a side's distinct texts, and the tokens of its distinct references."""
    texts = _by_block(
        lambda at: _text_block(side.party.take(at), side.narrative.take(at), boilerplate),
        side.said[1],
    )
    references = _by_block(
        lambda at: _TokenBlock.of(_token_runs(Buffer(side.reference.take(at)), 3)),
        side.referred[1],
    )
    return texts, references["tokens"]


def _columns(side: _Distinct, blocks: tuple[dict[str, Any], "_TokenBlock"]) -> TextColumns:
    """A side's columns: those of its texts, and what is known of each record."""
    texts, references = blocks
    tokens = texts.pop("tokens")
    said, referred = side.said[0], side.referred[0]
    row, token = _tokens_of_records((references, referred), (tokens, said))
    own, other = references.main, tokens.main
    main = Heads(own.eights[referred], own.length[referred])
    without = np.flatnonzero(main.length == 0)
    main.eights[without] = other.eights[said[without]]
    main.length[without] = other.length[said[without]]
    return TextColumns(said=said, **texts, main=main, token_row=row, token=token)


def _distinct_rows(*columns: pa.Array) -> tuple[Ints, Ints]:
    """For each row which distinct one it is, and the first row of each."""
    words = columns[0].dictionary_encode()
    for column in columns[1:]:
        more = column.dictionary_encode()
        code = words.indices.to_numpy().astype(np.int64) * max(len(more.dictionary), 1)
        words = pa.array(code + more.indices.to_numpy()).dictionary_encode()
    which: Ints = words.indices.to_numpy().astype(np.int64)
    first = np.empty(len(words.dictionary), dtype=np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return which, first


def _by_block(made: Callable[[pa.Array], dict[str, Any]], first: Ints) -> dict[str, Any]:
    """The columns of all blocks, one after the other."""
    blocks = over(
        lambda begin: made(pa.array(first[begin : begin + BLOCK_ROWS])),
        range(0, max(len(first), 1), BLOCK_ROWS),
    )
    columns = {}
    for name in tuple(blocks[0]):
        parts = [block.pop(name) for block in blocks]
        join = getattr(type(parts[0]), "join", np.concatenate)
        columns[name] = join(parts)
    return columns


def _text_block(party: pa.Array, narrative: pa.Array, boilerplate: Ints) -> dict[str, Any]:
    text = Buffer(joined(party, narrative))
    party_end = text.offsets[:-1] + pc.binary_length(party).to_numpy(zero_copy_only=False)
    name, words = _name_and_words(text, party_end, boilerplate)
    body, start, length = _spaced(text)
    whole = hash_runs(body, start, length, TEXT_LETTERS)
    return {
        "name": name,
        "name_letters": _letter_bits(name),
        "text": Heads.of(body, start, length, TEXT_START_LETTERS),
        "whole": np.where(length > 0, whole ^ length, ABSENT),
        "words": words,
        "word_bits": _word_bits(words),
        **_TokenBlock.of(_token_runs(text, 4)),
    }


def _name_and_words(text: Buffer, party_end: Ints, boilerplate: Ints) -> tuple[Heads, Ints]:
    words = text.words
    hashed = hash_runs(text.body, words.start, words.length, NAME_LETTERS)
    place = np.minimum(np.searchsorted(boilerplate, hashed), len(boilerplate) - 1)
    telling = boilerplate[place] != hashed
    digits = text.digits_of_words
    in_party = words.start < party_end[words.row]
    named = telling & (digits == 0)
    has_party = np.zeros(text.rows, dtype=np.bool_)
    has_party[words.row[named & in_party]] = True
    names = words.only(named & (in_party | ~has_party[words.row]))
    body, start, length = _squeeze(text.body[: text.size], names, text.rows)
    spoken = telling & (digits < words.length) & (words.length >= 4)
    return Heads.of(body, start, length, NAME_LETTERS), _word_keys(text, words.only(spoken))


def _squeeze(body: Bytes, pieces: Pieces, rows: int) -> tuple[Bytes, Ints, Ints]:
    """The bytes of the runs, close together, padded; where each row begins, how many it has."""
    change = np.zeros(len(body) + 1, dtype=np.int8)
    change[pieces.start] += 1
    change[pieces.start + pieces.length] -= 1
    kept = np.cumsum(change[:-1], dtype=np.int8).astype(np.bool_)
    squeezed = np.concatenate((body[kept], _PAD))
    length = np.bincount(pieces.row, pieces.length, rows).astype(np.int64)
    return squeezed, np.cumsum(length) - length, length


def _spaced(text: Buffer) -> tuple[Bytes, Ints, Ints]:
    """All words of each row with one blank between two, as `_squeeze` gives them."""
    words = text.words
    later = np.zeros(len(words.row), dtype=np.bool_)
    later[1:] = words.row[1:] == words.row[:-1]
    body = text.body[: text.size].copy()
    body[words.start[later] - 1] = 32
    with_blank = Pieces(words.row, words.start - later, words.length + later)
    return _squeeze(body, with_blank, text.rows)


def _letter_bits(name: Heads) -> Words:
    letters = np.ascontiguousarray(name.eights[:, :2]).view(np.uint8)[:, :EDIT_LETTERS]
    bit = np.uint64(1) << (letters & 63).astype(np.uint64)
    bits: Words = np.bitwise_or.reduce(np.where(letters > 0, bit, np.uint64(0)), axis=1)
    return bits


def _word_bits(words: Ints) -> Words:
    bit = np.uint64(1) << ((words >> 7) & 63).astype(np.uint64)
    bits: Words = np.bitwise_or.reduce(np.where(words >= 0, bit, np.uint64(0)), axis=1)
    return bits


def _word_keys(text: Buffer, pieces: Pieces) -> Ints:
    """The first telling words of each row, each by its first letters."""
    hashed = hash_runs(text.body, pieces.start, pieces.length, WORD_LETTERS)
    rank = rank_in(pieces.row)
    keys = np.full((text.rows, WORDS), ABSENT, dtype=np.int64)
    here = rank < WORDS
    keys[pieces.row[here], rank[here]] = hashed[here]
    return keys


@dataclass(frozen=True)
class _Tokens:
    """The tokens of some texts, in no order."""

    texts: int
    row: Ints
    token: Ints
    length: Ints
    body: Bytes
    start: Ints


@dataclass(frozen=True)
class _TokenBlock:
    """The tokens of texts, text by text, and of each text the longest: that of greater hash."""

    count: Ints
    token: Ints
    main: Heads

    @classmethod
    def of(cls, found: _Tokens) -> dict[str, Any]:
        """As a column named `tokens`."""
        order = np.lexsort((found.token, found.length, found.row))
        row = found.row[order]
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = row[1:] != row[:-1]
        chosen = order[last]
        heads = Heads.of(found.body, found.start[chosen], found.length[chosen], TOKEN_DIGITS)
        eights = np.zeros((found.texts, TOKEN_DIGITS // 8), dtype=np.uint64)
        length = np.zeros(found.texts, dtype=np.uint8)
        eights[found.row[chosen]] = heads.eights
        length[found.row[chosen]] = heads.length
        count = np.bincount(row, minlength=found.texts)
        return {"tokens": cls(count, found.token[order], Heads(eights, length))}

    @classmethod
    def join(cls, parts: "Sequence[_TokenBlock]") -> "_TokenBlock":
        """One after the other."""
        return cls(
            np.concatenate([each.count for each in parts]),
            np.concatenate([each.token for each in parts]),
            Heads.join([each.main for each in parts]),
        )


def _tokens_of_records(*sources: tuple[_TokenBlock, Ints]) -> tuple[Ints, Ints]:
    """Record and token, from the tokens of texts and the text of each record; each once, sorted."""
    rows, tokens = [], []
    for block, which in sources:
        end = np.cumsum(block.count)
        row, place = spread((end - block.count)[which], end[which])
        rows.append(row)
        tokens.append(block.token[place])
    return distinct(np.concatenate(rows), np.concatenate(tokens))


def _token_runs(text: Buffer, least: int) -> _Tokens:
    """Digit runs of at least that many digits (also across `-`, `/`, `.`), and mixed words.

    Leading zeros do not count as part of a token; a year is no token.
    """
    plain = text.runs(text.digit)
    plain = plain.only(plain.length >= least)
    words = text.words
    is_mixed: Flags = text.digits_of_words >= 4
    is_mixed[np.searchsorted(words.start, plain.start, side="right") - 1] = False
    mixed = words.only(is_mixed)
    body, split = _split_numbers(text, least)
    pieces = Pieces(
        np.concatenate((plain.row, mixed.row, split.row)),
        np.concatenate((plain.start, mixed.start, split.start)),
        np.concatenate((plain.length, mixed.length, split.length)),
    )
    pieces = _without_zeros(body, pieces)
    token = hash_runs(body, pieces.start, pieces.length, TOKEN_DIGITS)
    keep = pieces.length > 0
    four = np.flatnonzero(pieces.length == 4)
    keep[four] = ~np.isin(token[four], _YEAR_HASHES)
    pieces = pieces.only(keep)
    return _Tokens(text.rows, pieces.row, token[keep], pieces.length, body, pieces.start)


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
