"""A record: one item of a side, in the shape every engine takes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

ColumnType = Literal["string", "int64", "date", "bool"]

RECORD_COLUMNS: dict[str, ColumnType] = {
    "record_id": "string",
    "account": "string",
    "currency": "string",
    "amount_minor": "int64",
    "booked_on": "date",
    "value_on": "date",
    "external_id": "string",
    "reference": "string",
    "counterparty": "string",
    "narrative": "string",
    "kind": "string",
    "is_pending": "bool",
}
"""The columns of a side, in order. Only the two dates may be null; absent text is empty."""


class Side(StrEnum):
    """The two populations of a reconciliation."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Record:
    """One item of a side. See `RECORD_COLUMNS`; both sides use one sign convention."""

    record_id: str
    """Unique in its side."""
    amount_minor: int
    """Signed minor units: positive is money to the holder of the books."""
    currency: str
    booked_on: date | None
    account: str = ""
    """Which of the holder's accounts; empty when the side has only one and does not name it."""
    value_on: date | None = None
    external_id: str = ""
    """The id of the bank or source system, when the other side may carry the same one."""
    reference: str = ""
    """Cheque, invoice, end-to-end references, separated by blanks."""
    counterparty: str = ""
    narrative: str = ""
    kind: str = ""
    is_pending: bool = False
