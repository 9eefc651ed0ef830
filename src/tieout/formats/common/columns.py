"""Statement lines kept as Arrow columns: a million of them cost columns, not objects."""

from collections.abc import Iterator, Sequence
from typing import overload

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Place
from tieout.core.money import Currency
from tieout.core.statements import Direction, LineStatus, StatementLine

HANDED_OUT = (
    "line_no", "booked_on", "value_on", "amount_minor", "currency", "account", "bank_id",
    "reference", "counterparty", "narrative", "kind", "is_pending",
)  # fmt: skip
"""The columns a matching engine reads; the table holds others beside them."""
_CHUNK = 4096


class ColumnLines(Sequence[StatementLine]):
    """A sequence of statement lines of one account and currency, backed by `table`.

    `table` has the columns `HANDED_OUT`: `amount_minor` signed, positive into the account, in
    minor units of `currency`; several references of a line are joined by line breaks.
    """

    def __init__(self, table: pa.Table, currency: Currency, attributes: Sequence[str]) -> None:
        self.table = table
        self.currency = currency
        self._attributes = tuple(attributes)
        self._chunk: tuple[int, list[StatementLine]] = (-1, [])

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @overload
    def __getitem__(self, index: int) -> StatementLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StatementLine]: ...
    def __getitem__(self, index: int | slice) -> StatementLine | Sequence[StatementLine]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                part = self.table.slice(start, max(0, stop - start))
                return ColumnLines(part, self.currency, self._attributes)
            return [self[at] for at in range(start, stop, step)]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        begins = at - at % _CHUNK
        if self._chunk[0] != begins:
            self._chunk = (begins, self._made(begins, _CHUNK))
        return self._chunk[1][at - begins]

    def __iter__(self) -> Iterator[StatementLine]:
        for begins in range(0, len(self), _CHUNK):
            yield from self._made(begins, _CHUNK)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it compares by value like the tuple it stands for

    @property
    def booked_minor(self) -> int:
        """The signed sum of the booked lines, without making a line."""
        booked = pc.invert(pc.or_(self.table["is_pending"], self.table["is_void"]))
        amounts = pc.cast(self.table["amount_minor"].filter(booked), pa.decimal128(38, 0))
        total = pc.sum(amounts).as_py()
        return int(total) if total is not None else 0

    def _made(self, begins: int, count: int) -> list[StatementLine]:
        return [self._line(row) for row in self.table.slice(begins, count).to_pylist()]

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
                for at, name in enumerate(self._attributes)
                if row[f"a{at}"]
            ),
            place=Place(line=row["line_no"], record=row["record"]),  # type: ignore[arg-type]  # int64
        )
