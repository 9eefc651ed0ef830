"""Columns of text looked at byte by byte, all cells at once: amounts, blanks, first letters.

A string column of Arrow is one run of bytes and the offsets at which cells begin. Most questions
are answered for the whole run; only the cells that are odd are looked at by pattern or in Python.
"""

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.formats.common.fields import tidy
from tieout.formats.common.rows import SCALE

_TIDY = r"^ | $|  |[^ -~\x{a1}-\x{ac}\x{ae}-\x{377}\x{400}-\x{52f}\x{4e00}-\x{9fa5}]"
"""What makes a text need tidying; all other characters are printable and no blanks."""
_STRICT = {
    ".": r"^[-+]?(?:\d{1,14}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,4})?$",
    ",": r"^[-+]?(?:\d{1,14}|\d{1,3}(?:\.\d{3}){1,3})(?:,\d{1,4})?$",
}
_WHOLE_DIGITS = 14
_POWERS = 10 ** np.arange(SCALE, -1, -1, dtype=np.int64)
"""By the number of decimals written: what brings the digits to `SCALE` decimals."""
_BLANK, _MINUS = ord(" "), ord("-")
_BREAK = re.compile(rb"\n")


def bytes_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each cell begins (and the last ends) among the column's bytes, and the bytes."""
    _, begins, content = column.buffers()
    if not len(column) or begins is None:
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    offsets = np.frombuffer(begins, np.int32)[column.offset : column.offset + len(column) + 1]
    if content is None:
        return offsets - offsets[0], np.zeros(0, np.uint8)
    data = np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]]
    return offsets - offsets[0], data


def has_line_break(column: pa.Array) -> bool:
    """Whether any cell runs over lines."""
    return _BREAK.search(bytes_of(column)[1].data) is not None


def tidied(column: pa.Array) -> pa.Array:
    """`tidy` for a column; only cells that need it are touched."""
    offsets, data = bytes_of(column)
    at = np.flatnonzero((data - np.uint8(_BLANK)) > ord("~") - _BLANK)  # not printable ASCII
    blank = data == _BLANK
    double = np.flatnonzero(blank[1:] & blank[:-1])
    filled = offsets[1:] > offsets[:-1]
    begins, ends = offsets[:-1][filled], offsets[1:][filled] - 1
    outer = np.flatnonzero(filled)[blank[begins] | blank[ends]]
    if not (len(at) or len(double) or len(outer)):
        return column
    inner = np.searchsorted(offsets, np.concatenate([at, double]), side="right") - 1
    rows = np.unique(np.concatenate([inner, outer]))
    cells = column.take(pa.array(rows))
    needs = pc.match_substring_regex(cells, _TIDY)
    if not pc.any(needs).as_py():
        return column
    mask = np.zeros(len(column), bool)
    mask[rows] = needs.to_numpy(zero_copy_only=False)
    mended = [tidy(cell) for cell in cells.filter(needs).to_pylist()]
    return pc.replace_with_mask(column, pa.array(mask), pa.array(mended, pa.string()))


class Beginnings:
    """Finds the cells that may begin with one of some phrases, whatever their case."""

    def __init__(self, phrases: Iterable[str]) -> None:
        keys = {int.from_bytes(phrase.encode("ascii")[:4], "big") for phrase in phrases}
        self._keys = np.array(sorted(keys), np.uint32)
        self._folded = np.zeros(256, np.uint32)
        """The lower case of ASCII letters, digits and the blank; 0 for what phrases never hold."""
        for byte in b" abcdefghijklmnopqrstuvwxyz0123456789":
            self._folded[[byte, ord(chr(byte).upper())]] = byte
        self._first = np.isin(self._folded, [0, _BLANK, *(self._keys >> 24)])
        """With what a cell may begin: a letter of a phrase, or what is no plain letter."""

    def among(self, column: pa.Array) -> np.ndarray:
        """The cells whose first four letters are those of a phrase, or are not plain letters."""
        offsets, data = bytes_of(column)
        long = np.flatnonzero(offsets[1:] - offsets[:-1] >= 4)
        long = long[self._first[data[offsets[long]]]]
        begins = offsets[long]
        letters = [self._folded[data[begins + at]] for at in range(4)]
        odd = (letters[0] == _BLANK) | (np.minimum.reduce(letters) == 0)
        keys = (letters[0] << 24) | (letters[1] << 16) | (letters[2] << 8) | letters[3]
        places = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        return np.asarray(long[odd | (self._keys[places] == keys)])


def amounts(column: pa.Array, mark: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amounts of plain cells in 10^-4, which cells are plain, and which are blank."""
    values, plain = _digits(column, ord(mark))
    rest = np.flatnonzero(~plain)
    blank = np.zeros(len(column), bool)
    if len(rest):
        text = pc.utf8_trim_whitespace(column.take(pa.array(rest)))
        blank[rest] = pc.equal(text, "").to_numpy(zero_copy_only=False)
        if not blank[rest].all():
            values[rest], plain[rest] = _by_pattern(text, mark)
    return values, plain, blank


def _digits(column: pa.Array, point: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells of a minus, digits and at most one point between digits; all others stay zero."""
    offsets, data = bytes_of(column)
    count = len(column)
    others = np.flatnonzero((data - np.uint8(ord("0"))) > 9)
    rows = np.searchsorted(offsets, others, side="right") - 1
    is_point = data[others] == point
    is_minus = (data[others] == _MINUS) & (others == offsets[rows])
    good = np.ones(count, bool)
    good[rows[~(is_point | is_minus)]] = False
    pointed, points = rows[is_point], others[is_point]
    good[pointed[1:][pointed[1:] == pointed[:-1]]] = False
    decimals = np.zeros(count, np.int64)
    decimals[pointed] = offsets[pointed + 1] - points - 1
    wholes = (offsets[1:] - offsets[:-1]).astype(np.int64)
    wholes[rows[is_minus]] -= 1
    wholes[pointed] -= decimals[pointed] + 1
    good &= (wholes > 0) & (wholes <= _WHOLE_DIGITS) & (decimals <= SCALE)
    good[pointed[decimals[pointed] == 0]] = False
    # The same bytes without their points are whole numbers.
    before = np.zeros(count + 1, np.int32)
    before[1:] = np.cumsum(np.bincount(pointed, minlength=count))
    whole = pa.Array.from_buffers(
        pa.string(),
        count,
        [
            pa.py_buffer(np.packbits(good, bitorder="little")),
            pa.py_buffer((offsets - before).astype(np.int32)),
            pa.py_buffer(np.delete(data, points)),
        ],
    )
    values = pc.fill_null(pc.cast(whole, pa.int64()), 0).to_numpy()
    return values * _POWERS[np.where(good, decimals, 0)], good


def _by_pattern(text: pa.Array, mark: str) -> tuple[np.ndarray, np.ndarray]:
    """Amounts with groups of thousands, `$`, brackets or a sign behind, and which cells are so."""
    strict = pc.match_substring_regex(text, _STRICT[mark])
    if not pc.all(strict).as_py():
        simple = pc.replace_substring_regex(text, r"[$ \x{a0}\x{202f}']", "")
        simple = pc.replace_substring_regex(simple, r"^\((.+)\)$", r"-\1")
        simple = pc.replace_substring_regex(simple, r"^([^-+].*)-$", r"-\1")
        text = pc.if_else(strict, text, simple)
        strict = pc.match_substring_regex(text, _STRICT[mark])
    text = pc.if_else(strict, text, pa.scalar(None, pa.string()))
    text = pc.replace_substring(text, "," if mark == "." else ".", "")
    if mark == ",":
        text = pc.replace_substring(text, ",", ".")
    exact = pc.cast(text, pa.decimal128(18, SCALE))
    halves = np.frombuffer(exact.buffers()[1], np.int64)
    values = halves[::2][exact.offset : exact.offset + len(exact)].copy()
    filled = np.asarray(strict.to_numpy(zero_copy_only=False))
    values[~filled] = 0
    return values, filled
