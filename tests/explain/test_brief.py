"""The brief's own examples, and the rules of single causes, each as a small book."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.explain.ageing import aged_report
from tieout.core.explain.amounts import is_slide, is_transposition
from tieout.core.explain.balances import (
    closed_totals,
    control_balance,
    infinite_difference,
    subledger_balance,
)
from tieout.core.explain.books import (
    AccountUse,
    Books,
    ControlSettings,
    EntryAllocation,
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger
from tieout.core.explain.items import items_of
from tieout.core.periods import (
    Calendar,
    LogState,
    PeriodEvent,
    PeriodLog,
    calendar_months,
    retail_year,
)
from tieout.core.statements import Direction

AR, AP = SubLedger.AR, SubLedger.AP
CONTROL, CREDITORS, SUSPENSE = AccountKey("44100"), AccountKey("55100"), AccountKey("99999")
ADM = AccountKey("44100", "ADM", "ADM")
JANUARY_CLOSED = PeriodLog((PeriodEvent(date(2026, 1, 31), 1, LogState.CLOSED),))


def entry(
    amount: int, on: date, *, ledger: SubLedger = AR, entered: date | None = None, **fields: object
) -> LedgerEntry:
    """An invoice of 2026, in pence."""
    made = LedgerEntry(
        entry_id="E1",
        ledger=ledger,
        kind=EntryKind.INVOICE,
        party="P1",
        reference="R1",
        dated_on=on,
        entered_on=entered or on,
        currency="GBP",
        doc_minor=amount,
        base_minor=amount,
        key=CONTROL if ledger is AR else CREDITORS,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def posting(of: LedgerEntry, period: int, **fields: object) -> NominalPosting:
    """The control line of an entry."""
    natural = of.ledger.natural_direction
    made = NominalPosting(
        posting_id=f"N-{of.entry_id}",
        journal_id=f"J-{of.entry_id}",
        status=PostingStatus.POSTED,
        key=of.key,
        period=period,
        posted_on=of.entered_on,
        dated_on=of.dated_on,
        entered_on=of.entered_on,
        module=of.ledger.module,
        source_id=of.entry_id,
        line_no=1,
        line_count=1,
        reference=of.reference,
        narrative="",
        currency=of.currency,
        direction=natural if of.base_minor >= 0 else natural.opposite,
        base_minor=abs(of.base_minor),
        doc_minor=abs(of.doc_minor),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def books(
    entries: Iterable[LedgerEntry],
    postings: Iterable[NominalPosting],
    *,
    log: PeriodLog = JANUARY_CLOSED,
    calendar: Calendar | None = None,
) -> Books:
    """Books of 2026 with one control account a ledger."""
    return Books(
        base_currency="GBP",
        calendar=calendar or calendar_months(2026, 1, 12),
        log=log,
        entries=tuple(entries),
        postings=tuple(postings),
        accounts={
            CONTROL: AccountUse.CONTROL_AR,
            CREDITORS: AccountUse.CONTROL_AP,
            SUSPENSE: AccountUse.SUSPENSE,
        },
        settings={
            AR: ControlSettings(frozenset({CONTROL})),
            AP: ControlSettings(frozenset({CREDITORS})),
        },
        suspense=frozenset({SUSPENSE}),
        last_period=12,
        exponents={"GBP": 2, "EUR": 2},
    )


def said(made: LedgerExplanation) -> list[tuple[str, int, int, int | None]]:
    """Cause, amount, from, to."""
    return [(each.cause, each.amount_minor, each.begins, each.ends) for each in made.shares]


@pytest.mark.req("R254", "R255")
def test_an_invoice_of_29_january_entered_on_4_february_after_january_closed() -> None:
    late = entry(54_014, date(2026, 1, 29), entered=date(2026, 2, 4))
    kept = books([late], [posting(late, 2)])
    made = explain_ledger(kept, AR)
    assert made.difference()[1:4] == (54_014, 0, 0)
    assert said(made) == [("closed_period", 54_014, 1, 2)]
    assert subledger_balance(kept, AR, date(2026, 1, 31)) == 54_014
    assert control_balance(kept, AR, {CONTROL}, 1) == 0
    assert items_of(kept, made)[0].sentence == (
        "Invoice R1 of P1 for 540.14 GBP, dated 29 January 2026, was entered on 4 February 2026, "
        "after January 2026 had closed, so the nominal ledger has it in February 2026. "
        "It clears by itself."
    )


@pytest.mark.req("R265")
def test_a_supplier_credit_note_entered_on_4_february_dated_29_january() -> None:
    late = entry(
        -20_000,
        date(2026, 1, 29),
        ledger=AP,
        entered=date(2026, 2, 4),
        kind=EntryKind.CREDIT_NOTE,
    )
    made = explain_ledger(books([late], [posting(late, 2)]), AP)
    assert made.difference()[1:4] == (-20_000, 0, 0)
    assert said(made) == [("closed_period", -20_000, 1, 2)]


@pytest.mark.req("R256", "R257")
def test_a_receipt_of_february_allocated_in_march_to_an_invoice_of_january() -> None:
    day, march = date(2026, 2, 20), date(2026, 3, 9)
    adjustment = entry(
        -1_250,
        day,
        kind=EntryKind.CURRENCY_ADJUSTMENT,
        currency="EUR",
        doc_minor=0,
        allocated_on=march,
        entered=march,
    )
    made = explain_ledger(books([adjustment], [posting(adjustment, 3)]), AR)
    assert made.difference()[1:4] == (0, -1_250, 0)
    assert said(made) == [("currency_adjustment", -1_250, 2, 3)]


KEYS = (CONTROL, ADM, AccountKey("44100", "NTH", "SAL"), AccountKey("44150"))


@pytest.mark.req("R275", "R276", "R277")
@pytest.mark.parametrize(
    ("default", "meant"),
    [
        (DefaultAccount(CONTROL, use_specified=False), KEYS[:3]),
        (DefaultAccount(CONTROL, use_specified=True), KEYS[:1]),
        (DefaultAccount(ADM, use_specified=True), KEYS[1:2]),
    ],
    ids=["No: every 44100", "Yes, blank: that one", "Yes, ADM ADM: that one"],
)
def test_use_specified_the_three_rows(default: DefaultAccount, meant: tuple[AccountKey]) -> None:
    assert default.denotes(KEYS) == set(meant)
    of_each = entry(100, date(2026, 1, 5))
    lines = [
        replace(posting(of_each, 1), posting_id=str(place), key=key, base_minor=10**place)
        for place, key in enumerate(KEYS)
    ]
    kept = books([], lines)
    kept = replace(kept, settings={AR: ControlSettings(frozenset(KEYS), default)})
    total = control_balance(kept, AR, default.denotes(KEYS), 1)
    assert total == sum(10 ** KEYS.index(key) for key in meant)
    closed = closed_totals(kept, AR)
    assert closed["no"][1] == 111
    assert closed["yes_blank"][1] == 1
    assert closed["yes_ADM_ADM"][1] == 10


@pytest.mark.req("R274")
def test_where_a_posting_for_a_party_lands_under_use_specified() -> None:
    assert DefaultAccount(CONTROL, use_specified=True).receives(ADM) == CONTROL
    assert DefaultAccount(CONTROL, use_specified=False).receives(ADM) == ADM


@pytest.mark.req("R245", "R246", "R247", "R271", "R272")
def test_an_account_taken_out_of_the_settings_leaves_the_ledger_and_is_named() -> None:
    one, other = entry(700, date(2026, 2, 1)), entry(300, date(2026, 2, 2), entry_id="E2", key=ADM)
    kept = books([one, other], [posting(one, 2), posting(other, 2)])
    made = explain_ledger(kept, AR)
    assert said(made) == [("control_not_in_settings", 300, 2, None)]
    assert subledger_balance(kept, AR) == 1000
    added = replace(kept, settings={AR: ControlSettings(frozenset({CONTROL, ADM}))})
    assert explain_ledger(added, AR).difference()[2] == 0
    assert subledger_balance(added, AR) == 1000


@pytest.mark.req("R283", "R284")
@pytest.mark.parametrize(("corrected_in", "left"), [(2, []), (4, [("suspense", 900, 2, 4)])])
def test_a_suspense_correction_in_the_same_period_and_in_a_later_one(
    corrected_in: int, left: list[tuple[str, int, int, int]]
) -> None:
    astray = entry(900, date(2026, 2, 10))
    journal = posting(
        astray,
        corrected_in,
        posting_id="N2",
        journal_id="J2",
        source_id="",
        module="NL",
        line_no=0,
        line_count=0,
        reference="SUSPCORR",
        narrative="Transfer from suspense R1",
    )
    other = replace(journal, posting_id="N3", key=SUSPENSE, direction=Direction.CREDIT)
    kept = books([astray], [posting(astray, 2, key=SUSPENSE), journal, other])
    assert said(explain_ledger(kept, AR)) == left


@pytest.mark.req("R248", "R249", "R280")
def test_a_waiting_line_changes_no_balance_and_is_nothing_once_updated() -> None:
    one = entry(500, date(2026, 3, 3))
    line = posting(one, 3, status=PostingStatus.WAITING)
    kept = books([one], [line])
    assert control_balance(kept, AR, {CONTROL}) == 0
    assert said(explain_ledger(kept, AR)) == [("waiting", 500, 3, None)]
    assert infinite_difference(kept, AR) == 0
    updated = replace(kept, postings=(replace(line, status=PostingStatus.POSTED),))
    assert said(explain_ledger(updated, AR)) == []


@pytest.mark.req("R280")
def test_a_waiting_line_updated_after_closing_becomes_a_late_one() -> None:
    one = entry(500, date(2026, 1, 20))
    late = posting(one, 2, entered_on=date(2026, 2, 6))
    assert said(explain_ledger(books([one], [late]), AR)) == [("closed_period", 500, 1, 2)]


@pytest.mark.req("R253", "R278", "R279")
def test_where_a_posting_rolls_to_depends_on_what_is_open_at_that_moment() -> None:
    calendar = calendar_months(2026, 1, 12)
    log = PeriodLog(
        (
            PeriodEvent(date(2026, 2, 10), 1, LogState.CLOSED),
            PeriodEvent(date(2026, 3, 1), 1, LogState.OPEN),
            PeriodEvent(date(2026, 3, 5), 1, LogState.CLOSED),
            PeriodEvent(date(2026, 3, 12), 2, LogState.CLOSED, "SL"),
        ),
        frozenset({12}),
    )
    day = date(2026, 1, 29)
    at = [(2, 4), (2, 10), (2, 11), (3, 3), (3, 6), (3, 20)]
    landed = [log.roll_forward(calendar, day, date(2026, *each), ("SL", "NL")) for each in at]
    assert landed == [1, 1, 2, 1, 2, 3]
    assert log.roll_forward(calendar, day, date(2026, 3, 20), ("PL", "NL")) == 2
    assert log.roll_forward(calendar, date(2026, 12, 5), date(2026, 3, 20)) is None


@pytest.mark.req("R253")
def test_a_late_posting_that_skipped_an_open_period_was_put_there_by_hand() -> None:
    late = entry(100, date(2026, 1, 29), entered=date(2026, 2, 4))
    made = explain_ledger(books([late], [posting(late, 3)]), AR)
    assert said(made) == [("date_period_mismatch", 100, 1, 3)]


def test_periods_need_not_be_months() -> None:
    calendar = retail_year(date(2026, 1, 5))
    one = entry(100, date(2026, 2, 2))
    assert calendar.number_of(one.dated_on) == 2
    made = explain_ledger(books([one], [posting(one, 2)], calendar=calendar), AR)
    assert said(made) == []


@pytest.mark.req("R262", "R268")
def test_a_difference_brought_forward_is_constant_from_period_0() -> None:
    old = entry(1_000, date(2025, 11, 3))
    line = posting(old, 0, module="BF", source_id="", line_no=0, base_minor=800, doc_minor=800)
    made = explain_ledger(books([old], [line]), AR)
    assert set(made.difference()) == {200}
    assert said(made) == [("brought_forward", 200, 0, None)]


@pytest.mark.req("R258", "R260", "R267")
@pytest.mark.parametrize(("journal", "short"), [(0, 400), (150, 250), (400, 0)])
def test_an_opening_balance_needs_its_journal_and_is_never_missing(
    journal: int, short: int
) -> None:
    opening = entry(400, date(2026, 2, 1), kind=EntryKind.OPENING_BALANCE)
    line = posting(
        opening,
        2,
        module="NL",
        source_id="",
        line_no=0,
        narrative="Opening balance P1",
        base_minor=journal,
        doc_minor=journal,
    )
    made = explain_ledger(books([opening], [line] if journal else []), AR)
    assert said(made) == ([("opening_balance", short, 2, None)] if short else [])


@pytest.mark.req("R260")
def test_one_opening_journal_for_all_parties_is_paired_by_account_and_total() -> None:
    parts = [
        entry(each, date(2026, 2, 1), kind=EntryKind.OPENING_BALANCE, entry_id=f"E{each}")
        for each in (300, 450)
    ]
    total = posting(
        parts[0],
        2,
        module="NL",
        source_id="",
        line_no=0,
        reference="OPENING",
        narrative="Opening balances take-on",
        base_minor=750,
        doc_minor=750,
    )
    assert said(explain_ledger(books(parts, [total]), AR)) == []


@pytest.mark.parametrize(
    ("right", "typed", "is_one"),
    [
        (260917, 620917, True),
        (3333, 3333, False),
        (1000, 100, False),
        (1050, 150, False),
        (12, 21, True),
        (1234, 4321, False),
        (-13402, -31402, True),
        (13402, -31402, False),
    ],
)
def test_two_neighbouring_digits_exchanged(right: int, typed: int, *, is_one: bool) -> None:
    assert is_transposition(right, typed) is is_one


@pytest.mark.parametrize(
    ("right", "typed", "is_one"),
    [
        (1604, 16040, True),
        (1604, 160400, True),
        (1000, 10, True),
        (0, 0, False),
        (0, 10, False),
        (5, -50, False),
        (305, 3055, False),
    ],
)
def test_a_decimal_point_that_moved(right: int, typed: int, *, is_one: bool) -> None:
    assert is_slide(right, typed) is is_one


def test_two_real_documents_alike_in_day_and_amount_are_no_duplicate() -> None:
    one = entry(100, date(2026, 2, 3))
    other = replace(one, entry_id="E2")
    assert said(explain_ledger(books([one, other], [posting(one, 2), posting(other, 2)]), AR)) == []


@pytest.mark.req("R291")
def test_an_aged_report_undoes_later_allocations_and_keeps_its_total() -> None:
    invoice = entry(1_000, date(2026, 1, 10))
    receipt = entry(-1_000, date(2026, 2, 10), entry_id="E2", kind=EntryKind.RECEIPT)
    allocation = EntryAllocation(
        "A1", AR, "E1", "E2", date(2026, 3, 2), date(2026, 3, 2), 1_000, 1_000, 1_000
    )
    kept = replace(books([invoice, receipt], []), allocations=(allocation,))
    before = aged_report(kept, AR, date(2026, 2, 28))
    assert (before.total, before.buckets["31-60"], before.buckets["unallocated"]) == (
        0,
        1_000,
        -1_000,
    )
    assert aged_report(kept, AR, date(2026, 3, 2)).left == {}
    known = aged_report(kept, AR, date(2026, 3, 31), known_at=date(2026, 1, 31))
    assert known.total == 1_000


def test_the_same_balance_as_known_at_two_days() -> None:
    late = entry(54_014, date(2026, 1, 29), entered=date(2026, 2, 4))
    kept = books([late], [])
    signed = subledger_balance(kept, AR, date(2026, 1, 31), date(2026, 1, 31))
    today = subledger_balance(kept, AR, date(2026, 1, 31), date(2026, 1, 31) + timedelta(days=9))
    assert (signed, today) == (0, 54_014)
