"""What accounts of the books stand at by a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from tieout.store.ledger.models import JournalEntry
from tieout.store.postgres.files import sql_text


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account in one currency: debits less credits."""

    balance_minor: int
    exponent: int
    """In how many decimals it is counted."""
    posting_count: int
    last_on: date | None
    """The last day of its postings."""

    def plus(self, other: "AccountBalance") -> "AccountBalance":
        """Both together, in the finer count of the two."""
        exponent = max(self.exponent, other.exponent)
        return AccountBalance(
            self.counted_in(exponent) + other.counted_in(exponent),
            exponent,
            self.posting_count + other.posting_count,
            max((each for each in (self.last_on, other.last_on) if each), default=None),
        )

    def counted_in(self, exponent: int) -> int:
        """The balance in a count that is as fine or finer."""
        scale: int = 10 ** (exponent - self.exponent)
        return self.balance_minor * scale


def balances_of(
    organisation_id: UUID, account_ids: Iterable[int], on: date
) -> dict[tuple[int, str], AccountBalance]:
    """By account and currency; an account without postings is not there."""
    values = {"organisation": str(organisation_id), "accounts": list(account_ids), "on": on}
    return {
        (int(account), currency): balance
        for (account, currency), balance in _added_up("ledger/account_balances", values).items()
    }


def balances_of_source(
    organisation_id: UUID, source: str, on: date
) -> dict[tuple[str, str], AccountBalance]:
    """By account code and currency, of the entries that came from one source."""
    values = {"organisation": str(organisation_id), "source": source, "on": on}
    return {
        (str(code), currency): balance
        for (code, currency), balance in _added_up("ledger/source_balances", values).items()
    }


def _added_up(query: str, values: dict[str, Any]) -> dict[tuple[Any, str], AccountBalance]:
    found: dict[tuple[Any, str], AccountBalance] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql_text(query), values)
        for account, currency, exponent, minor, count, last_on in cursor.fetchall():
            key, made = (account, currency), AccountBalance(minor, exponent, count, last_on)
            found[key] = found[key].plus(made) if key in found else made
    return found


def all_added_up(organisation_id: UUID) -> dict[int, dict[str, int]]:
    """What every account was posted: how often, and totals as `debit_minor EUR 2`."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql_text("ledger/added_up"), {"organisation": str(organisation_id)})
        for account, direction, currency, exponent, minor, count in cursor.fetchall():
            known = found.setdefault(account, {"postings": 0})
            known["postings"] += count
            known[f"{direction}_minor {currency} {exponent}"] = int(minor)
    return found


def all_entries(organisation_id: UUID) -> dict[str, dict[str, int]]:
    """By source: how many entries, and the sum of their digests as numbers."""
    found: dict[str, dict[str, int]] = {}
    rows = JournalEntry.objects.filter(organisation_id=organisation_id)
    for source, said in rows.values_list("source", "digest").iterator(chunk_size=10_000):
        known = found.setdefault(source, {"entries": 0, "digests": 0})
        known["entries"] += 1
        known["digests"] += int.from_bytes(bytes(said))
    return found
