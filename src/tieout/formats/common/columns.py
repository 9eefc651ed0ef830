"""Statement lines kept as Arrow columns: a million of them cost columns, not objects.

A whole table is one `Holding`, in file order, however many accounts it names; the lines of a
statement are row numbers of it, and a line becomes a value only when someone asks for it.
"""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa

from tieout.core.errors import Place
from tieout.core.money import Currency
from tieout.core.statements import Direction, LineStatus, StatementLine

TEXTS = (
    "bank_id",
    "reference",
    "counterparty",
    "counterparty_account",
    "narrative",
    "kind",
)
HANDED_OUT = ("amount_minor", "booked_on", "value_on", *TEXTS, "is_pending", "is_void", "line_no")
"""The columns a matching engine reads; the table holds others beside them."""
_CHUNK = 4096


class Holding:
    """The lines of all statements of one file, as columns in file order.

    `table` has the columns `HANDED_OUT`: `amount_minor` signed, positive into the account, in
    minor units of the statement's currency; several references of a line are joined by line
    breaks. A voided row is no booking: its line has the status `information`.
    """

    def __init__(self, table: pa.Table, attributes: Sequence[str], *, ids_differ: bool) -> None:
        self.table = table
        self.attributes = tuple(attributes)
        self.ids_differ = ids_differ
        """Whether it is known that no two lines carry the same id."""
        self.amounts: np.ndarray = table["amount_minor"].combine_chunks().to_numpy()
        self.is_void = _flags(table, "is_void")
        self.is_booked = ~(self.is_void | _flags(table, "is_pending"))

    def taken(self, rows: np.ndarray) -> pa.Table:
        """Those rows of the table, in that order."""
        if self.table.num_rows and self.table.column(0).num_chunks > 1:
            self.table = self.table.combine_chunks()
        return self.table.take(pa.array(rows))


def _flags(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table[name].combine_chunks().to_numpy(zero_copy_only=False), bool)


class ColumnLines(Sequence[StatementLine]):
    """The lines of one account and currency: those rows of a holding, in that order."""

    def __init__(self, holding: Holding, rows: np.ndarray, currency: Currency) -> None:
        self.holding = holding
        self.rows = rows
        self.currency = currency
        self._chunk: tuple[int, list[StatementLine]] = (-1, [])

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> StatementLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StatementLine]: ...
    def __getitem__(self, index: int | slice) -> StatementLine | Sequence[StatementLine]:
        if isinstance(index, slice):
            return ColumnLines(self.holding, self.rows[index], self.currency)
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        begins = at - at % _CHUNK
        if self._chunk[0] != begins:
            self._chunk = (begins, self._made(begins))
        return self._chunk[1][at - begins]

    def __iter__(self) -> Iterator[StatementLine]:
        for begins in range(0, len(self), _CHUNK):
            yield from self._made(begins)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it compares by value like the tuple it stands for

    def tables(self, size: int) -> Iterator[pa.Table]:
        """The lines as columns of the holding, so many at a time."""
        for begins in range(0, len(self), size):
            yield self.holding.taken(self.rows[begins : begins + size])

    @property
    def booked_minor(self) -> int:
        """The signed sum of the booked lines, without making a line."""
        booked = self.holding.is_booked[self.rows]
        amounts = self.holding.amounts[self.rows][booked]
        # In two halves: the sum of a million amounts may be more than 64 bits hold.
        return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())

    def _made(self, begins: int) -> list[StatementLine]:
        part = self.holding.taken(self.rows[begins : begins + _CHUNK])
        return [self._line(row) for row in part.to_pylist()]

    def _line(self, row: dict[str, object]) -> StatementLine:
        minor = row["amount_minor"]
        assert isinstance(minor, int)
        status = LineStatus.PENDING if row["is_pending"] else LineStatus.BOOKED
        return StatementLine(
            amount_minor=abs(minor),
            direction=Direction.DEBIT if minor < 0 else Direction.CREDIT,
            currency=self.currency,
            booked_on=row["booked_on"],  # type: ignore[arg-type]  # a date32 column gives dates
            value_on=row["value_on"],  # type: ignore[arg-type]  # the same
            bank_id=str(row["bank_id"]),
            references=tuple(str(row["reference"]).split("\n")) if row["reference"] else (),
            counterparty=str(row["counterparty"]),
            counterparty_account=str(row["counterparty_account"]),
            narrative=str(row["narrative"]),
            kind=str(row["kind"]),
            status=LineStatus.INFORMATION if row["is_void"] else status,
            attributes=tuple(
                (name, str(row[f"a{at}"]))
                for at, name in enumerate(self.holding.attributes)
                if row[f"a{at}"]
            ),
            place=Place(line=row["line_no"], record=row["record"]),  # type: ignore[arg-type]  # int64
        )
