"""The camt reader: conformance, and each oddity of real files as an example by name."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.core.statements import Direction, LineStatus, StatementLine
from tieout.formats.common.source import Source
from tieout.formats.registry import format_named
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises


def read(body: str, name: str = "statement.xml") -> Reading:
    return format_named("camt").read(Source(name, body.encode()), {})


def example(name: str) -> Reading:
    return format_named("camt").read(Source.of(GOLDEN / "camt" / name), {})


def statement(entries: str, account: str = "<IBAN>NL13TEST0123456789</IBAN>") -> str:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Id>1</Id><Acct><Id>{account}</Id><Ccy>EUR</Ccy></Acct>{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    )


def entry(amount: str, direction: str = "CRDT", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt>{more}</Ntry>"
    )


def only_line(reading: Reading) -> StatementLine:
    (line,) = reading.statements[0].lines
    return line


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


class TestCamt(FormatConformance):
    format_name = "camt"


def test_a_batch_has_parts_and_a_single_detail_fills_the_line() -> None:
    single, batch = example("batch-and-invoice.xml").statements[0].lines
    assert single.counterparty == "Cafe De Zon"
    assert single.counterparty_account == "NL69TEST0987654321"
    assert single.references == ("TX-77",)  # NOTPROVIDED is no reference
    assert single.narrative == "Invoice 2026-0117 thank you"
    assert single.kind == "PMNT-RCDT-ESCT"
    assert single.parts == ()
    assert [part.amount_minor for part in batch.parts] == [100000, 95050]
    assert [part.counterparty for part in batch.parts] == ["A. Baker", "B. Miller"]
    assert batch.references == ("SALARIES-03",)


def test_the_indicator_of_a_reversal_is_its_own_direction() -> None:
    reading = example("reversal-of-a-direct-debit.xml")
    line = only_line(reading)
    assert line.is_reversal
    assert line.direction is Direction.DEBIT
    assert line.counterparty == "Late Payer BV"  # roles are those of the original payment
    assert reading.statements[0].ties


def test_status_in_the_new_form_and_interim_balances() -> None:
    reading = example("pending-and-qr-reference.v8.xml")
    (report,) = reading.statements
    assert [line.status for line in report.lines] == [
        LineStatus.BOOKED,
        LineStatus.PENDING,
        LineStatus.PENDING,
    ]
    assert report.lines[0].references[0] == "210000000003139471430009017"
    assert report.lines[0].counterparty == "Muster AG"
    assert report.opening is not None
    assert report.closing is not None
    assert (report.opening.amount_minor, report.closing.amount_minor) == (50000, 75000)
    assert report.ties
    assert "record.date-missing" not in codes(reading)  # a pending line need not have one


@pytest.mark.req("R062")
def test_records_that_cannot_be_read_are_held_and_the_others_stay() -> None:
    reading = example("records-that-cannot-be-read.xml")
    assert [each.problem.code for each in reading.held] == [
        "record.amount-invalid",
        "record.direction-unknown",
    ]
    assert "NaN" in reading.held[0].raw
    bad_day, odd_status, negative, no_day = reading.statements[0].lines
    assert bad_day.booked_on is None
    assert odd_status.status is LineStatus.BOOKED
    assert (negative.amount_minor, negative.direction) == (300, Direction.DEBIT)
    assert no_day.booked_on is None
    assert {"record.date-invalid", "record.date-missing", "record.field-invalid"} <= codes(reading)


def test_another_currency_is_a_statement_of_its_own() -> None:
    reading = example("other-currency-and-five-decimals.xml")
    euro, dollar = reading.statements
    assert euro.ties
    assert euro.currency == Currency("EUR", 5)
    assert euro.lines[0].amount_minor == 123456
    assert dollar.lines[0].currency == Currency.of("USD")
    assert {"record.currency-differs", "statement.balance-invalid"} <= codes(reading)


def test_documents_glued_together_are_all_read_and_their_gap_is_named() -> None:
    reading = example("two-documents-glued-together.xml")
    assert [each.number for each in reading.statements] == ["61", "62"]
    assert {"record.id-repeated", "statement.gap"} <= codes(reading)


@pytest.mark.parametrize("wrapper", ["Envelope", "soap:Body", "Foo"])
def test_a_foreign_wrapper_hides_nothing(wrapper: str) -> None:
    body = statement(entry("1.00")).replace("BkToCstmrStmt", wrapper)
    assert only_line(read(f"<Root>{body}</Root>")).amount_minor == 100


def test_several_documents_in_an_envelope() -> None:
    reading = read(f"<Batch>{statement(entry('1.00'))}{statement(entry('2.00'))}</Batch>")
    assert [line.place.record for each in reading.statements for line in each.lines] == [1, 2]


def test_charges_and_whatever_else_is_said_become_attributes() -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.30</TtlChrgsAndTaxAmt></Chrgs>'
    more = f"{charges}<Odd><New>x</New></Odd>"
    line = only_line(read(statement(entry("1.00", more=more))))
    assert ("Chrgs/TtlChrgsAndTaxAmt", "0.30 EUR") in line.attributes
    assert ("Odd/New", "x") in line.attributes


def test_a_summary_that_disagrees_is_said() -> None:
    summary = (
        "<TxsSummry><TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>9.00</Sum></TtlCdtNtries>"
        "</TxsSummry>"
    )
    reading = read(statement(entry("1.00") + summary))
    assert {"statement.count-differs", "statement.total-differs"} <= codes(reading)


def test_parts_that_do_not_add_up_are_said() -> None:
    detail = '<TxDtls><Amt Ccy="EUR">4.00</Amt></TxDtls>'
    reading = read(statement(entry("9.00", more=f"<NtryDtls>{detail}{detail}</NtryDtls>")))
    assert "statement.total-differs" in codes(reading)


def test_the_own_account_is_never_the_counterparty() -> None:
    own = "<Id><IBAN>NL13TEST0123456789</IBAN></Id>"
    other = "<Id><IBAN>NL99TEST0000000001</IBAN></Id>"
    parties = (
        "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Us</Nm></Dbtr>"
        f"<DbtrAcct>{own}</DbtrAcct><Cdtr><Nm>Them</Nm></Cdtr><CdtrAcct>{other}</CdtrAcct>"
        "</RltdPties></TxDtls></NtryDtls>"
    )
    line = only_line(read(statement(entry("1.00", "CRDT", parties))))
    assert (line.counterparty, line.counterparty_account) == ("Them", "NL99TEST0000000001")


def test_another_message_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"file\.unknown-format"):
        read("<Document><CstmrCdtTrfInitn><GrpHdr/></CstmrCdtTrfInitn></Document>")


def test_a_document_without_statements_says_so() -> None:
    empty = statement("").replace("<Stmt>", "<!--").replace("</Stmt>", "-->")
    assert codes(read(empty)) == {"file.no-records"}


amounts = st.decimals(min_value=0, max_value=10**9, places=2)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(amounts, st.booleans()), max_size=8), amounts)
def test_every_entry_is_a_line_and_honest_balances_tie(
    moves: list[tuple[object, bool]], opening: object
) -> None:
    def balance(code: str, minor: int) -> str:
        sign = "CRDT" if minor >= 0 else "DBIT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{abs(minor) // 100}.{abs(minor) % 100:02}</Amt>'
            f"<CdtDbtInd>{sign}</CdtDbtInd></Bal>"
        )

    def minor(amount: object) -> int:
        return int(str(amount).replace(".", ""))

    closing = minor(opening) + sum(minor(a) if is_in else -minor(a) for a, is_in in moves)
    entries = "".join(entry(str(a), "CRDT" if is_in else "DBIT") for a, is_in in moves)
    body = balance("OPBD", minor(opening)) + entries + balance("CLBD", closing)
    (made,) = read(statement(body)).statements
    assert len(made.lines) == len(moves)
    assert made.ties
    assert all(line.booked_on == date(2026, 3, 2) for line in made.lines)


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    for body in (data, b"<Document><BkToCstmrStmt><Stmt>" + data + b"</Stmt>"):
        try:
            reading = format_named("camt").read(Source("x.xml", body), {})
        except InvalidInput:
            continue
        check_promises(reading)


leaf = st.sampled_from(
    ["Amt", "CdtDbtInd", "Sts", "BookgDt", "Dt", "NtryDtls", "TxDtls", "Refs", "RltdPties", "Dbtr",
     "Bal", "Tp", "Cd", "Acct", "Id", "IBAN", "RmtInf", "Ustrd", "TxsSummry", "NbOfNtries", "Ntry"]
)  # fmt: skip
trees = st.recursive(
    st.tuples(leaf, st.text("0123456789.-CRDTEUR <&é", max_size=8)).map(
        lambda pair: f"<{pair[0]}>{pair[1].replace('<', '')}</{pair[0]}>"
    ),
    lambda inner: st.tuples(leaf, st.lists(inner, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=12,
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(trees, max_size=4))
def test_no_tree_of_known_elements_breaks_it(inner: list[str]) -> None:
    check_promises(read(statement("<Ntry>" + "".join(inner) + "</Ntry>")))
