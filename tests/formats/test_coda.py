"""CODA: the conformance suite, each oddity by name, and damage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.reading import Reading
from tieout.formats.coda import FORMAT
from tieout.formats.common.source import Source
from tieout.testing.formats import GOLDEN, FormatConformance


class TestCoda(FormatConformance):
    format_name = "coda"


def golden(name: str) -> Reading:
    return FORMAT.read(Source.of(GOLDEN / "coda" / name), {})


def test_details_are_parts_and_not_counted_twice() -> None:
    (statement,) = golden("batch-with-details.cod").statements
    (line,) = statement.lines
    assert statement.ties
    assert [part.counterparty for part in line.parts] == ["AN PEETERS", "BRAM CLAES"]
    assert sum(part.signed_minor for part in line.parts) == line.signed_minor == -100000


def test_structured_communication_is_a_reference() -> None:
    line = golden("transfer-with-structured-communication.cod").statements[0].lines[0]
    assert line.references == ("123456789002",)
    assert line.counterparty == "BAKKERIJ DE KORENBLOEM"
    assert line.counterparty_account == "BE71096123456769"


def test_returned_direct_debit_is_a_reversal() -> None:
    first, second = golden("direct-debit-and-its-return.cod").statements[0].lines
    assert (first.is_reversal, second.is_reversal) == (False, True)
    assert first.references == ("MNDT-1-2026-01", "POLIS 8812")


def test_third_decimal_widens_the_currency_and_nothing_is_rounded() -> None:
    (statement,) = golden("counts-that-do-not-agree.cod").statements
    assert statement.lines[0].amount_minor == 2005
    assert statement.lines[0].currency.exponent == 3


def test_record_9_is_checked() -> None:
    codes = [problem.code for problem in golden("counts-that-do-not-agree.cod").all_problems()]
    assert codes.count("statement.count-differs") == 1
    assert codes.count("statement.total-differs") == 2


def test_several_accounts_in_a_file() -> None:
    statements = golden("two-accounts-and-a-message.cod").statements
    assert [each.account for each in statements] == ["BE68539007547034", "138536152215"]
    assert all(each.ties for each in statements)


def test_damaged_movements_are_held_with_what_follows() -> None:
    reading = golden("damaged-records.cod")
    assert [held.problem.code for held in reading.held] == [
        "record.amount-invalid",
        "record.direction-unknown",
    ]
    assert "HOORT ERBIJ" in reading.held[0].raw
    assert reading.line_count == 2


@settings(deadline=None)
@given(st.lists(st.text("0129 A{X", max_size=128), max_size=12))
def test_any_records(tails: list[str]) -> None:
    text = "\n".join(["0000003022672505", *(f"21{tail}" for tail in tails)])
    reading = TestCoda().read_or_refuse(text.encode(), "any.cod")
    if reading is not None:
        parts = sum(len(line.parts) for each in reading.statements for line in each.lines)
        assert reading.line_count + parts + len(reading.held) == len(tails)
