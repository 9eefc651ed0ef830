"""The beancount reader: its promises, and one test by name for each oddity of real ledgers."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.accounts import AccountKind
from tieout.core.reading import Reading
from tieout.formats.beancount import FORMAT
from tieout.formats.common.source import Source
from tieout.testing.formats import FormatConformance, check_promises


class TestBeancount(FormatConformance):
    format_name = "beancount"


def reading_of(text: str) -> Reading:
    return FORMAT.read(Source("ledger.beancount", text.encode()), {})


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


def test_an_amount_left_out_is_worked_out_and_counted_once_a_file() -> None:
    reading = reading_of(
        '2026-01-01 * "a"\n  Assets:Bank  10.00 EUR\n  Income:Sales\n'
        '2026-01-02 * "b"\n  Assets:Bank  -4.50 EUR\n  Expenses:Food\n'
    )
    assert [entry.postings[1].signed_minor for entry in reading.entries] == [-1000, 450]
    assert all(entry.is_balanced for entry in reading.entries)
    (inferred,) = [each for each in reading.problems if each.code == "entry.inferred"]
    assert inferred.found.startswith("2 amounts")


def test_what_rounding_leaves_is_kept_in_words_and_the_cash_amount_is_untouched() -> None:
    reading = reading_of(
        '2026-01-01 * "buy"\n  Assets:Fund  31.704 FUND {2.94 EUR}\n  Assets:Bank  -93.21 EUR\n'
    )
    (entry,) = reading.entries
    assert entry.is_balanced
    assert entry.postings[1].signed_minor == -9321
    assert ("rounding", "-0.00024 EUR") in entry.attributes


def test_a_difference_of_a_whole_cent_is_no_rounding() -> None:
    reading = reading_of(
        '2026-01-01 * "buy"\n  Assets:Fund  31.704 FUND {2.94 EUR}\n  Assets:Bank  -93.22 EUR\n'
    )
    assert not reading.entries[0].is_balanced
    assert "entry.unbalanced" in codes(reading)


def test_arithmetic_is_exact() -> None:
    reading = reading_of(
        '2026-01-01 * "x"\n  Expenses:A  (0.1 + 0.2) * 3 EUR\n  Assets:Bank  -0.90 EUR\n'
    )
    assert reading.entries[0].postings[0].signed_minor == 90
    assert reading.entries[0].is_balanced


def test_a_division_without_end_is_not_rounded_but_named() -> None:
    reading = reading_of('2026-01-01 * "x"\n  Expenses:A  10 / 3 EUR\n  Assets:B  -3.33 EUR\n')
    assert "entry.not-supported" in codes(reading)
    assert any(name == "posting without amount" for name, _ in reading.entries[0].attributes)


def test_prices_weigh_and_total_prices_follow_the_sign_of_the_units() -> None:
    reading = reading_of(
        '2026-01-01 * "x"\n  Assets:Usd  -100 USD @@ 92.50 EUR\n  Assets:Bank  92.50 EUR\n'
        '2026-01-02 * "y"\n  Assets:Usd  100 USD @ 0.925 EUR\n  Assets:Bank  -92.50 EUR\n'
    )
    assert all(entry.is_balanced for entry in reading.entries)


def test_first_in_first_out_is_followed_where_the_account_says_so() -> None:
    reading = reading_of(
        '2026-01-01 open Assets:Fund FUND "FIFO"\n'
        '2026-01-02 * "one"\n  Assets:Fund  10 FUND {1.00 EUR}\n  Assets:Bank\n'
        '2026-01-03 * "two"\n  Assets:Fund  10 FUND {2.00 EUR}\n  Assets:Bank\n'
        '2026-01-04 * "sell"\n  Assets:Fund  -15 FUND {}\n  Assets:Bank  45.00 EUR\n'
        "  Income:Gains\n"
    )
    gain = reading.entries[2].postings[2]
    assert gain.signed_minor == -(4500 - 10 * 100 - 5 * 200)


def test_a_lot_that_is_not_certain_is_not_guessed() -> None:
    reading = reading_of(
        '2026-01-02 * "one"\n  Assets:Fund  10 FUND {1.00 EUR}\n  Assets:Bank\n'
        '2026-01-03 * "two"\n  Assets:Fund  10 FUND {2.00 EUR}\n  Assets:Bank\n'
        '2026-01-04 * "sell"\n  Assets:Fund  -15 FUND {}\n  Assets:Bank  45.00 EUR\n'
        "  Income:Gains\n"
    )
    assert "entry.not-supported" in codes(reading)
    assert ("posting without amount", "Income:Gains") in reading.entries[2].attributes


def test_root_accounts_renamed_by_option_have_their_kinds() -> None:
    reading = reading_of(
        'option "name_assets" "Besitz"\n2026-01-01 open Besitz:Bank:Giro EUR\n'
        "2026-01-01 open Income:Sales\n"
    )
    bank, sales = reading.accounts
    assert (bank.kind, bank.is_bank, bank.currency) == (AccountKind.ASSET, True, "EUR")
    assert sales.kind is AccountKind.INCOME


def test_nothing_that_is_set_aside_goes_unsaid() -> None:
    reading = reading_of(
        'plugin "x"\n2026-01-01 pad Assets:Bank Equity:Opening\n'
        "2026-01-02 balance Assets:Bank 5 EUR\nrubbish here\n"
    )
    said = " | ".join(problem.found for problem in reading.all_problems())
    for what in ("plugin, not run", "pad directive", "balance assertion, not checked"):
        assert what in said
    assert [each.raw for each in reading.held] == ["rubbish here"]


def test_an_included_file_beside_is_followed_and_one_outside_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    entry = '2026-01-01 * "{}"\n  Assets:Bank  1 EUR\n  Income:Sales\n'
    (tmp_path / "outside.beancount").write_text(entry.format("outside"))
    (folder / "2026.beancount").write_text('include "main.beancount"\n' + entry.format("inside"))
    main = folder / "main.beancount"
    main.write_text('include "20*.beancount"\ninclude "../outside.beancount"\n')
    reading = FORMAT.read(Source.of(main), {})
    assert [each.narrative for each in reading.entries] == ["inside"]
    assert reading.entries[0].entry_id == "2026.beancount:2"
    assert "include '../outside.beancount', not followed" in {
        each.found for each in reading.problems
    }


def test_a_string_that_is_not_closed_swallows_no_later_entry() -> None:
    reading = reading_of(
        '2026-01-01 * "open\n  Assets:Bank  1 EUR\n  Income:Sales\n'
        '2026-01-02 * "next"\n  Assets:Bank  2 EUR\n  Income:Sales\n'
    )
    assert [each.narrative for each in reading.entries] == ["open", "next"]
    assert [len(each.postings) for each in reading.entries] == [2, 2]
    assert "record.field-invalid" in codes(reading)


def test_a_posting_takes_its_reference_from_metadata() -> None:
    reading = reading_of(
        '2026-01-01 * "x"\n  Assets:Bank  1 EUR\n    ofx_fitid: "778"\n  Income:Sales\n'
    )
    assert reading.entries[0].postings[0].reference == "778"
    assert "778" in reading.entries[0].references


@pytest.mark.parametrize("data", [b" ", b"\xff\xfe", b'"' * 50_000, b"(" * 5_000])
def test_junk_is_read_or_refused(data: bytes) -> None:
    TestBeancount().read_or_refuse(data, "x.beancount")


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_crash(data: bytes) -> None:
    TestBeancount().read_or_refuse(data, "x.beancount")


AMOUNTS = st.text(string.digits + " .,+-*/(){}@#EURUSD\"';=", max_size=30)


@given(st.lists(AMOUNTS, max_size=4), st.text(max_size=20))
def test_no_posting_line_crashes_and_none_is_lost(amounts: list[str], header: str) -> None:
    lines = [f"  Assets:A{index}  {amount}" for index, amount in enumerate(amounts)]
    reading = reading_of(f'2026-01-01 * "{header}"\n' + "\n".join(lines) + "\n")
    check_promises(reading)
    said = repr(reading.entries) + repr(reading.held) + repr(reading.problems)
    assert all(f"Assets:A{index}" in said for index in range(len(amounts)))
