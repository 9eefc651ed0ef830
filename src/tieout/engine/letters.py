"""Letters in memory: columns of texts, letters packed eight to a number, hashes, and sets of these.

Texts and numbers are told apart by mixed bits, and then by themselves where it matters: an open
table of slots, as large as a few times what is in it, leads from the bits to what is known.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tieout.engine.compiled import compiled

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], dtype=np.uint64)
"""Of eight packed letters the first n."""
_EMPTY = -1
_ONE, _EIGHT_TIMES, _FAR = np.uint64(1), np.uint64(3), np.uint64(32)
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number whose multiples differ in their high bits."""
_MULTIPLIERS = np.random.default_rng(20_260).integers(1, 2**62, 32, dtype=np.uint64) * 2 + 1


class Letters(NamedTuple):
    """Bytes, and the same memory as numbers: the eight bytes from each place on."""

    body: Bytes
    eights: Words


def letters_of(body: Bytes) -> Letters:
    """Both views of the same bytes."""
    return Letters(body, np.ndarray((max(len(body) - 7, 0),), np.uint64, body, 0, (1,)))


class Column(NamedTuple):
    """A text column: where each row begins (one more than there are rows), and the letters."""

    offsets: Places
    letters: Letters


@compiled
def eight(letters: Letters, start: int, length: int) -> np.uint64:
    """Up to eight bytes as one number, the first one lowest."""
    if length <= 0:
        return np.uint64(0)
    if start < len(letters.eights):
        full: np.uint64 = letters.eights[start] & MASKS[min(length, 8)]
        return full
    packed = np.uint64(0)
    for place in range(min(length, 8)):
        packed |= np.uint64(letters.body[start + place]) << (np.uint64(place) << _EIGHT_TIMES)
    return packed


@compiled
def hashed(letters: Letters, start: int, length: int, most: int) -> np.int64:
    """A non-negative hash of the first `most` bytes of a run."""
    total = np.uint64(0)
    end = min(length, most)
    for chunk in range((end + 7) // 8):
        total += eight(letters, start + 8 * chunk, end - 8 * chunk) * _MULTIPLIERS[chunk]
    return np.int64(total >> _ONE)


@compiled
def pack(letters: Letters, start: int, length: int, into: Words) -> None:
    """The first letters of a run, eight to a number; zero beyond the end."""
    for chunk in range(len(into)):
        into[chunk] = eight(letters, start + 8 * chunk, length - 8 * chunk)


@compiled
def slot_of(slots: Ints, value: np.int64) -> np.int64:
    """Where a number stands in a table whose size is a power of two; else the empty slot for it."""
    last = len(slots) - 1
    slot = np.int64((np.uint64(value) * _ODD) >> _FAR) & last
    while slots[slot] != _EMPTY and slots[slot] != value:
        slot = (slot + 1) & last
    return slot


@compiled
def is_among(slots: Ints, value: np.int64) -> bool:
    """Whether a number is in a set that `set_of` made."""
    return bool(slots[slot_of(slots, value)] != _EMPTY)


@compiled
def set_of(values: Ints) -> Ints:
    """A set of numbers, none of them negative, to look things up in."""
    size = 16
    while size < 4 * len(values):
        size *= 2
    slots = np.full(size, _EMPTY, np.int64)
    for value in values:
        slots[slot_of(slots, value)] = value
    return slots


@compiled
def rows_among(slots: Ints, values: Ints) -> Ints:
    """The rows whose value is in a set."""
    rows = np.empty(len(values), np.int64)
    count = 0
    for row in range(len(values)):
        if values[row] >= 0 and is_among(slots, values[row]):
            rows[count] = row
            count += 1
    return rows[:count].copy()


@compiled
def is_same(one: Column, row: int, other: Column, other_row: int) -> bool:
    """Whether two rows have the same bytes."""
    begin, other_begin = one.offsets[row], other.offsets[other_row]
    length = one.offsets[row + 1] - begin
    if other.offsets[other_row + 1] - other_begin != length:
        return False
    for place in range(0, length, 8):
        if eight(one.letters, begin + place, length - place) != eight(
            other.letters, other_begin + place, length - place
        ):
            return False
    return True


@compiled
def mix_in(mixed: np.uint64, column: Column, row: int) -> np.uint64:
    """Bits that differ where the bytes of the row do."""
    begin = column.offsets[row]
    length = column.offsets[row + 1] - begin
    for chunk in range((length + 7) // 8):
        mixed ^= eight(column.letters, begin + 8 * chunk, length - 8 * chunk)
        mixed *= _ODD
        mixed ^= mixed >> _FAR
    return (mixed ^ np.uint64(length)) * _ODD


@compiled
def mixed_rows(one: Column, two: Column) -> Words:
    """Bits of each row that differ where the texts of two rows do, but for chance."""
    mixed = np.empty(len(one.offsets) - 1, np.uint64)
    for row in range(len(mixed)):
        mixed[row] = mix_in(mix_in(np.uint64(0), one, row), two, row)
    return mixed


@compiled
def number_texts(one: Column, two: Column, mixed: Words) -> tuple[Ints, Ints]:
    """For each row which distinct pair of texts it has, as they appear; the first row of each.

    `mixed` are their `mixed_rows`, made in a pass before: a look into the table need not wait then.
    """
    slots = 16
    while slots < 2 * len(mixed):
        slots *= 2
    last = np.uint64(slots - 1)
    taken = np.full(slots, -1, np.int32)
    which, first = np.empty(len(mixed), np.int64), np.empty(len(mixed), np.int64)
    many = 0
    for row in range(len(mixed)):
        bits = mixed[row]
        slot = (bits ^ (bits >> _FAR)) & last
        while taken[slot] >= 0:
            known = taken[slot]
            if (
                mixed[known] == bits
                and is_same(one, row, one, known)
                and is_same(two, row, two, known)
            ):
                break
            slot = (slot + _ONE) & last
        known = taken[slot]
        if known < 0:
            taken[slot] = row
            which[row] = many
            first[many] = row
            many += 1
        else:
            which[row] = which[known]
    return which, first[:many].copy()


@compiled
def rows_with_hash_among(column: Column, other: Column) -> Ints:
    """The rows that are not empty and have the hash of some row of the other column."""
    slots = 16
    while slots < 2 * len(other.offsets):
        slots *= 2
    last = np.uint64(slots - 1)
    taken = np.zeros(slots, np.uint64)
    for row in range(len(other.offsets) - 1):
        mixed = mix_in(np.uint64(0), other, row) | _ONE
        slot = (mixed >> _FAR) & last
        while taken[slot] and taken[slot] != mixed:
            slot = (slot + _ONE) & last
        taken[slot] = mixed
    found = np.empty(len(column.offsets), np.int64)
    count = 0
    for row in range(len(column.offsets) - 1):
        mixed = mix_in(np.uint64(0), column, row) | _ONE
        slot = (mixed >> _FAR) & last
        while taken[slot] and taken[slot] != mixed:
            slot = (slot + _ONE) & last
        if taken[slot] and column.offsets[row] < column.offsets[row + 1]:
            found[count] = row
            count += 1
    return found[:count].copy()


@compiled
def mix_into(mixed: Words, column: Words) -> None:
    """Mix a column into the bits of each row."""
    for row in range(len(mixed)):
        here = (mixed[row] ^ column[row]) * _ODD
        mixed[row] = here ^ (here >> _FAR)
