"""Changes of books as values: what a what-if or a correction does to a copy, never to the books."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import (
    Books,
    ControlSettings,
    LedgerEntry,
    NominalPosting,
    SubLedger,
    more_debit,
)
from tieout.core.periods import Calendar, LogState, PeriodEvent, PeriodLog, PeriodState


@dataclass(frozen=True)
class Change:
    """What is other in the copy; what it does not name stays."""

    lines: tuple[NominalPosting, ...] = ()
    """New lines of the nominal ledger."""
    moved: tuple[NominalPosting, ...] = ()
    """Lines in place of those with the same id: a new status, a new period."""
    entries: tuple[LedgerEntry, ...] = ()
    """New entries of a sub-ledger."""
    without: tuple[LedgerEntry, ...] = ()
    """Entries that are taken out."""
    without_lines: tuple[NominalPosting, ...] = ()
    counted: tuple[tuple[SubLedger, AccountKey], ...] = ()
    """Accounts that the reconciliation settings count from now on."""
    not_counted: tuple[tuple[SubLedger, AccountKey], ...] = ()
    opened: frozenset[int] = frozenset()
    """Periods that are open from the day of extraction on."""


def changed(books: Books, changes: Iterable[Change]) -> Books:
    """A copy of the books with the changes in it; the books themselves stay as they are."""
    every = tuple(changes)
    moved = {line.posting_id: line for each in every for line in each.moved}
    gone = {id(line) for each in every for line in each.without_lines}
    out = {id(entry) for each in every for entry in each.without}
    postings = [
        moved.get(line.posting_id, line) if not line.is_repeated else line
        for line in books.postings
        if id(line) not in gone
    ]
    postings += [line for each in every for line in each.lines]
    entries = [entry for entry in books.entries if id(entry) not in out]
    entries += [entry for each in every for entry in each.entries]
    settings = dict(books.settings)
    for each in every:
        for ledger, key in each.counted:
            settings[ledger] = _counting(settings.get(ledger), key, is_counted=True)
        for ledger, key in each.not_counted:
            settings[ledger] = _counting(settings.get(ledger), key, is_counted=False)
    opened = frozenset().union(*(each.opened for each in every))
    calendar, log = _opened(books, opened)
    touched = {line.journal_id for each in every for line in (*each.lines, *each.moved)}
    unbalanced = books.unbalanced - touched
    if touched & books.unbalanced:
        unbalanced |= touched & more_debit(postings).keys()
    return replace(
        books,
        entries=tuple(entries),
        postings=tuple(postings),
        settings=settings,
        calendar=calendar,
        log=log,
        unbalanced=unbalanced,
    )


def _counting(
    settings: ControlSettings | None, key: AccountKey, *, is_counted: bool
) -> ControlSettings:
    now = settings or ControlSettings(frozenset())
    return replace(now, counted=now.counted | {key} if is_counted else now.counted - {key})


def _opened(books: Books, numbers: frozenset[int]) -> tuple[Calendar, PeriodLog]:
    """Calendar and log with those periods open, for every module, from the last day known on."""
    if not numbers:
        return books.calendar, books.log
    on = now(books) - timedelta(days=1)
    modules = {event.module for event in books.log.events} | {""}
    events = [
        PeriodEvent(on, number, LogState.OPEN, module)
        for number in sorted(numbers)
        for module in sorted(modules)
    ]
    calendar = Calendar(
        tuple(
            replace(each, state=PeriodState.OPEN)
            if each.number in numbers and each.state is PeriodState.CLOSED
            else each
            for each in books.calendar.periods
        )
    )
    return calendar, PeriodLog((*books.log.events, *events), books.log.future - numbers)


def now(books: Books) -> date:
    """The moment at which a change is made: the day after all that the books know."""
    known = [event.on for event in books.log.events]
    known += [books.extracted_on] if books.extracted_on else []
    if not known:
        known = [line.entered_on for line in books.postings] or [date(1, 1, 1)]
    return max(known) + timedelta(days=1)


def state_now(books: Books, period: int, module: str = "") -> LogState:
    """Whether a period takes work now; a period that the calendar has closed does not."""
    found = next((each for each in books.calendar.periods if each.number == period), None)
    if found is not None and found.state is PeriodState.LOCKED:
        return LogState.CLOSED
    state = books.log.state(period, now(books), ("", "NL", module))
    has_event = any(event.period == period for event in books.log.events)
    if found is not None and found.state is PeriodState.CLOSED and not has_event:
        return LogState.CLOSED
    return state


def lands_in(books: Books, line: NominalPosting, day: date | None = None) -> int | None:
    """The period that would take a line now; None: no period from its own on is open."""
    own = books.calendar.number_of(day or line.posted_on)
    for period in books.calendar.periods:
        if period.number < own:
            continue
        state = state_now(books, period.number, line.module)
        if state is LogState.OPEN:
            return period.number
        if state is LogState.FUTURE:
            return None
    return None
