"""The company of the guide: one customer, one supplier, and one posting that went astray."""

from datetime import date

from tieout.testing.sap.company import Company, Entry

YEAR = 2026
RECEIVABLES, PAYABLES, SALES, PURCHASES = "12100000", "21100000", "41000000", "51600000"
ADJUSTMENTS = {RECEIVABLES: "12190000", PAYABLES: "21190000"}
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def example_company() -> Company:
    """Company code 1010 with three documents of the first quarter."""
    company = Company(
        code="1010",
        currency="EUR",
        chart="YCOA",
        year=YEAR,
        periods=[
            (date(YEAR, month, 1), date(YEAR, month, days)) for month, days in enumerate(MONTHS, 1)
        ],
        accounts={
            RECEIVABLES: "Receivables",
            PAYABLES: "Payables",
            SALES: "Sales",
            PURCHASES: "Purchases",
            **dict.fromkeys(ADJUSTMENTS.values(), "Adjustment"),
        },
        controls={RECEIVABLES: "D", PAYABLES: "K"},
        customers={"C1000": RECEIVABLES},
        suppliers={"S2000": PAYABLES},
        closed={("+", 1), ("+", 2)},
    )
    for day, kind, party, other, amount in (
        (date(YEAR, 1, 14), "DebtorItem", "C1000", SALES, "1190.00"),
        (date(YEAR, 2, 3), "CreditorItem", "S2000", PURCHASES, "-357.00"),
        (date(YEAR, 3, 9), "DebtorItem", "C1000", SALES, "595.00"),
    ):
        company.post(_entry(day, (kind, party), other, amount), day)
    astray = next(row for row in company.lines if row["FiscalPeriod"] == "003")
    astray["GLAccount"] = SALES
    return company


def _entry(day: date, item: tuple[str, str], other: str, amount: str) -> Entry:
    """A document with one item of a party and its other side."""
    kind, party = item
    owner, document_type = ("Debtor", "DR") if kind == "DebtorItem" else ("Creditor", "KR")
    turned = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
    currencies = dict.fromkeys(
        ("AmountInTransactionCurrency", "AmountInCompanyCodeCurrency"), "EUR"
    )

    def fields(name: str, said: str, signed: str) -> dict[str, str]:
        return {
            name: said,
            **dict.fromkeys(currencies, signed),
            "DebitCreditCode": "H" if signed.startswith("-") else "S",
        }

    return Entry(
        {
            "OriginalReferenceDocumentType": "BKPFF",
            "AccountingDocumentType": document_type,
            "DocumentReferenceID": f"INV-{day:%m%d}",
            "PostingDate": day.isoformat(),
            "DocumentDate": day.isoformat(),
        },
        [
            (kind, fields(owner, party, amount), currencies),
            ("Item", fields("GLAccount", other, turned), currencies),
        ],
    )
