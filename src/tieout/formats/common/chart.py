"""A chart of accounts read from names: the kind of an account, and whether it is held at a bank."""

import re
from collections.abc import Iterable, Mapping

from tieout.core.accounts import Account, AccountKind

_FIRST_COMPONENTS = {
    AccountKind.ASSET: "assets asset aktiva vermögen vermoegen actif actifs activos activo "
    "activa bezittingen attività attivita ativo ativos tillgångar aktiver varat активы 资产 資産",
    AccountKind.LIABILITY: "liabilities liability debts passiva verbindlichkeiten schulden "
    "fremdkapital passif passifs pasivos pasivo passività passivita passivo passivos skulder "
    "gjeld velat обязательства 负债 負債",
    AccountKind.EQUITY: "equity eigenkapital kapital capitaux capital patrimonio patrimônio "
    "eigenvermogen pääoma капитал 权益 純資産",
    AccountKind.INCOME: "income revenue revenues erträge ertraege ertrag einnahmen einkommen "
    "revenu revenus produits ingresos ingreso inkomsten baten ricavi entrate receitas intäkter "
    "inntekter tulot доходы 收入 収益",
    AccountKind.EXPENSE: "expenses expense aufwand aufwendungen ausgaben kosten dépense dépenses "
    "depense depenses charges gastos gasto uitgaven lasten spese uscite costi despesas "
    "kostnader utgifter menot расходы 支出 费用 費用",
}
KIND_BY_WORD: dict[str, AccountKind] = {
    word: kind for kind, words in _FIRST_COMPONENTS.items() for word in words.split()
}
"""The first component of an account's path, lower case, to its kind."""

_BANK = re.compile(
    r"bank|banque|banco|banca|checking|chequ|giro|saving|spar(?:konto|buch)|current\b|"
    r"compte courant|\bcash\b|petty|kasse|caisse|caja|cassa|wallet|visa|master\W?card|amex|"
    r"american\W?express|credit\W?card|\bcards?\b|kreditkarte|carte\b|paypal|cuenta corriente|"
    r"银行|現金|现金",
    re.IGNORECASE,
)
_NOT_BANK = re.compile(
    r"payable|receivable|loan|mortgage|\btax|\bvat\b|interest|\bfees?\b|deprec|invest|broker",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MONEY_KINDS = {AccountKind.ASSET, AccountKind.LIABILITY, AccountKind.UNKNOWN}


def kind_of(path: str, roots: Mapping[str, AccountKind] | None = None) -> AccountKind:
    """By the first component of the path that names a kind; `roots` are a file's own names."""
    for component in path.split(":"):
        word = component.strip()
        if roots and word in roots:
            return roots[word]
        kind = KIND_BY_WORD.get(word.lower()) or KIND_BY_WORD.get(word.lower().partition(" ")[0])
        if kind:
            return kind
    return AccountKind.UNKNOWN


def is_bank_name(path: str, kind: AccountKind) -> bool:
    """Whether the name speaks of a bank, card or cash account of the owner's."""
    words = _CAMEL.sub(" ", path.replace(":", " : ").replace("-", " ").replace("_", " "))
    return kind in _MONEY_KINDS and bool(_BANK.search(words)) and not _NOT_BANK.search(words)


def account_named(
    path: str,
    *,
    kind: AccountKind | None = None,
    currency: str = "",
    is_bank: bool | None = None,
    roots: Mapping[str, AccountKind] | None = None,
) -> Account:
    """The account of that path, with what is not said worked out from its name."""
    known = kind if kind is not None else kind_of(path, roots)
    bank = is_bank if is_bank is not None else is_bank_name(path, known)
    return Account(path, path.rpartition(":")[2], known, currency, bank)


def sorted_accounts(accounts: Iterable[Account]) -> tuple[Account, ...]:
    """In order of their codes, each once (the first said wins)."""
    by_code: dict[str, Account] = {}
    for account in accounts:
        by_code.setdefault(account.code, account)
    return tuple(by_code[code] for code in sorted(by_code))
