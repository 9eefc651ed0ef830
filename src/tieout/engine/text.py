"""Text to numbers: names, words and reference tokens of records, as integers that engines compare.

Here is what is kept of texts, and of which records; `text_loops.py` reads them byte by byte.
`reference.py` states the same on plain strings.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib import resources
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tieout.engine.letters import (
    MASKS,
    Column,
    hashed,
    letters_of,
    mixed_rows,
    number_texts,
    set_of,
)
from tieout.engine.text_loops import (
    ABSENT,
    NAME_LETTERS,
    TEXT_START_LETTERS,
    TOKEN_DIGITS,
    WORDS,
    TextsRoom,
    TokensRoom,
    hash_words,
    read_references,
    read_texts,
    room_for,
    rows_with_words,
    tokens_of_records,
)
from tieout.engine.workers import over

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

BOILERPLATE = frozenset((resources.files("tieout.engine") / "boilerplate.txt").read_text().split())
"""Words banks and bookkeepers put into any text: they say nothing about whose payment it is."""
LEARN_ROWS = 20_000
"""So many records of a side, evenly spread, show which words are boilerplate in these data."""
COMMON_SHARE = 0.15
COMMON_LEAST = 100
"""A word on that share of a side's sample, and on at least so many records, tells nothing."""
INITIALS_MAX = 2
"""Words of so few letters may be initials."""
RARE_TOKENS = 3
"""A reference that so many records of a side carry, or fewer, may still tie two of them."""
EIGHT = 8
"""So many letters make a number."""
YEARS = frozenset(str(year) for year in range(1990, 2036))
PIECE_ROWS = 32_768
"""So many texts are read at a time: enough for a loop, few enough to be shared out evenly."""
LEFT_ABSENT, RIGHT_ABSENT = -1, -2
"""An id that is absent on one side equals nothing on the other."""


def fold(text: str) -> str:
    """Upper case, no accents; what is neither letter nor digit beyond ASCII is a blank."""
    decomposed = unicodedata.normalize("NFKD", text.upper())
    return "".join(
        char if char.isascii() or char.isalnum() else " "
        for char in decomposed
        if not unicodedata.combining(char)
    )


def hash_texts(texts: list[str]) -> Ints:
    """The hashes of folded words, as the columns hold them."""
    bodies = [letters_of(np.frombuffer(text.encode(), dtype=np.uint8)) for text in texts]
    hashes = [hashed(each, 0, len(each.body), NAME_LETTERS) for each in bodies]
    return np.array(hashes, dtype=np.int64)


@cache
def _hashes_of(words: frozenset[str]) -> Ints:
    return np.unique(hash_texts(sorted(words)))


@cache
def _years() -> Ints:
    return set_of(_hashes_of(YEARS))


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


def text_column(column: pa.Array) -> Column:
    """The bytes of a text column, not to be written to."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    offsets = offsets[column.offset : column.offset + len(column) + 1]
    content = column.buffers()[2]
    body = np.frombuffer(content, dtype=np.uint8) if content else np.zeros(0, dtype=np.uint8)
    if len(body) < 2 * EIGHT:  # fewer would be seen as another kind of array, to be compiled for
        body = np.concatenate((body, np.zeros(2 * EIGHT, dtype=np.uint8)))
    offsets.flags.writeable = body.flags.writeable = False
    return Column(offsets, letters_of(body))


def _lengths(column: Column, rows: Ints) -> Ints:
    lengths: Ints = (column.offsets[rows + 1] - column.offsets[rows]).astype(np.int64)
    return lengths


def learn_boilerplate(party: Column, narrative: Column) -> Ints:
    """Hashes of the words that tell nothing: those of the list, and those on too many records.

    Initials are never learned: a letter is on many records, and is all that is left of a name.
    """
    records = len(party.offsets) - 1
    rows = np.arange(0, records, max(1, records // LEARN_ROWS))
    parts = []
    for column in (party, narrative):
        room = room_for(_lengths(column, rows), _NO_INTS)
        whose = np.empty_like(room.tokens)
        many = hash_words(column, rows, INITIALS_MAX + 1, room, whose)
        parts.append((whose[:many], room.tokens[:many]))
    words, many_rows = rows_with_words(*parts)
    common = words[many_rows >= max(COMMON_LEAST, COMMON_SHARE * len(rows))]
    return np.unique(np.concatenate((_hashes_of(BOILERPLATE), common)))


def _said(table: pa.Table) -> tuple[Column, Column]:
    party, narrative = (
        text_column(fold_column(table[name])) for name in ("counterparty", "narrative")
    )
    return party, narrative


def boilerplate_of(left: pa.Table, right: pa.Table) -> Ints:
    """The words that tell nothing on either side."""
    return np.union1d(*(learn_boilerplate(*_said(table)) for table in (left, right)))


@dataclass(frozen=True)
class Heads:
    """The first letters of each record's text, eight to a number; zero beyond the end."""

    eights: Words
    """Shape (records, letters / 8)."""
    length: Bytes
    """How many letters are there; 0 when the text is absent."""

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
    def token_is_rare(self) -> Flags:
        """Whether few records carry each token of `token`."""
        which = pa.array(self.token).dictionary_encode().indices.to_numpy()
        rare: Flags = (np.bincount(which) <= RARE_TOKENS)[which]
        return rare

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
class _Side:
    """A side's folded texts and references, and which distinct text each record has."""

    party: Column
    narrative: Column
    reference: Column
    said: tuple[Ints, Ints]
    """For each record which text it has, and the first record of each."""


def text_columns(left: pa.Table, right: pa.Table) -> tuple[TextColumns, TextColumns]:
    """All text columns of both sides; each distinct text is looked at once, piece by piece."""
    said = over(_said, (left, right))
    numbers = over(lambda both: number_texts(*both, mixed_rows(*both)), said)
    boilerplate = set_of(np.union1d(*over(lambda both: learn_boilerplate(*both), said)))
    reference = [text_column(fold_column(table["reference"])) for table in (left, right)]
    made = [_Made.of(_Side(*said[n], reference[n], numbers[n]), boilerplate) for n in (0, 1)]
    over(lambda piece: piece(), [piece for each in made for piece in each.pieces()])
    one, other = over(_Made.columns, made)
    return one, other


@dataclass(frozen=True)
class _Made:
    """What is made of a side's distinct texts and of its references, piece by piece."""

    side: _Side
    boilerplate: Ints
    """A set of hashes."""
    texts: TextsRoom
    of_texts: TokensRoom
    of_references: TokensRoom
    found: list[tuple[bool, int, Ints]]
    """Whether of texts, from which one on, and their tokens."""

    @classmethod
    def of(cls, side: _Side, boilerplate: Ints) -> "_Made":
        """Room for all that a side says."""
        texts, references = len(side.said[1]), len(side.said[0])
        return cls(
            side,
            boilerplate,
            TextsRoom(
                name=_letters(texts, NAME_LETTERS),
                name_length=np.zeros(texts, dtype=np.uint8),
                name_letters=np.zeros(texts, dtype=np.uint64),
                text=_letters(texts, TEXT_START_LETTERS),
                text_length=np.zeros(texts, dtype=np.uint8),
                whole=np.zeros(texts, dtype=np.int64),
                words=np.zeros((texts, WORDS), dtype=np.int64),
                word_bits=np.zeros(texts, dtype=np.uint64),
            ),
            _tokens_room(texts),
            _tokens_room(references),
            [],
        )

    def pieces(self) -> list[Callable[[], None]]:
        """The steps, in no order that matters."""
        texts, references = len(self.side.said[1]), len(self.side.said[0])
        return [
            *(partial(self._read_texts, *at) for at in _pieces(texts)),
            *(partial(self._read_references, *at) for at in _pieces(references)),
        ]

    def _read_texts(self, begin: int, end: int) -> None:
        side, rows = self.side, self.side.said[1]
        lengths = _lengths(side.party, rows[begin:end]) + _lengths(side.narrative, rows[begin:end])
        room = room_for(lengths + 1, _years())
        of = side.party, side.narrative, rows, begin, end
        tokens = read_texts(*of, self.boilerplate, room, self.texts, self.of_texts)
        self.found.append((True, begin, tokens))

    def _read_references(self, begin: int, end: int) -> None:
        column = self.side.reference
        room = room_for(_lengths(column, np.arange(begin, end)), _years())
        tokens = read_references(column, begin, end, room, self.of_references)
        self.found.append((False, begin, tokens))

    def columns(self) -> TextColumns:
        """The columns of the texts, and what is known of each record."""
        said = self.side.said[0]
        row, token = tokens_of_records(
            *self._tokens(of_texts=False), *self._tokens(of_texts=True), said
        )
        own, other, texts = self.of_references, self.of_texts, self.texts
        main = Heads(own.main, own.main_length)
        without = np.flatnonzero(main.length == 0)
        main.eights[without] = other.main[said[without]]
        main.length[without] = other.main_length[said[without]]
        return TextColumns(
            said=said,
            name=Heads(texts.name, texts.name_length),
            name_letters=texts.name_letters,
            text=Heads(texts.text, texts.text_length),
            whole=texts.whole,
            words=texts.words,
            word_bits=texts.word_bits,
            main=main,
            token_row=row,
            token=token,
        )

    def _tokens(self, *, of_texts: bool) -> tuple[Ints, Ints]:
        """All tokens in order, and where those of each text or reference end."""
        found = sorted((each for each in self.found if each[0] == of_texts), key=itemgetter(1))
        room = self.of_texts if of_texts else self.of_references
        return np.concatenate([_NO_INTS, *(each[2] for each in found)]), np.cumsum(room.many)


def _letters(rows: int, letters: int) -> Words:
    return np.zeros((rows, letters // 8), dtype=np.uint64)


def _tokens_room(rows: int) -> TokensRoom:
    count, length = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.uint8)
    return TokensRoom(count, _letters(rows, TOKEN_DIGITS), length)


def _pieces(rows: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + PIECE_ROWS, rows)) for begin in range(0, rows, PIECE_ROWS)]
