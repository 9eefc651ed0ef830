"""OFX: the conformance suite, and each oddity of real files by name."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.reading import Reading
from tieout.core.statements import Direction, LineStatus
from tieout.formats.common.source import Source
from tieout.formats.ofx import FORMAT
from tieout.formats.registry import detect
from tieout.testing.formats import FormatConformance, check_promises, examples

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"


class TestOfx(FormatConformance):
    format_name = "ofx"


def read(text: str | bytes, name: str = "a.ofx") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    reading = FORMAT.read(Source(name, data), {})
    check_promises(reading)
    return reading


def record(amount: str = "-1.00", day: str = "20260105", bank_id: str = "1", more: str = "") -> str:
    return (
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{bank_id}{more}</STMTTRN>\n"
    )


def statement(records: str, currency: str = "USD", balance: str = "10.00") -> str:
    return (
        f"{HEADER}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}"
        f"<BANKACCTFROM><BANKID>1<ACCTID>42</BANKACCTFROM><BANKTRANLIST>{records}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>20260131</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


def test_every_field_of_a_line_finds_its_place() -> None:
    more = (
        "<CHECKNUM>0099<REFNUM>R-7<DTAVAIL>20260107<NAME>Baker &amp; Son<MEMO>two   rolls"
        "<BANKACCTTO><BANKID>9<ACCTID>12 34</BANKACCTTO><SIC>5411"
    )
    line = read(statement(record("-12.34", more=more))).statements[0].lines[0]
    assert line.signed_minor == -1234
    assert line.direction is Direction.DEBIT
    assert (line.booked_on, line.value_on) == (date(2026, 1, 5), date(2026, 1, 7))
    assert line.references == ("0099", "R-7")
    assert (line.counterparty, line.counterparty_account) == ("Baker & Son", "1234")
    assert line.narrative == "two rolls"
    assert ("SIC", "5411") in line.attributes
    assert line.place.record == 1


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("-2000,00", -200000),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("+1 006,60", 100660),
        ("-0000000000002.50", -250),
        ("12.34-", -1234),
        ("(5.00)", -500),
        ("$120", 12000),
        ("-R$ 7,50", -750),
        ("1'000.00", 100000),
        ("7", 700),
        ("          .  ", 0),
    ],
)
def test_amounts_as_banks_write_them(written: str, minor: int) -> None:
    reading = read(statement(record(written)))
    assert not reading.held
    assert reading.statements[0].lines[0].signed_minor == minor


def test_one_comma_before_three_digits_is_read_as_the_rest_of_the_file() -> None:
    dots = read(statement(record("1,000") + record("2.50", bank_id="2")))
    commas = read(statement(record("1.000") + record("2,50", bank_id="2"), balance="3,00"))
    assert [line.signed_minor for line in dots.statements[0].lines] == [100000, 250]
    assert [line.signed_minor for line in commas.statements[0].lines] == [100000, 250]


@pytest.mark.req("R062")
@pytest.mark.parametrize("written", ["", "12x", "NaN", "1e5", "--3", "1" + "0" * 30, "1.2.3.4,5,6"])
def test_a_bad_amount_holds_the_record_back_with_its_text(written: str) -> None:
    reading = read(statement(record(written) + record("-3.00", bank_id="2")))
    assert [line.signed_minor for line in reading.statements[0].lines] == [-300]
    (held,) = reading.held
    assert held.raw.startswith("<STMTTRN>")
    assert held.problem.place.record == 1


@pytest.mark.parametrize("day", ["20260230", "00000101", "010126", "yesterday", "99999999"])
def test_a_bad_date_keeps_the_line_and_says_so(day: str) -> None:
    reading = read(statement(record(day=day)))
    assert reading.statements[0].lines[0].booked_on is None
    assert codes(reading) & {"record.date-invalid", "record.date-missing"}


def test_the_time_zone_does_not_move_the_day() -> None:
    reading = read(statement(record(day="20260105233000.000[-8:PST]")))
    assert reading.statements[0].lines[0].booked_on == date(2026, 1, 5)


def test_an_id_shared_by_different_records_is_doubted_and_both_stay() -> None:
    reading = read(statement(record("-1.00") + record("-2.00") + record("-1.00")))
    assert [line.signed_minor for line in reading.statements[0].lines] == [-100, -200, -100]
    found = [p.code for p in reading.statements[0].problems]
    assert found == ["record.id-repeated", "record.repeated"]


def test_fitid_zero_is_no_id() -> None:
    reading = read(statement(record(bank_id="0") + record("-2.00", bank_id="0")))
    assert [line.bank_id for line in reading.statements[0].lines] == ["", ""]
    assert codes(reading) == {"record.id-missing"}


def test_only_a_closing_balance_neither_ties_nor_fails() -> None:
    (made,) = read(statement(record())).statements
    assert made.opening is None
    assert made.closing is not None
    assert made.closing.on == date(2026, 1, 31)
    assert made.ties is None
    assert not made.problems


def test_finer_amounts_widen_all_money_of_the_statement_alike() -> None:
    reading = read(statement(record("-8.485") + record("1.00", bank_id="2")))
    (made,) = reading.statements
    assert made.booked_minor == -7485
    assert {line.currency.exponent for line in made.lines} == {3}
    assert made.closing is not None
    assert made.closing.amount_minor == 10000
    assert codes(reading) == {"record.amount-finer"}


def test_currency_without_minor_unit() -> None:
    assert read(statement(record("-1500"), currency="JPY")).statements[0].booked_minor == -1500


def test_dtd_entities_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a "aaaa">]><OFX>&a;</OFX>'
    with pytest.raises(InvalidInput) as caught:
        read(bomb)
    assert caught.value.code == "xml.entities"


def test_nothing_but_a_header_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read(HEADER)


def test_bytes_with_a_tag_by_accident_are_no_empty_statement() -> None:
    with pytest.raises(InvalidInput, match="no OFX tag"):
        read(b"\x93\xa1<q\x8f>\x02\x17</q>\xfe")


def test_transfer_orders_are_named_not_counted() -> None:
    order = (
        "<OFX><BANKMSGSRSV1><INTRATRNRS><INTRARS><CURDEF>USD<XFERINFO><BANKACCTFROM><ACCTID>1"
        "</BANKACCTFROM><TRNAMT>200.00</XFERINFO></INTRARS></INTRATRNRS></BANKMSGSRSV1></OFX>"
    )
    reading = read(order)
    assert reading.line_count == 0
    assert codes(reading) == {"record.extra", "file.no-records"}


def test_utf16_with_and_without_a_mark() -> None:
    text = statement(record(more="<NAME>Café"))
    for data in (text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-16-be")):
        assert detect(Source("a.ofx", data))[0][1] == "ofx"
        assert read(data).statements[0].lines[0].counterparty == "Café"


def test_undeclared_8_bit_letters_are_windows_letters() -> None:
    data = statement(record(more="<NAME>CARTÃO €")).encode("cp1252")
    reading = read(data.replace(b"CHARSET:1252", b"CHARSET:NONE"))
    assert reading.statements[0].lines[0].counterparty == "CARTÃO €"
    assert "file.encoding" in codes(reading)


def test_investment_records_are_kept_as_information() -> None:
    path = next(each for each in examples("ofx") if each.name == "investment-account.qfx")
    (made,) = FORMAT.read(Source.of(path), {}).statements
    status = [(line.kind, line.status) for line in made.lines]
    assert status == [
        ("BUYMF", LineStatus.INFORMATION),
        ("INCOME", LineStatus.INFORMATION),
        ("TRANSFER", LineStatus.INFORMATION),
        ("DEP", LineStatus.BOOKED),
    ]
    assert ("INVBUY.TOTAL", "-100.00000001234567890") in made.lines[0].attributes


@pytest.mark.parametrize(
    "damage",
    [
        "<A>" * 30_000,
        "<STMTTRN>" * 20_000,
        "<!--" * 30_000,
        "</STMTTRN>" * 30_000,
        "<" * 200_000,
        "<DTSTART>1" * 20_000,
        "&" * 200_000,
        "<A " * 50_000,
        "<?xml " * 10_000 + "VERSION:" * 9_000,
    ],
)
def test_no_input_takes_long(damage: str) -> None:
    start = time.process_time()
    for text in (HEADER + "<OFX>" + damage + "</OFX>", damage + statement(record())):
        try:
            FORMAT.recognises(Source("a.ofx", text.encode()))
            read(text)
        except TieoutError:
            continue
    assert time.process_time() - start < 10


_TAGS = ["<STMTTRN>", "</STMTTRN>", "<TRNAMT>", "-1.5", "<FITID>", "<OFX>", "</OFX>", "<STMTRS>"]
_MORE = ["<CURDEF>", "EUR", "<INVTRANLIST>", "<BUYMF>", "<TOTAL>", "20260101", "<MEMO/>", "\n", "é"]


@given(st.lists(st.sampled_from(_TAGS + _MORE), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_order_of_tags_is_read_or_refused(parts: list[str]) -> None:
    try:
        code = "" if read("".join(parts)) else "none"
    except TieoutError as error:
        code = error.code
    assert code in {"", "file.damaged", "file.empty"}


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for each in (data, HEADER.encode() + b"<OFX><STMTTRN>" + data):
        try:
            next_step = "read" if read(each) else ""
        except TieoutError as error:
            next_step = error.next_step
        assert next_step


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read(amounts: list[int]) -> None:
    written = "".join(
        record(f"{amount / 100:.2f}", bank_id=f"x{i}") for i, amount in enumerate(amounts)
    )
    assert [line.signed_minor for line in read(statement(written)).statements[0].lines] == amounts
