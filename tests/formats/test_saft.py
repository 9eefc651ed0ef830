"""The SAF-T reader: conformance, and each oddity of real files as an example by name."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.core.statements import Direction
from tieout.formats.common.source import Source
from tieout.formats.registry import format_named
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises


def example(name: str) -> Reading:
    return format_named("saft").read(Source.of(GOLDEN / "saft" / name), {})


def read(body: str) -> Reading:
    return format_named("saft").read(Source("ledger.xml", body.encode()), {})


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


def ledger(transactions: str, header: str = "<CurrencyCode>EUR</CurrencyCode>") -> str:
    return (
        f"<AuditFile><Header>{header}</Header><GeneralLedgerEntries><Journal>"
        f"<JournalID>J</JournalID>{transactions}</Journal></GeneralLedgerEntries></AuditFile>"
    )


def line(name: str, amount: str, account: str = "1") -> str:
    return (
        f"<Line><AccountID>{account}</AccountID>"
        f"<{name}Amount><Amount>{amount}</Amount></{name}Amount></Line>"
    )


class TestSafT(FormatConformance):
    format_name = "saft"


def test_a_bank_account_in_euro_is_posted_in_euro_and_weighs_in_kroner() -> None:
    reading = example("norway-bank-in-euro.xml")
    bank, other = reading.entries[1].postings
    assert (bank.amount_minor, bank.currency) == (10000, Currency.of("EUR"))
    assert (bank.weight_minor, bank.weight_currency) == (115000, Currency.of("NOK"))
    assert (other.amount_minor, other.currency) == (115000, Currency.of("NOK"))
    assert reading.entries[1].is_balanced
    assert [account.is_bank for account in reading.accounts] == [True, True, False]
    assert reading.is_clean


def test_the_supplier_is_the_counterparty_and_value_dates_are_kept() -> None:
    entry = example("norway-bank-in-euro.xml").entries[0]
    assert entry.counterparty == "Eplehagen ANS"
    assert entry.references == ("F-88", "00123")
    assert entry.booked_on == date(2026, 3, 2)
    assert [posting.posted_on for posting in entry.postings] == [None, date(2026, 3, 3)]
    assert ("GLPostingDate", "2026-03-04") in entry.attributes


def test_debit_and_credit_lines_in_windows_1252() -> None:
    reading = example("portugal-windows-1252.xml")
    (entry,) = reading.entries
    assert [posting.direction for posting in entry.postings] == [Direction.DEBIT, Direction.CREDIT]
    assert entry.postings[0].narrative == "Transferência"
    assert entry.counterparty == "Café Tejo"
    assert reading.accounts[0].is_bank
    assert reading.is_clean


def test_without_a_ledger_it_says_what_there_is_instead() -> None:
    reading = example("invoices-only.xml")
    (problem,) = reading.problems
    assert problem.code == "file.no-records"
    assert "1 invoices, 1 payments, 1 customers" in problem.found


def test_a_negative_debit_is_a_credit_and_counts_as_the_file_counts_it() -> None:
    reading = example("storno-and-bad-amounts.xml")
    storno, odd_day = reading.entries
    assert [posting.direction for posting in storno.postings] == [Direction.CREDIT, Direction.DEBIT]
    assert odd_day.booked_on is None
    assert [each.problem.code for each in reading.held] == ["record.amount-invalid"]
    assert {"record.date-invalid", "entry.unbalanced", "match.no-currency"} <= codes(reading)
    assert storno.postings[0].currency == Currency.of("RON")


def test_stated_totals_counts_and_balances_are_checked() -> None:
    reading = example("stated-totals-differ.xml")
    assert {
        "statement.count-differs",
        "statement.total-differs",
        "statement.does-not-tie",
        "record.id-repeated",
    } <= codes(reading)
    assert len({entry.entry_id for entry in reading.entries}) == 2


def test_a_transaction_that_breaks_off_is_held_even_if_its_amounts_look_whole() -> None:
    reading = example("cut-off.xml")
    assert len(reading.entries) == 1
    assert [each.problem.code for each in reading.held] == ["file.truncated"]


def test_debit_and_credit_on_one_line_are_two_postings() -> None:
    both = line("Debit", "5").replace("</Line>", "<CreditAmount>3</CreditAmount></Line>")
    (entry,) = read(ledger(f"<Transaction>{both}</Transaction>")).entries
    assert [posting.signed_minor for posting in entry.postings] == [500, -300]


def test_two_journals_may_use_one_id() -> None:
    one = "<Transaction><TransactionID>1</TransactionID></Transaction>"
    body = ledger(f"{one}</Journal><Journal><JournalID>K</JournalID>{one}")
    reading = read(body)
    assert [entry.entry_id for entry in reading.entries] == ["1", "K/1"]
    assert "record.id-repeated" not in codes(reading)


def test_something_else_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"file\.unknown-format"):
        read("<Invoice><Header/></Invoice>")


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6))
def test_what_balances_in_the_file_balances_here(amounts: list[int]) -> None:
    lines = "".join(line("Debit", f"{amount / 100:.2f}") for amount in amounts)
    total = sum(round(amount) for amount in amounts)
    lines += line("Credit", f"{total / 100:.2f}")
    (entry,) = read(ledger(f"<Transaction>{lines}</Transaction>")).entries
    assert entry.is_balanced
    assert len(entry.postings) == len(amounts) + 1


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    for body in (data, b"<AuditFile><GeneralLedgerEntries><Transaction>" + data):
        try:
            reading = format_named("saft").read(Source("x.xml", body), {})
        except TieoutError:
            continue
        check_promises(reading)
