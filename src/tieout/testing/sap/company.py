"""One company of the fake SAP: masters, the posting view, the ledger, and what may be posted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

Row = dict[str, Any]
EPOCH = date(1970, 1, 1)
YES, ERROR = "1", "3"
TYPES = {"Item": "S", "DebtorItem": "D", "CreditorItem": "K"}


@dataclass(frozen=True)
class Said:
    """A message as the posting service gives it."""

    message_class: str
    number: str
    text: str
    severity: str = ERROR


@dataclass(frozen=True)
class Entry:
    """A journal entry as it was sent, taken from its XML."""

    head: Mapping[str, str]
    items: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]]
    """Kind of item, its fields, and the currencies of its amounts."""


def milliseconds(day: date) -> str:
    """A date as OData 2 writes it in JSON."""
    return f"/Date({(day - EPOCH).days * 86_400_000})/"


@dataclass
class Company:
    """A company code with one ledger."""

    code: str
    currency: str
    chart: str
    year: int
    periods: Sequence[tuple[date, date]]
    variant: str = "K4"
    accounts: dict[str, str] = field(default_factory=dict)
    """Names of the accounts of the chart."""
    controls: dict[str, str] = field(default_factory=dict)
    """Reconciliation accounts: D, K or A."""
    customers: dict[str, str] = field(default_factory=dict)
    suppliers: dict[str, str] = field(default_factory=dict)
    closed: set[tuple[str, int]] = field(default_factory=set)
    """Account type (`+` is all) and period."""
    items: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    numbers: int = 0
    lock: Lock = field(default_factory=Lock)

    def entities(self, name: str) -> list[Row]:
        """The rows of a published entity set."""
        made: dict[str, list[Row]] = {
            "A_CompanyCode": [
                {
                    "CompanyCode": self.code,
                    "Currency": self.currency,
                    "ChartOfAccounts": self.chart,
                    "FiscalYearVariant": self.variant,
                }
            ],
            "A_GLAccountText": [
                {
                    "ChartOfAccounts": self.chart,
                    "GLAccount": code,
                    "Language": "EN",
                    "GLAccountLongName": text,
                }
                for code, text in self.accounts.items()
            ],
            "A_CustomerCompany": [
                {"Customer": name, "CompanyCode": self.code, "ReconciliationAccount": account}
                for name, account in self.customers.items()
            ],
            "A_SupplierCompany": [
                {"Supplier": name, "CompanyCode": self.code, "ReconciliationAccount": account}
                for name, account in self.suppliers.items()
            ],
            "A_OperationalAcctgDocItemCube": self.items,
            "GLAccountLineItem": self.lines,
        }
        return made[name]

    def period_of(self, day: date) -> int:
        """The normal period of a day; 0 where the year has none."""
        found = [at for at, (one, other) in enumerate(self.periods, 1) if one <= day <= other]
        return found[0] if found else 0

    def number(self) -> str:
        """The next document number."""
        self.numbers += 1
        return f"{100_000_000 + self.numbers:010}"

    def refusals(self, entry: Entry) -> list[Said]:
        """Every reason not to take an entry."""
        said: list[Said] = []
        if entry.head.get("CompanyCode") != self.code:
            company = entry.head.get("CompanyCode", "")
            return [Said("F5", "150", f"Company code {company} is not defined")]
        day = date.fromisoformat(entry.head["PostingDate"])
        period = self.period_of(day)
        for kind, fields, _ in entry.items:
            said += self._of_item(TYPES[kind], fields)
            is_closed = {("+", period), (TYPES[kind], period)} & self.closed
            if is_closed or not period:
                said.append(
                    Said("F5", "201", f"Posting period {period:03} {self.year} is not open")
                )
        said += _balance(entry)
        return said

    def _of_item(self, kind: str, fields: Mapping[str, str]) -> list[Said]:
        if kind == "D":
            name = fields.get("Debtor", "")
            text = f"Customer {name} is not defined in company code {self.code}"
            return [] if name in self.customers else [Said("F5", "102", text)]
        if kind == "K":
            name = fields.get("Creditor", "")
            text = f"Vendor {name} is not defined in company code {self.code}"
            return [] if name in self.suppliers else [Said("F5", "104", text)]
        account = fields.get("GLAccount", "")
        if account not in self.accounts:
            text = f"G/L account {account} is not defined in chart of accounts {self.chart}"
            return [Said("F5", "507", text)]
        if account in self.controls:
            text = f"Account {account} in company code {self.code} cannot be directly posted to"
            return [Said("F5", "354", text)]
        return []

    def post(self, entry: Entry, on: date) -> str:
        """Take an entry that nothing stands against: its number."""
        number, day = self.number(), date.fromisoformat(entry.head["PostingDate"])
        for place, (kind, fields, currencies) in enumerate(entry.items, 1):
            account_type = TYPES[kind]
            party = fields.get("Debtor") or fields.get("Creditor") or ""
            owners = {"D": self.customers, "K": self.suppliers}.get(account_type, {})
            row: Row = {
                "CompanyCode": self.code,
                "FiscalYear": str(self.year),
                "AccountingDocument": number,
                "AccountingDocumentItem": f"{place:03}",
                "FinancialAccountType": account_type,
                "GLAccount": owners.get(party, fields.get("GLAccount", "")),
                "Customer": party if account_type == "D" else "",
                "Supplier": party if account_type == "K" else "",
                "AccountingDocumentType": entry.head["AccountingDocumentType"],
                "PostingDate": milliseconds(day),
                "DocumentDate": milliseconds(date.fromisoformat(entry.head["DocumentDate"])),
                "FiscalPeriod": f"{self.period_of(day):03}",
                "TransactionCurrency": currencies["AmountInTransactionCurrency"],
                "AmountInTransactionCurrency": fields["AmountInTransactionCurrency"],
                "CompanyCodeCurrency": self.currency,
                "AmountInCompanyCodeCurrency": fields["AmountInCompanyCodeCurrency"],
                "DebitCreditCode": fields["DebitCreditCode"],
            }
            self.items.append(
                row
                | {
                    "DocumentReferenceID": entry.head.get("DocumentReferenceID", ""),
                    "AccountingDocumentCreationDate": milliseconds(on),
                }
            )
            self.lines.append(
                row
                | {
                    "Ledger": "0L",
                    "LedgerGLLineItem": f"{place:06}",
                    "ReferenceDocumentType": entry.head["OriginalReferenceDocumentType"],
                    "AssignmentReference": fields.get("AssignmentReference", ""),
                    "DocumentItemText": fields.get("DocumentItemText", ""),
                    "CreationDate": milliseconds(on),
                    "IsReversal": False,
                }
            )
        return number


def _balance(entry: Entry) -> list[Said]:
    """Debits against credits, in each currency of either kind."""
    said: list[Said] = []
    for name in ("AmountInTransactionCurrency", "AmountInCompanyCodeCurrency"):
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for _, fields, currencies in entry.items:
            totals[currencies.get(name, "")] += Decimal(fields.get(name, "0"))
        if any(totals.values()):
            said.append(Said("RW", "022", "FI/CO interface: Balance in transaction currency"))
    return said
