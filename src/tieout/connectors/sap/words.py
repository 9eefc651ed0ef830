"""SAP's codes in words of the books, and the words of a correction in SAP's fifty letters."""

from tieout.core.explain.cases import named, naming

KINDS = {
    "DR": "invoice",
    "RV": "invoice",
    "DG": "credit_note",
    "DZ": "receipt",
    "KR": "invoice",
    "KN": "invoice",
    "RE": "invoice",
    "KG": "credit_note",
    "KZ": "payment",
    "ZP": "payment",
}
"""By SAP's usual document types; a company's own are named beside them."""
KEYED = frozenset({"", "BKPF", "BKPFF", "BKPFI"})
"""Reference document types of entries that somebody keyed, or another program sent as keyed."""
MODULES = {
    "MKPF": "MM",
    "RMRP": "MM",
    "PRCHG": "MM",
    "VBRK": "SD",
    "AMBU": "AA",
    "AMDP": "AA",
    "ANLN": "AA",
    "HRPAY": "PR",
    "TRAVL": "PR",
}
REVERSAL = "reversal"
TEXT_MAX = 50
_SHORT = "Corr "


def kind_of(named_kind: str, account_type: str, amount: int) -> str:
    """The type of an entry: what its document type stands for, else what its sign suggests."""
    if named_kind in {"receipt", "payment"} and amount > 0:
        return "refund"
    if named_kind == "invoice" and amount < 0:
        return "credit_note"
    if named_kind:
        return named_kind
    if amount >= 0:
        return "invoice"
    return "receipt" if account_type == "D" else "payment"


def module_of(reference_type: str) -> str:
    """Which module a line without a party comes from; NL where somebody keyed it."""
    if reference_type in KEYED:
        return "NL"
    return MODULES.get(reference_type, reference_type)


def text_for(narrative: str) -> str:
    """The words of a correction, short enough for an item's text; all others as they are."""
    case, cause = named(narrative)
    return f"{_SHORT}{case} {cause}" if case else narrative


def narrative_of(text: str) -> str:
    """What an item's text says in the books: the words of a correction again."""
    if not text.startswith(_SHORT):
        return text
    case, _, cause = text.removeprefix(_SHORT).rpartition(" ")
    said = naming(case, cause)
    return said if case and named(said)[0] else text
