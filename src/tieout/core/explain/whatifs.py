"""What-ifs: each gives a change of a copy and says what it would do; the books stay as they are.

The ledgers specification, 3: open all periods (step 4), update what waits and move what is
deferred (5), count one more control account (1), journal out of suspense (6).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import (
    Books,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.changes import Change, changed, lands_in, now, state_now
from tieout.core.explain.desk import in_place
from tieout.core.explain.drafting import corrections_of
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger
from tieout.core.explain.groups import Share, controls_of
from tieout.core.explain.sentences import account_phrase, period_phrase
from tieout.core.periods import LogState

PENDING = (PostingStatus.WAITING, PostingStatus.DEFERRED)


class WhatIf(StrEnum):
    """What may be tried on a copy, by the word of every door."""

    OPEN_PERIODS = "open-periods"
    UPDATE_WAITING = "update-waiting"
    REDATE_DEFERRED = "move-deferred"
    ADD_CONTROL = "add-control"
    SUSPENSE_JOURNALS = "suspense-journals"


@dataclass(frozen=True, slots=True)
class Ask:
    """A what-if as it is asked for; only `add-control` names an account."""

    what: WhatIf
    key: AccountKey | None = None

    @classmethod
    def of(cls, said: str) -> "Ask":
        """Of `update-waiting`, or of `add-control=44190/ADM/ADM`.

        Raises:
            InvalidInput: `command.invalid` where it is none.
        """
        name, _, account = said.partition("=")
        parts = [part.strip() for part in account.split("/")]
        needs_account = name == WhatIf.ADD_CONTROL
        is_whole = bool(parts[0]) == needs_account and len(parts) <= 3
        if name not in list(WhatIf) or not is_whole:
            words = [f"{each}=ACCOUNT" if each is WhatIf.ADD_CONTROL else each for each in WhatIf]
            raise InvalidInput("command.invalid", f"the what-if {said!r}", ", ".join(words))
        return cls(WhatIf(name), AccountKey(*parts) if needs_account else None)

    def __str__(self) -> str:
        return f"{self.what}={str(self.key).rstrip('/')}" if self.key else self.what.value


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a posting that waits would land."""

    line: NominalPosting
    entry: LedgerEntry | None
    own_period: int
    lands_now: int | None
    """None: no period from its own on is open, it stays deferred."""
    lands_open: int
    """With all periods open."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it would land in another period than its document's."""
        return self.lands_now != self.own_period


@dataclass(frozen=True)
class Tried:
    """One what-if on a copy: what it did, and every difference before and after."""

    ask: Ask
    sentence: str
    books: Books
    """The copy afterwards."""
    change: Change
    landings: tuple[Landing, ...]
    before: tuple[LedgerExplanation, ...]
    after: tuple[LedgerExplanation, ...]
    warnings: tuple[str, ...] = ()

    @property
    def brought_in(self) -> tuple[Share, ...]:
        """What an added account brings to the list that was not there before."""
        if self.ask.key is None:
            return ()
        return tuple(
            share for made in self.after for share in made.shares if share.key == self.ask.key
        )

    @property
    def agreed(self) -> tuple[SubLedger, ...]:
        """Ledgers whose difference is zero in every period now and was not before."""
        return tuple(
            now_made.ledger
            for made, now_made in zip(self.before, self.after, strict=True)
            if any(made.difference()) and not any(now_made.difference())
        )


def landings_of(books: Books) -> tuple[Landing, ...]:
    """Every posting to a control account that waits or is deferred, and where it would land."""
    entries = {entry.entry_id: entry for entry in books.entries if not entry.is_repeated}
    made: list[Landing] = []
    for line in books.postings:
        if line.status not in PENDING or not line.line_no:
            continue
        entry = entries.get(line.source_id)
        own = books.calendar.number_of(entry.dated_on if entry else line.dated_on)
        open_period = books.calendar.number_of(line.posted_on)
        made.append(Landing(line, entry, own, lands_in(books, line), open_period))
    return tuple(sorted(made, key=lambda each: each.line.posting_id))


def try_it(
    books: Books,
    ask: Ask,
    ledgers: Sequence[SubLedger] = (),
    before: tuple[LedgerExplanation, ...] | None = None,
) -> Tried:
    """One what-if on a copy of the books.

    Args:
        books: All of the books.
        ask: What is tried.
        ledgers: Those whose difference is shown; all when none is named.
        before: Their explanations, where they are known already.

    Raises:
        InvalidInput: `command.invalid` where an account is not known or counted already.
    """
    shown = tuple(ledgers) or books.ledgers
    if before is None:
        before = tuple(explain_ledger(books, ledger) for ledger in shown)
    landings = landings_of(books)
    change, sentence, warnings = _STEPS[ask.what](books, ask, landings)
    after_books = changed(books, [change])
    after = tuple(explain_ledger(after_books, ledger) for ledger in shown)
    shown_landings = () if ask.what in _WITHOUT_LANDINGS else landings
    return Tried(ask, sentence, after_books, change, shown_landings, before, after, warnings)


def try_all(
    books: Books,
    asks: Iterable[Ask],
    ledgers: Sequence[SubLedger] = (),
    before: tuple[LedgerExplanation, ...] | None = None,
) -> tuple[Tried, ...]:
    """What-ifs one after the other, each on the copy that the one before it left.

    The arguments are those of `try_it`.
    """
    made: list[Tried] = []
    for ask in asks:
        made.append(try_it(books, ask, ledgers, before))
        books, before = made[-1].books, made[-1].after
    return tuple(made)


def alone_enough(
    books: Books,
    ledgers: Sequence[SubLedger] = (),
    before: tuple[LedgerExplanation, ...] | None = None,
) -> dict[SubLedger, Ask]:
    """By ledger, the first single what-if that makes its difference zero in every period.

    The arguments are those of `try_it`.
    """
    found: dict[SubLedger, Ask] = {}
    asks = possible(books)
    shown = tuple(ledgers) or books.ledgers
    if before is None and asks:
        before = tuple(explain_ledger(books, ledger) for ledger in shown)
    for ask in asks:
        for ledger in try_it(books, ask, shown, before).agreed:
            found.setdefault(ledger, ask)
    return found


def possible(books: Books) -> tuple[Ask, ...]:
    """The what-ifs that could do something to these books."""
    waits = {line.status for line in books.postings}
    asks = [Ask(WhatIf.ADD_CONTROL, key) for _, key in missing_controls(books)]
    if PostingStatus.WAITING in waits:
        asks.append(Ask(WhatIf.UPDATE_WAITING))
    if PostingStatus.DEFERRED in waits:
        asks.append(Ask(WhatIf.REDATE_DEFERRED))
    if any(line.key in books.suspense for line in books.postings):
        asks.append(Ask(WhatIf.SUSPENSE_JOURNALS))
    return tuple(asks)


def missing_controls(books: Books) -> tuple[tuple[SubLedger, AccountKey], ...]:
    """Control accounts, by use or because entries belong to them, that no settings count."""
    made: list[tuple[SubLedger, AccountKey]] = []
    for ledger in books.ledgers:
        settings = books.settings.get(ledger)
        counted = settings.counted if settings else frozenset()
        belonging = {entry.key for entry in books.entries if entry.ledger is ledger}
        keys = (controls_of(books, ledger) | belonging) - counted
        made += [(ledger, key) for key in sorted(keys)]
    return tuple(made)


Made = tuple[Change, str, tuple[str, ...]]


def _open_periods(books: Books, _ask: Ask, landings: Sequence[Landing]) -> Made:
    shut = [
        period.number
        for period in books.calendar.periods
        if state_now(books, period.number) is not LogState.OPEN
    ]
    every = frozenset(period.number for period in books.calendar.periods)
    waiting = [each for each in landings if each.line.status in PENDING]
    moved = tuple(
        replace(line, period=books.calendar.number_of(line.posted_on))
        for line in _with_other_sides(books, [each.line for each in waiting])
        if line.period != books.calendar.number_of(line.posted_on)
    )
    elsewhere = sum(each.is_elsewhere for each in waiting)
    said = (
        f"{len(shut)} periods are opened. {len(waiting)} postings wait; {elsewhere} of them would "
        "land in another period than their document's while the periods are closed, none once "
        "all are open."
    )
    return Change(moved=moved, opened=every), said, ()


def _update_waiting(books: Books, _ask: Ask, landings: Sequence[Landing]) -> Made:
    waiting = [each for each in landings if each.line.status is PostingStatus.WAITING]
    moved: list[NominalPosting] = []
    for line in _with_other_sides(books, [each.line for each in waiting]):
        period = lands_in(books, line)
        if period is None:
            moved.append(replace(line, status=PostingStatus.DEFERRED))
        else:
            moved.append(in_place(line, period, line.posted_on, now(books)))
    warnings = tuple(_landing_words(books, each) for each in waiting if each.is_elsewhere)
    said = f"{len(waiting)} waiting postings are updated; {len(warnings)} land in another period."
    return Change(moved=tuple(moved)), said, warnings


def _landing_words(books: Books, landing: Landing) -> str:
    name = landing.entry.reference if landing.entry else landing.line.reference
    own = period_phrase(books, landing.own_period)
    if landing.lands_now is None:
        return f"{name}, dated in {own}, finds no open period and is deferred."
    there = period_phrase(books, landing.lands_now)
    return f"{name}, dated in {own}, lands in {there}: a difference of time between the two."


def _redate_deferred(books: Books, _ask: Ask, landings: Sequence[Landing]) -> Made:
    """Deferred postings wait from now on: in their own period if it is open, else the last one."""
    deferred = [each for each in landings if each.line.status is PostingStatus.DEFERRED]
    moved: list[NominalPosting] = []
    warnings: list[str] = []
    for line in _with_other_sides(books, [each.line for each in deferred]):
        own = books.calendar.number_of(line.posted_on)
        if state_now(books, own, line.module) is LogState.OPEN:
            moved.append(replace(line, status=PostingStatus.WAITING, period=own))
            continue
        still_open = [
            each
            for each in books.calendar.periods
            if state_now(books, each.number, line.module) is LogState.OPEN
        ]
        if not still_open:
            continue
        last = still_open[-1]
        day = min(max(line.posted_on, last.begins_on), last.ends_on)
        moved.append(replace(line, status=PostingStatus.WAITING, period=last.number, posted_on=day))
        if line.line_no:
            there = period_phrase(books, last.number)
            warnings.append(
                f"{line.reference}, dated in {period_phrase(books, own)}, is moved to {there}: "
                "date and period then differ."
            )
    said = f"{len(deferred)} deferred postings wait from now on; {len(warnings)} were re-dated."
    return Change(moved=tuple(moved)), said, tuple(warnings)


def _with_other_sides(books: Books, lines: Sequence[NominalPosting]) -> list[NominalPosting]:
    """The lines, and all others of their journals that have the same status."""
    wanted = {(line.journal_id, line.status) for line in lines}
    return [line for line in books.postings if (line.journal_id, line.status) in wanted]


def _add_control(books: Books, ask: Ask, _landings: Sequence[Landing]) -> Made:
    key = ask.key or AccountKey("")
    ledgers = [ledger for ledger, each in missing_controls(books) if each == key]
    if not ledgers:
        known = ", ".join(str(each).rstrip("/") for _, each in missing_controls(books))
        raise InvalidInput(
            "command.invalid",
            f"the account {str(key).rstrip('/')}, which is no control account or is counted",
            known or "no account: every control account is counted",
        )
    said = f"{account_phrase(books, key)} is counted in the reconciliation settings."
    return Change(counted=tuple((ledger, key) for ledger in ledgers)), said, ()


def _suspense_journals(books: Books, _ask: Ask, _landings: Sequence[Landing]) -> Made:
    made = [explain_ledger(books, ledger) for ledger in books.ledgers]
    drafts = [each for each in corrections_of(books, made) if each.cause == "suspense"]
    lasting = [each for each in drafts if each.is_permanent]
    lines = tuple(line for each in lasting for line in each.first.change.lines)
    warnings = tuple(said for each in lasting for said in each.first.warnings)
    said = f"{len(lasting)} documents are journalled from suspense to their control accounts."
    return Change(lines=lines), said, tuple(dict.fromkeys(warnings))


_STEPS: Mapping[WhatIf, Callable[[Books, Ask, Sequence[Landing]], Made]] = {
    WhatIf.OPEN_PERIODS: _open_periods,
    WhatIf.UPDATE_WAITING: _update_waiting,
    WhatIf.REDATE_DEFERRED: _redate_deferred,
    WhatIf.ADD_CONTROL: _add_control,
    WhatIf.SUSPENSE_JOURNALS: _suspense_journals,
}
_WITHOUT_LANDINGS = frozenset({WhatIf.ADD_CONTROL, WhatIf.SUSPENSE_JOURNALS})
