"""Retrospective aged reports: what was outstanding on a day, as the ledger then stood (1.10).

An allocation counts if it and both of its entries are dated by the day. The total is the
sub-ledger's balance on that day, whatever the allocations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tieout.core.errors import Corruption
from tieout.core.explain.books import Books, EntryAllocation, LedgerEntry, SubLedger

BUCKETS: tuple[tuple[str, int | None], ...] = (
    ("0-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91+", None),
)
"""Names of the buckets, and the greatest age in days that each holds."""
UNALLOCATED = "unallocated"


@dataclass(frozen=True, slots=True)
class AgedReport:
    """A report's totals in base minor units, and what each entry has left."""

    as_at: date
    total: int
    buckets: Mapping[str, int]
    """`BUCKETS` in order, then `unallocated`: credits, adjustments, revaluations."""
    left: Mapping[str, int]
    """By entry id; those with nothing left are not in it."""


@dataclass(frozen=True, slots=True)
class AgedSettings:
    """How a report ages: from which date, and into which buckets."""

    by_due_date: bool = False
    """From the due date where there is one; else from the entry's own date."""
    buckets: Sequence[tuple[str, int | None]] = BUCKETS
    """Names and greatest ages, in order; the last is without bound."""

    def bucket(self, entry: LedgerEntry, amount_minor: int, as_at: date) -> str:
        """Where what an entry has left stands."""
        if amount_minor < 0 or not entry.doc_minor:
            return UNALLOCATED
        since = entry.due_on if self.by_due_date and entry.due_on is not None else entry.dated_on
        days = (as_at - since).days
        return next(name for name, most in self.buckets if most is None or days <= most)


def aged_report(
    books: Books,
    ledger: SubLedger,
    as_at: date,
    known_at: date | None = None,
    settings: AgedSettings | None = None,
) -> AgedReport:
    """The aged report of a ledger as at a day, included; `known_at`: only what was entered by then.

    Raises:
        Corruption: `explain.identity-broken` where the total is not the ledger's balance.
    """
    ageing = settings or AgedSettings()
    entries = {
        entry.entry_id: entry
        for entry in books.entries
        if entry.ledger is ledger
        and not entry.is_repeated
        and entry.dated_on <= as_at
        and (known_at is None or entry.entered_on <= known_at)
        and (entry.voided_on is None or entry.voided_on > as_at)
    }
    left = {key: entry.base_minor for key, entry in entries.items()}
    for allocation in books.allocations:
        if _counts(allocation, entries, as_at, known_at):
            _relieve(left, allocation)
    totals = dict.fromkeys([*(name for name, _ in ageing.buckets), UNALLOCATED], 0)
    for key, amount in left.items():
        totals[ageing.bucket(entries[key], amount, as_at)] += amount
    total = sum(totals.values())
    balance = sum(entry.base_minor for entry in entries.values())
    if total != balance:
        raise Corruption(
            "explain.identity-broken",
            f"an aged total of {total} minor units",
            f"the balance of {balance}",
            f"{ledger} {as_at}",
        )
    return AgedReport(as_at, total, totals, {key: each for key, each in left.items() if each})


def _counts(
    allocation: EntryAllocation,
    entries: Mapping[str, LedgerEntry],
    as_at: date,
    known_at: date | None,
) -> bool:
    return (
        allocation.allocated_on <= as_at
        and (known_at is None or allocation.entered_on <= known_at)
        and allocation.debit_id in entries
        and allocation.credit_id in entries
        and (not allocation.adjustment_id or allocation.adjustment_id in entries)
    )


def _relieve(left: dict[str, int], allocation: EntryAllocation) -> None:
    """Take the allocation off both entries; what they differ by is the adjustment's."""
    left[allocation.debit_id] -= allocation.base_from_debit
    left[allocation.credit_id] += allocation.base_from_credit
    difference = allocation.base_from_debit - allocation.base_from_credit
    taken_by = allocation.adjustment_id or allocation.debit_id
    left[taken_by] += difference
