"""Invented books as a company of the fake: what SAP can hold of them.

An account with cost centre and department becomes an account of its own: in SAP a reconciliation
account is a general ledger account and nothing else. A second posting of an entry becomes a
further line of its document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import AccountUse, Books, LedgerEntry, NominalPosting, SubLedger
from tieout.core.money import format_minor
from tieout.testing.sap.company import Company, Row, milliseconds

COMPANY = "1010"
TYPES = {SubLedger.AR: "D", SubLedger.AP: "K"}
_MODULES = {"SL": "D", "PL": "K"}
_USES = {AccountUse.CONTROL_AR: "D", AccountUse.CONTROL_AP: "K"}
_FOREIGN = {"PR": "HRPAY"}


def codes_of(books: Books) -> dict[AccountKey, str]:
    """The account of SAP that each of the books' keys becomes."""
    keys = sorted(books.accounts)
    return {
        key: f"{key.code}{keys.index(key):03}" if key.cost_centre or key.department else key.code
        for key in keys
    }


def company_of(books: Books, *, code: str = COMPANY) -> Company:
    """The company that has these books."""
    return _Writer(books, code).company()


@dataclass
class _Writer:
    books: Books
    code: str
    made: Company = field(init=False)
    codes: Mapping[AccountKey, str] = field(init=False)
    documents: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By entry or journal, its document number and fiscal year."""
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Masters first."""
        books = self.books
        self.codes = codes_of(books)
        self.made = Company(
            code=self.code,
            currency=books.base_currency,
            chart="YCOA",
            year=books.calendar.periods[0].begins_on.year,
            periods=[(each.begins_on, each.ends_on) for each in books.calendar.periods],
            accounts={code: f"Account {key}".rstrip("/") for key, code in self.codes.items()},
            controls={
                self.codes[key]: _USES[use] for key, use in books.accounts.items() if use in _USES
            },
        )
        for (ledger, name), party in books.parties.items():
            owners = self.made.customers if ledger is SubLedger.AR else self.made.suppliers
            owners[name] = self.codes[party.key]

    def company(self) -> Company:
        for entry in self.books.entries:
            self.made.items.append(self._item(entry))
        known = {entry.entry_id: entry for entry in self.books.entries}
        for posting in sorted(self.books.postings, key=lambda each: each.posting_id):
            self.made.lines.append(self._line(posting, known.get(posting.source_id)))
        return self.made

    def _document(self, name: str, year: int) -> tuple[str, int]:
        if name not in self.documents:
            self.documents[name] = self.made.number(), year
        return self.documents[name]

    def _year(self, day: date) -> int:
        return self.made.year if self.books.calendar.number_of(day) else self.made.year - 1

    def _amount(self, minor: int, currency: str) -> str:
        """Three decimals, as the services give them whatever the currency."""
        whole, _, cents = format_minor(minor, self.books.exponents[currency]).partition(".")
        return f"{whole}.{cents:0<3}"

    def _item(self, entry: LedgerEntry) -> Row:
        kind, sign = TYPES[entry.ledger], 1 if entry.ledger is SubLedger.AR else -1
        number, year = self._document(entry.entry_id, self._year(entry.dated_on))
        period = self.books.calendar.number_of(entry.dated_on) or 12
        base = sign * entry.base_minor
        types = {"invoice": "R", "credit_note": "G", "receipt": "Z", "payment": "Z"}
        return {
            "CompanyCode": self.code,
            "FiscalYear": str(year),
            "AccountingDocument": number,
            "AccountingDocumentItem": "001",
            "FinancialAccountType": kind,
            "GLAccount": self.codes[entry.key],
            "Customer": entry.party if kind == "D" else "",
            "Supplier": entry.party if kind == "K" else "",
            "AccountingDocumentType": kind + types.get(entry.kind.value, "R"),
            "DocumentReferenceID": entry.reference,
            "PostingDate": milliseconds(entry.dated_on),
            "DocumentDate": milliseconds(entry.dated_on),
            "NetDueDate": milliseconds(entry.due_on) if entry.due_on else None,
            "AccountingDocumentCreationDate": milliseconds(entry.entered_on),
            "FiscalPeriod": f"{period:03}",
            "TransactionCurrency": entry.currency,
            "AmountInTransactionCurrency": self._amount(sign * entry.doc_minor, entry.currency),
            "CompanyCodeCurrency": self.books.base_currency,
            "AmountInCompanyCodeCurrency": self._amount(base, self.books.base_currency),
            "DebitCreditCode": "S" if base >= 0 else "H",
        }

    def _line(self, posting: NominalPosting, entry: LedgerEntry | None) -> Row:
        kind = "S"
        if posting.line_no:
            kind = TYPES[entry.ledger] if entry else _MODULES[posting.module]
        name = entry.entry_id if entry else posting.journal_id
        year = self.made.year if posting.period else self.made.year - 1
        number, year = self._document(name, year)
        self.counts[number] = self.counts.get(number, 0) + 1
        amount = posting.debit_minor
        return {
            "CompanyCode": self.code,
            "Ledger": "0L",
            "FiscalYear": str(year),
            "AccountingDocument": number,
            "LedgerGLLineItem": f"{self.counts[number]:06}",
            "AccountingDocumentItem": "001" if kind != "S" else "002",
            "FinancialAccountType": kind,
            "GLAccount": self.codes[posting.key],
            "FiscalPeriod": f"{posting.period or 12:03}",
            "PostingDate": milliseconds(posting.posted_on),
            "DocumentDate": milliseconds(posting.dated_on),
            "CreationDate": milliseconds(posting.entered_on),
            "AccountingDocumentType": "SA",
            "ReferenceDocumentType": _FOREIGN.get(posting.module, "BKPF"),
            "AssignmentReference": posting.reference,
            "DocumentItemText": posting.narrative,
            "TransactionCurrency": posting.currency,
            "AmountInTransactionCurrency": self._amount(posting.debit_doc_minor, posting.currency),
            "CompanyCodeCurrency": self.books.base_currency,
            "AmountInCompanyCodeCurrency": self._amount(amount, self.books.base_currency),
            "DebitCreditCode": "S" if amount >= 0 else "H",
            "IsReversal": False,
        }
