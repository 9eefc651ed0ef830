"""How the texts and references of candidate pairs compare: the levels, pair by pair.

A pair is two row numbers. Names and texts are letters packed eight to a number, so that equal
beginnings are found by one exclusive-or; `reference.py` states the same on plain strings.
"""

from typing import NamedTuple

import numpy as np

from tieout.engine.compiled import compiled
from tieout.engine.evidence import STARTS, Ref, Start, Text
from tieout.engine.text import Bytes, Flags, Ints, TextColumns, Words
from tieout.engine.text_loops import EDIT_LETTERS, WORDS
from tieout.engine.workers import over

BLOCK_PAIRS = 65_536
"""So many pairs are one thread's at a time."""
EDITS_MAX = 2
SHORTEST_EDITED = 6
TRUNCATED_DIGITS = (5, 10)
"""A reference may be the beginning of a longer one if it has so many digits."""
SHORTEST_NAME = 4
"""A name of fewer letters is not known by them alone."""
LONG_NAME = 14
_NAME_STARTS = (
    (LONG_NAME, Text.PREFIX_14),
    (11, Text.PREFIX_11),
    (8, Text.PREFIX_8),
    (6, Text.PREFIX_6),
    (4, Text.PREFIX_4),
    (3, Text.PREFIX_3),
    (1, Text.INITIAL),
)
SHORTEST_TEXT = 3
_TEXT_STARTS = (
    (14, Start.PREFIX_14),
    (11, Start.PREFIX_11),
    (8, Start.PREFIX_8),
    (6, Start.PREFIX_6),
    (4, Start.PREFIX_4),
)
_LETTER, _NOTHING, _BIT = np.uint64(255), np.uint64(0), np.uint64(1)
_LETTER_BITS = np.uint64(8)


class _Side(NamedTuple):
    """Arrays of `TextColumns`."""

    said: Ints
    name: Words
    name_length: Bytes
    name_letters: Words
    text: Words
    text_length: Bytes
    whole: Ints
    words: Ints
    word_bits: Words

    @classmethod
    def of(cls, columns: TextColumns) -> "_Side":
        name, text = columns.name, columns.text
        return cls(
            columns.said,
            name.eights,
            name.length,
            columns.name_letters,
            text.eights,
            text.length,
            columns.whole,
            columns.words,
            columns.word_bits,
        )


def text_levels(left: TextColumns, right: TextColumns, lefts: Ints, rights: Ints) -> Bytes:
    """For each pair its `Text` level times `STARTS` plus its `Start` level."""
    levels = np.empty(len(lefts), dtype=np.uint8)
    sides = _Side.of(left), _Side.of(right)

    def compare(begin: int) -> None:
        block = slice(begin, begin + BLOCK_PAIRS)
        _compare_texts(*sides, lefts[block], rights[block], levels[block])

    over(compare, range(0, len(lefts), BLOCK_PAIRS))
    return levels


@compiled
def _compare_texts(left: _Side, right: _Side, lefts: Ints, rights: Ints, levels: Bytes) -> None:
    # Unpacked once: in the loop a tuple's arrays would be counted as used again and again.
    said, name, length, letters, text, size, whole, words, bits = left
    said_, name_, length_, letters_, text_, size_, whole_, words_, bits_ = right
    row = np.empty(EDIT_LETTERS + 1, dtype=np.int64)
    for pair in range(len(lefts)):
        one, other = said[lefts[pair]], said_[rights[pair]]
        ends = length[one], length_[other]
        if whole[one] == whole_[other] and whole[one] >= 0:
            levels[pair] = (Text.SAME if min(ends) else Text.NONE) * STARTS + Start.SAME
            continue
        level = _name(_alike(name, one, name_, other), ends)
        if Text.NONE < level < Text.WORDS and bits[one] & bits_[other]:
            shared = _shared(words, one, words_, other)
            if shared:
                level = Text.WORDS if shared > 1 else Text.WORD
        if (
            Text.NONE < level < Text.EDIT
            and min(ends) >= SHORTEST_EDITED
            and _few_bits(letters[one] ^ letters_[other])
            and _edits(name, one, name_, other, ends, row) <= EDITS_MAX
        ):
            level = Text.EDIT
        start = _start(_alike(text, one, text_, other), min(size[one], size_[other]))
        levels[pair] = level * STARTS + start


@compiled
def _start(alike: int, short: int) -> Start:
    """How far two texts begin alike that are not the same."""
    alike = min(alike, short)
    if alike < SHORTEST_TEXT:
        return Start.NONE
    if alike == short:
        return Start.TRUNCATED
    for letters, level in _TEXT_STARTS:
        if alike >= letters:
            return level
    return Start.PREFIX_3


@compiled
def _name(alike: int, ends: tuple[int, int]) -> Text:
    """How two names compare that begin alike with so many letters: what that says alone."""
    short = min(ends)
    alike = min(alike, short)
    if not short:
        return Text.NONE
    begins = alike == short and alike >= SHORTEST_NAME
    if begins and ends[0] == ends[1]:
        return Text.NAME
    if begins and alike < LONG_NAME:
        return Text.TRUNCATED
    for letters, level in _NAME_STARTS:
        if alike >= letters:
            return level
    return Text.CONFLICT


@compiled
def _alike(heads: Words, one: int, others: Words, other: int) -> int:
    """So many letters two packed heads begin alike with; beyond its end a head is zeros."""
    alike = 0
    for chunk in range(heads.shape[1]):
        gap = heads[one, chunk] ^ others[other, chunk]
        if gap:
            while not gap & _LETTER:
                gap >>= _LETTER_BITS
                alike += 1
            break
        alike += 8
    return alike


@compiled
def _shared(words: Ints, one: int, others: Ints, other: int) -> int:
    """How many different words two records share."""
    shared = 0
    for place in range(words.shape[1]):
        word = words[one, place]
        if word >= 0 and _has(others, other, WORDS, word) and not _has(words, one, place, word):
            shared += 1
    return shared


@compiled
def _has(words: Ints, row: int, first: int, wanted: int) -> bool:
    """Whether a word is among a record's first ones."""
    for place in range(first):  # noqa: SIM110  a loop is compiled, a generator is not
        if words[row, place] == wanted:
            return True
    return False


@compiled
def _few_bits(bits: np.uint64) -> bool:
    """Whether letter sets may differ by the edits allowed: each changes at most two letters."""
    for _ in range(2 * EDITS_MAX):
        if bits:
            bits &= bits - _BIT
    return bool(bits == _NOTHING)


@compiled
def _edits(  # noqa: PLR0913, PLR0917  two names of many, and room to count in
    names: Words, one: int, others: Words, other: int, ends: tuple[int, int], row: Ints
) -> int:
    """The edits (Levenshtein) between the first letters of two names."""
    high, wide = min(ends[0], EDIT_LETTERS), min(ends[1], EDIT_LETTERS)
    for column in range(wide + 1):
        row[column] = column
    for place in range(high):
        letter = _letter(names, one, place)
        above, row[0] = row[0], place + 1
        for column in range(wide):
            swapped = above + (letter != _letter(others, other, column))
            above = row[column + 1]
            row[column + 1] = min(swapped, above + 1, row[column] + 1)
    return int(row[wide])


@compiled
def _letter(heads: Words, row: int, place: int) -> np.uint64:
    letter: np.uint64 = (heads[row, place // 8] >> np.uint64(8 * (place % 8))) & _LETTER
    return letter


def reference_levels(
    left: TextColumns, right: TextColumns, pairs: tuple[Ints, Ints], rare: Flags
) -> Bytes:
    """For each pair its `Ref` level; `rare` marks those that share a rare token."""
    levels = np.empty(len(rare), dtype=np.uint8)
    one, other = left.main, right.main

    def compare(begin: int) -> None:
        block = slice(begin, begin + BLOCK_PAIRS)
        ends = pairs[0][block], pairs[1][block]
        heads = (one.eights, one.length), (other.eights, other.length)
        _compare_references(*heads, *ends, rare[block], levels[block])

    over(compare, range(0, len(rare), BLOCK_PAIRS))
    return levels


@compiled
def _compare_references(  # noqa: PLR0913, PLR0917  two sides of pairs, what is known and is told
    left: tuple[Words, Bytes],
    right: tuple[Words, Bytes],
    lefts: Ints,
    rights: Ints,
    rare: Flags,
    levels: Bytes,
) -> None:
    for pair in range(len(lefts)):
        one, other = lefts[pair], rights[pair]
        length, against = left[1][one], right[1][other]
        short = min(length, against)
        if rare[pair]:
            levels[pair] = Ref.RARE
        elif not short:
            levels[pair] = Ref.NONE
        elif _alike(left[0], one, right[0], other) < short:
            levels[pair] = Ref.CONFLICT
        elif length == against:
            levels[pair] = Ref.COMMON
        elif TRUNCATED_DIGITS[0] <= short <= TRUNCATED_DIGITS[1]:
            levels[pair] = Ref.TRUNCATED
        else:
            levels[pair] = Ref.CONFLICT
