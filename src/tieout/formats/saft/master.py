"""Header and master files of a SAF-T: chart of accounts, customers, suppliers."""

from dataclasses import dataclass, field

from lxml import etree

from tieout.core.accounts import Account, AccountKind
from tieout.core.errors import Problem
from tieout.core.money import Currency
from tieout.formats.common.fields import amount_of, tidy
from tieout.formats.common.xml import child, text_at

_CURRENCIES = {
    "AT": "EUR", "BG": "BGN", "DK": "DKK", "FR": "EUR", "LT": "EUR", "LU": "EUR", "NO": "NOK",
    "PL": "PLN", "PT": "EUR", "RO": "RON", "AO": "AOA", "MZ": "MZN", "CV": "CVE", "UA": "UAH",
}  # fmt: skip
"""Country to currency, for headers that leave the currency out."""

_KINDS = {
    "asset": AccountKind.ASSET, "activ": AccountKind.ASSET, "it": AccountKind.ASSET,
    "tt": AccountKind.ASSET, "liability": AccountKind.LIABILITY, "pasiv": AccountKind.LIABILITY,
    "i": AccountKind.LIABILITY, "equity": AccountKind.EQUITY, "nk": AccountKind.EQUITY,
    "sale": AccountKind.INCOME, "income": AccountKind.INCOME, "revenue": AccountKind.INCOME,
    "p": AccountKind.INCOME, "expense": AccountKind.EXPENSE, "s": AccountKind.EXPENSE,
}  # fmt: skip
"""`AccountType` as the OECD, Romania and Lithuania write it; `GL` says nothing."""

_BANK_ACCOUNTS = {
    "PT": ("11", "12", "13"),  # caixa, depósitos à ordem, outros depósitos (SNC)
    "NO": ("19",),  # kontanter, bankinnskudd (NS 4102)
    "RO": ("512", "531"),  # conturi curente la bănci, casa (OMFP 1802)
    "LT": ("27",),  # pinigai
    "LU": ("513", "516"),  # avoirs en banques, caisse (PCN)
}
"""Beginnings of the account numbers of bank and cash in a country's standard chart."""


@dataclass
class Master:
    """What the entries refer to."""

    country: str = ""
    currency: Currency = field(default_factory=lambda: Currency.of("XXX"))
    accounts: dict[str, Account] = field(default_factory=dict)
    stated: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Account to its opening and closing balance, signed, debit positive, where both are stated."""
    parties: dict[tuple[str, str], str] = field(default_factory=dict)
    """(`CustomerID` or `SupplierID`, id) to name."""
    currencies: dict[str, str] = field(default_factory=dict)
    """Bank accounts that the header says are kept in another currency."""


def read_master(root: etree._Element, namespace: str, problems: list[Problem]) -> Master:
    """Header and master files; what is doubtful about them goes to `problems`."""
    header = child(root, "Header")
    master = Master(country=_country(root, namespace))
    code = (text_at(header, "DefaultCurrencyCode") or text_at(header, "CurrencyCode")).upper()
    if not code:
        code = _CURRENCIES.get(master.country, "XXX")
        problems.append(
            Problem(
                "match.no-currency", f"no currency in the header; {code} is taken", "a currency"
            )
        )
    master.currency = Currency.of(code)
    banks: set[str] = set()
    for bank in root.iter("BankAccount"):
        account = text_at(bank, "GeneralLedgerAccountID")
        inside = bank.getparent()
        if account and inside is not None and inside.tag in {"Company", "Header", "CompanyEntity"}:
            banks.add(account)
            master.currencies[account] = text_at(bank, "CurrencyCode").upper()
    for element in root.iter("Account"):
        if text_at(element, "AccountID"):
            _add_account(element, master, banks)
    for role in ("Customer", "Supplier"):
        for element in root.iter(role):
            name = text_at(element, "Name") or text_at(element, "CompanyName")
            name = name or text_at(element, "CompanyStructure", "Name")
            ident = text_at(element, f"{role}ID")
            if ident and name:
                master.parties[(f"{role}ID", ident)] = tidy(name)
    return master


def _country(root: etree._Element, namespace: str) -> str:
    header = child(root, "Header")
    country = text_at(header, "AuditFileCountry") or text_at(header, "AuditFileRegion")
    if country:
        return country[:2].upper()
    tail = namespace.rpartition(":")[2]
    return tail[:2].upper() if tail[:2].upper() in _CURRENCIES else ""


def _add_account(element: etree._Element, master: Master, banks: set[str]) -> None:
    number = tidy(text_at(element, "AccountID"))
    standard = text_at(element, "StandardAccountID") or text_at(element, "TaxonomyCode") or number
    heads = _BANK_ACCOUNTS.get(master.country, ())
    if master.country == "PT":  # its taxonomy numbers lines of a report, not accounts
        standard = number
    master.accounts[number] = Account(
        code=number,
        name=tidy(text_at(element, "AccountDescription") or text_at(element, "AccountName")),
        kind=_KINDS.get(text_at(element, "AccountType").lower(), AccountKind.UNKNOWN),
        currency=master.currencies.get(number) or master.currency.code,
        is_bank=number in banks or (bool(heads) and standard.startswith(heads)),
    )
    opening, closing = (_balance(element, name, master.currency) for name in ("Opening", "Closing"))
    if opening is not None and closing is not None:
        master.stated[number] = (opening, closing)


def _balance(element: etree._Element, when: str, currency: Currency) -> int | None:
    """Debit less credit, in minor units; None if neither is stated."""
    found = None
    for name, sign in ((f"{when}DebitBalance", 1), (f"{when}CreditBalance", -1)):
        text = text_at(element, name) or text_at(element, name, "Amount")
        read = amount_of(text, currency) if text else None
        if isinstance(read, tuple) and read[1] == currency:
            found = (found or 0) + sign * read[0]
    return found
