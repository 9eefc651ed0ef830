"""Norma 43: the conformance suite, each oddity by name, and damage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.norma43 import FORMAT
from tieout.testing.formats import GOLDEN, FormatConformance


class TestNorma43(FormatConformance):
    format_name = "norma43"


def golden(name: str) -> Reading:
    return FORMAT.read(Source.of(GOLDEN / "norma43" / name), {})


def test_a_month_is_read_whole() -> None:
    reading = golden("a-month.n43")
    (statement,) = reading.statements
    assert reading.is_clean
    assert statement.ties
    assert [line.signed_minor for line in statement.lines] == [25000, -1098]
    assert statement.lines[1].narrative.endswith("CAFETERIA CENTRAL")


def test_an_overdrawn_account_is_negative() -> None:
    (statement,) = golden("overdrawn-account.n43").statements
    assert statement.opening is not None
    assert statement.opening.amount_minor == -5000
    assert statement.ties


def test_the_original_amount_is_kept() -> None:
    line = golden("foreign-currency-item.n43").statements[0].lines[0]
    assert ("original_amount", "80.00 GBP") in line.attributes


def test_several_accounts() -> None:
    statements = golden("two-accounts.n43").statements
    assert [each.currency.code for each in statements if each.currency] == ["EUR", "USD"]


def test_counts_and_totals_are_checked() -> None:
    codes = [problem.code for problem in golden("counts-that-do-not-agree.n43").all_problems()]
    assert codes.count("statement.count-differs") == 3
    assert codes.count("statement.total-differs") == 2


def test_damaged_records_are_held_or_named() -> None:
    reading = golden("damaged-and-cut-off.n43")
    assert [held.problem.code for held in reading.held] == [
        "record.direction-unknown",
        "record.amount-invalid",
    ]
    assert reading.statements[0].lines[0].booked_on is None
    codes = [problem.code for problem in reading.problems]
    assert codes == ["record.extra", "record.extra", "file.truncated"]


@settings(deadline=None)
@given(st.lists(st.text("0129 AX", max_size=80), max_size=12))
def test_any_records(tails: list[str]) -> None:
    text = "\n".join(f"22{tail}" for tail in tails)
    reading = TestNorma43().read_or_refuse(text.encode(), "any.n43")
    if reading is not None:
        assert reading.line_count + len(reading.held) == len(tails)
