"""Rows of a table by the ten thousand into the columns of a ledger.

Whole columns are turned at once; a row with any cell that the plain way would have to think
about is sent through the plain way. Both ways give the same lines: a test holds them together.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.formats.common.cells import account_of, currency_code, date_of, direction_of
from tieout.formats.common.fields import tidy
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import BALANCE_ROWS, SCALE, PlainRows, schema
from tieout.formats.common.sample import Row
from tieout.formats.common.words import PENDING_WORDS, VOID_WORDS, plain

_TIDY = r"^ | $|  |[^ -~\x{a1}-\x{ac}\x{ae}-\x{377}\x{400}-\x{52f}\x{4e00}-\x{9fa5}]"
"""What makes a text need tidying; all other characters are printable and no blanks."""
_STRICT = {
    ".": r"^[-+]?(?:\d{1,14}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,4})?$",
    ",": r"^[-+]?(?:\d{1,14}|\d{1,3}(?:\.\d{3}){1,3})(?:,\d{1,4})?$",
}
T = TypeVar("T")
_MEMO_MAX = 200_000


class Memo(Generic[T]):
    """A cell function applied to a column once for each different cell."""

    def __init__(self, function: Callable[[str], T], type_: pa.DataType) -> None:
        self._function = function
        self._type = type_
        self._known: dict[str, T] = {}

    def of(self, column: pa.Array) -> pa.Array:
        """The function's value for every cell."""
        coded = column.dictionary_encode()
        known, function = self._known, self._function
        if len(known) > _MEMO_MAX:
            known.clear()
        values = []
        for cell in coded.dictionary.to_pylist():
            if cell not in known:
                known[cell] = function(cell)
            values.append(known[cell])
        return pa.array(values, self._type).take(coded.indices)


class VectorRows:
    """Turns batches of string columns into ledger columns; odd rows go to `plain`."""

    def __init__(self, profile: TableProfile, plain_rows: PlainRows) -> None:
        self.profile = profile
        self.plain = plain_rows
        form = profile.date_form
        self._day: Memo[date | None] = Memo(lambda cell: date_of(cell, form), pa.date32())
        self._way: Memo[int] = Memo(
            lambda cell: {"in": 1, "out": -1, "": 0}[direction_of(cell.strip())], pa.int64()
        )
        self._code: Memo[str] = Memo(
            lambda cell: currency_code(cell) or profile.fixed_currency, pa.string()
        )
        self._account: Memo[str] = Memo(
            lambda cell: account_of(cell) or profile.fixed_account, pa.string()
        )
        self._other: Memo[str] = Memo(account_of, pa.string())
        self._pending: Memo[bool] = Memo(lambda cell: plain(cell) in PENDING_WORDS, pa.bool_())
        self._void: Memo[bool] = Memo(lambda cell: plain(cell) in VOID_WORDS, pa.bool_())
        self._names_balance: Memo[bool] = Memo(lambda cell: plain(cell) in BALANCE_ROWS, pa.bool_())

    def convert(
        self, cells: Sequence[pa.Array], records: np.ndarray, lines: np.ndarray
    ) -> pa.Table:
        """The ledger columns of one batch, in the order of the records."""
        count = len(records)
        none = pa.array([""] * count, pa.string())
        booked_on = self._of("date", cells, self._day)
        units, good = self._units(cells, count)
        good &= pc.is_valid(booked_on).to_numpy(zero_copy_only=False)
        balance = pa.nulls(count, pa.int64())
        at = self.profile.column("balance")
        if at is not None:
            values, filled = _amounts(cells[at], self.profile.decimal_mark)
            good &= filled | (_blank(cells[at]))
            balance = pa.array(values, pa.int64(), mask=~filled)
        good &= ~self._dated_balances(cells, count)
        columns: dict[str, pa.Array] = {
            "record": pa.array(records),
            "line_no": pa.array(lines),
            "booked_on": booked_on,
            "value_on": self._of("value_date", cells, self._day, pa.nulls(count, pa.date32())),
            "units": pa.array(units),
            "currency": self._of(
                "currency", cells, self._code, pa.repeat(self.profile.fixed_currency, count)
            ),
            "account": self._of(
                "account", cells, self._account, pa.repeat(self.profile.fixed_account, count)
            ),
            "bank_id": self._tidy("id", cells, none),
            "reference": self._joined("reference", cells, "\n", none),
            "counterparty": self._tidy("counterparty", cells, none),
            "counterparty_account": self._of("counterparty_account", cells, self._other, none),
            "narrative": self._joined("narrative", cells, " ", none),
            "kind": self._kind(cells, none),
            "is_pending": self._of(
                "status", cells, self._pending, pa.repeat(pa.scalar(value=False), count)
            ),
            "is_void": self._of(
                "status", cells, self._void, pa.repeat(pa.scalar(value=False), count)
            ),
            "balance": balance,
        }
        columns |= {f"a{n}": tidied(cells[at]) for n, (at, _) in enumerate(self.profile.attributes)}
        wanted = schema(self.profile)
        table = pa.Table.from_arrays([columns[each.name] for each in wanted], schema=wanted)
        if good.all():
            return table
        odd = np.flatnonzero(~good)
        for index in odd.tolist():
            row = [column[index].as_py().replace("\r\n", "\n") for column in cells]
            self.plain.read(int(records[index]), Row(int(lines[index]), row))
        return self.merged(table.filter(pa.array(good)))

    def merged(self, table: pa.Table) -> pa.Table:
        """A batch together with what the plain way has read meanwhile, by record."""
        odd = self.plain.lines.table()
        return pa.concat_tables([table, odd]).sort_by("record") if odd.num_rows else table

    def _of(
        self, role: str, cells: Sequence[pa.Array], memo: Memo[T], absent: pa.Array | None = None
    ) -> pa.Array:
        at = self.profile.column(role)
        if at is None:
            return absent
        return memo.of(cells[at])

    def _tidy(self, role: str, cells: Sequence[pa.Array], absent: pa.Array) -> pa.Array:
        at = self.profile.column(role)
        return absent if at is None else tidied(cells[at])

    def _joined(
        self, role: str, cells: Sequence[pa.Array], between: str, absent: pa.Array
    ) -> pa.Array:
        parts = [tidied(cells[at]) for at in self.profile.columns.get(role, ())]
        if len(parts) < 2:
            return parts[0] if parts else absent
        empty = pa.scalar(None, pa.string())
        shown = [pc.if_else(pc.equal(part, ""), empty, part) for part in parts]
        return pc.binary_join_element_wise(*shown, between, null_handling="skip")

    def _kind(self, cells: Sequence[pa.Array], absent: pa.Array) -> pa.Array:
        kind = self._tidy("kind", cells, absent)
        if self.profile.column("direction") is None:
            return kind
        return pc.if_else(pc.equal(kind, ""), self._tidy("direction", cells, absent), kind)

    def _units(self, cells: Sequence[pa.Array], count: int) -> tuple[np.ndarray, np.ndarray]:
        """Signed amounts in 10^-4, and the rows in which they are beyond doubt."""
        total = np.zeros(count, np.int64)
        good, any_found = np.ones(count, bool), np.zeros(count, bool)
        way = self.profile.column("direction")
        for role in ("amount", "money_in", "money_out"):
            at = self.profile.column(role)
            if at is None:
                continue
            values, filled = _amounts(cells[at], self.profile.decimal_mark)
            good &= filled | _blank(cells[at])
            if role == "amount" and way is not None:
                ways = self._way.of(cells[way]).to_numpy()
                good &= (ways != 0) | (values == 0)
                values = np.abs(values) * ways
            elif role == "money_out" and self.profile.money_out_sign == "positive":
                values = -values
            total += np.where(filled, values, 0)
            any_found |= filled
        return (-total if self.profile.sign == "reversed" else total), good & any_found

    def _dated_balances(self, cells: Sequence[pa.Array], count: int) -> np.ndarray:
        """Rows whose only text names a balance."""
        found = np.zeros(count, bool)
        for role in ("narrative", "counterparty"):
            for at in self.profile.columns.get(role, ()):
                short = pc.and_(
                    pc.less(pc.utf8_length(cells[at]), 50),
                    pc.invert(pc.match_substring_regex(cells[at], r"\d")),
                )
                where = np.flatnonzero(short.to_numpy(zero_copy_only=False))
                if len(where):
                    hits = self._names_balance.of(cells[at].take(pa.array(where))).to_numpy(
                        zero_copy_only=False
                    )
                    found[where[hits]] = True
        return found


def _blank(column: pa.Array) -> np.ndarray:
    return np.asarray(pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False))


def tidied(column: pa.Array) -> pa.Array:
    """`tidy` for a column; only cells that need it are touched."""
    needs = pc.match_substring_regex(column, _TIDY)
    if not pc.any(needs).as_py():
        return column
    return pc.replace_with_mask(
        column,
        needs,
        pa.array([tidy(cell) for cell in column.filter(needs).to_pylist()], pa.string()),
    )


def _amounts(column: pa.Array, mark: str) -> tuple[np.ndarray, np.ndarray]:
    """Amounts of plain cells in 10^-4, and which cells are plain."""
    text = pc.utf8_trim_whitespace(column)
    strict = pc.match_substring_regex(text, _STRICT[mark])
    if not pc.all(strict).as_py():
        simple = pc.replace_substring_regex(text, r"[$ \x{a0}\x{202f}']", "")
        simple = pc.replace_substring_regex(simple, r"^\((.+)\)$", r"-\1")
        simple = pc.replace_substring_regex(simple, r"^([^-+].*)-$", r"-\1")
        text = pc.if_else(strict, text, simple)
        strict = pc.match_substring_regex(text, _STRICT[mark])
    text = pc.if_else(strict, text, pa.scalar(None, pa.string()))
    other = "," if mark == "." else "."
    text = pc.replace_substring(text, other, "")
    if mark == ",":
        text = pc.replace_substring(text, ",", ".")
    exact = pc.cast(text, pa.decimal128(18, SCALE))
    if isinstance(exact, pa.ChunkedArray):
        exact = exact.combine_chunks()
    halves = np.frombuffer(exact.buffers()[1], np.int64)
    values = halves[::2][exact.offset : exact.offset + len(exact)].copy()
    filled = np.asarray(strict.to_numpy(zero_copy_only=False))
    values[~filled] = 0
    return values, filled
