"""The error gallery: `docs/reference/errors.md`, made from the catalogue and from real messages.

Every code has its title, its next step, and, where a small input causes it, the input and the
exact message. `python -m tieout.testing.gallery` writes the page; a test compares.
"""

import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tieout.core.errors import CODES, TieoutError
from tieout.files.reading import read
from tieout.testing.corpus import PROJECT

PAGE = PROJECT / "docs" / "reference" / "errors.md"


@dataclass(frozen=True)
class Exhibit:
    """A bad input, the code it must cause, and how to show it."""

    code: str
    shown: str
    """What the input is, in a few words."""
    name: str
    make: Callable[[], bytes]
    grown_to: int = 0
    """Bytes to which the file is lengthened, without anybody holding them."""


def text(content: str) -> Callable[[], bytes]:
    """Bytes of that text."""
    return content.encode


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 400_000_000)
    return buffer.getvalue()


def _cut_workbook() -> bytes:
    return (PROJECT / "src/tieout/cli/demo_files/petty-cash.xlsx").read_bytes()


_OFX_HEAD = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
    "<CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"
)
_OFX_TAIL = "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"


def _ofx(*lines: str) -> Callable[[], bytes]:
    body = "".join(f"<STMTTRN><TRNTYPE>DEBIT{line}</STMTTRN>" for line in lines)
    return text(_OFX_HEAD + body + _OFX_TAIL)


_CSV = "Date,Description,Amount,Currency\n"
_MT940 = ":20:S\n:25:123456\n:28C:1/1\n:60F:C260901EUR100,00\n{}:62F:C260930EUR{}\n-\n"

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit("file.empty", "an empty file", "empty.ofx", bytes),
    Exhibit("file.binary", "a PDF", "statement.pdf", text("%PDF-1.7\n" + "\0\1" * 99)),
    Exhibit("file.unknown-format", "a web page", "page.html", text("<html><p>Log in</p>")),
    Exhibit("file.bomb", "a zip bomb", "bomb.xlsx", _bomb),
    Exhibit("file.damaged", "a workbook cut off in mid-download", "cut.xlsx", _cut_workbook),
    Exhibit(
        "xml.entities",
        "XML with external entities",
        "xxe.xml",
        text(
            '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&x;</Document>'
        ),
    ),
    Exhibit(
        "table.too-many-columns",
        "a CSV with 10,000 columns",
        "wide.csv",
        text(",".join(f"c{n}" for n in range(10_000)) + "\n" + "1," * 9_999 + "1\n"),
    ),
    Exhibit(
        "table.column-missing",
        "a table without amounts",
        "people.csv",
        text("Name,Town\nAda,London\nBea,Leeds\n"),
    ),
    Exhibit(
        "record.date-invalid",
        "a date in the year 0",
        "year0.ofx",
        _ofx("<DTPOSTED>00000101<TRNAMT>-5.00<FITID>1<NAME>A"),
    ),
    Exhibit(
        "record.amount-too-large",
        "an amount of 10^30",
        "huge.ofx",
        _ofx("<DTPOSTED>20260901<TRNAMT>-1" + "0" * 30 + "<FITID>1<NAME>A"),
    ),
    Exhibit(
        "record.amount-invalid",
        "an amount that is NaN",
        "nan.ofx",
        _ofx("<DTPOSTED>20260901<TRNAMT>NaN<FITID>1<NAME>A"),
    ),
    Exhibit(
        "record.id-repeated",
        "two different records with one id",
        "ids.ofx",
        _ofx(
            "<DTPOSTED>20260901<TRNAMT>-5.00<FITID>1<NAME>A",
            "<DTPOSTED>20260902<TRNAMT>-7.00<FITID>1<NAME>B",
        ),
    ),
    Exhibit(
        "statement.does-not-tie",
        "a statement with a line missing",
        "untied.sta",
        text(_MT940.format(":61:260902D10,00NTRFNONREF\n:86:RENT\n", "80,00")),
    ),
    Exhibit(
        "file.too-large",
        "a statement of 200 MB",
        "large.ofx",
        _ofx("<DTPOSTED>20260901<TRNAMT>-5.00<FITID>1<NAME>A"),
        grown_to=200_000_000,
    ),
    Exhibit(
        "file.truncated",
        "a statement cut off in mid-download",
        "cut.ofx",
        text(_OFX_HEAD + "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260901<TRNAMT>-5.00<FITID>1<NA"),
    ),
    Exhibit(
        "file.encoding",
        "a statement that claims UTF-8 and is Windows-1252",
        "charset.xml",
        lambda: (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
            "<Stmt><Id>Müller</Id></Stmt></BkToCstmrStmt></Document>"
        ).encode("cp1252"),
    ),
    Exhibit(
        "record.currency-differs",
        "an account in two currencies",
        "currencies.sta",
        text(
            _MT940.format(":61:260902D10,00NTRFNONREF\n:86:RENT\n", "80,00").replace(
                "C260930EUR", "C260930USD"
            )
        ),
    ),
    Exhibit(
        "table.row-width",
        "a row with a cell too many",
        "ragged.csv",
        text(
            _CSV + "2026-09-01,Rent,-85.00,EUR\n2026-09-02,Wood, oak,-12.00,EUR\n"
            "2026-09-03,Tea,-3.10,EUR\n"
        ),
    ),
)


def message_of(exhibit: Exhibit) -> tuple[list[str], str]:
    """The codes that reading the exhibit gives, and the message of the one it must give."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / exhibit.name
        path.write_bytes(exhibit.make())
        if exhibit.grown_to:
            os.truncate(path, exhibit.grown_to)
        try:
            reading = read(path)
        except TieoutError as error:
            return [error.code], str(error)
    problems = {problem.code: str(problem) for problem in reversed(reading.all_problems())}
    return list(problems), problems.get(exhibit.code, "")


def page() -> str:
    """The gallery as Markdown."""
    shown = {exhibit.code: exhibit for exhibit in EXHIBITS}
    lines = [
        "# Errors and problems",
        "",
        "Every message names what was found, what was expected and where, with a stable code.",
        "`tieout explain-code CODE` says the same on the command line. This page is generated:",
        "the messages below are what the inputs really cause.",
        "",
        "*note*: something was guessed or repaired. *doubt*: read, but not to be trusted blindly.",
        "*held*: a record is held back with its raw text; of a whole file: nothing can be read.",
        "",
    ]
    for code in CODES.values():
        lines += [
            f"## `{code.name}`",
            "",
            f"{code.title} (*{code.severity}*). {code.next_step}",
            "",
        ]
        if code.name in shown:
            exhibit = shown[code.name]
            lines += [f"From {exhibit.shown} (`{exhibit.name}`):", "", "```"]
            lines += [message_of(exhibit)[1], "```", ""]
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(PROJECT)} written\n")


if __name__ == "__main__":
    main()
