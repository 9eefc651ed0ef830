"""CFONB 120: the conformance suite, each oddity by name, and damage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.money import Decimals
from tieout.core.reading import Reading
from tieout.formats.cfonb120 import FORMAT, read_amount
from tieout.formats.common.source import Source
from tieout.testing.formats import GOLDEN, FormatConformance


class TestCfonb120(FormatConformance):
    format_name = "cfonb120"


def golden(name: str) -> Reading:
    return FORMAT.read(Source.of(GOLDEN / "cfonb120" / name), {})


@given(st.integers(-(10**13) + 1, 10**13 - 1))
def test_overpunched_amounts(minor: int) -> None:
    letters = "{ABCDEFGHI" if minor >= 0 else "}JKLMNOPQR"
    digits = f"{abs(minor):014d}"
    amount = read_amount(digits[:-1] + letters[int(digits[-1])], "2")
    assert isinstance(amount, Decimals)
    assert amount.to_minor(2) == minor


@pytest.mark.parametrize(("text", "minor"), [("000010\u00e9", 100), ("000010\u00e8", -100)])
def test_french_character_set_shows_braces_as_letters(text: str, minor: int) -> None:
    amount = read_amount(text, "2")
    assert isinstance(amount, Decimals)
    assert amount.to_minor(2) == minor


def test_details_complete_the_movement() -> None:
    (statement,) = golden("transfers-with-details.txt").statements
    transfer, debit, cheque = statement.lines
    assert statement.ties
    assert transfer.counterparty == "BOULANGERIE MARTIN"
    assert transfer.references == ("FAC-2026-12", "E2E-2026-12")
    assert debit.references == ("MANDAT-0815",)
    assert cheque.references == ("0004711",)


def test_decimals_come_from_the_record_and_line_ends_may_be_missing() -> None:
    (statement,) = golden("yen-without-decimals-and-no-line-ends.txt").statements
    assert statement.ties
    assert statement.lines[0].amount_minor == 1500


def test_missing_end_of_statement() -> None:
    first, second = golden("two-accounts-one-without-end.txt").statements
    assert first.closing is None
    assert second.ties


def test_damaged_records_are_named() -> None:
    reading = golden("damaged-records.txt")
    assert [held.problem.code for held in reading.held] == ["record.amount-invalid"]
    assert "EN FAIT PARTIE" in reading.held[0].raw
    assert [problem.code for problem in reading.problems] == ["record.extra", "record.extra"]


@settings(deadline=None)
@given(st.lists(st.text("0129 A{}JX", max_size=120), max_size=12))
def test_any_records(tails: list[str]) -> None:
    text = "\n".join(f"04{tail}" for tail in tails)
    reading = TestCfonb120().read_or_refuse(text.encode(), "any.txt")
    if reading is not None:
        assert reading.line_count + len(reading.held) == len(tails)
