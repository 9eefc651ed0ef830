"""Bank files of tagged text and XML: OFX, camt.053, MT940, QIF, BAI2."""

from collections.abc import Iterator

from benchmarks.written import Line, total_of


def ofx1(lines: list[Line]) -> Iterator[str]:
    """OFX 1.0.2, unclosed elements."""
    yield "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\n"
    yield "CHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX><BANKMSGSRSV1>"
    yield "<STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>GBP"
    yield "<BANKACCTFROM><BANKID>1<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"
    yield f"<DTSTART>{lines[0].day:%Y%m%d}<DTEND>{lines[-1].day:%Y%m%d}\n"
    for line in lines:
        yield f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{line.day:%Y%m%d}<TRNAMT>{line.decimal}"
        yield f"<FITID>{line.number}<NAME>{line.name}<MEMO>{line.text}</STMTTRN>\n"
    yield "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"


def ofx2(lines: list[Line]) -> Iterator[str]:
    """OFX 2.1.1, XML."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" '
    yield 'SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n<OFX><BANKMSGSRSV1><STMTTRNRS>'
    yield "<TRNUID>1</TRNUID><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS><STMTRS>"
    yield "<CURDEF>GBP</CURDEF><BANKACCTFROM><BANKID>1</BANKID><ACCTID>12345678</ACCTID>"
    yield "<ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM><BANKTRANLIST>"
    yield f"<DTSTART>{lines[0].day:%Y%m%d}</DTSTART><DTEND>{lines[-1].day:%Y%m%d}</DTEND>\n"
    for line in lines:
        yield f"<STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>{line.day:%Y%m%d}</DTPOSTED>"
        yield f"<TRNAMT>{line.decimal}</TRNAMT><FITID>{line.number}</FITID>"
        yield f"<NAME>{line.name}</NAME><MEMO>{line.text}</MEMO></STMTTRN>\n"
    yield "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"


def camt053(lines: list[Line]) -> Iterator[str]:
    """camt.053.001.02, one entry a line, each with its details."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
    yield "<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>"
    yield "<CreDtTm>2026-01-01T00:00:00</CreDtTm><Acct><Id><Othr><Id>12345678</Id></Othr></Id>"
    yield "<Ccy>GBP</Ccy></Acct>\n"
    for code, balance in (("OPBD", Line(0, lines[0].day, 0, "")), ("CLBD", total_of(lines))):
        yield f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_camt_amount(balance)}"
        yield f"<Dt><Dt>{balance.day}</Dt></Dt></Bal>\n"
    for line in lines:
        party = "Cdtr" if line.minor < 0 else "Dbtr"
        yield f"<Ntry>{_camt_amount(line)}<Sts>BOOK</Sts><BookgDt><Dt>{line.day}</Dt></BookgDt>"
        yield f"<ValDt><Dt>{line.day}</Dt></ValDt><AcctSvcrRef>{line.number}</AcctSvcrRef>"
        yield "<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        yield f"<Refs><EndToEndId>E{line.number}</EndToEndId></Refs><RltdPties><{party}>"
        yield f"<Nm>{line.name}</Nm></{party}></RltdPties>"
        yield f"<RmtInf><Ustrd>{line.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _camt_amount(line: Line) -> str:
    way = "DBIT" if line.minor < 0 else "CRDT"
    return f'<Amt Ccy="GBP">{line.unsigned}</Amt><CdtDbtInd>{way}</CdtDbtInd>'


def mt940(lines: list[Line]) -> Iterator[str]:
    """MT940, one statement."""
    yield f":20:START\n:25:12345678\n:28C:1/1\n:60F:C{lines[0].day:%y%m%d}GBP0,00\n"
    for line in lines:
        amount = line.unsigned.replace(".", ",")
        way = "D" if line.minor < 0 else "C"
        yield f":61:{line.day:%y%m%d}{line.day:%m%d}{way}{amount}NTRF{line.number}\n"
        yield f":86:{line.text}\n"
    total = total_of(lines)
    amount = total.unsigned.replace(".", ",")
    yield f":62F:{'D' if total.minor < 0 else 'C'}{total.day:%y%m%d}GBP{amount}\n-\n"


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
