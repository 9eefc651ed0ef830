"""Two reports on another basis: every basis error of the specification (2.4), by its figure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.explain.books import (
    AccountUse,
    Books,
    ClosedBalance,
    ControlSettings,
    EntryAllocation,
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.explaining import explain_ledger
from tieout.core.money import Decimals
from tieout.core.periods import LogState, PeriodEvent, PeriodLog, calendar_months
from tieout.core.reports.basis import BASES, Comparison, compared, control_candidates, sentence_of
from tieout.core.reports.basis_aged import aged_candidates
from tieout.core.statements import Direction

AR = SubLedger.AR
PLAIN, ADM, EUR = AccountKey("44100"), AccountKey("44100", "ADM", "ADM"), AccountKey("44150")
ADDED, JANUARY = date(2026, 2, 9), date(2026, 1, 31)
RIGHT = 893_834_000


def entry(name: str, amount: int, month: int, day: int, **fields: object) -> LedgerEntry:
    on = date(2026, month, day)
    made = LedgerEntry(
        entry_id=name,
        ledger=AR,
        kind=EntryKind.INVOICE if amount > 0 else EntryKind.RECEIPT,
        party="P1",
        reference=name,
        dated_on=on,
        entered_on=on,
        currency="GBP",
        doc_minor=amount,
        base_minor=amount,
        key=PLAIN,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def posted(of: LedgerEntry, period: int, *, sign: int = 1) -> NominalPosting:
    amount = sign * of.base_minor
    return NominalPosting(
        posting_id=f"N{sign}{of.entry_id}",
        journal_id=f"J{sign}{of.entry_id}",
        status=PostingStatus.POSTED,
        key=of.key,
        period=period,
        posted_on=of.dated_on,
        dated_on=of.dated_on,
        entered_on=of.entered_on,
        module="SL",
        source_id=of.entry_id,
        line_no=1,
        line_count=1,
        reference=of.reference,
        narrative="",
        currency=of.currency,
        direction=Direction.DEBIT if amount >= 0 else Direction.CREDIT,
        base_minor=abs(amount),
        doc_minor=abs(of.doc_minor),
    )


def allocation(name: str, debit: str, credit: str, amount: int) -> EntryAllocation:
    on = date(2026, 1, 30)
    return EntryAllocation(name, AR, debit, credit, on, on, amount, amount, amount)


def kept() -> Books:
    """January 2026, each entry of another size, so that a figure says which of them are in it."""
    entries = [
        entry("E1", 1_000_000, 1, 5),
        entry("E2", -200_000, 1, 10),
        entry("E3", 30_000, 1, 15, party="P2", key=ADM),
        entry("E4", 4_000, 1, 20, party="P3", currency="EUR", doc_minor=5_000, key=EUR),
        entry("E5", 500, 2, 2),
        entry("E6", -60, 2, 3, party="P2"),
        entry("E7", -7_000_000, 1, 12, party="P4", kind=EntryKind.CREDIT_NOTE),
        entry("E8", 80_000_000, 1, 8, voided_on=date(2026, 1, 20)),
        entry("E9", 900_000_000, 1, 25),
    ]
    postings = [posted(each, 2 if each.entry_id in {"E5", "E6", "E9"} else 1) for each in entries]
    postings.append(posted(entries[7], 1, sign=-1))
    postings[0] = replace(postings[0], entered_on=ADDED)
    return Books(
        base_currency="GBP",
        calendar=calendar_months(2026, 1, 3),
        log=PeriodLog((PeriodEvent(date(2026, 2, 8), 1, LogState.CLOSED),)),
        entries=tuple(entries),
        postings=tuple(postings),
        accounts=dict.fromkeys((PLAIN, ADM, EUR), AccountUse.CONTROL_AR),
        settings={AR: ControlSettings(frozenset({PLAIN, ADM, EUR}), DefaultAccount(PLAIN))},
        allocations=(allocation("A1", "E3", "E6", 60), allocation("A2", "E1", "GONE", 1)),
        closed=(ClosedBalance(AR, 1, date(2026, 2, 8), 123_456, 654_321),),
        rates={(1, "EUR"): Decimals(9, 1), (2, "EUR"): Decimals(70, 2)},
        exponents={"GBP": 2, "EUR": 2},
        last_period=3,
    )


def aged_compared(figure: int) -> Comparison:
    books = kept()
    made = explain_ledger(books, AR)
    return compared("Aged total", figure, RIGHT, aged_candidates(books, made, 1))


@pytest.mark.req("R261", "R293")
@pytest.mark.parametrize(
    ("figure", "codes"),
    [
        (RIGHT + 500 - 60, {"B1", "B8"}),  # also the last day within a month of the end
        (123_456, {"B3"}),
        (RIGHT - 60, {"B4", "B7"}),  # the half of the allocation is the later receipt
        (RIGHT - 1, {"B5"}),
        (RIGHT - 61, {"B4"}),  # both halves
        (RIGHT + 200_000, {"B6"}),
        (RIGHT - 4_000 + 4_500, {"B10", "B8"}),  # and the ledger as at 2 February
        (RIGHT - 4_000 + 3_500, {"B10"}),
        (RIGHT - 4_000, {"B7"}),
        (80_800_000, {"B8"}),
        (RIGHT - 900_000_000, {"B8", "B9", "B14"}),
        (RIGHT + 7_200_000, {"B6", "B11"}),
        (RIGHT + 7_000_000, {"B6", "B7", "B11"}),
        (RIGHT + 80_000_000, {"B12"}),
        (30_000, {"B7", "B13"}),
        (RIGHT + 7, set()),
    ],
)
def test_every_basis_that_gives_the_figure_is_proposed_and_no_other(
    figure: int, codes: set[str]
) -> None:
    made = aged_compared(figure)
    assert {each.code for each in made.fits} == codes
    assert all(each.figure_minor == figure for each in made.fits)
    assert made.difference == figure - RIGHT


@pytest.mark.req("R273", "R274")
@pytest.mark.parametrize(
    ("of", "codes"),
    [
        (lambda all_of: all_of - 4_000, {"B2"}),  # every 44100, without 44150
        (lambda all_of: all_of - 34_000, {"B2"}),  # 44100 alone
        (lambda _: 30_000, {"B2", "B13"}),
        (lambda _: 654_321, {"B3"}),
        (lambda all_of: all_of - 1_000_000, {"B3"}),  # as known at closing
        (lambda all_of: all_of + 900_000_440, {"B8"}),
        (lambda all_of: all_of + 3, set()),
    ],
)
def test_a_control_total_of_another_scope_or_moment(
    of: Callable[[int], int], codes: set[str]
) -> None:
    books = kept()
    right = RIGHT - 900_000_000
    figure = of(right)
    made = compared("Control total", figure, right, control_candidates(books, AR, 1))
    assert {each.code for each in made.fits} == codes


def test_the_right_figure_has_nothing_to_propose() -> None:
    made = aged_compared(RIGHT)
    assert (made.difference, made.fits) == (0, ())
    assert "is the figure of the books" in sentence_of(kept(), made)


def test_several_that_fit_are_all_named_and_none_is_chosen() -> None:
    said = sentence_of(kept(), aged_compared(RIGHT - 900_000_000))
    assert said.endswith("other bases give exactly it (B8, B9, B14): a person decides.")


def test_the_catalogue_is_that_of_the_specification() -> None:
    assert list(BASES) == [f"B{number}" for number in range(1, 15)]
