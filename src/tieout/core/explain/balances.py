"""Balances on their own: as at and as known at, closed balances, and the test at infinity."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.explain.books import (
    Books,
    ClosedBalance,
    LedgerEntry,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.groups import Scene
from tieout.core.periods import LogState

PENDING = frozenset({PostingStatus.POSTED, PostingStatus.WAITING, PostingStatus.DEFERRED})


def stands(entry: LedgerEntry, as_at: date | None, known_at: date | None = None) -> bool:
    """Whether an entry is in a balance as at a day and as known at a day, both included.

    None is no bound. A void takes effect, and is known, from its own day on.
    """
    return (
        (as_at is None or entry.dated_on <= as_at)
        and (known_at is None or entry.entered_on <= known_at)
        and (
            entry.voided_on is None
            or (as_at is not None and entry.voided_on > as_at)
            or (known_at is not None and entry.voided_on > known_at)
        )
    )


def subledger_balance(
    books: Books,
    ledger: SubLedger,
    as_at: date | None = None,
    known_at: date | None = None,
    *,
    currency: str = "",
) -> int:
    """The ledger's balance in base minor units; never filtered (the ledgers specification, 1.6).

    `as_at` is a document date and `known_at` a day of entry, both included; None is no bound.
    `currency` restricts it to entries in that currency: such balances add up to the whole.
    """
    return sum(
        entry.base_minor
        for entry in books.entries
        if entry.ledger is ledger
        and stands(entry, as_at, known_at)
        and (not currency or entry.currency == currency)
    )


def control_balance(
    books: Books,
    ledger: SubLedger,
    keys: Collection[AccountKey],
    period: int | None = None,
    known_at: date | None = None,
) -> int:
    """The posted balance of accounts at the end of a period, in base minor units."""
    return sum(
        posting.natural(ledger)
        for posting in books.postings
        if posting.key in keys
        and posting.status is PostingStatus.POSTED
        and (period is None or posting.period <= period)
        and (known_at is None or posting.entered_on <= known_at)
    )


def infinite_difference(books: Books, ledger: SubLedger) -> int:
    """The difference with all dates in and all that waits posted, on every control account.

    Zero says that every difference is one of time or of settings (the ledgers specification, 1.7).
    """
    scene = Scene(books, ledger)
    keys = scene.control_keys | scene.counted
    pending = sum(
        posting.natural(ledger)
        for posting in books.postings
        if posting.key in keys and posting.status in PENDING
    )
    return subledger_balance(books, ledger) - pending


def account_keys(books: Books) -> frozenset[AccountKey]:
    """Every account that the chart or a posting knows."""
    return frozenset(books.accounts) | frozenset(posting.key for posting in books.postings)


def closed_scopes(books: Books, ledger: SubLedger) -> dict[str, frozenset[AccountKey]]:
    """What a closed balance would total under each setting of the default control account.

    `no` sums every account of the code, `yes_blank` the one without cost centre and department,
    `yes_CENTRE_DEPARTMENT` exactly that one.
    """
    settings = books.settings.get(ledger)
    if settings is None or settings.default is None:
        return {}
    keys = account_keys(books)
    code = settings.default.key.code
    scopes = {"no": DefaultAccount(AccountKey(code)).denotes(keys)}
    scopes["yes_blank"] = DefaultAccount(AccountKey(code), use_specified=True).denotes(keys)
    for key in sorted(scopes["no"]):
        if key.cost_centre or key.department:
            name = f"yes_{key.cost_centre}_{key.department}"
            scopes[name] = DefaultAccount(key, use_specified=True).denotes(keys)
    return scopes


def closed_totals(books: Books, ledger: SubLedger) -> dict[str, dict[int, int]]:
    """The closed balance of each closed period as known when it closed, under each setting.

    By name of `closed_scopes` and period, in base minor units.
    """
    moments = closing_days(books, ledger)
    scopes = closed_scopes(books, ledger)
    totals = {name: dict.fromkeys(moments, 0) for name in scopes}
    for posting in books.postings:
        if posting.status is not PostingStatus.POSTED or posting.key not in scopes.get("no", ()):
            continue
        names = [name for name, keys in scopes.items() if posting.key in keys]
        for period, moment in moments.items():
            if posting.period <= period and posting.entered_on <= moment:
                for name in names:
                    totals[name][period] += posting.natural(ledger)
    return totals


def closing_days(books: Books, ledger: SubLedger) -> dict[int, date]:
    """When each period that is closed now was closed for the last time, in order of period."""
    days: dict[int, date] = {}
    for event in books.log.events:
        if event.state is LogState.CLOSED and event.module in {"", "NL", ledger.module}:
            days[event.period] = event.on
    for row in sorted(books.closed, key=lambda each: each.closed_on):
        if row.ledger is ledger:
            days[row.period] = row.closed_on
    closed = {
        period.number
        for period in books.calendar.periods
        if period.number in days and books.log.state(period.number, date.max) is LogState.CLOSED
    }
    return {number: days[number] for number in sorted(closed)}


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A stored row beside what the books give today (the ledgers specification, 1.9)."""

    stored: ClosedBalance
    ledger_total: int
    nominal_total: int
    """Of the accounts that the default control account means today."""
    entries_since: tuple[LedgerEntry, ...]
    """Entries dated by the period's end and made after it was closed."""


def closed_periods(books: Books, ledger: SubLedger) -> tuple[ClosedPeriod, ...]:
    """Every stored closed balance of the ledger, in order of period; of two the later counts."""
    stored: dict[int, ClosedBalance] = {}
    for row in sorted(books.closed, key=lambda each: each.closed_on):
        if row.ledger is ledger:
            stored[row.period] = row
    settings = books.settings.get(ledger)
    default = settings.default if settings else None
    meant = default.denotes(account_keys(books)) if default else frozenset()
    ends = {period.number: period.ends_on for period in books.calendar.periods}
    made: list[ClosedPeriod] = []
    for number, row in sorted(stored.items()):
        end = ends.get(number)
        if end is None:
            continue
        made.append(
            ClosedPeriod(
                row,
                subledger_balance(books, ledger, end),
                control_balance(books, ledger, meant, number),
                tuple(
                    entry
                    for entry in books.entries
                    if entry.ledger is ledger
                    and entry.dated_on <= end
                    and entry.entered_on > row.closed_on
                ),
            )
        )
    return tuple(made)
