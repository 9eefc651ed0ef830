"""What SAP publishes of the services the fake answers for: fields, orders, lengths."""

SERVICES = {
    "API_COMPANYCODE_SRV": ("A_CompanyCode",),
    "API_GLACCOUNTINCHARTOFACCOUNTS_SRV": ("A_GLAccountText",),
    "API_BUSINESS_PARTNER": ("A_CustomerCompany", "A_SupplierCompany"),
    "API_OPLACCTGDOCITEMCUBE_SRV": ("A_OperationalAcctgDocItemCube",),
    "API_GLACCOUNTLINEITEM": ("GLAccountLineItem",),
}
_BOTH = (
    *("CompanyCode", "FiscalYear", "AccountingDocument", "AccountingDocumentItem"),
    *("FinancialAccountType", "SpecialGLCode", "GLAccount", "Customer", "Supplier"),
    *("AccountingDocumentType", "AccountingDocumentCategory", "PostingDate", "DocumentDate"),
    *("FiscalPeriod", "TransactionCurrency", "AmountInTransactionCurrency"),
    *("CompanyCodeCurrency", "AmountInCompanyCodeCurrency", "DebitCreditCode", "PostingKey"),
    *("ClearingAccountingDocument", "ClearingDate", "InvoiceReference", "DocumentItemText"),
    *("AssignmentReference", "ReferenceDocumentType", "LedgerGLLineItem", "Ledger", "IsReversal"),
)
FIELDS = {
    "A_CompanyCode": ("CompanyCode", "Currency", "ChartOfAccounts", "FiscalYearVariant"),
    "A_GLAccountText": ("ChartOfAccounts", "GLAccount", "Language", "GLAccountLongName"),
    "A_CustomerCompany": ("Customer", "CompanyCode", "ReconciliationAccount"),
    "A_SupplierCompany": ("Supplier", "CompanyCode", "ReconciliationAccount"),
    "A_OperationalAcctgDocItemCube": (
        *_BOTH,
        *("DocumentReferenceID", "NetDueDate", "AccountingDocumentCreationDate"),
        *("OriginalReferenceDocument", "AccountingDocumentHeaderText", "IsNegativePosting"),
        "IsReversed",
    ),
    "GLAccountLineItem": (*_BOTH, "CreationDate", "ReversalReferenceDocument", "SourceLedger"),
}
"""A selection of each; a name that is not here is refused, as SAP refuses one that it has not."""
HEAD_ORDER = (
    *("OriginalReferenceDocumentType", "BusinessTransactionType", "AccountingDocumentType"),
    *("DocumentReferenceID", "DocumentHeaderText", "CreatedByUser", "CompanyCode"),
    *("DocumentDate", "PostingDate", "Item", "DebtorItem", "CreditorItem"),
)
"""Elements of a journal entry stand in this order."""
NEEDED = ("BusinessTransactionType", "AccountingDocumentType", "CompanyCode", "PostingDate")
LENGTHS = {
    "ID": 35,
    "OriginalReferenceDocumentType": 5,
    "AccountingDocumentType": 2,
    "DocumentReferenceID": 16,
    "DocumentHeaderText": 25,
    "CreatedByUser": 12,
    "CompanyCode": 4,
    "GLAccount": 10,
    "Debtor": 10,
    "Creditor": 10,
    "DocumentItemText": 50,
    "AssignmentReference": 18,
}
