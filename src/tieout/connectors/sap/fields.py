"""Values of OData 2 as values of ours: dates, amounts, words that go into a filter."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tieout.core.errors import Conflict
from tieout.core.money import Currency, parse_decimal

_EPOCH = date(1970, 1, 1)
_DAY_MILLISECONDS = 86_400_000


def day_of(row: Mapping[str, Any], name: str) -> date | None:
    """A date such as `/Date(1767225600000)/`; None where there is none."""
    said = row.get(name)
    if not said:
        return None
    try:
        moment = int(str(said).removeprefix("/Date(").removesuffix(")/"))
    except ValueError as error:
        raise _unfit(row, name, "a date") from error
    return _EPOCH + timedelta(days=moment // _DAY_MILLISECONDS)


def day_needed(row: Mapping[str, Any], name: str) -> date:
    """A date that there must be."""
    found = day_of(row, name)
    if found is None:
        raise _unfit(row, name, "a date")
    return found


def minor_of(row: Mapping[str, Any], name: str, currency: str) -> int:
    """A signed amount in minor units, debit positive; exact, or refused.

    SAP gives up to three decimals whatever the currency; what is beyond the currency's own must
    be zeros.
    """
    found = parse_decimal(str(row.get(name) or "0"))
    minor = found.to_minor(Currency.of(currency).exponent) if found else None
    if minor is None:
        raise _unfit(row, name, f"an amount in {currency}")
    return minor


def text_of(row: Mapping[str, Any], name: str) -> str:
    """Text; blank where there is none."""
    return str(row.get(name) or "").strip()


def literal(said: str) -> str:
    """Text inside a filter."""
    return "'" + said.replace("'", "''") + "'"


def _unfit(row: Mapping[str, Any], name: str, expected: str) -> Conflict:
    where = "/".join(text_of(row, each) for each in ("FiscalYear", "AccountingDocument"))
    return Conflict("connector.answer-invalid", f"{name} {row.get(name)!r}", expected, where)
