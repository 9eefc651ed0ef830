"""What the steps are given and what they hand over; light, for what runs without them too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

NOMINAL = "nominal.csv"


@dataclass(frozen=True)
class Frame:
    """What the small files say, in the shapes that the steps join with."""

    base_currency: str
    exponents: Mapping[str, int]
    """Decimals of every currency that may occur."""
    ledgers: Sequence[tuple[str, str, str, int]]
    """File name, ledger, its module, and 1 where a debit increases it, else -1."""
    days: Sequence[tuple[date, int]]
    """Every day of the calendar, in order, with the period that it belongs to."""
    counted: Sequence[tuple[str, str]]
    """Ledger and account key as text."""
    accounts: Sequence[str]
    """Account keys of the chart as text."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a ledger or its counted accounts gain in a period, in base minor units."""

    ledger: str
    key: str
    currency: str
    period: int
    amount_minor: int


@dataclass(frozen=True)
class Triage:
    """Balances of everything, and where what may differ stands."""

    subledger: tuple[Move, ...]
    control: tuple[Move, ...]
    places: Mapping[str, Sequence[int]]
    """By file name: rows of what may differ, counted from 0 after the header, ascending."""
    rows: Mapping[str, int]
    """By file name: how many rows there are."""
    unbalanced: tuple[tuple[str, int, int], ...]
    """Journal, debits less credits in base minor units, line of its first in the file."""
    starts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """By file name, where it is known: where in bytes each row of `places` begins."""
