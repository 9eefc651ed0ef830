"""`tieout.ledger_reports`: the reports of a books folder, a ledger each, without a server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import tieout
from tieout.core.errors import InvalidInput
from tieout.core.explain.ageing import MONTHS, AgedSettings, buckets_of
from tieout.core.explain.balances import closing_days, control_balance, subledger_balance
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger
from tieout.core.explain.groups import Scene
from tieout.core.money import parse_decimal
from tieout.core.reports.aged import AgedQuestion, aged_ledger_report
from tieout.core.reports.basis import compared, comparison_report, control_candidates
from tieout.core.reports.basis_aged import aged_candidates
from tieout.core.reports.changes import changes_report
from tieout.core.reports.closed import closed_report
from tieout.core.reports.enquiry import enquiry_report
from tieout.core.reports.report import Origin, Report
from tieout.core.reports.statements import StatementQuestion, statements_report
from tieout.files.explaining import chosen_ledgers, require_period
from tieout.files.stored_reports import figure_of
from tieout.formats.books import read_books


class ReportKind(StrEnum):
    """The reports that a ledger has."""

    ENQUIRY = "enquiry"
    CLOSED = "closed"
    AGED = "aged"
    STATEMENTS = "statements"
    CHANGES = "changes"


@dataclass(frozen=True)
class Asked:
    """What is asked of a report; every part has a meaning where it is left out."""

    period: int | None = None
    """Else the last that is not in the future; of closed balances, all."""
    as_at: date | None = None
    """Else the last day of the period."""
    is_ordinary: bool = False
    """What is open now, whatever the period."""
    known_at: date | None = None
    """Else all that was entered."""
    known_from: date | None = None
    """Of changes: else the day the period was closed."""
    buckets: str = "30,60,90"
    """Ends of the buckets in days, or `months`."""
    by_due_date: bool = False
    ages_credits: bool = False
    rates_of: int | None = None
    """Of an aged report: a period at whose rates what is open is valued besides."""
    currency: str = ""
    party: str = ""
    since: date | None = None
    """Of statements: movements since then instead of open items."""

    @cached_property
    def ageing(self) -> AgedSettings:
        """How an aged report ages.

        Raises:
            InvalidInput: `command.invalid` where the buckets are none.
        """
        if self.buckets == "months":
            return AgedSettings(
                self.by_due_date, MONTHS, counts_months=True, ages_credits=self.ages_credits
            )
        try:
            days = buckets_of([int(each) for each in self.buckets.split(",")])
        except ValueError as error:
            expected = "days that go up, as 30,60,90, or months"
            raise InvalidInput(
                "command.invalid", f"the buckets {self.buckets!r}", expected
            ) from error
        return AgedSettings(self.by_due_date, days, ages_credits=self.ages_credits)


def ledger_reports(
    folder: str | Path,
    kind: str,
    *,
    ledger: str | Sequence[str] = (),
    asked: Asked | None = None,
    mapping: str | Path | None = None,
) -> tuple[Report, ...]:
    """Make a report of each ledger of a books folder.

    Args:
        folder: A folder in the layout of docs/formats/books.md.
        kind: `enquiry`, `closed`, `aged`, `statements` or `changes`.
        ledger: `AR`, `AP` … one or several; all that the books have when none is named.
        asked: Period, day, moment, buckets and the like.
        mapping: A mapping file, where the folder has the tables of another system.

    Raises:
        TieoutError: The folder cannot be read, the question has no sense, or a total is not what
            the books say.
    """
    if kind not in set(ReportKind):
        expected = f"one of {', '.join(ReportKind)}"
        raise InvalidInput("command.invalid", f"the report {kind!r}", expected)
    _check(ReportKind(kind), asked or Asked())
    desk = _desk(folder, ledger, asked, mapping)
    return tuple(_MAKERS[ReportKind(kind)](desk, each) for each in desk.ledgers)


def _check(kind: ReportKind, asked: Asked) -> None:
    """Refuse what a report of this kind would pass over in silence."""
    for each in fields(asked):
        if getattr(asked, each.name) != each.default and each.name not in USED[kind]:
            said = each.name.removeprefix("is_").replace("_", " ")
            expected = f"only {', '.join(name.replace('_', ' ') for name in USED[kind])}"
            raise InvalidInput("command.invalid", f"{said!r} of the report {kind}", expected)


_DAYS = ("period", "as_at", "is_ordinary", "known_at", "buckets", "by_due_date", "ages_credits")
USED: dict[ReportKind, tuple[str, ...]] = {
    ReportKind.ENQUIRY: ("period",),
    ReportKind.CLOSED: ("period",),
    ReportKind.AGED: (*_DAYS, "currency", "rates_of"),
    ReportKind.STATEMENTS: (*_DAYS, "currency", "party", "since"),
    ReportKind.CHANGES: ("period", "known_from", "known_at"),
}
"""Which parts of a question each report has a use for."""


def compare_total(  # noqa: PLR0913  the public door: every argument is a setting by name
    folder: str | Path,
    figure: str,
    *,
    of: str = "aged",
    ledger: str = "AR",
    period: int | None = None,
    mapping: str | Path | None = None,
) -> Report:
    """Say which other basis of a report gives exactly a figure that somebody compares.

    Args:
        folder: A folder in the layout of docs/formats/books.md.
        figure: A plain decimal in base currency, or a report kept as JSON (`….json`).
        of: `aged`, the total of an aged report, or `control`, of the control accounts.
        ledger: Which ledger.
        period: The last that is not in the future when none is named.
        mapping: A mapping file, where the folder has the tables of another system.

    Raises:
        TieoutError: The folder cannot be read, or the figure is not an amount.
    """
    desk = _desk(folder, ledger, Asked(period=period), mapping)
    books, chosen = desk.books, desk.ledgers[0]
    given = figure_of(figure, chosen)
    number, exponent = parse_decimal(given.amount), books.exponents.get(books.base_currency, 2)
    minor = number.to_minor(exponent) if number else None
    if minor is None or of not in {"aged", "control"}:
        found = f"the figure {given.amount!r}" if minor is None else f"a total of {of!r}"
        raise InvalidInput("command.invalid", found, "a plain decimal; aged or control")
    end = books.calendar.end_of(desk.period)
    if of == "aged":
        right = subledger_balance(books, chosen, end)
        made = compared(
            "Aged total", minor, right, aged_candidates(books, desk.explained(chosen), desk.period)
        )
    else:
        keys = Scene(books, chosen).counted
        right = control_balance(books, chosen, keys, desk.period)
        found_in = control_candidates(books, chosen, desk.period)
        made = compared("Total of the control accounts", minor, right, found_in)
    report = comparison_report(books, chosen, made, end, desk.origin)
    return replace(report, notes=given.notes)


@dataclass(frozen=True)
class _Desk:
    """The books with what is asked of them."""

    books: Books
    ledgers: tuple[SubLedger, ...]
    asked: Asked
    origin: Origin

    @property
    def period(self) -> int:
        """The period asked for, else the last that is not in the future."""
        return self.books.last_period if self.asked.period is None else self.asked.period

    @property
    def as_at(self) -> date | None:
        """The day asked for; None where all that is open now is."""
        if self.asked.is_ordinary:
            return None
        return self.asked.as_at or self.books.calendar.end_of(self.period)

    def explained(self, ledger: SubLedger) -> LedgerExplanation:
        """Why a ledger differs."""
        return explain_ledger(self.books, ledger)

    def aged(self) -> AgedQuestion:
        """What is asked of an aged report."""
        asked = self.asked
        return AgedQuestion(
            self.as_at, asked.known_at, asked.ageing, asked.currency, asked.rates_of
        )


def _desk(
    folder: str | Path,
    ledger: str | Sequence[str],
    asked: Asked | None,
    mapping: str | Path | None,
) -> _Desk:
    reading = read_books(Path(folder), mapping=Path(mapping) if mapping else None)
    books, question = reading.books, asked or Asked()
    if question.period is not None or not books.calendar.periods:
        require_period(books, question.period)
    names = (ledger,) if isinstance(ledger, str) else ledger
    origin = Origin.of(books, version=tieout.__version__, files=reading.content_hash)
    return _Desk(books, chosen_ledgers(reading, names), question, origin)


def _enquiry(desk: _Desk, ledger: SubLedger) -> Report:
    return enquiry_report(desk.books, desk.explained(ledger), desk.period, desk.origin)


def _closed(desk: _Desk, ledger: SubLedger) -> Report:
    return closed_report(desk.books, ledger, desk.origin, desk.asked.period)


def _aged(desk: _Desk, ledger: SubLedger) -> Report:
    return aged_ledger_report(desk.books, ledger, desk.aged(), desk.origin)


def _statements(desk: _Desk, ledger: SubLedger) -> Report:
    question = StatementQuestion(desk.aged(), desk.asked.party, desk.asked.since)
    return statements_report(desk.books, ledger, question, desk.origin)


def _changes(desk: _Desk, ledger: SubLedger) -> Report:
    closed_on = closing_days(desk.books, ledger).get(desk.period)
    known_from = desk.asked.known_from or closed_on
    if known_from is None:
        raise InvalidInput(
            "command.invalid",
            f"period {desk.period}, which is not closed",
            "a moment to compare with: --known-from 2026-02-05",
        )
    clocks = (known_from, desk.asked.known_at)
    return changes_report(desk.books, ledger, desk.period, clocks, desk.origin)


_MAKERS: dict[ReportKind, Callable[[_Desk, SubLedger], Report]] = {
    ReportKind.ENQUIRY: _enquiry,
    ReportKind.CLOSED: _closed,
    ReportKind.AGED: _aged,
    ReportKind.STATEMENTS: _statements,
    ReportKind.CHANGES: _changes,
}
