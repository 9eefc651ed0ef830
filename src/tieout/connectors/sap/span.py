"""Which part of a company's ledgers is asked for, and what SAP's services do not tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tieout.connectors.calendar import Calendar
from tieout.core.errors import InvalidInput

CALENDAR_YEARS = tuple(f"K{number}" for number in range(5))
"""SAP's variants in which the fiscal year is the calendar year, by how many special periods."""


def calendar_of(variant: str, year: int) -> Calendar:
    """The calendar year, where the fiscal year variant says that it is one.

    Raises:
        InvalidInput: `connector.calendar-unknown` for every other variant: no released service
            tells its days.
    """
    if variant not in CALENDAR_YEARS:
        found = f"the fiscal year variant {variant!r}"
        raise InvalidInput("connector.calendar-unknown", found, ", ".join(CALENDAR_YEARS))
    return Calendar.months(date(year, 1, 1))


@dataclass(frozen=True)
class Span:
    """What is asked for: a company, a fiscal year, its periods up to one, a ledger."""

    company: str
    year: int
    through: int
    """The last period that counts; all before it do as well."""
    ledger: str = "0L"
    """0L is the leading ledger."""
    calendar: Calendar | None = None
    """Given where the company's fiscal year variant is none of SAP's usual ones."""
    controls: Mapping[str, str] = field(default_factory=dict)
    """Reconciliation accounts, D or K, that no master record and no item names: none of the
    released services tells the type of an account."""
    adjustments: Mapping[str, str] = field(default_factory=dict)
    """By reconciliation account, the adjustment account that is counted beside it."""
    closed_through: Mapping[str, int] = field(default_factory=dict)
    """By account type (`+` all, `D` customers, `K` suppliers, `S` general ledger), the last closed
    period, as the system's posting periods have it. No released service tells it."""
    suspense: str = ""
    document_types: Mapping[str, str] = field(default_factory=dict)
    """By document type of the company's own, the type of entry it stands for."""

    def as_settings(self, calendar: Calendar) -> dict[str, object]:
        """What the folder keeps of it, so that corrections go back to where it is from."""
        return {
            "system": "sap",
            "company": self.company,
            "year": self.year,
            "through": self.through,
            "ledger": self.ledger,
            "closed_on": {str(at): day.isoformat() for at, day in calendar.closed_on.items()},
            "periods": [[one.isoformat(), other.isoformat()] for one, other in calendar.periods],
            "controls": dict(self.controls),
            "adjustments": dict(self.adjustments),
            "closed_through": dict(self.closed_through),
            "suspense": self.suspense,
            "document_types": dict(self.document_types),
        }

    @classmethod
    def of_settings(cls, said: Mapping[str, Any]) -> "Span":
        """What `as_settings` gave.

        Raises:
            InvalidInput: `connector.folder-not-fetched` where it is something else.
        """
        try:
            closed = {int(at): date.fromisoformat(day) for at, day in said["closed_on"].items()}
            days = [[date.fromisoformat(day) for day in pair] for pair in said["periods"]]
            return cls(
                company=str(said["company"]),
                year=int(said["year"]),
                through=int(said["through"]),
                ledger=str(said["ledger"]),
                calendar=Calendar(tuple((one, other) for one, other in days), closed),
                controls={str(k): str(v) for k, v in said["controls"].items()},
                adjustments={str(k): str(v) for k, v in said["adjustments"].items()},
                closed_through={str(k): int(v) for k, v in said["closed_through"].items()},
                suspense=str(said["suspense"]),
                document_types={str(k): str(v) for k, v in said["document_types"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            found = f"{type(error).__name__}: {error}"
            raise InvalidInput("connector.folder-not-fetched", found) from error
