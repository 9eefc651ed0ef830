"""One small statement as banks and programs vary it: every variant reads as the plain file does.

Each variant was met in a tracker of some importer or in a bank's own manual. What cannot be read
is refused or held back by name; such files are in the golden files of their format.
"""

import re
from collections.abc import Callable
from datetime import date

import pytest

from benchmarks.written import Line, fixed
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.formats import check_promises

Change = Callable[[str], str | bytes]
LINES = [Line(1, date(2026, 1, 5), -1234, "First"), Line(2, date(2026, 1, 16), 500, "Second")]
READ = [(line.day, line.minor) for line in LINES]

OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260131</SONRS>
</SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1
<ACCTID>123<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<DTEND>20260131
<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260105<TRNAMT>-12.34<FITID>1<NAME>First</STMTTRN>
<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260116<TRNAMT>5.00<FITID>2<NAME>Second</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>-7.34<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>
"""

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr>
<MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id>
<Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd>
</CdOrPrtry></Tp><Amt Ccy="EUR">2.66</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt>
</Bal><Ntry><Amt Ccy="EUR">12.34</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>
<Dt>2026-01-05</Dt></BookgDt></Ntry><Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts>BOOK</Sts><BookgDt><Dt>2026-01-16</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>
"""
DETAIL = "<Btch><NbOfTxs>2</NbOfTxs></Btch>" + "".join(
    f"<TxDtls><Amt Ccy='EUR'>{amount}</Amt></TxDtls>" for amount in ("12.00", "0.34")
)

MT940 = """:20:REF
:25:12345678/1234567
:28C:1/1
:60F:C260101EUR10,00
:61:2601050105D12,34NTRFNONREF
:86:First
:61:2601160116C5,00NTRFNONREF
:86:Second
:62F:C260131EUR2,66
-
"""

BAI2 = """01,BANK,ME,260131,0000,1,,,2/
02,ME,BANK,1,260105,0000,USD,2/
03,123,USD,010,1000,,/
16,475,1234,Z,1,,First/
49,2234,3/
98,2234,1,5/
02,ME,BANK,1,260116,0000,USD,2/
03,123,USD,015,266,,/
16,142,500,Z,2,,Second/
49,766,3/
98,766,1,5/
99,3000,2,12/
"""

QIF = "!Type:Bank\nD05/01/2026\nT-12.34\nPFirst\n^\nD16/01/2026\nT5.00\nPSecond\n^\n"
CODA = "".join(fixed.coda(LINES))
CFONB = "".join(fixed.cfonb120(LINES))
NORMA43 = "".join(fixed.norma43(LINES))


def put(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


def prefixed(text: str) -> str:
    body = re.sub(r"(</?)(?=\w)", r"\1ns2:", text.partition("\n")[2])
    return body.replace("xmlns=", "xmlns:ns2=")


def in_envelope(text: str) -> str:
    head = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    return f"{head}{text.partition(chr(10))[2]}</s:Body></s:Envelope>"


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def unbroken(text: str) -> str:
    return text.replace("\n", "")


def with_crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def marked_utf8(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def utf16(text: str) -> bytes:
    return text.encode("utf-16")


ANY: dict[str, Change] = {"as it is": str, "CRLF": with_crlf, "mark of UTF-8": marked_utf8}
FIXED = ANY | {
    "blanks cut off": trimmed,
    "no line ends": unbroken,
    "last blanks cut": lambda t: unbroken(t).rstrip(),
    "DOS end": lambda t: t + "\x1a",
}
VARIANTS: dict[str, tuple[str, dict[str, Change]]] = {
    "ofx": (
        OFX,
        ANY
        | {
            "old Mac line ends": put("\n", "\r"),
            "UTF-16": utf16,
            "all on one line": put("\n", " "),
            "header without line ends": lambda t: (
                t.partition("\n\n")[0].replace("\n", "") + t.partition("\n\n")[2]
            ),
            "a blank in the first tag": put("<OFX>", "<OFX >"),
            "tags in lower case": lambda t: re.sub(r"<[^>]*>", lambda m: m[0].lower(), t),
            "some elements closed": put("<NAME>First", "<NAME>First</NAME>"),
            "no closing tags of lines": put("</STMTTRN>", ""),
            "list not closed": put("</BANKTRANLIST>", ""),
            "card statement closed as another": put("<STMTRS>", "<CCSTMTRS>"),
            "decimal comma": put("12.34", "12,34"),
            "plus sign": put(">5.00", ">+5.00"),
            "minus behind": put("-12.34", "12.34-"),
            "minus apart": put("-12.34", "- 12.34"),
            "in parentheses": put("-12.34", "(12.34)"),
            "zone behind the day": put("20260105<", "20260105120000.000[-5:EST]<"),
            "day with dashes": put("20260105<", "2026-01-05<"),
            "no ids": put("<FITID>1", "<FITID>"),
            "CDATA": put("First", "<![CDATA[A & B <c>]]>"),
            "a bare sign": put("First", "A < B & C"),
            "elements of one program": put("<FITID>1", "<FITID>1<INTU.BID>3<X.Y>z"),
            "other order": put("<TRNAMT>5.00<FITID>2", "<FITID>2<TRNAMT>5.00"),
            "XML over SGML": lambda t: (
                '<?xml version="1.0"?><?OFX OFXHEADER="200"?>' + t.partition("\n\n")[2]
            ),
            "indented": put("<", "\n\t <"),
        },
    ),
    "camt": (
        CAMT,
        ANY
        | {
            "UTF-16": lambda t: t.replace("UTF-8", "UTF-16").encode("utf-16"),
            "prefixed": prefixed,
            "no namespace": lambda t: re.sub(r' xmlns="[^"]*"', "", t),
            "in an envelope": in_envelope,
            "undeclared prefix": lambda t: t.replace("<Ntry>", "<x:Ntry>").replace(
                "</Ntry>", "</x:Ntry>"
            ),
            "version 8": put("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"),
            "time of day": put("<Dt>2026-01-05</Dt>", "<DtTm>2026-01-05T23:30:00+01:00</DtTm>"),
            "zone behind the day": put("2026-01-05<", "2026-01-05+01:00<"),
            "zeros in front": put(">12.34", ">0000000012.34"),
            "amounts on lines of their own": lambda t: re.sub(
                r'"EUR">([\d.]+)<', '"EUR">\n    \\1\n  <', t
            ),
            "currency in lower case": put('"EUR"', '"eur"'),
            "reversal": put("<Sts>BOOK", "<RvslInd>true</RvslInd><Sts>BOOK"),
            "batch with its details": put(
                "05</Dt></BookgDt>", f"05</Dt></BookgDt><NtryDtls>{DETAIL}</NtryDtls>"
            ),
            "charges beside the detail": put(
                "05</Dt></BookgDt>",
                "05</Dt></BookgDt><NtryDtls><TxDtls><Amt Ccy='EUR'>12.00</Amt><Chrgs><Rcrd>"
                "<Amt Ccy='EUR'>0.34</Amt></Rcrd></Chrgs></TxDtls></NtryDtls>",
            ),
            "a comment inside": put("<Sts>", "<!-- <Ntry> --><Sts>"),
            "interim balances": lambda t: t.replace("OPBD", "ITBD").replace("CLBD", "ITBD"),
        },
    ),
    "mt940": (
        MT940,
        ANY
        | {
            "UTF-16": utf16,
            "no booking day": lambda t: t.replace("2601050105", "260105").replace("160116", "16"),
            "blank booking day": put("2601050105", "260105    "),
            "reversals": lambda t: t.replace("D12,34", "RC12,34").replace("C5,00", "RD5,00"),
            "third letter of the currency": put("D12,34", "DR12,34"),
            "zeros in front": put("D12,34", "D000000000012,34"),
            "no decimals": put("C5,00", "C5,"),
            "decimal point": put("D12,34", "D12.34"),
            "in SWIFT blocks": lambda t: (
                "{1:F01AAAABB99BSMK3513951576}{2:I940BBBBXXN}{4:\n"
                + t[:-2]
                + "-}{5:{CHK:0F4E5614DD28}}\n"
            ),
            "bank's lines before": lambda t: f"ABNANL2A\n940\nABNANL2A\n{t}",
            "long references": put(
                "D12,34NTRFNONREF",
                "D12,34NTRFBIPI-dvT1FzfMqvzF5HaU4oetlH7SGRkonU//2022070616391534000",
            ),
            "slashes in the reference": put("D12,34NTRFNONREF", "D12,34NMSC3412/1XX//O/34\nX"),
            "a long second line": put(
                "D12,34NTRFNONREF",
                "D12,34FMSCNONREF\nCASHBACK-510151a4-4ead-46c5-05ab-99b88521063c",
            ),
            "original amount and charges": put(
                "D12,34NTRFNONREF", "D12,34NRTINONREF\n/OCMT/EUR10,00//CHGS/EUR2,34/"
            ),
            "text that looks like a tag": put("First", "First\n:not a tag\n:12 o'clock\n-second"),
            "no end": lambda t: t[:-3],
            "line ends of two programs": put("\n", "\r\r\n"),
            "own tags": put(":86:First", ":NS:01Purpose\n17Text"),
            "pages": lambda t: t.replace("60F", "60M").replace("62F", "62M"),
            "text before any line": put(":61:260105", ":86:of the statement\n:61:260105"),
        },
    ),
    "bai2": (
        BAI2,
        ANY
        | {
            "padded": lambda t: "\n".join(line.ljust(80) for line in t.split("\n")),
            "all on one line": unbroken,
            "no group currency": put("0000,USD,2", "0000,,2"),
            "no currency at all": lambda t: t.replace("USD", ""),
            "plus signs": put(",1234,", ",+1234,"),
            "no funds type": put("1234,Z,1", "1234,,1"),
            "immediate, one day, more": put("1234,Z,1", "1234,S,1234,0,0,1"),
            "on a day": put("1234,Z,1", "1234,V,260201,1200,1"),
            "on a day without time": put("1234,Z,1", "1234,V,260201,,1"),
            "over days": put("1234,Z,1", "1234,D,2,0,1000,1,234,1"),
            "text with slash and comma": put("First/", "13/05/24 a, b/c"),
            "continued text": put("First/", "First\n88,/TEXT ; more, commas"),
            "continued inside a summary": put("010,1000,,/", "010,1000,,,045/\n88,266,,,072,0,,/"),
            "midnight as 2400": put("260105,0000", "260105,2400"),
        },
    ),
    "qif": (
        QIF,
        ANY
        | {
            "UTF-16": utf16,
            "type in lower case": put("!Type:Bank", "!type:bank "),
            "stated order": lambda t: (
                "!Option:MDY\n" + t.replace("05/01/", "01/05/").replace("16/01/", "01/16/")
            ),
            "year first": lambda t: re.sub(r"D(\d\d)/(\d\d)/(\d{4})", r"D\3-\2-\1", t),
            "digits alone": lambda t: re.sub(r"D(\d\d)/(\d\d)/(\d{4})", r"D\3\2\1", t),
            "apostrophe": put("/2026", "'2026"),
            "as Quicken does": lambda t: t.replace("D05/01/2026", "D1/ 5'26").replace(
                "D16/01/2026", "D1/16'26"
            ),
            "two digits": put("2026", "26"),
            "dots and commas": lambda t: t.replace("/", ".").replace("12.34", "12,34"),
            "amount twice": put("T-12.34", "U-12.34\nT-12.34"),
            "amount of newer programs": put("T-12.34", "U-12.34"),
            "blank split": put("PFirst", "PFirst\nSa\n$-12.34\nS\n$0.00"),
            "address": put("PFirst", "PFirst\nAstreet\nAtown\nA\nA"),
            "end marks doubled": put("^\n", "^\n^\n"),
            "last end mark missing": lambda t: t[:-2],
            "header repeated": put("D16", "!Type:Bank\nD16"),
            "lists before": lambda t: "!Type:Cat\nNFood\nE\n^\n!Account\nNOne\nTBank\n^\n" + t,
            "a separator inside a text": put("First", "Fir\u2028st\x85x"),
        },
    ),
    "coda": (CODA, FIXED | {"blank lines": put("\n", "\n\n")}),
    "cfonb120": (CFONB, FIXED | {"signs as digits": put("50{", "500")}),
    "norma43": (
        NORMA43,
        FIXED
        | {
            "DOS letters": lambda t: t.replace("First", "Añor.").encode("cp850"),
            "five lines of text": put("2301Second", "2302More".ljust(80) + "\n2301Second"),
        },
    ),
}


@pytest.mark.req("R062")
@pytest.mark.parametrize(
    ("format_", "name"),
    [(format_, name) for format_, (_, changes) in VARIANTS.items() for name in changes],
)
def test_a_variant_reads_as_the_plain_file_does(format_: str, name: str) -> None:
    plain, changes = VARIANTS[format_]
    changed = changes[name](plain)
    data = changed if isinstance(changed, bytes) else changed.encode()
    reading = read_source(Source("statement", data))
    check_promises(reading)
    assert reading.format == format_
    assert not reading.held
    lines = [line for each in reading.statements for line in each.lines]
    assert [(line.booked_on, line.signed_minor) for line in lines] == READ
    assert all(each.ties is not False for each in reading.statements)


def test_lines_behind_the_trailer_of_bai2_are_not_passed_over() -> None:
    reading = read_source(Source("a.bai", (BAI2 + "what is this\n").encode()))
    assert "record.extra" in [problem.code for problem in reading.all_problems()]


def test_an_order_that_a_qif_file_states_is_no_guess() -> None:
    text = "!Option:{}\n!Type:Bank\nD02/03/2026\nT1.00\n^\nD04/05/2026\nT2.00\n^\n"
    for order, days in (("MDY", "0203 0405"), ("DMY", "0302 0504")):
        reading = read_source(Source("a.qif", text.format(order).encode()))
        lines = reading.statements[0].lines
        assert " ".join(f"{line.booked_on:%m%d}" for line in lines) == days
        assert not [p for p in reading.all_problems() if p.code.startswith("table.guess")]


def test_a_stated_order_in_which_dates_do_not_exist_is_not_believed() -> None:
    text = "!Option:MDY\n!Type:Bank\nD02/03/2026\nT1.00\n^\nD16/03/2026\nT2.00\n^\n"
    lines = read_source(Source("a.qif", text.encode())).statements[0].lines
    assert [line.booked_on for line in lines] == [date(2026, 3, 2), date(2026, 3, 16)]
