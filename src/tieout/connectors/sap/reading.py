"""What is read of an SAP company: its masters, its open-item ledgers, its general ledger.

Field names are those that SAP publishes. Lines of the sub-ledgers are the posting view of a
document (`A_OperationalAcctgDocItemCube`), lines of the general ledger the ledger's own table
(`GLAccountLineItem`): two tables of SAP's, kept apart, so that they can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tieout.connectors.ledgers import Progress
from tieout.connectors.sap.fields import literal, text_of
from tieout.connectors.sap.session import Session
from tieout.connectors.sap.span import Span
from tieout.core.errors import NotFound

ItemRow = Mapping[str, Any]

ITEMS = ("API_OPLACCTGDOCITEMCUBE_SRV", "A_OperationalAcctgDocItemCube")
LINES = ("API_GLACCOUNTLINEITEM", "GLAccountLineItem")
COMPANIES = ("API_COMPANYCODE_SRV", "A_CompanyCode")
ACCOUNTS = ("API_GLACCOUNTINCHARTOFACCOUNTS_SRV", "A_GLAccountText")
CUSTOMERS = ("API_BUSINESS_PARTNER", "A_CustomerCompany")
SUPPLIERS = ("API_BUSINESS_PARTNER", "A_SupplierCompany")

_ITEM_KEY = ("CompanyCode", "FiscalYear", "AccountingDocument", "AccountingDocumentItem")
_ITEM_FIELDS = (
    *_ITEM_KEY,
    *("FinancialAccountType", "SpecialGLCode", "GLAccount", "Customer", "Supplier"),
    *("AccountingDocumentType", "DocumentReferenceID", "PostingDate", "DocumentDate"),
    *("NetDueDate", "AccountingDocumentCreationDate", "FiscalPeriod"),
    *("TransactionCurrency", "AmountInTransactionCurrency"),
    *("CompanyCodeCurrency", "AmountInCompanyCodeCurrency", "DebitCreditCode"),
    *("ClearingAccountingDocument", "ClearingDate", "InvoiceReference", "IsNegativePosting"),
)
_LINE_KEY = ("FiscalYear", "AccountingDocument", "LedgerGLLineItem")
_LINE_FIELDS = (
    *("CompanyCode", "Ledger", *_LINE_KEY, "AccountingDocumentItem"),
    *("FinancialAccountType", "GLAccount", "FiscalPeriod", "PostingDate", "DocumentDate"),
    *("CreationDate", "AccountingDocumentType", "ReferenceDocumentType", "AssignmentReference"),
    *("DocumentItemText", "TransactionCurrency", "AmountInTransactionCurrency"),
    *("CompanyCodeCurrency", "AmountInCompanyCodeCurrency", "DebitCreditCode"),
    *("Customer", "Supplier", "IsReversal", "ReversalReferenceDocument"),
)


@dataclass(frozen=True)
class Masters:
    """What holds for all documents of a company."""

    currency: str
    variant: str
    """The fiscal year variant."""
    accounts: Mapping[str, str]
    """Names of the accounts of its chart."""
    customers: Mapping[str, str]
    """By customer, the reconciliation account that the master record has now."""
    suppliers: Mapping[str, str]

    @property
    def types(self) -> dict[str, str]:
        """By reconciliation account, D or K."""
        of_suppliers = {account: "K" for account in self.suppliers.values() if account}
        return of_suppliers | {account: "D" for account in self.customers.values() if account}


@dataclass(frozen=True)
class Read:
    """Everything that was read."""

    masters: Masters
    items: tuple[ItemRow, ...]
    """Lines of customers and suppliers, of this year and all before it."""
    lines: tuple[ItemRow, ...]
    """Lines of the general ledger of this year."""
    earlier: tuple[ItemRow, ...]
    """Lines of years before, on reconciliation accounts and those counted beside them."""


def read_masters(session: Session, span: Span) -> Masters:
    """The company, its accounts, and which party posts to which reconciliation account.

    Raises:
        NotFound: `connector.company-unknown`.
    """
    of_company = f"CompanyCode eq {literal(span.company)}"
    fields = ("CompanyCode", "Currency", "ChartOfAccounts", "FiscalYearVariant")
    found = next(iter(session.rows(*COMPANIES, fields, of_company, ("CompanyCode",))), None)
    if found is None:
        raise NotFound("connector.company-unknown", f"the company {span.company}")
    chart = f"ChartOfAccounts eq {literal(text_of(found, 'ChartOfAccounts'))}"
    texts = session.rows(
        *ACCOUNTS, ("GLAccount", "Language", "GLAccountLongName"), chart, ("GLAccount", "Language")
    )
    names = {text_of(row, "GLAccount"): text_of(row, "GLAccountLongName") for row in texts}
    return Masters(
        text_of(found, "Currency"),
        text_of(found, "FiscalYearVariant"),
        names,
        _reconciliation(session, CUSTOMERS, "Customer", of_company),
        _reconciliation(session, SUPPLIERS, "Supplier", of_company),
    )


def _reconciliation(
    session: Session, where: tuple[str, str], name: str, of_company: str
) -> dict[str, str]:
    fields = (name, "CompanyCode", "ReconciliationAccount")
    return {
        text_of(row, name): text_of(row, "ReconciliationAccount")
        for row in session.rows(*where, fields, of_company, (name,))
    }


def read_ledgers(session: Session, span: Span, progress: Progress) -> Read:
    """The company's ledgers up to the period asked for, and what was brought forward."""
    progress("masters", 0.05)
    masters = read_masters(session, span)
    of_company = f"CompanyCode eq {literal(span.company)}"
    of_year = f"FiscalYear eq {literal(str(span.year))}"
    before = f"FiscalYear lt {literal(str(span.year))}"
    progress("customers and suppliers", 0.2)
    of_parties = "(FinancialAccountType eq 'D' or FinancialAccountType eq 'K')"
    until = f"FiscalYear le {literal(str(span.year))}"
    asked = f"{of_company} and {until} and {of_parties}"
    items = tuple(session.rows(*ITEMS, _ITEM_FIELDS, asked, _ITEM_KEY))
    progress("general ledger", 0.5)
    of_ledger = f"{of_company} and Ledger eq {literal(span.ledger)} and FiscalPeriod ne '000'"
    lines = tuple(session.rows(*LINES, _LINE_FIELDS, f"{of_ledger} and {of_year}", _LINE_KEY))
    progress("years before", 0.8)
    counted = {*masters.types, *span.controls, *span.adjustments.values()}
    counted |= {text_of(row, "GLAccount") for row in items}
    earlier: list[ItemRow] = []
    for account in sorted(counted):
        asked = f"{of_ledger} and {before} and GLAccount eq {literal(account)}"
        earlier += session.rows(*LINES, _LINE_FIELDS, asked, _LINE_KEY)
    return Read(masters, items, lines, tuple(earlier))
