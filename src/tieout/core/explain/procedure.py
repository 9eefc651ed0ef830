"""The guided procedure: what each of its steps 0 to 13 finds in these books, ledger by ledger."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tieout.core.explain.ageing import aged_report
from tieout.core.explain.balances import (
    account_keys,
    closed_periods,
    closing_days,
    control_balance,
    infinite_difference,
    subledger_balance,
)
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.causes import UNEXPLAINED, title_of
from tieout.core.explain.correcting import Corrected, correct
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger, is_active
from tieout.core.explain.findings import TITLES, Finding, GuideStep
from tieout.core.explain.groups import controls_of
from tieout.core.explain.sentences import account_phrase, money, period_phrase
from tieout.core.explain.whatifs import (
    Ask,
    Tried,
    WhatIf,
    alone_enough,
    missing_controls,
    try_all,
)
from tieout.core.explain.working import PeriodWork, Working, direction_of, work_of


@dataclass(frozen=True)
class Procedure:
    """The books of an investigation, and what its steps share."""

    books: Books
    content_hash: str
    """Which books these are."""
    ledgers: tuple[SubLedger, ...]
    problems: tuple[str, ...] = ()
    """What was wrong with the files, a sentence each."""

    @cached_property
    def made(self) -> tuple[LedgerExplanation, ...]:
        """The explanation of each ledger."""
        return tuple(explain_ledger(self.books, ledger) for ledger in self.ledgers)

    @cached_property
    def tried(self) -> tuple[Tried, ...]:
        """Steps 4 to 6, one after the other."""
        asks = (
            *(WhatIf.OPEN_PERIODS, WhatIf.REDATE_DEFERRED),
            *(WhatIf.UPDATE_WAITING, WhatIf.SUSPENSE_JOURNALS),
        )
        return try_all(self.books, map(Ask, asks), self.ledgers, self.made)

    @cached_property
    def corrected(self) -> Corrected:
        """Step 11: every first way accepted, on the books as read."""
        return correct(self.books, ledgers=self.ledgers, before=self.made)

    def steps(self) -> tuple[GuideStep, ...]:
        """All of them, in order."""
        each: tuple[Callable[[], Iterable[Finding]], ...] = (
            *(self._copied, self._settings, self._closed, self._triage, self._opened),
            *(self._posted, self._suspense, self._closed_again, self._matched, self._totals),
            *(self._differs, self._corrections, self._periods, self._left),
        )
        return tuple(
            GuideStep(number, title, tuple(find()))
            for number, (title, find) in enumerate(zip(TITLES, each, strict=True))
        )

    def _money(self, amount_minor: int) -> str:
        return money(self.books, amount_minor)

    def _period(self, number: int) -> str:
        return period_phrase(self.books, number)

    def _copied(self) -> Iterator[Finding]:
        counts = Counter(entry.ledger for entry in self.books.entries)
        days = [entry.dated_on for entry in self.books.entries]
        details = [f"{each.called}: {counts[each]:,} entries" for each in self.ledgers]
        details.append(f"Nominal ledger: {len(self.books.postings):,} postings")
        if days:
            details.append(f"Dated from {min(days)} to {max(days)}")
        yield Finding(
            f"Everything below is of snapshot {self.content_hash}.", details=tuple(details)
        )
        unbalanced = len(self.books.unbalanced)
        if unbalanced or self.problems:
            said = f"{len(self.problems)} problems of the files; {unbalanced} unbalanced journals."
            yield Finding(said, details=self.problems, stops=True)

    def _settings(self) -> Iterator[Finding]:
        missing = missing_controls(self.books)
        for ledger in self.ledgers:
            settings = self.books.settings.get(ledger)
            counted = settings.counted if settings else frozenset()
            absent = [key for each, key in missing if each is ledger]
            others = sorted(counted - controls_of(self.books, ledger))
            details = [
                f"Not counted: {account_phrase(self.books, key)}, "
                f"{self._money(self._of_account(ledger, key))} in the sub-ledger"
                for key in absent
            ]
            details += [
                f"Counted, though no control account: {account_phrase(self.books, key)}"
                for key in others
            ]
            said = f"{len(counted)} accounts are counted; {len(absent)} that belong are not."
            yield Finding(said, ledger, tuple(details), stops=bool(absent or others))

    def _of_account(self, ledger: SubLedger, key: object) -> int:
        return sum(
            entry.base_minor
            for entry in self.books.entries
            if entry.ledger is ledger and entry.key == key and entry.voided_on is None
        )

    def _closed(self) -> Iterator[Finding]:
        for ledger in self.ledgers:
            settings = self.books.settings.get(ledger)
            if settings is None or settings.default is None:
                yield Finding("No default control account is known.", ledger)
                continue
            meant = settings.default.denotes(account_keys(self.books))
            details = [account_phrase(self.books, key) for key in sorted(meant)]
            rows = closed_periods(self.books, ledger)
            other = [
                row
                for row in rows
                if (row.ledger_total, row.nominal_total)
                != (row.stored.ledger_total, row.stored.nominal_total)
            ]
            details += [
                f"{self._period(row.stored.period)}: since closing the sub-ledger has changed by "
                f"{self._money(row.ledger_total - row.stored.ledger_total)}, the nominal ledger "
                f"by {self._money(row.nominal_total - row.stored.nominal_total)}"
                for row in other
            ]
            scope = "the accounts reconciled" if meant == settings.counted else "other accounts"
            said = (
                f"Closed balances total {len(meant)} accounts, {scope}; "
                f"{len(other)} of {len(rows)} stored balances are no longer what the books give."
            )
            yield Finding(said, ledger, tuple(details), stops=meant != settings.counted)

    def _triage(self) -> Iterator[Finding]:
        for made in self.made:
            amount = infinite_difference(self.books, made.ledger)
            now = made.difference()[self.books.last_period]
            said = f"The difference is {self._money(now)}; with all dates in and all that waits "
            said += f"posted, on every control account, {self._money(amount)}: "
            said += "all is time or settings." if not amount else "that part is permanent."
            yield Finding(said, made.ledger, stops=bool(amount))
        for ledger, ask in alone_enough(self.books, self.ledgers, self.made).items():
            yield Finding(f"{ask} alone makes the difference zero in every period.", ledger)

    def _opened(self) -> Iterator[Finding]:
        tried = self.tried[0]
        details = tuple(
            f"{each.entry.reference if each.entry else each.line.reference}: dated in "
            f"{self._period(each.own_period)}, would land in "
            f"{self._period(each.lands_now) if each.lands_now is not None else 'no period'}"
            for each in tried.landings
            if each.is_elsewhere
        )
        yield Finding(tried.sentence, details=details, stops=bool(details))

    def _posted(self) -> Iterator[Finding]:
        yield from self._step(self.tried[1])
        yield from self._step(self.tried[2])

    def _suspense(self) -> Iterator[Finding]:
        yield from self._step(self.tried[3])

    def _step(self, tried: Tried) -> Iterator[Finding]:
        at = self.books.last_period
        details = [
            f"{before.ledger.called}: {self._money(before.difference()[at])} before, "
            f"{self._money(after.difference()[at])} after"
            for before, after in zip(tried.before, tried.after, strict=True)
        ]
        said = (*details, *tried.warnings)
        yield Finding(tried.sentence, details=said, stops=bool(tried.warnings))

    def _closed_again(self) -> Iterator[Finding]:
        copy = self.tried[-1].books
        for ledger in self.ledgers:
            settings = self.books.settings.get(ledger)
            default = settings.default if settings else None
            meant = default.denotes(account_keys(copy)) if default else frozenset()
            details = []
            for period in closing_days(self.books, ledger):
                before, after = (
                    control_balance(each, ledger, meant, period) for each in (self.books, copy)
                )
                if before != after:
                    details.append(
                        f"{self._period(period)}: {self._money(before)} before, "
                        f"{self._money(after)} after"
                    )
            said = f"{len(details)} closed balances would be others after steps 4 to 6."
            yield Finding(said, ledger, tuple(details))

    def _matched(self) -> Iterator[Finding]:
        for made in self.made:
            if made.last_matched is None:
                said = "No period ever agreed: work backward from the latest."
                yield Finding(said, made.ledger, stops=True)
                continue
            said = f"{self._period(made.last_matched)} agreed last: work forward from the next."
            if made.offsetting:
                size = self._money(made.offsetting)
                said += f" It agrees by offset only: items of {size} stand in it."
            yield Finding(said, made.ledger, stops=bool(made.offsetting))

    def _start(self, made: LedgerExplanation) -> PeriodWork | None:
        return next(iter(work_of(self.books, made)), None)

    def _totals(self) -> Iterator[Finding]:
        for made in self.made:
            start = self._start(made)
            if start is None:
                yield Finding("No period is left to work through.", made.ledger)
                continue
            ledger, end = made.ledger, self.books.calendar.end_of(start.period)
            balance = subledger_balance(self.books, ledger, end)
            aged = aged_report(self.books, ledger, end).total
            said = (
                f"{self._period(start.period)}: sub-ledger {self._money(balance)}, control "
                f"accounts {self._money(balance - start.difference)}, aged report "
                f"{self._money(aged)}."
            )
            yield Finding(said, ledger, stops=aged != balance)

    def _differs(self) -> Iterator[Finding]:
        for made in self.made:
            start = self._start(made)
            if start is None:
                continue
            rows = made.by_cause()
            standing = Counter(
                share.cause for share in made.shares if is_active(share, start.period)
            )
            details = tuple(
                f"{title_of(code)}: {self._money(rows[code][start.period])}, {count} items"
                for code, count in standing.most_common()
            )
            left = standing[UNEXPLAINED]
            said = f"{len(set(standing) - {UNEXPLAINED})} causes; {left} items are unexplained."
            yield Finding(said, made.ledger, details, stops=bool(left))

    def _corrections(self) -> Iterator[Finding]:
        accepted = self.corrected.accepted
        kinds = Counter(each.way.kind.value.replace("_", " ") for each in accepted)
        choices = sum(each.correction.needs_choice for each in accepted)
        reopened = sorted(set[int]().union(*(each.way.reopens for each in accepted)))
        details = [f"{kind}: {count}" for kind, count in kinds.most_common()]
        details += [f"{self._period(each)} would be reopened" for each in reopened]
        said = f"{len(accepted)} corrections; for {choices} a person has to choose the way."
        yield Finding(said, details=tuple(details), stops=bool(choices or reopened))

    def _periods(self) -> Iterator[Finding]:
        for made in self.made:
            work = work_of(self.books, made)
            direction = direction_of(made)
            details = tuple(self._of_period(each, direction) for each in work if _is_work(each))
            yield Finding(f"{len(details)} periods, {direction}.", made.ledger, details)

    def _of_period(self, each: PeriodWork, direction: Working) -> str:
        said = (
            f"{self._period(each.period)}: {self._money(each.movement)} is new, "
            f"{len(each.begun)} items begin, {len(each.ended)} end"
        )
        if direction is Working.BACKWARD:
            said += f"; {self._money(each.older)} is older"
        return said

    def _left(self) -> Iterator[Finding]:
        for made in self.corrected.after:
            lasting = [share for share in made.shares if share.ends is None]
            at = made.difference()[self.books.last_period]
            said = (
                f"After every correction {self._money(at)} is left; {len(lasting)} items last, "
                f"{len(made.shares) - len(lasting)} clear by themselves."
            )
            yield Finding(said, made.ledger, stops=bool(lasting))


def _is_work(each: PeriodWork) -> bool:
    return bool(each.movement or each.begun or each.ended)
