"""Books: one entry of two postings a line, in beancount, ledger, GnuCash, SAF-T and IIF."""

from collections.abc import Iterator

from benchmarks.written import BANK, OTHER, Line

_SPACES = ["gnc", "act", "book", "cd", "cmdty", "slot", "split", "trn", "ts"]


def beancount(lines: list[Line]) -> Iterator[str]:
    """beancount, accounts opened."""
    yield f"{lines[0].day} open {BANK} GBP\n{lines[0].day} open {OTHER}\n\n"
    for line in lines:
        yield f'{line.day} * "{line.name}" "{line.text}" ^r{line.number}\n'
        yield f"  {BANK}  {line.decimal} GBP\n  {OTHER}  {line.opposite} GBP\n\n"


def ledger(lines: list[Line]) -> Iterator[str]:
    """A journal as hledger and Ledger read it, one amount left out in each entry."""
    for line in lines:
        yield f"{line.day} * ({line.number}) {line.text}\n"
        yield f"    {BANK}    {line.decimal} GBP\n    {OTHER}\n\n"


def gnucash(lines: list[Line]) -> Iterator[str]:
    """GnuCash's XML, version 2."""
    spaces = " ".join(f'xmlns:{each}="http://www.gnucash.org/XML/{each}"' for each in _SPACES)
    yield f'<?xml version="1.0" encoding="utf-8" ?>\n<gnc-v2 {spaces}>\n'
    yield '<gnc:count-data cd:type="book">1</gnc:count-data>\n<gnc:book version="2.0.0">\n'
    yield f'<gnc:count-data cd:type="transaction">{len(lines)}</gnc:count-data>\n'
    currency = "<cmdty:space>CURRENCY</cmdty:space><cmdty:id>GBP</cmdty:id>"
    yield '<gnc:account version="2.0.0"><act:name>Root Account</act:name>'
    yield '<act:id type="guid">root</act:id><act:type>ROOT</act:type></gnc:account>\n'
    accounts = (("Assets", "a", "ASSET", "root"), ("Bank", "b", "BANK", "a"),
                ("Expenses", "e", "EXPENSE", "root"), ("Other", "o", "EXPENSE", "e"))  # fmt: skip
    for name, guid, kind, parent in accounts:
        yield f'<gnc:account version="2.0.0"><act:name>{name}</act:name>'
        yield f'<act:id type="guid">{guid}</act:id><act:type>{kind}</act:type><act:commodity>'
        yield f'{currency}</act:commodity><act:parent type="guid">{parent}</act:parent>'
        yield "</gnc:account>\n"
    for line in lines:
        yield f'<gnc:transaction version="2.0.0"><trn:id type="guid">t{line.number}</trn:id>'
        yield f"<trn:currency>{currency}</trn:currency><trn:num>{line.number}</trn:num>"
        yield f"<trn:date-posted><ts:date>{line.day} 10:59:00 +0000</ts:date></trn:date-posted>"
        yield f"<trn:description>{line.text}</trn:description><trn:splits>"
        for guid, minor in (("b", line.minor), ("o", -line.minor)):
            yield f'<trn:split><split:id type="guid">s{guid}{line.number}</split:id>'
            yield "<split:reconciled-state>n</split:reconciled-state>"
            yield f"<split:value>{minor}/100</split:value><split:quantity>{minor}/100"
            yield f'</split:quantity><split:account type="guid">{guid}</split:account></trn:split>'
        yield "</trn:splits></gnc:transaction>\n"
    yield "</gnc:book>\n</gnc-v2>\n"


def saft(lines: list[Line]) -> Iterator[str]:
    """A Norwegian SAF-T general ledger of one journal."""
    total = sum(abs(line.minor) for line in lines)
    said = Line(0, lines[0].day, total, "").decimal
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"><Header>'
    yield "<AuditFileVersion>1.10</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>"
    yield "<DefaultCurrencyCode>NOK</DefaultCurrencyCode></Header>\n"
    yield "<MasterFiles><GeneralLedgerAccounts>"
    for account in (BANK, OTHER):
        yield f"<Account><AccountID>{account}</AccountID><AccountDescription>{account}"
        yield "</AccountDescription><AccountType>GL</AccountType></Account>\n"
    yield "</GeneralLedgerAccounts></MasterFiles><GeneralLedgerEntries>"
    yield f"<NumberOfEntries>{len(lines)}</NumberOfEntries><TotalDebit>{said}</TotalDebit>"
    yield f"<TotalCredit>{said}</TotalCredit><Journal><JournalID>BA</JournalID>"
    yield "<Description>Bank</Description><Type>BA</Type>\n"
    for line in lines:
        yield f"<Transaction><TransactionID>{line.number}</TransactionID><Period>{line.day.month}"
        yield f"</Period><PeriodYear>{line.day.year}</PeriodYear><TransactionDate>{line.day}"
        yield f"</TransactionDate><Description>{line.text}</Description>"
        yield f"<GLPostingDate>{line.day}</GLPostingDate>\n"
        for at, account in enumerate((BANK, OTHER), 1):
            is_debit = (line.minor >= 0) == (account == BANK)
            way = "DebitAmount" if is_debit else "CreditAmount"
            yield f"<Line><RecordID>{at}</RecordID><AccountID>{account}</AccountID>"
            yield f"<SourceDocumentID>{line.number}</SourceDocumentID><Description>{line.name}"
            yield f"</Description><{way}><Amount>{line.unsigned}</Amount></{way}></Line>\n"
        yield "</Transaction>\n"
    yield "</Journal></GeneralLedgerEntries></AuditFile>\n"


def iif(lines: list[Line]) -> Iterator[str]:
    """IIF as QuickBooks exports it, month first."""
    yield f"!ACCNT\tNAME\tACCNTTYPE\nACCNT\t{BANK}\tBANK\nACCNT\t{OTHER}\tEXP\n"
    for kind in ("TRNS", "SPL"):
        yield f"!{kind}\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tDOCNUM\tMEMO\n"
    yield "!ENDTRNS\n"
    for line in lines:
        kind = "CHECK" if line.minor < 0 else "DEPOSIT"
        day = f"{line.day.month}/{line.day.day}/{line.day.year}"
        head, tail = f"{kind}\t{day}", f"{line.number}\t{line.text}\n"
        yield f"TRNS\t{head}\t{BANK}\t{line.name}\t{line.decimal}\t{tail}"
        yield f"SPL\t{head}\t{OTHER}\t{line.name}\t{line.opposite}\t{tail}ENDTRNS\n"
