"""How the texts and references of candidate pairs compare: the levels, a block of pairs at a time.

A pair is two row numbers. Names and texts are letters packed eight to a number, so that equal
beginnings are found by one exclusive-or; `reference.py` states the same on plain strings.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.evidence import STARTS, Ref, Start, Text
from tieout.engine.text import Bytes, Flags, Heads, Ints, TextColumns, Words
from tieout.engine.text_loops import EDIT_LETTERS, MASKS
from tieout.engine.workers import over

BLOCK_PAIRS = 65_536
"""Small enough that the gathered columns stay in the processor's cache."""
EDITS_MAX = 2
SHORTEST_EDITED = 6
SHORTEST_TEXT = 3
TRUNCATED_DIGITS = (5, 10)
"""A reference may be the beginning of a longer one if it has so many digits."""


@dataclass(frozen=True)
class _Gap:
    """Where the beginnings of two texts differ, for each pair of a block."""

    eights: Words
    short: Bytes
    """The length of the shorter text."""
    even: Flags
    """Whether both have the same length."""

    @classmethod
    def between(cls, left: Heads, right: Heads, one: Ints, other: Ints) -> "_Gap":
        long, short = left.length[one], right.length[other]
        eights = left.eights[one] ^ right.eights[other]
        return cls(eights, np.minimum(long, short), long == short)

    def only(self, kept: Ints) -> "_Gap":
        return _Gap(self.eights[kept], self.short[kept], self.even[kept])

    def alike(self, letters: int) -> Flags:
        """Both have so many letters, and they are the same."""
        same: Flags = self.short >= letters
        for chunk in range(-(-letters // 8)):
            same &= (self.eights[:, chunk] & MASKS[min(letters - 8 * chunk, 8)]) == 0
        return same

    def begins(self) -> Flags:
        """The shorter is the beginning of the longer."""
        same = np.ones(len(self.short), dtype=np.bool_)
        for chunk in range(self.eights.shape[1]):
            mask = MASKS[np.clip(self.short.astype(np.int64) - 8 * chunk, 0, 8)]
            same &= (self.eights[:, chunk] & mask) == 0
        return same


def text_levels(left: TextColumns, right: TextColumns, lefts: Ints, rights: Ints) -> Bytes:
    """For each pair its `Text` level times `STARTS` plus its `Start` level."""
    levels = np.empty(len(lefts), dtype=np.uint8)

    def compare(begin: int) -> None:
        block = slice(begin, begin + BLOCK_PAIRS)
        one, other = left.said[lefts[block]], right.said[rights[block]]
        same = (left.whole[one] == right.whole[other]) & (left.whole[one] >= 0)
        level = _names(left, right, one, other)
        level[same & (level != Text.NONE)] = Text.SAME
        levels[block] = level * STARTS + _starts(left, right, (one, other), same)

    over(compare, range(0, len(lefts), BLOCK_PAIRS))
    return levels


def _starts(left: TextColumns, right: TextColumns, pairs: tuple[Ints, Ints], same: Flags) -> Ints:
    gap = _Gap.between(left.text, right.text, *pairs)
    level = np.full(len(same), int(Start.NONE), dtype=np.int64)
    near = np.flatnonzero(gap.alike(SHORTEST_TEXT))
    gap = gap.only(near)
    inner = np.full(len(near), int(Start.PREFIX_3), dtype=np.int64)
    for letters, rung in (
        (4, Start.PREFIX_4),
        (6, Start.PREFIX_6),
        (8, Start.PREFIX_8),
        (11, Start.PREFIX_11),
        (14, Start.PREFIX_14),
    ):
        inner[gap.alike(letters)] = rung
    inner[gap.begins()] = Start.TRUNCATED
    level[near] = inner
    level[same] = Start.SAME
    return level


def _names(left: TextColumns, right: TextColumns, one: Ints, other: Ints) -> Ints:
    gap = _Gap.between(left.name, right.name, one, other)
    level = np.full(len(one), int(Text.CONFLICT), dtype=np.int64)
    first = np.flatnonzero(gap.alike(1))
    near = gap.only(first)
    inner = np.full(len(first), int(Text.INITIAL), dtype=np.int64)
    inner[near.alike(3)] = Text.PREFIX_3
    nearer = np.flatnonzero(near.alike(4))
    inner[nearer] = Text.PREFIX_4
    level[first] = inner
    level[_edited(left, right, one, other)] = Text.EDIT
    near, first = near.only(nearer), first[nearer]
    level[first[near.alike(6)]] = Text.PREFIX_6
    some, shared = _shared_words(left, right, one, other)
    level[some[shared > 0]] = Text.WORD
    level[some[shared > 1]] = Text.WORDS
    inner = level[first]
    inner[near.alike(8)] = Text.PREFIX_8
    inner[near.alike(11)] = Text.PREFIX_11
    begins = near.begins()
    inner[begins] = Text.TRUNCATED
    inner[near.alike(14)] = Text.PREFIX_14
    inner[begins & near.even] = Text.NAME
    level[first] = inner
    level[gap.short == 0] = Text.NONE
    return level


def _shared_words(
    left: TextColumns, right: TextColumns, one: Ints, other: Ints
) -> tuple[Ints, Ints]:
    """Pairs that may share a telling word, and how many different ones they do."""
    maybe = np.flatnonzero(left.word_bits[one] & right.word_bits[other])
    mine = np.ascontiguousarray(left.words[one[maybe]].T)
    theirs = np.ascontiguousarray(right.words[other[maybe]].T)
    shared = np.zeros(len(maybe), dtype=np.int64)
    for place, word in enumerate(mine):
        found = (theirs == word).any(axis=0) & (word >= 0)
        shared += found & ~(mine[:place] == word).any(axis=0)
    return maybe, shared


def _edited(left: TextColumns, right: TextColumns, one: Ints, other: Ints) -> Ints:
    """Pairs whose names differ by a letter or two; every edit changes at most two letter bits."""
    apart = np.bitwise_count(left.name_letters[one] ^ right.name_letters[other])
    long = np.minimum(left.name.length[one], right.name.length[other]) >= SHORTEST_EDITED
    maybe = np.flatnonzero(long & (apart <= 2 * EDITS_MAX))
    ends = []
    for side, index in ((left, one[maybe]), (right, other[maybe])):
        heads = np.ascontiguousarray(side.name.eights[index, :2])
        ends.append((heads.view(np.uint8)[:, :EDIT_LETTERS], side.name.length[index]))
    return maybe[distances(*ends) <= EDITS_MAX]


def distances(one: tuple[Bytes, Bytes], other: tuple[Bytes, Bytes]) -> Bytes:
    """The edits (Levenshtein) between rows of letters with their lengths; shape (pairs,)."""
    (a, a_length), (b, b_length) = one, other
    width = a.shape[1]
    a_end, b_end = np.minimum(a_length, width), np.minimum(b_length, width)
    row = np.repeat(np.arange(width + 1, dtype=np.uint8)[:, None], len(a), axis=1)
    places = np.arange(len(a))
    result = np.zeros(len(a), dtype=np.uint8)
    for letter in range(width):
        above, row = row, np.empty_like(row)
        row[0] = letter + 1
        for column in range(width):
            swapped = above[column] + (a[:, letter] != b[:, column])
            row[column + 1] = np.minimum(np.minimum(row[column], above[column + 1]) + 1, swapped)
        ended = a_end == letter + 1
        result[ended] = row[b_end[ended], places[ended]]
    return result


def reference_levels(
    left: TextColumns, right: TextColumns, pairs: tuple[Ints, Ints], rare: Flags
) -> Bytes:
    """For each pair its `Ref` level; `rare` marks those that share a rare token."""
    levels = np.empty(len(rare), dtype=np.uint8)

    def compare(begin: int) -> None:
        block = slice(begin, begin + BLOCK_PAIRS)
        one, other = (each[block] for each in pairs)
        level = np.full(len(one), int(Ref.NONE), dtype=np.int64)
        both = np.flatnonzero((left.main.length[one] > 0) & (right.main.length[other] > 0))
        gap = _Gap.between(left.main, right.main, one[both], other[both])
        begins = gap.begins()
        inner = np.full(len(both), int(Ref.CONFLICT), dtype=np.int64)
        fewest, most = TRUNCATED_DIGITS
        inner[begins & (gap.short >= fewest) & (gap.short <= most)] = Ref.TRUNCATED
        inner[begins & gap.even] = Ref.COMMON
        level[both] = inner
        levels[block] = level

    over(compare, range(0, len(rare), BLOCK_PAIRS))
    levels[rare] = Ref.RARE
    return levels
