"""Every error of basis that an aged total may have, each as the figure it then shows (2.4)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations

from tieout.core.explain.ageing import UNALLOCATED, AgedReport, aged_report
from tieout.core.explain.balances import closing_days, stands, subledger_balance
from tieout.core.explain.books import Books, EntryKind, LedgerEntry, SubLedger
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.items import stages_of
from tieout.core.explain.sentences import account_phrase, period_phrase
from tieout.core.reports.basis import Candidate
from tieout.core.reports.valued import valued

NEAR_DAYS = 31
"""How far from the end of the period another cut-off is looked for."""
LATER_PAYMENTS = {EntryKind.RECEIPT, EntryKind.PAYMENT, EntryKind.CREDIT_NOTE, EntryKind.CONTRA}
VALUED = {EntryKind.CURRENCY_ADJUSTMENT, EntryKind.REVALUE}


@dataclass(frozen=True)
class _Desk:
    """The aged report of a period with what every candidate asks of it."""

    made: LedgerExplanation
    books: Books
    period: int

    @cached_property
    def end(self) -> date:
        """The last day of the period."""
        return self.books.calendar.end_of(self.period)

    @property
    def ledger(self) -> SubLedger:
        """Which ledger."""
        return self.made.ledger

    @cached_property
    def own(self) -> list[LedgerEntry]:
        """All entries of the ledger."""
        return [entry for entry in self.books.entries if entry.ledger is self.ledger]

    @cached_property
    def there(self) -> list[LedgerEntry]:
        """Those in the balance of the period."""
        return [entry for entry in self.own if stands(entry, self.end)]

    @cached_property
    def right(self) -> int:
        """The balance."""
        return subledger_balance(self.books, self.ledger, self.end)

    @cached_property
    def aged(self) -> AgedReport:
        """The retrospective report."""
        return aged_report(self.books, self.ledger, self.end)

    def without(self, code: str, setting: str, is_out: Callable[[LedgerEntry], bool]) -> Candidate:
        """The balance with some entries left out."""
        gone = sum(entry.base_minor for entry in self.there if is_out(entry))
        return Candidate(code, self.right - gone, setting)


def aged_candidates(books: Books, made: LedgerExplanation, period: int) -> Iterator[Candidate]:
    """What the aged total of a period becomes with each error of basis."""
    desk = _Desk(made, books, period)
    for family in (_moments, _halves, _kinds, _filters, _days, _periods, _values, _credits, _parts):
        yield from family(desk)


def _moments(desk: _Desk) -> Iterator[Candidate]:
    """B1: as open now; B3: as stored, or as known, when the period was closed."""
    later = sum(1 for entry in desk.own if entry.dated_on > desk.end)
    now = subledger_balance(desk.books, desk.ledger)
    yield Candidate("B1", now, f"what is open now, with {later} entries dated after {desk.end}")
    for row in desk.books.closed:
        if (row.ledger, row.period) == (desk.ledger, desk.period):
            yield Candidate("B3", row.ledger_total, f"the row stored on {row.closed_on}")
    closed_on = closing_days(desk.books, desk.ledger).get(desk.period)
    if closed_on is not None:
        then = subledger_balance(desk.books, desk.ledger, desk.end, closed_on)
        yield Candidate("B3", then, f"as known at closing, {closed_on}")


def _halves(desk: _Desk) -> Iterator[Candidate]:
    """B4: one half of an allocation, the other entry being later; B5: being gone."""
    there = {entry.entry_id for entry in desk.there}
    known = {entry.entry_id for entry in desk.own}
    sums: dict[str, int] = defaultdict(int)
    for each in desk.books.allocations:
        if each.ledger is not desk.ledger or each.allocated_on > desk.end:
            continue
        has_debit, has_credit = each.debit_id in there, each.credit_id in there
        if has_debit == has_credit:
            continue
        other = each.credit_id if has_debit else each.debit_id
        code = "B4" if other in known else "B5"
        amount = -each.base_from_debit if has_debit else each.base_from_credit
        sums[code] += amount
        sums[f"{code} {'debits' if has_debit else 'credits'}"] += amount
    for name, amount in sums.items():
        code, _, half = name.partition(" ")
        setting = f"allocations counted by {half}" if half else "allocations counted by one entry"
        yield Candidate(code, desk.right + amount, setting)
    if {"B4", "B5"} <= sums.keys():
        figure = desk.right + sums["B4"] + sums["B5"]
        yield Candidate("B4", figure, "halves of allocations to later entries and to gone ones")


def _kinds(desk: _Desk) -> Iterator[Candidate]:
    """B6: one kind of entry left out, or two; unallocated cash; the whole column of credits."""
    kinds = sorted({entry.kind for entry in desk.there})
    for size in (1, 2):
        for chosen in combinations(kinds, size):
            said = " and ".join(kind.value.replace("_", " ") for kind in chosen)
            yield desk.without("B6", f"without {said} entries", _is_kind(frozenset(chosen)))
    column = desk.aged.buckets[UNALLOCATED]
    yield Candidate("B6", desk.right - column, "without the column of unallocated credits")
    cash = {EntryKind.RECEIPT, EntryKind.PAYMENT}
    loose = sum(item.left_minor for item in desk.aged.items if item.entry.kind in cash)
    yield Candidate("B6", desk.right - loose, "without unallocated cash")


def _is_kind(kinds: frozenset[EntryKind]) -> Callable[[LedgerEntry], bool]:
    return lambda entry: entry.kind in kinds


def _filters(desk: _Desk) -> Iterator[Candidate]:
    """B7: one currency, party or account alone or left out; later payments counted."""
    parts: tuple[tuple[str, Callable[[LedgerEntry], str]], ...] = (
        ("currency", lambda entry: entry.currency),
        ("party", lambda entry: entry.party),
        ("account", lambda entry: account_phrase(desk.books, entry.key)),
    )
    for name, of in parts:
        yield from _only_and_without(desk, "B7", name, of)
    later = sum(
        entry.base_minor
        for entry in desk.own
        if entry.dated_on > desk.end and entry.kind in LATER_PAYMENTS and entry.voided_on is None
    )
    yield Candidate("B7", desk.right + later, "with later payments and credits")


def _only_and_without(
    desk: _Desk, code: str, name: str, of: Callable[[LedgerEntry], str]
) -> Iterator[Candidate]:
    """The balance of each value alone, and of all but each."""
    sums: dict[str, int] = defaultdict(int)
    for entry in desk.there:
        sums[of(entry)] += entry.base_minor
    for value, amount in sorted(sums.items()):
        said = value or "(blank)"
        yield Candidate(code, amount, f"only {name} {said}")
        yield Candidate(code, desk.right - amount, f"without {name} {said}")


def _days(desk: _Desk) -> Iterator[Candidate]:
    """B8: another cut-off: a day near the end, or the end of another period."""
    for step in range(-NEAR_DAYS, NEAR_DAYS + 1):
        day = desk.end + timedelta(days=step)
        if step:
            yield Candidate("B8", subledger_balance(desk.books, desk.ledger, day), f"as at {day}")
    for each in desk.books.calendar.periods:
        if abs((each.ends_on - desk.end).days) > NEAR_DAYS:
            figure = subledger_balance(desk.books, desk.ledger, each.ends_on)
            yield Candidate("B8", figure, f"the end of {period_phrase(desk.books, each.number)}")


def _periods(desk: _Desk) -> Iterator[Candidate]:
    """B9: by nominal period or by moment of entry; B14: only hand-keyed periods followed."""
    late = stages_of(desk.made)["A"][desk.period]
    yield Candidate("B9", desk.right - late, "by nominal period instead of document date")
    entered = sum(
        entry.base_minor
        for entry in desk.own
        if entry.entered_on <= desk.end and (entry.voided_on is None or entry.voided_on > desk.end)
    )
    yield Candidate("B9", entered, "by day of entry instead of document date")
    row = desk.made.by_cause().get("date_period_mismatch")
    if row is not None:
        setting = "periods keyed by hand followed instead of document dates"
        yield Candidate("B14", desk.right - row[desk.period], setting)


def _values(desk: _Desk) -> Iterator[Candidate]:
    """B10: at the rates of a period; without adjustments and revaluations."""
    yield desk.without(
        "B10",
        "at the rates of the entries, without adjustments",
        lambda entry: entry.kind in VALUED,
    )
    for number in sorted({period for period, _ in desk.books.rates}):
        figure = valued(desk.books, desk.aged, number)
        if figure is not None:
            where = period_phrase(desk.books, number)
            yield Candidate("B10", figure, f"at the rates of {where}")


def _credits(desk: _Desk) -> Iterator[Candidate]:
    """B11: parties in credit left out; B12: cancelled entries counted."""
    by_party: dict[str, int] = defaultdict(int)
    for entry in desk.there:
        by_party[entry.party] += entry.base_minor
    above = sum(amount for amount in by_party.values() if amount > 0)
    yield Candidate("B11", above, "without the parties whose balance is a credit")
    taken = sum(item.left_minor for item in desk.aged.items if item.left_minor < 0)
    yield Candidate("B11", desk.right - taken, "without the items that are credits")
    cancelled = sum(
        entry.base_minor
        for entry in desk.own
        if entry.dated_on <= desk.end and not stands(entry, desk.end)
    )
    yield Candidate("B12", desk.right + cancelled, "with entries that were cancelled by then")


def _parts(desk: _Desk) -> Iterator[Candidate]:
    """B13: one cost centre or department alone or left out."""
    yield from _only_and_without(desk, "B13", "cost centre", lambda entry: entry.key.cost_centre)
    yield from _only_and_without(desk, "B13", "department", lambda entry: entry.key.department)
