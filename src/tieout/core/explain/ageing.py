"""Aged reports: what was open on a day, as the ledger then stood or as it stands now (1.10).

An allocation counts if it and both of its entries are dated by the day and of one party. The total
is the
sub-ledger's balance on that day, whatever the allocations: added up apart and compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tieout.core.errors import Corruption
from tieout.core.explain.balances import stands, subledger_balance
from tieout.core.explain.books import Books, EntryAllocation, LedgerEntry, SubLedger

Bucket = tuple[str, int | None]
"""Its name, and the greatest age that it holds; None: without bound."""
BUCKETS: tuple[Bucket, ...] = (
    ("0-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91+", None),
)
UNALLOCATED = "unallocated"
NOT_DUE = "not due"


def buckets_of(days: Sequence[int]) -> tuple[Bucket, ...]:
    """Buckets of days: `buckets_of([30, 60])` is 0-30, 31-60 and 61+.

    Raises:
        ValueError: The days do not go up, or there are none.
    """
    if not days or days[0] < 0 or any(here >= there for here, there in pairwise(days)):
        raise ValueError(f"the ends of buckets go up: {list(days)!r}")
    begins = [0, *(each + 1 for each in days)]
    closed = [(f"{begin}-{end}", end) for begin, end in zip(begins, days, strict=False)]
    return (*closed, (f"{begins[-1]}+", None))


MONTHS: tuple[Bucket, ...] = (
    ("this month", 0),
    ("1 month", 1),
    ("2 months", 2),
    ("3 months+", None),
)
"""Buckets of calendar months, counted back from the month of the report."""


@dataclass(frozen=True, slots=True)
class AgedSettings:
    """How a report ages: from which date, and into which buckets."""

    by_due_date: bool = False
    """From the due date where there is one, with a bucket for what is not due; else from the
    entry's own date."""
    buckets: Sequence[Bucket] = BUCKETS
    """Names and greatest ages, in order; the last is without bound."""
    counts_months: bool = False
    """Ages are calendar months, not days."""
    ages_credits: bool = False
    """Credits and adjustments stand in the bucket of their age, not in a column of their own."""

    @property
    def names(self) -> tuple[str, ...]:
        """The buckets in order."""
        first = (NOT_DUE,) if self.by_due_date else ()
        last = () if self.ages_credits else (UNALLOCATED,)
        return (*first, *(name for name, _ in self.buckets), *last)

    def since(self, entry: LedgerEntry) -> date:
        """The day an entry ages from."""
        return entry.due_on if self.by_due_date and entry.due_on is not None else entry.dated_on

    def bucket(self, entry: LedgerEntry, amount_minor: int, as_at: date) -> str:
        """Where what an entry has left stands."""
        if not self.ages_credits and (amount_minor < 0 or not entry.doc_minor):
            return UNALLOCATED
        since = self.since(entry)
        if self.by_due_date and since > as_at:
            return NOT_DUE
        age = _months(since, as_at) if self.counts_months else (as_at - since).days
        return next(name for name, most in self.buckets if most is None or age <= most)


def _months(since: date, as_at: date) -> int:
    return (as_at.year - since.year) * 12 + as_at.month - since.month


@dataclass(frozen=True, slots=True)
class AgedItem:
    """What one entry has left."""

    entry: LedgerEntry
    left_minor: int
    """In base currency."""
    left_doc: int
    """In the entry's own currency."""
    bucket: str
    days: int
    """Since the day it ages from; negative: until then."""


@dataclass(frozen=True, slots=True)
class AgedReport:
    """A report's totals in base minor units, and what each entry has left."""

    as_at: date
    """The day that ages are counted to."""
    total: int
    buckets: Mapping[str, int]
    """In order, then `unallocated`: credits, adjustments, revaluations."""
    items: tuple[AgedItem, ...]

    @property
    def left(self) -> Mapping[str, int]:
        """By entry id; those with nothing left are not in it."""
        made: dict[str, int] = {}
        for item in self.items:
            made[item.entry.entry_id] = made.get(item.entry.entry_id, 0) + item.left_minor
        return {key: each for key, each in made.items() if each}


def aged_report(  # noqa: PLR0913  every one is a setting by name
    books: Books,
    ledger: SubLedger,
    as_at: date | None,
    known_at: date | None = None,
    settings: AgedSettings | None = None,
    *,
    currency: str = "",
    aged_on: date | None = None,
) -> AgedReport:
    """The aged report of a ledger as at a day, included.

    Args:
        books: The books.
        ledger: Which of its ledgers.
        as_at: None is the ordinary report: all that is open now, whatever its date.
        known_at: Only what was entered by then.
        settings: How it ages.
        currency: Only entries in that currency.
        aged_on: The day ages are counted to, where it is not `as_at`.

    Raises:
        Corruption: `explain.identity-broken` where the total is not the ledger's balance.
    """
    ageing = settings or AgedSettings()
    on = aged_on or as_at or books.extracted_on or _last_day(books)
    entries = [
        entry
        for entry in books.entries
        if entry.ledger is ledger
        and stands(entry, as_at, known_at)
        and (not currency or entry.currency == currency)
    ]
    left = _left(books.allocations, entries, as_at, known_at)
    items = tuple(
        AgedItem(
            entry,
            base,
            own,
            ageing.bucket(entry, base, on),
            (on - ageing.since(entry)).days,
        )
        for entry, (base, own) in zip(entries, left, strict=True)
        if base or own
    )
    totals = dict.fromkeys(ageing.names, 0)
    for item in items:
        totals[item.bucket] += item.left_minor
    total = sum(totals.values())
    balance = subledger_balance(books, ledger, as_at, known_at, currency=currency)
    if total != balance:
        raise Corruption(
            "explain.identity-broken",
            f"an aged total of {total} minor units",
            f"the balance of {balance}",
            f"{ledger} {on}",
        )
    return AgedReport(on, total, totals, items)


def _last_day(books: Books) -> date:
    return books.calendar.periods[-1].ends_on if books.calendar.periods else date.min


def _left(
    allocations: Sequence[EntryAllocation],
    entries: Sequence[LedgerEntry],
    as_at: date | None,
    known_at: date | None,
) -> list[list[int]]:
    """What each entry has left, in base and in its own currency, once allocations are taken off."""
    left = [[entry.base_minor, entry.doc_minor] for entry in entries]
    of = {entry.entry_id: place for place, entry in enumerate(entries) if not entry.is_repeated}
    for each in allocations:
        ids = (each.debit_id, each.credit_id, each.adjustment_id or each.debit_id)
        if (
            (as_at is not None and each.allocated_on > as_at)
            or (known_at is not None and each.entered_on > known_at)
            or any(name not in of for name in ids)
        ):
            continue
        places = [of[name] for name in ids]
        if len({entries[place].party for place in places}) > 1:
            continue  # it would move a balance from one party to another
        debit, credit, taken_by = (left[place] for place in places)
        debit[0] -= each.base_from_debit
        credit[0] += each.base_from_credit
        # What the two base amounts differ by is the adjustment's.
        taken_by[0] += each.base_from_debit - each.base_from_credit
        if entries[places[0]].currency == entries[places[1]].currency:
            debit[1] -= each.doc_minor
            credit[1] += each.doc_minor
        else:
            for one in (debit, credit):
                one[1] = one[1] if one[0] else 0
    return left
