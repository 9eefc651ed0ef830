"""The journal reader: its promises, and one test by name for each oddity of real journals."""

import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.accounts import AccountKind
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.ledger import FORMAT
from tieout.testing.formats import FormatConformance, check_promises


class TestLedger(FormatConformance):
    format_name = "ledger"


def reading_of(text: str, **options: str) -> Reading:
    return FORMAT.read(Source("books.journal", text.encode()), options)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


def first_amount(written: str) -> tuple[int, Currency]:
    reading = reading_of(f"2026-01-01 x\n    assets:a  {written}\n    assets:b\n")
    posting = reading.entries[0].postings[0]
    return posting.signed_minor, posting.currency


@pytest.mark.parametrize(
    ("written", "minor", "code", "exponent"),
    [
        ("$-12.50", -1250, "USD", 2),
        ("-$12.50", -1250, "USD", 2),
        ("$ -1,225.00", -122500, "USD", 2),
        ("- €3", -300, "EUR", 2),
        ("EUR 1.234,56", 123456, "EUR", 2),
        ("1 234,56 €", 123456, "EUR", 2),
        ("1'234.56 CHF", 123456, "CHF", 2),
        ("1,00,000.00 INR", 10000000, "INR", 2),
        ("0,555 GBP", 555, "GBP", 3),
        ("1500 JPY", 1500, "JPY", 0),
        ('2.5 "Green Fund 2"', 25, "Green Fund 2", 1),
        ('"Plans: Mail" 1', 1, "Plans: Mail", 0),
        ("1339829c", 1339829, "c", 0),
        ("(9G * 6)", 54, "G", 0),
        ("59820 bytes", 59820, "bytes", 0),
    ],
)
def test_amounts_as_people_write_them(written: str, minor: int, code: str, exponent: int) -> None:
    assert first_amount(written) == (minor, Currency(code, exponent))


def test_a_lone_comma_means_what_the_other_amounts_of_its_commodity_show() -> None:
    reading = reading_of(
        "2026-01-01 x\n  assets:a   1,000 EUR\n  assets:b\n"
        "2026-01-02 y\n  assets:a   12,50 EUR\n  assets:b\n"
    )
    assert reading.entries[0].postings[0].signed_minor == 100
    assert "table.guess-ambiguous" not in codes(reading)


def test_a_lone_comma_that_nothing_explains_is_named() -> None:
    reading = reading_of("2026-01-01 x\n  assets:a   1,000 EUR\n  assets:b\n")
    assert reading.entries[0].postings[0].signed_minor == 100000
    assert "table.guess-ambiguous" in codes(reading)


def test_a_declared_decimal_mark_wins() -> None:
    reading = reading_of("commodity 1.000,00 EUR\n2026-01-01 x\n  a:a  1.000 EUR\n  a:b\n")
    assert reading.entries[0].postings[0].signed_minor == 100000


def test_two_commodities_left_over_are_the_price_of_one_another() -> None:
    (entry,) = reading_of("2026-01-01\n  assets:d  $-135\n  assets:e  €100\n").entries
    assert entry.is_balanced
    assert [posting.signed_minor for posting in entry.postings] == [-13500, 10000]


def test_a_sale_weighs_what_the_lot_cost_and_the_gain_is_worked_out() -> None:
    (entry,) = reading_of(
        "2019-03-01 Sell\n  Assets:Shares  -1 ETF {10 EUR} @ 15 EUR\n"
        "  Assets:Cash  15 EUR\n  Income:Gains   ;-5 EUR\n"
    ).entries
    assert entry.postings[2].signed_minor == -500


def test_a_balance_assignment_is_worked_out_from_what_the_account_held() -> None:
    reading = reading_of(
        "2026-01-01 open\n  assets:bank  $100\n  equity:opening\n"
        "2026-01-02 count\n  assets:bank  = $130\n  assets:cash  = $5\n  equity:adjust\n"
    )
    assert [each.signed_minor for each in reading.entries[1].postings] == [3000, 500, -3500]


def test_dates_that_go_back_and_forth_leave_assignments_alone() -> None:
    reading = reading_of(
        "2026-01-03 open\n  assets:bank  $100\n  equity:opening\n"
        "2026-01-02 count\n  assets:bank  = $130\n  assets:cash  = $5\n  equity:adjust\n"
    )
    assert "entry.not-supported" in codes(reading)


def test_virtual_postings_do_not_unbalance_and_brackets_balance_among_themselves() -> None:
    (entry,) = reading_of(
        "2026-01-01 x\n  (budget:food)  $-9\n  [budget:rent]  $5\n  [budget:pool]\n"
        "  assets:cash  $-4\n  expenses:food\n"
    ).entries
    assert entry.is_balanced
    assert [each.signed_minor for each in entry.postings] == [-900, 500, -500, -400, 400]


def test_a_day_without_year_has_no_date_until_the_year_is_known() -> None:
    text = "12/31 x\n  assets:a  $1\n  assets:b\n"
    assert reading_of(text).entries[0].booked_on is None
    assert "record.date-missing" in codes(reading_of(text))
    assert reading_of(text, year="2025").entries[0].booked_on == date(2025, 12, 31)
    assert reading_of("Y2024\n" + text).entries[0].booked_on == date(2024, 12, 31)


def test_code_payee_note_and_tags() -> None:
    (entry,) = reading_of(
        "2026-01-02=2026-01-05 * (INV-17) Acme | hours  ; project:alpha\n"
        "  assets:a  $1  ; date:2026-01-04\n  assets:b\n    ; :one:two:\n"
    ).entries
    assert (entry.status, entry.counterparty, entry.narrative) == ("*", "Acme", "Acme | hours")
    assert entry.references == ("INV-17",)
    assert entry.postings[0].posted_on == date(2026, 1, 4)
    assert ("project", "alpha") in entry.attributes
    assert ("assets:b tag", "two") in entry.attributes


def test_entries_inside_a_block_of_comments_are_not_entries() -> None:
    reading = reading_of(
        "comment\n2026-01-01 x\n  a:a  $1\n  a:b\nend comment\n2026-01-02 y\n  a:a  $1\n  a:b\n"
    )
    assert [each.narrative for each in reading.entries] == ["y"]


def test_rules_and_timeclock_lines_are_named() -> None:
    reading = reading_of(
        "= expenses\n  (b)  *-1\n~ monthly\n  b  $1\n  c\ni 2026-01-01 09:00:00 w\n"
    )
    said = " | ".join(problem.found for problem in reading.problems)
    for what in ("automated rule", "periodic rule", "timeclock line"):
        assert what in said


def test_declared_types_reach_the_accounts_below() -> None:
    reading = reading_of(
        "account x:till  ; type:C\naccount x:misc\n    ; type: X\n"
        "2026-01-01 x\n  x:till:shop  $1\n  x:misc\n"
    )
    kinds = {each.code: (each.kind, each.is_bank) for each in reading.accounts}
    assert kinds["x:till:shop"] == (AccountKind.ASSET, True)
    assert kinds["x:misc"] == (AccountKind.EXPENSE, False)


def test_an_included_file_beside_is_followed_and_one_outside_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    entry = "2026-01-01 {}\n  assets:a  $1\n  assets:b\n"
    (tmp_path / "outside.journal").write_text(entry.format("outside"))
    (folder / "part.journal").write_text(entry.format("inside"))
    main = folder / "main.journal"
    main.write_text("include part.journal\n!include ../outside.journal\ninclude /etc/passwd\n")
    reading = FORMAT.read(Source.of(main), {})
    assert [each.narrative for each in reading.entries] == ["inside"]
    assert sum("not followed" in each.found for each in reading.problems) == 2


def test_output_pasted_below_a_journal_is_held_not_swallowed() -> None:
    reading = reading_of("2026-01-01 x\n  a:a  $1\n  a:b\n\n$ ledger bal\n   $1  a:a\n")
    assert len(reading.entries) == 1
    assert [each.raw for each in reading.held] == ["$ ledger bal\n   $1  a:a"]


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_crash(data: bytes) -> None:
    TestLedger().read_or_refuse(data, "x.journal")


AMOUNTS = st.text(string.digits + " .,+-*/(){}[]@=*\"';$€EUR", max_size=30)


@given(st.lists(AMOUNTS, max_size=4), st.text(max_size=20))
def test_no_posting_line_crashes_and_none_is_lost(amounts: list[str], header: str) -> None:
    lines = [f"  assets:a{index}  {amount}" for index, amount in enumerate(amounts)]
    text = f"2026-01-01 {' '.join(header.split())}\n" + "\n".join(lines) + "\n"
    reading = reading_of(text)
    check_promises(reading)
    said = repr(reading.entries) + repr(reading.held) + repr(reading.problems)
    assert all(f"assets:a{index}" in said for index in range(len(amounts)))
