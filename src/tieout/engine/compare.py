"""How the texts and references of candidate pairs compare: the levels, a block of pairs at a time.

A pair is two row numbers. Names and texts are letters packed eight to a number, so that equal
beginnings are found by one exclusive-or; `reference.py` states the same on plain strings.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.evidence import STARTS, Ref, Start, Text
from tieout.engine.text import EDIT_LETTERS, MASKS, Bytes, Flags, Heads, Ints, TextColumns, Words

BLOCK_PAIRS = 65_536
"""Small enough that the gathered columns stay in the processor's cache."""
EDITS_MAX = 2
SHORTEST_NAME = 4
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
    def between(cls, left: Heads, right: Heads, l: Ints, r: Ints) -> "_Gap":  # noqa: E741  as everywhere
        one, other = left.length[l], right.length[r]
        return cls(left.eights[l] ^ right.eights[r], np.minimum(one, other), one == other)

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


def text_levels(left: TextColumns, right: TextColumns, one: Ints, other: Ints) -> Bytes:
    """For each pair its `Text` level times `STARTS` plus its `Start` level."""
    levels = np.empty(len(one), dtype=np.uint8)
    for begin in range(0, len(one), BLOCK_PAIRS):
        end = begin + BLOCK_PAIRS
        l, r = left.said[one[begin:end]], right.said[other[begin:end]]  # noqa: E741
        same = (left.whole[l] == right.whole[r]) & (left.whole[l] >= 0)
        level = _names(left, right, l, r)
        named = level != Text.NONE
        level[same & named] = Text.SAME
        levels[begin : begin + BLOCK_PAIRS] = level * STARTS + _starts(left, right, (l, r), same)
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


def _names(left: TextColumns, right: TextColumns, l: Ints, r: Ints) -> Ints:  # noqa: E741
    gap = _Gap.between(left.name, right.name, l, r)
    level = np.full(len(l), int(Text.CONFLICT), dtype=np.int64)
    first = np.flatnonzero(gap.alike(1))
    near = gap.only(first)
    inner = np.full(len(first), int(Text.INITIAL), dtype=np.int64)
    inner[near.alike(3)] = Text.PREFIX_3
    inner[near.alike(4)] = Text.PREFIX_4
    level[first] = inner
    level[_edited(left, right, l, r)] = Text.EDIT
    longer = near.alike(6)
    level[first[longer]] = Text.PREFIX_6
    some, shared = _shared_words(left, right, l, r)
    level[some[shared > 0]] = Text.WORD
    level[some[shared > 1]] = Text.WORDS
    near, first = near.only(np.flatnonzero(near.alike(4))), first[near.alike(4)]
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
    left: TextColumns,
    right: TextColumns,
    l: Ints,  # noqa: E741  as everywhere
    r: Ints,
) -> tuple[Ints, Ints]:
    """Pairs that may share a telling word, and how many different ones they do."""
    maybe = np.flatnonzero(left.word_bits[l] & right.word_bits[r])
    one, other = left.words[l[maybe]], right.words[r[maybe]]
    found = (one[:, :, None] == other[:, None, :]).any(axis=2) & (one >= 0)
    again = np.tril(one[:, :, None] == one[:, None, :], -1).any(axis=2)
    return maybe, (found & ~again).sum(axis=1)


def _edited(left: TextColumns, right: TextColumns, l: Ints, r: Ints) -> Ints:  # noqa: E741
    """Pairs whose names differ by a letter or two; every edit changes at most two letter bits."""
    apart = np.bitwise_count(left.name_letters[l] ^ right.name_letters[r])
    long = np.minimum(left.name.length[l], right.name.length[r]) >= SHORTEST_EDITED
    maybe = np.flatnonzero(long & (apart <= 2 * EDITS_MAX))
    ends = []
    for side, index in ((left, l[maybe]), (right, r[maybe])):
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
    for begin in range(0, len(rare), BLOCK_PAIRS):
        l, r = (each[begin : begin + BLOCK_PAIRS] for each in pairs)  # noqa: E741
        level = np.full(len(l), int(Ref.NONE), dtype=np.int64)
        both = np.flatnonzero((left.main.length[l] > 0) & (right.main.length[r] > 0))
        gap = _Gap.between(left.main, right.main, l[both], r[both])
        begins = gap.begins()
        inner = np.full(len(both), int(Ref.CONFLICT), dtype=np.int64)
        fewest, most = TRUNCATED_DIGITS
        inner[begins & (gap.short >= fewest) & (gap.short <= most)] = Ref.TRUNCATED
        inner[begins & gap.even] = Ref.COMMON
        level[both] = inner
        levels[begin : begin + BLOCK_PAIRS] = level
    levels[rare] = Ref.RARE
    return levels
