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
from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import BALANCE_ROWS, PlainRows, schema
from tieout.formats.common.texts import Beginnings, amounts, tidied
from tieout.formats.common.words import PENDING_WORDS, VOID_WORDS, plain

_STAMP = r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4})[ T]\D?\d\d:.*$"
"""A day with a time of day behind it; no date form looks at the time."""
_MANY_DAYS = 1000
T = TypeVar("T")
_MEMO_MAX = 200_000


class Memo(Generic[T]):
    """A cell function applied to a column once for each different cell."""

    def __init__(self, function: Callable[[str], T], type_: pa.DataType) -> None:
        self._function = function
        self.type = type_
        self._known: dict[str, T] = {}

    def of(self, column: pa.Array) -> pa.Array:
        """The function's value for every cell."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        known, function = self._known, self._function
        if len(known) > _MEMO_MAX:
            known.clear()
        values = []
        for cell in coded.dictionary.to_pylist():
            if cell not in known:
                known[cell] = function(cell)
            values.append(known[cell])
        return pa.array(values, self.type).take(coded.indices)


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
        self._beginnings = Beginnings(BALANCE_ROWS)
        self._schema = schema(profile)
        self._constants: dict[tuple[object, str], pa.Array] = {}

    def convert(
        self, cells: Sequence[pa.Array], records: np.ndarray, lines: np.ndarray
    ) -> pa.Table:
        """The ledger columns of one batch, in the order of the records."""
        count = len(records)
        booked_on = self._days("date", cells, count)
        units, good = self._units(cells, count)
        good &= pc.is_valid(booked_on).to_numpy(zero_copy_only=False)
        balance = self._same(None, pa.int64(), count)
        at = self.profile.column("balance")
        if at is not None:
            values, filled, blank = amounts(cells[at], self.profile.decimal_mark)
            good &= filled | blank
            balance = pa.array(values, pa.int64(), mask=~filled)
        good &= ~self._dated_balances(cells, count)
        fixed = self.profile.fixed_currency, self.profile.fixed_account
        columns: dict[str, pa.Array] = {
            "record": pa.array(records),
            "line_no": pa.array(lines),
            "booked_on": booked_on,
            "value_on": self._days("value_date", cells, count),
            "units": pa.array(units),
            "currency": self._of("currency", cells, self._code, absent=fixed[0]),
            "account": self._of("account", cells, self._account, absent=fixed[1]),
            "bank_id": self._joined("id", cells, ""),
            "reference": self._joined("reference", cells, "\n"),
            "counterparty": self._joined("counterparty", cells, ""),
            "counterparty_account": self._of("counterparty_account", cells, self._other, absent=""),
            "narrative": self._joined("narrative", cells, " "),
            "kind": self._kind(cells),
            "is_pending": self._of("status", cells, self._pending, absent=False),
            "is_void": self._of("status", cells, self._void, absent=False),
            "balance": balance,
        }
        columns |= {f"a{n}": tidied(cells[at]) for n, (at, _) in enumerate(self.profile.attributes)}
        table = pa.Table.from_arrays(
            [columns[name] for name in self._schema.names], schema=self._schema
        )
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

    def _same(self, value: object, type_: pa.DataType, count: int) -> pa.Array:
        """A column of one value; all batches share its memory."""
        known = self._constants.get((value, str(type_)))
        if known is None or len(known) < count:
            known = pa.repeat(pa.scalar(value, type_), count)
            self._constants[value, str(type_)] = known
        return known.slice(0, count)

    def _of(
        self, role: str, cells: Sequence[pa.Array], memo: Memo[T], *, absent: object
    ) -> pa.Array:
        at = self.profile.column(role)
        if at is None:
            return self._same(absent, memo.type, len(cells[0]))
        return memo.of(cells[at])

    def _days(self, role: str, cells: Sequence[pa.Array], count: int) -> pa.Array:
        at = self.profile.column(role)
        if at is None:
            return self._same(None, pa.date32(), count)
        coded = cells[at].dictionary_encode()
        if len(coded.dictionary) > _MANY_DAYS:
            days = pc.replace_substring_regex(coded.dictionary, _STAMP, r"\1")
            return self._day.of(days).take(coded.indices)
        return self._day.of(coded)

    def _joined(self, role: str, cells: Sequence[pa.Array], between: str) -> pa.Array:
        parts = [tidied(cells[at]) for at in self.profile.columns.get(role, ())]
        if not parts:
            return self._same("", pa.string(), len(cells[0]))
        if len(parts) < 2:
            return parts[0]
        empty = pa.scalar(None, pa.string())
        shown = [pc.if_else(pc.equal(part, ""), empty, part) for part in parts]
        return pc.binary_join_element_wise(*shown, between, null_handling="skip")

    def _kind(self, cells: Sequence[pa.Array]) -> pa.Array:
        kind = self._joined("kind", cells, "")
        if self.profile.column("direction") is None:
            return kind
        return pc.if_else(pc.equal(kind, ""), self._joined("direction", cells, ""), kind)

    def _units(self, cells: Sequence[pa.Array], count: int) -> tuple[np.ndarray, np.ndarray]:
        """Signed amounts in 10^-4, and the rows in which they are beyond doubt."""
        total = np.zeros(count, np.int64)
        good, any_found = np.ones(count, bool), np.zeros(count, bool)
        way = self.profile.column("direction")
        for role in ("amount", "money_in", "money_out"):
            at = self.profile.column(role)
            if at is None:
                continue
            values, filled, blank = amounts(cells[at], self.profile.decimal_mark)
            good &= filled | blank
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
                where = self._beginnings.among(cells[at])
                if not len(where):
                    continue
                texts = cells[at].take(pa.array(where))
                # A digit stands in no such name, unless in brackets, which do not count.
                likely = pc.invert(pc.match_substring_regex(texts, r"^[^\[(]*\d[^\[(]*$"))
                where = where[likely.to_numpy(zero_copy_only=False)]
                hits = self._names_balance.of(texts.filter(likely))
                found[where[hits.to_numpy(zero_copy_only=False)]] = True
        return found
