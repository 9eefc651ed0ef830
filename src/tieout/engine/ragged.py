"""Small tools for ragged rows in flat arrays: ranges, runs, keys of several columns, order."""

import numpy as np
import numpy.typing as npt

from tieout.engine.compiled import compiled, is_much

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_BITS = 63
"""Of a number that is not negative."""
_DIGIT_BITS = 11
"""A sort looks at so many bits at a time: their counts stay in the processor's nearest cache."""
_DIGITS = 1 << _DIGIT_BITS
_LAST_DIGIT = _DIGITS - 1


def spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Flat (row, place) of the ranges [low, high)."""
    length = np.maximum(high - low, 0)
    row = np.repeat(np.arange(len(low)), length)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(length) - length - low, length)


def among(index: Ints, these: Ints) -> Bools:
    """Whether each index is one of these, which are among all; none is negative."""
    found = np.zeros(int(index.max(initial=-1)) + 1, dtype=np.bool_)
    found[these] = True
    marked: Bools = found[index]
    return marked


def starts(key: Ints) -> Ints:
    """Where each run of equal neighbours begins."""
    return np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else key


def offsets(row: Ints, rows: int) -> Ints:
    """Offsets (rows + 1) of flat entries sorted by row."""
    return np.searchsorted(row, np.arange(rows + 1)).astype(np.int64)


def dense(*columns: Ints) -> Ints:
    """One code per distinct combination, in the order of the columns' values."""
    size = len(columns[0])
    if not size:
        return np.zeros(0, np.int64)
    key = _packed(columns)
    if key is not None:
        columns = (key,)
    order = np.lexsort(columns[::-1]) if key is None else rising(key)
    changed = np.zeros(size, np.bool_)
    for column in columns:
        sorted_column = column[order]
        changed[1:] |= sorted_column[1:] != sorted_column[:-1]
    code = np.empty(size, np.int64)
    code[order] = np.cumsum(changed)
    return code


def _packed(columns: tuple[Ints, ...]) -> Ints | None:
    """The columns as one number that sorts like them; None where they do not fit into one."""
    key, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        low = int(column.min())
        span = int(column.max()) - low + 1
        room *= span
        if room >= 1 << 62:
            return None
        key = key * span + (column - low)
    return key


def in_order(*columns: Ints) -> Ints:
    """The places of the rows by these columns, the first one first; equal rows as they stand."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    key = _packed(columns)
    return np.lexsort(columns[::-1]) if key is None else rising(key)


def rising(key: Ints) -> Ints:
    """The places of keys that are not negative, the least first; equal keys as they stand."""
    low = len(key).bit_length()
    high = low + int(key.max(initial=0)).bit_length()
    if high > _BITS or not is_much(key):
        return np.argsort(key, kind="stable")
    return _by_digits(key, low, high)


@compiled
def _by_digits(key: Ints, low: int, high: int) -> Ints:
    """Digit by digit, the last first; each key carries its place in the lowest `low` bits.

    Key and place together have at most `high` bits.
    """
    one, other = np.empty_like(key), np.empty_like(key)
    for place in range(len(key)):
        one[place] = key[place] << low | place
    for shift in range(low, high, _DIGIT_BITS):
        begin = np.zeros(_DIGITS + 1, np.int64)
        for place in range(len(one)):
            begin[((one[place] >> shift) & _LAST_DIGIT) + 1] += 1
        for digit in range(_DIGITS):
            begin[digit + 1] += begin[digit]
        for place in range(len(one)):
            digit = (one[place] >> shift) & _LAST_DIGIT
            other[begin[digit]] = one[place]
            begin[digit] += 1
        one, other = other, one
    places = (1 << low) - 1
    for place in range(len(one)):
        one[place] &= places
    return one


def dense_both(*columns: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """`dense` over the columns of two tables at once."""
    size = len(columns[0][0])
    code = dense(*(np.concatenate(both) for both in columns))
    return code[:size], code[size:]


def runs(*columns: Ints) -> tuple[Ints, Ints]:
    """`in_order`, and where each run of equal rows begins."""
    order = in_order(*columns)
    new = np.zeros(len(order), np.bool_)
    for column in columns:
        new |= first_of(column[order])
    return order, np.flatnonzero(new)


def meeting(mine: Ints, theirs: Ints) -> tuple[Ints, Ints, Ints]:
    """The order of their codes, and for each of mine from where to where in it the same are."""
    top = max(int(mine.max(initial=-1)), int(theirs.max(initial=-1))) + 1
    begin = np.r_[0, np.cumsum(count_by(theirs, top))]
    return rising(theirs), begin[mine], begin[mine + 1]


def sum_by(row: Ints, values: Floats, rows: int) -> Floats:
    """Sums of floats per row, in the order of the entries."""
    return np.asarray(np.bincount(row, values, rows), np.float64)


def count_by(row: Ints, rows: int) -> Ints:
    return np.bincount(row, minlength=rows).astype(np.int64)


def first_of(row: Ints) -> Bools:
    """True at the first entry of each row; entries are sorted by row."""
    return np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, np.bool_)


def first_rows(number: Ints) -> Ints:
    """The first row of each number; all numbers from 0 to the greatest are there."""
    first = np.empty(int(number.max(initial=-1)) + 1, np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return first


def rank_in(row: Ints) -> Ints:
    """The number of each entry within its row; entries are sorted by row."""
    begin = starts(row)
    return np.arange(len(row)) - np.repeat(begin, np.diff(np.r_[begin, len(row)]))


def components(one: Ints, other: Ints, nodes: int) -> Ints:
    """The component of each node under edges (one, other), numbered by the least node of each."""
    return _components(one, other, np.arange(nodes))


@compiled
def _components(one: Ints, other: Ints, least: Ints) -> Ints:
    for edge in range(len(one)):
        first, second = _least(least, one[edge]), _least(least, other[edge])
        least[max(first, second)] = min(first, second)
    label = np.empty(len(least), np.int64)
    count = 0
    for node in range(len(least)):
        if least[node] == node:
            label[node] = count
            count += 1
        else:
            label[node] = label[least[node]]
    return label


@compiled
def _least(least: Ints, node: int) -> int:
    """The least node known of a component; the ways that lead there are made shorter."""
    while least[node] != node:
        least[node] = least[least[node]]
        node = least[node]
    return node


def distinct(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Each pair once, sorted."""
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    again = ~first_of(one)
    again[:-1] |= again[1:]
    several = np.flatnonzero(again)
    other[several] = other[several][np.lexsort((other[several], one[several]))]
    new = first_of(one) | first_of(other)
    return one[new], other[new]


def shuffled(number: Ints) -> npt.NDArray[np.uint64]:
    """Numbers to sort by where the order must have nothing to do with that of the input."""
    mixed = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    return mixed
