"""QIF: the conformance suite, and each dialect by name."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import TieoutError
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.qif import FORMAT
from tieout.formats.qif.dates import choose_order, read_date
from tieout.testing.formats import FormatConformance, check_promises


class TestQif(FormatConformance):
    format_name = "qif"


def read(text: str | bytes, **options: str) -> Reading:
    data = text.encode() if isinstance(text, str) else text
    reading = FORMAT.read(Source("a.qif", data), options)
    check_promises(reading)
    return reading


def bank(*records: str) -> str:
    return "!Type:Bank\n" + "".join(each.replace(" / ", "\n") + "\n^\n" for each in records)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("12/31/99", "mdy", date(1999, 12, 31)),
        ("1/ 2'99", "mdy", date(1999, 1, 2)),
        ("1/ 2' 5", "mdy", date(2005, 1, 2)),
        ("6/17'03", "mdy", date(2003, 6, 17)),
        ("31.12.2025", "dmy", date(2025, 12, 31)),
        ("31-12-25", "dmy", date(2025, 12, 31)),
        ("2025-12-31", "mdy", date(2025, 12, 31)),
        ("2025/12/31", "dmy", date(2025, 12, 31)),
        ("20251231", "mdy", date(2025, 12, 31)),
        ("31122025", "dmy", date(2025, 12, 31)),
        ("25/12/31", "ymd", date(2025, 12, 31)),
        ("31-Dec-25", "mdy", date(2025, 12, 31)),
        ("31 décembre 2025", "mdy", date(2025, 12, 31)),
        ("Dec 31, 2025", "dmy", date(2025, 12, 31)),
        ("03/25/099", "mdy", date(1999, 3, 25)),
        ("12/31/2025 10:15", "mdy", date(2025, 12, 31)),
    ],
)
def test_dialects_of_dates(written: str, order: str, day: date) -> None:
    found, problem = read_date(written, order)
    assert found == day
    assert problem is None


def test_one_date_decides_for_the_whole_file() -> None:
    assert choose_order(["01/02/26", "03/04/26", "13/04/26"]).order == "dmy"
    assert choose_order(["01/02/26", "03/04/26", "03/14/26"]).order == "mdy"
    assert choose_order(["26/02/01", "26/03/31"]).order == "ymd"


def test_order_in_time_speaks_when_no_date_does_and_the_doubt_is_said() -> None:
    chosen = choose_order(["01/10/26", "02/01/26", "02/08/26", "03/05/26"])
    assert chosen.order == "mdy"
    turned = choose_order(["10/01/26", "01/02/26", "08/02/26", "05/03/26"])
    assert turned.order == "dmy"
    for each in (chosen, turned):
        assert each.problem is not None
        assert each.problem.code == "table.guess-ambiguous"


def test_nothing_is_ambiguous_when_day_and_month_are_equal() -> None:
    assert choose_order(["02/02/26", "05/05/26"]).problem is None


def test_the_order_can_be_said() -> None:
    text = bank("D02/03/2026 / T1.00")
    assert read(text).statements[0].lines[0].booked_on == date(2026, 2, 3)
    said = read(text, date_order="dmy")
    assert said.statements[0].lines[0].booked_on == date(2026, 3, 2)
    assert "table.guess-ambiguous" not in codes(said)


def test_the_currency_can_be_said_and_is_none_otherwise() -> None:
    text = bank("D02/13/2026 / T1.50")
    assert read(text).statements[0].currency is None
    (made,) = read(text, currency="jpy").statements
    assert made.currency is not None
    assert made.currency.code == "JPY"
    assert made.booked_minor == 15


def test_every_field_of_a_line_finds_its_place() -> None:
    fields = "D02/13/2026 / T-1,234.50 / N1007 / PBaker / MRolls / Mand bread / L[Savings] / CX"
    line = read(bank(fields)).statements[0].lines[0]
    assert line.signed_minor == -123450
    assert line.references == ("1007",)
    assert (line.counterparty, line.counterparty_account) == ("Baker", "Savings")
    assert line.narrative == "Rolls and bread"
    assert line.attributes == (("category", "[Savings]"), ("cleared", "X"))


def test_splits_are_parts_and_must_add_up() -> None:
    split = "D02/13/2026 / T-10.00 / SFood / $-7.00 / SToys / EBall / $-3.00"
    right = read(bank(split))
    assert [part.signed_minor for part in right.statements[0].lines[0].parts] == [-700, -300]
    assert right.statements[0].booked_minor == -1000
    wrong = read(bank(split.replace("$-3.00", "$-2.00")))
    assert "statement.total-differs" in codes(wrong)


@pytest.mark.parametrize("written", ["Tten", "T", "TNaN", "T1e9", "T" + "9" * 40, "Ptext"])
def test_a_bad_amount_holds_the_record_back_with_its_text(written: str) -> None:
    reading = read(bank(f"D02/13/2026 / {written}", "D02/14/2026 / T2.00"))
    assert [line.signed_minor for line in reading.statements[0].lines] == [200]
    (held,) = reading.held
    assert held.raw.startswith("D02/13/2026")


def test_accounts_begin_statements_of_their_own() -> None:
    text = (
        "!Account\nNOne\nTBank\n^\n!Type:Bank\nD02/13/2026\nT1.00\n^\n"
        "!Account\nNTwo\nTCCard\n^\n!Type:CCard\nD02/14/2026\nT2.00\n^\n"
    )
    assert [(s.account, s.kind, s.booked_minor) for s in read(text).statements] == [
        ("One", "bank", 100),
        ("Two", "card", 200),
    ]


def test_a_header_before_every_record_makes_one_statement() -> None:
    (made,) = read(bank("D02/13/2026 / T1.00") + bank("D02/14/2026 / T2.00")).statements
    assert len(made.lines) == 2


def test_unknown_lists_are_set_aside_and_said() -> None:
    reading = read("!Type:Horses\nNBlack Beauty\n^\n" + bank("D02/13/2026 / T1.00"))
    assert reading.line_count == 1
    assert any(p.code == "record.extra" and "1 Horses" in p.found for p in reading.problems)


def test_a_header_in_another_language_is_money_if_its_records_are() -> None:
    (made,) = read("!Type:Banque\nD13/02/2026\nT-1,50\n^\n").statements
    assert made.booked_minor == -150


def test_a_file_cut_off_in_an_amount_says_so() -> None:
    assert "file.truncated" in codes(read("!Type:Bank\nD02/13/2026\nPBaker\nT-12"))


def test_dos_letters() -> None:
    reading = read(bank("D02/13/2026 / T1.00 / PM\u00fcller").encode("cp850"))
    assert reading.statements[0].lines[0].counterparty == "Müller"


@pytest.mark.parametrize(
    "damage",
    [
        "!" * 100_000,
        "^\n" * 100_000,
        "D1" + " " * 200_000 + "2",
        "D\n" * 50_000,
        "\n" * 60_000,
        "D1/1/26\n" * 20_000,
        "S\n$1\n" * 20_000,
        "!Type" + " " * 100_000,
        "!Account\n" * 20_000,
    ],
)
def test_no_input_takes_long(damage: str) -> None:
    start = time.process_time()
    for text in (damage, bank("D02/13/2026 / T1.00") + damage):
        try:
            FORMAT.recognises(Source("a.qif", text.encode()))
            read(text)
        except TieoutError:
            continue
    assert time.process_time() - start < 10


_LINES = ["!Type:Bank", "!Account", "!Type:Invst", "!Type:Cat", "^", "D1/2/26", "T-1.50", "NBuy"]
_MORE = ["$2", "SX", "T1,5", "D31.12.25", "Pé", "!", "L[A]", "!Option:AutoSwitch", "U", "%50"]


@given(st.lists(st.sampled_from(_LINES + _MORE), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_order_of_lines_is_read_or_refused(lines: list[str]) -> None:
    try:
        code = "" if read("\n".join(lines)) else "none"
    except TieoutError as error:
        code = error.code
    assert code in {"", "file.damaged", "file.empty"}


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for each in (data, b"!Type:Bank\nD1/2/26\nT" + data):
        try:
            next_step = "read" if read(each) else ""
        except TieoutError as error:
            next_step = error.next_step
        assert next_step
