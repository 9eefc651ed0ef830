"""MT940 and MT942: the conformance suite, each oddity by name, and damage of every kind."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import Place, TieoutError
from tieout.core.money import Decimals
from tieout.core.reading import Reading
from tieout.core.statements import Direction, LineStatus, StatementLine
from tieout.formats.common.source import Source
from tieout.formats.mt940 import FORMAT
from tieout.formats.mt940.details import parse_details
from tieout.formats.mt940.entry import Entry, nearest_year, parse_entry
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises

HEAD = ":20:T\n:25:NL02BANK0123456789\n:28C:1/1\n:60F:C260101EUR100,00\n"


class TestMt940(FormatConformance):
    format_name = "mt940"


def read(text: str) -> Reading:
    return FORMAT.read(Source("test.sta", text.encode()), {})


def golden(name: str) -> Reading:
    return FORMAT.read(Source.of(GOLDEN / "mt940" / name), {})


def only_line(entry: str) -> StatementLine:
    (line,) = read(f"{HEAD}{entry}\n").statements[0].lines
    return line


@pytest.mark.parametrize(
    ("mark", "direction", "is_reversal"),
    [
        ("C", Direction.CREDIT, False),
        ("D", Direction.DEBIT, False),
        ("RC", Direction.DEBIT, True),
        ("RD", Direction.CREDIT, True),
        ("CR", Direction.CREDIT, False),
        ("DR", Direction.DEBIT, False),
        ("RCR", Direction.DEBIT, True),
        ("RDR", Direction.CREDIT, True),
    ],
)
def test_marks_and_funds_codes(mark: str, direction: Direction, is_reversal: bool) -> None:  # noqa: FBT001
    line = only_line(f":61:2601020102{mark}12,34NTRFREF")
    assert (line.direction, line.is_reversal, line.amount_minor) == (direction, is_reversal, 1234)


def test_expected_items_are_pending() -> None:
    assert only_line(":61:2601020102EC5,NTRFREF").status is LineStatus.PENDING


@pytest.mark.parametrize(
    ("entry", "kind", "references", "bank_id"),
    [
        (":61:260102C1,NTRFNONREF//B1", "NTRF", (), "B1"),
        (":61:260102C1,NCHK4711", "NCHK", ("4711",), ""),
        (":61:260102C1,00 NTRFINV-1//B2", "NTRF", ("INV-1",), "B2"),
        (":61:260102C1,//B3", "", (), "B3"),
        (":61:260102C1,NGT TMG TANGO", "NGT", ("TMG TANGO",), ""),
        (":61:260102CR1,S445328556-76501096", "S445", ("328556-76501096",), ""),
        (":61:260102    DD1,NMSCNONREF//", "NMSC", (), ""),
        (":61:2601020102C500NTRF29-07-2025 10:05//B4", "NTRF", ("29-07-2025 10:05",), "B4"),
    ],
)
def test_types_and_references(
    entry: str, kind: str, references: tuple[str, ...], bank_id: str
) -> None:
    line = only_line(entry)
    assert (line.kind, line.references, line.bank_id) == (kind, references, bank_id)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("10,", 1000), ("10,5", 1050), ("10,55", 1055), ("000000000010.55", 1055), (",5", 50)],
)
def test_decimal_comma_with_any_number_of_digits(amount: str, minor: int) -> None:
    assert only_line(f":61:260102C{amount}NTRFNONREF").amount_minor == minor


def test_entry_date_takes_the_nearest_year() -> None:
    assert only_line(":61:2601011229C1,NTRFNONREF").booked_on == date(2025, 12, 29)
    assert only_line(":61:2512310102C1,NTRFNONREF").booked_on == date(2026, 1, 2)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(-150, 150))
def test_any_entry_date_within_five_months_is_found_again(value_on: date, days: int) -> None:
    booked_on = date.fromordinal(value_on.toordinal() + days)
    month_day = (booked_on.month, booked_on.day)
    assert nearest_year(value_on.year, (value_on.month, value_on.day), month_day) == booked_on


def test_impossible_value_date_keeps_the_line_and_says_so() -> None:
    statement = read(f"{HEAD}:61:2602300301D6,00N024NONREF\n").statements[0]
    assert statement.lines[0].value_on is None
    assert statement.lines[0].booked_on == date(2026, 3, 1)
    assert "record.date-invalid" in {problem.code for problem in statement.problems}


def test_unreadable_entries_are_held_with_their_text() -> None:
    reading = golden("nothing-is-as-it-should-be.sta")
    assert [held.problem.code for held in reading.held] == [
        "record.direction-unknown",
        "record.amount-invalid",
    ]
    assert "nobody knows which way" in reading.held[0].raw


def test_entry_broken_over_two_lines_is_mended() -> None:
    entry = parse_entry(["1811261126CR", "30,00N062NONREF"], Place())
    assert isinstance(entry, Entry)
    assert entry.amount == Decimals(30, 0)
    assert [problem.code for problem in entry.problems] == ["record.field-invalid"]


def test_german_subfields() -> None:
    line = golden("german-structured-text.sta").statements[0].lines[0]
    assert line.counterparty == "Bäckerei Kornblume OHG"
    assert line.counterparty_account == "DE02100200300047110001"
    assert line.references == ("RG-2026-0042",)
    assert line.narrative == "Rechnung 2026-0042 vom 12.01.2026"


def test_dutch_subfields_and_stated_counts() -> None:
    reading = golden("dutch-slash-text-in-envelopes.txt")
    line = reading.statements[0].lines[0]
    assert line.counterparty == "Drukkerij De Pers BV"
    assert line.references == ("2026-118", "M-55-77")
    assert line.narrative == "Factuur 2026-118 drukwerk"
    assert reading.is_clean


def test_labelled_text() -> None:
    text = [
        "SEPA OVERBOEKING                 IBAN: NL56TEST0101010101        ",
        "BIC: TESTNL2AXXX                 NAAM: AA VOORBEELD B.V.         ",
        "KENMERK: 7541410",
    ]
    details = parse_details(text, "1")
    assert details.counterparty == "AA VOORBEELD B.V."
    assert details.counterparty_account == "NL56TEST0101010101"
    assert details.references == ["7541410"]


def test_interim_report_counts_are_checked() -> None:
    reading = golden("interim-report-that-does-not-add-up.942")
    assert reading.variant == "MT942"
    codes = {problem.code for problem in reading.statements[0].problems}
    assert {"statement.count-differs", "statement.total-differs"} <= codes


def test_pages_of_one_statement_follow_one_another() -> None:
    reading = golden("continued-on-a-second-page.sta")
    assert [statement.number for statement in reading.statements] == ["7/1", "7/2"]
    assert all(statement.ties for statement in reading.statements)
    assert reading.problems == ()


def test_a_time_of_day_is_no_tag_and_a_dash_no_end() -> None:
    lines = golden("nothing-is-as-it-should-be.sta").statements[0].lines
    assert lines[0].narrative.endswith(":20:11 Uhr")
    assert lines[1].narrative == "POLIS 12 - PREMIE MAART"


def test_file_on_one_line_and_hbci_line_ends() -> None:
    text = HEAD + ":61:260102C1,NTRFNONREF\n:86:one\n:62F:C260102EUR101,00\n"
    whole = read(text)
    assert read(text.replace("\n", "")).line_count == 1
    assert read(text.replace("\n", "@@")).statements[0].ties
    assert whole.statements[0].ties


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        ("", ["file.truncated"]),
        (":8", ["file.truncated"]),
        ("-\n", []),
        (":62F:C260102EUR110,00\n", []),
    ],
)
def test_a_file_that_ends_before_its_closing_balance_says_so(end: str, codes: list[str]) -> None:
    found = read(f"{HEAD}:61:2601020102C10,00NTRFA\n{end}")
    assert [each.code for each in found.problems] == codes
    assert len(found.statements[0].lines) == 1


def test_text_without_a_field_is_refused() -> None:
    with pytest.raises(TieoutError, match="unknown-format"):
        read("Dear customer,\nyour statement is attached.\n")


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    TestMt940().read_or_refuse(b":20:X\n:60F:C260101EUR1,\n:61:" + data, "any.sta")


FIELDS = (":61:", ":86:", ":60F:", ":62F:", ":20:", "-\n", "-}{5:}", "{4:", "?20", "/REMI/", "\n")
PIECES = ("260102", "C", "RD", "1,5", "NTRF", "//", "EUR", "0102", " ", "166?00", "D", "XY")


@settings(deadline=None)
@given(st.lists(st.sampled_from(FIELDS + PIECES), max_size=40))
def test_any_arrangement_of_pieces_loses_no_entry(pieces: list[str]) -> None:
    text = HEAD + "".join(pieces)
    reading = read(text)
    check_promises(reading)
    starts = sum(line.lstrip().startswith(":61:") for line in text.split("\n"))
    assert reading.line_count + len(reading.held) >= starts


@pytest.mark.parametrize("filling", [" ", "?20", "/REMI/", ":", "A", "-\n", ":86:\n", "1"])
def test_long_runs_take_no_longer_than_their_length(filling: str) -> None:
    text = f"{HEAD}:61:260102C1,NTRFNONREF\n:86:166?00" + filling * (100_000 // len(filling))
    assert read(text).line_count == 1
    read(f"{HEAD[:-10]}{filling * (100_000 // len(filling))}")
