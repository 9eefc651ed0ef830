"""BAI2 and BTR3: the conformance suite, each oddity by name, and damage."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.reading import Reading
from tieout.core.statements import Direction, LineStatus
from tieout.formats.bai2 import FORMAT
from tieout.formats.bai2.codes import direction_of
from tieout.formats.common.source import Source
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises

HEAD = "01,A,B,260203,0800,1,,,2/\n02,B,A,1,260202,,USD,2/\n03,1,USD,010,0,,/\n"


class TestBai2(FormatConformance):
    format_name = "bai2"


def golden(name: str) -> Reading:
    return FORMAT.read(Source.of(GOLDEN / "bai2" / name), {})


@given(st.integers(0, 999))
def test_direction_follows_the_published_ranges(number: int) -> None:
    expected = {1: Direction.CREDIT, 2: Direction.CREDIT, 3: Direction.CREDIT, 4: Direction.DEBIT}
    expected |= {5: Direction.DEBIT, 6: Direction.DEBIT}
    if number < 900:
        assert direction_of(f"{number:03d}") is expected.get(number // 100)


def test_a_clean_file_is_clean() -> None:
    reading = golden("previous-day.bai")
    assert reading.is_clean
    assert reading.statements[0].ties
    line = reading.statements[0].lines[0]
    assert line.counterparty == "ACME LLC"
    assert line.narrative.startswith("WIRE IN ACME LLC/REF 77")
    assert reading.statements[0].lines[2].references == ("0001042",)


def test_funds_types_with_fields_of_their_own() -> None:
    lines = golden("funds-types-and-continuations.bai").statements[0].lines
    assert [line.bank_id for line in lines] == ["LB-1", "SP4738", "ACH-9", "W-1"]
    assert lines[1].value_on == date(2026, 2, 4)
    assert lines[1].narrative == "PROCEEDS OF LETTER OF CREDIT"


def test_every_trailer_is_checked() -> None:
    found = [problem.code for problem in golden("trailers-that-do-not-agree.bai").all_problems()]
    assert found.count("statement.total-differs") == 2
    assert found.count("statement.count-differs") == 4


def test_what_is_no_transaction_is_not_added_and_not_lost() -> None:
    reading = golden("types-that-are-no-transactions.bai")
    assert reading.statements[0].lines[0].status is LineStatus.INFORMATION
    assert reading.statements[0].ties
    assert [held.problem.code for held in reading.held] == [
        "record.direction-unknown",
        "record.amount-invalid",
        "record.amount-missing",
    ]
    assert "record.extra" in {problem.code for problem in reading.problems}


def test_decimals_are_those_of_the_currency() -> None:
    assert golden("yen-has-no-decimals.bai").statements[0].lines[0].amount_minor == 1500


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    TestBai2().read_or_refuse(HEAD.encode() + b"16," + data, "any.bai")


PIECES = (
    "16,",
    "88,",
    "03,",
    "49,",
    "98,",
    "\n",
    "/",
    ",",
    "165",
    "475",
    "100",
    "V",
    "D",
    "S",
    "x",
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_arrangement_of_pieces_accounts_for_every_detail(pieces: list[str]) -> None:
    text = HEAD + "".join(pieces)
    reading = FORMAT.read(Source("t.bai", text.encode()), {})
    check_promises(reading)
    extra = sum(problem.code == "record.extra" for problem in reading.problems)
    details = sum(line.startswith("16,") for line in text.split("\n"))
    assert reading.line_count + len(reading.held) + extra >= details


@pytest.mark.parametrize("filling", [",", "/", "88,x\n", "16,D,1,"])
def test_long_runs(filling: str) -> None:
    text = HEAD + "16,165,100," + filling * (100_000 // len(filling))
    assert FORMAT.read(Source("t.bai", text.encode()), {}).line_count >= 1
