"""Seconds per megabyte of each reader on large generated files; every line and sum checked.

`python -m benchmarks.readers FILE` reads one file and prints what it found.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow.csv as pacsv

from benchmarks.instance import as_file
from benchmarks.measure import alternate, must, peak_mb, seconds
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.testing.worlds import make_world

LINES = 100_000


class Line(NamedTuple):
    """What every format can say of a bank line."""

    number: int
    day: date
    minor: int
    text: str

    @property
    def decimal(self) -> str:
        """The amount with its sign, two decimals."""
        return f"{'-' if self.minor < 0 else ''}{abs(self.minor) // 100}.{abs(self.minor) % 100:02}"


def ofx(lines: list[Line]) -> Iterator[str]:
    """OFX 1.0.2, unclosed elements."""
    yield "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\n"
    yield "CHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX><BANKMSGSRSV1>"
    yield "<STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>GBP"
    yield "<BANKACCTFROM><BANKID>1<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"
    yield f"<DTSTART>{lines[0].day:%Y%m%d}<DTEND>{lines[-1].day:%Y%m%d}\n"
    for line in lines:
        yield f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{line.day:%Y%m%d}<TRNAMT>{line.decimal}"
        yield f"<FITID>{line.number}<NAME>{line.text}</STMTTRN>\n"
    yield "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"


def camt053(lines: list[Line]) -> Iterator[str]:
    """camt.053.001.02, one entry a line."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
    yield "<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>"
    yield "<CreDtTm>2026-01-01T00:00:00</CreDtTm><Acct><Id><Othr><Id>12345678</Id></Othr></Id>"
    yield "<Ccy>GBP</Ccy></Acct>\n"
    total = sum(line.minor for line in lines)
    for code, minor, day in (("OPBD", 0, lines[0].day), ("CLBD", total, lines[-1].day)):
        balance = Line(0, day, minor, "")
        yield f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_camt_amount(balance)}"
        yield f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
    for line in lines:
        yield f"<Ntry>{_camt_amount(line)}<Sts>BOOK</Sts><BookgDt><Dt>{line.day}</Dt></BookgDt>"
        yield f"<AcctSvcrRef>{line.number}</AcctSvcrRef>"
        yield f"<AddtlNtryInf>{line.text}</AddtlNtryInf></Ntry>\n"
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _camt_amount(line: Line) -> str:
    way = "DBIT" if line.minor < 0 else "CRDT"
    amount = line.decimal.lstrip("-")
    return f'<Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>'


def mt940(lines: list[Line]) -> Iterator[str]:
    """MT940, one statement."""
    first, last = lines[0].day, lines[-1].day
    yield f":20:START\n:25:12345678\n:28C:1/1\n:60F:C{first:%y%m%d}GBP0,00\n"
    for line in lines:
        amount = line.decimal.lstrip("-").replace(".", ",")
        way = "D" if line.minor < 0 else "C"
        yield f":61:{line.day:%y%m%d}{line.day:%m%d}{way}{amount}NTRF{line.number}\n"
        yield f":86:{line.text}\n"
    total = Line(0, last, sum(line.minor for line in lines), "")
    amount = total.decimal.lstrip("-").replace(".", ",")
    yield f":62F:{'D' if total.minor < 0 else 'C'}{last:%y%m%d}GBP{amount}\n-\n"


def qif(lines: list[Line]) -> Iterator[str]:
    """QIF of a bank account."""
    yield "!Type:Bank\n"
    for line in lines:
        yield f"D{line.day:%d/%m/%Y}\nT{line.decimal}\nP{line.text}\nN{line.number}\n^\n"


def bai2(lines: list[Line]) -> Iterator[str]:
    """BAI2: one file, group and account, control totals right."""
    days = f"{lines[-1].day:%y%m%d}"
    yield f"01,BANK,ME,{days},0000,1,,,2/\n02,ME,BANK,1,{days},0000,GBP,2/\n"
    yield "03,12345678,GBP,010,0,,/\n"
    total = sum(abs(line.minor) for line in lines)
    for line in lines:
        code = 475 if line.minor < 0 else 142
        yield f"16,{code},{abs(line.minor)},Z,{line.number},,{line.text}/\n"
    count = len(lines)
    yield f"49,{total},{count + 2}/\n98,{total},1,{count + 4}/\n99,{total},1,{count + 6}/\n"


FORMATS: dict[str, Callable[[list[Line]], Iterator[str]]] = {
    "ofx": ofx,
    "camt053.xml": camt053,
    "mt940": mt940,
    "qif": qif,
    "bai2": bai2,
}


def run(folder: Path, sizes: tuple[int, ...], rounds: int) -> dict[str, object]:
    """Write each format's file, read it, check count and sum."""
    count = sizes[0] if sizes else LINES
    left = make_world(3, count, accounts=1).left
    columns = ("booked_on", "amount_minor", "narrative")
    values = zip(*(left[name].to_pylist() for name in columns), strict=True)
    lines = [
        Line(i, day, minor, text[:60].replace("/", " ").replace("&", "+"))
        for i, (day, minor, text) in enumerate(values, 1)
    ]
    files = {}
    for suffix, write in FORMATS.items():
        files[suffix] = folder / f"lines.{suffix}"
        files[suffix].write_text("".join(write(lines)), encoding="utf-8")
    files["csv"] = folder / "lines.csv"
    pacsv.write_csv(as_file(left), files["csv"])
    total = sum(line.minor for line in lines)
    rows: list[dict[str, object]] = []
    for suffix, path in files.items():
        command = [sys.executable, "-m", "benchmarks.readers", str(path)]
        tried = must(command, (0, 1))
        if tried.code:
            rows.append({"format": suffix, "error": tried.last_words})
            print(f"readers: {suffix}: {tried.last_words}")
            continue
        runs = alternate({"read": command}, rounds)["read"]
        found = json.loads(runs[0].out)
        if (found["lines"], found["sum"]) != (len(lines), total):
            raise RuntimeError(f"{suffix}: {found} instead of {len(lines)} lines, sum {total}")
        megabytes = path.stat().st_size / 1e6
        used = seconds(runs)
        row = {"format": suffix, "lines": len(lines), "megabytes": round(megabytes, 1)}
        row |= {"seconds": used, "peak_mb": peak_mb(runs)}
        rows.append(row | {"seconds_per_mb": round(used / megabytes, 3)})
        print(f"readers: {rows[-1]}")
    return {"rows": rows}


def main(path: str) -> None:
    """Read one file; print lines and sum."""
    reading = read_source(Source.of(Path(path)))
    lines = [line for statement in reading.statements for line in statement.lines]
    total = sum(line.signed_minor for line in lines)
    json.dump({"lines": len(lines), "sum": total}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
