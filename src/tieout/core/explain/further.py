"""Further causes of stock, fixed assets and bank (the ledgers specification, 2.5).

Each is one of the causes of 2.3 under the name that people in that ledger have for it; what a
books folder cannot tell is listed with the reason.
"""

from dataclasses import dataclass

from tieout.core.explain.books import EntryKind, SubLedger


@dataclass(frozen=True, slots=True)
class Further:
    """One line of 2.5: the cause that it is, or why it is not tested."""

    ledger: SubLedger
    words: str
    code: str = ""
    kind: EntryKind | None = None
    """Only of entries of this kind."""
    why_not: str = ""


_STOCK, _ASSETS = SubLedger.INVENTORY, SubLedger.FIXED_ASSETS
_WEAR, _BANK = SubLedger.DEPRECIATION, SubLedger.BANK
_LAYERS = "it follows from quantities and cost layers, which a books folder does not have"
_STATEMENT = "it lies between statement and cash book, which `tieout match` compares"

FURTHER = (
    Further(_STOCK, "cost not yet posted to the nominal ledger", "missing"),
    Further(_STOCK, "a cost adjustment run and not posted", "missing", EntryKind.COST_ADJUSTMENT),
    Further(_STOCK, "goods received and not invoiced, their expected cost not posted", "missing", EntryKind.EXPECTED_COST),
    Further(_STOCK, "a posting group mapped to another account", "wrong_account"),
    Further(_STOCK, "a posting group mapped to another stock account", "cross_control"),
    Further(_STOCK, "posted directly to the stock account", "manual_journal"),
    Further(_STOCK, "a value changed after it was posted, as back-dating does", "amount_edited"),
    Further(_STOCK, "a revaluation or standard cost changed in the stock ledger only", "revalue_not_posted"),
    Further(_STOCK, "a revaluation or standard cost changed in the nominal ledger only", "revalue_not_in_subledger"),
    Further(_STOCK, "stock in transit or an interim account that is not counted", "control_not_in_settings"),
    Further(_STOCK, "an entry of a cancelled voucher left in the stock ledger", "reversed_only"),
    Further(_STOCK, "rounding of item values", "rounding"),
    Further(_STOCK, "cost adjustment not run", why_not=_LAYERS),
    Further(_STOCK, "reposting after a back-dated entry not finished", why_not=_LAYERS),
    Further(_STOCK, "negative stock", why_not=_LAYERS),
    Further(_ASSETS, "an acquisition changed after it was posted", "amount_edited"),
    Further(_ASSETS, "a disposal in the register only", "missing", EntryKind.DISPOSAL),
    Further(_ASSETS, "a disposal or reclassification in the nominal ledger only", "manual_journal"),
    Further(_ASSETS, "an addition posted to expense or still under construction", "wrong_account"),
    Further(_ASSETS, "a class mapped to the account of another", "cross_control"),
    Further(_ASSETS, "a transfer posted in part", "partial"),
    Further(_ASSETS, "a transfer in the register only", "missing", EntryKind.TRANSFER),
    Further(_ASSETS, "a year-end journal", "year_end_rollover"),
    Further(_WEAR, "depreciation calculated by the register and posted by no run", "missing"),
    Further(_WEAR, "depreciation of a disposal, in the register only", "missing", EntryKind.DISPOSAL),
    Further(_WEAR, "a depreciation run posted twice", "duplicate"),
    Further(_WEAR, "depreciation changed in the nominal ledger after the run", "amount_edited"),
    Further(_WEAR, "depreciation keyed in the nominal ledger", "manual_journal"),
    Further(_WEAR, "a run reversed in the nominal ledger only", "reversed_only"),
    Further(_WEAR, "a class mapped to the account of another", "cross_control"),
    Further(_BANK, "a cash-book line dated ahead, or in another period than its posting", "date_period_mismatch"),
    Further(_BANK, "a cash-book line dated ahead", "deferred"),
    Further(_BANK, "a transfer of which the cash book has one side", "contra_one_sided"),
    Further(_BANK, "entered in another bank account", "cross_control"),
    Further(_BANK, "a foreign account revalued in the cash book only", "revalue_not_posted"),
    Further(_BANK, "a foreign account revalued in the nominal ledger only", "revalue_not_in_subledger"),
    Further(_BANK, "a charge, interest or transfer that the cash book does not have", "manual_journal"),
    Further(_BANK, "unpresented and outstanding items", why_not=_STATEMENT),
    Further(_BANK, "charges and interest of the statement not entered", why_not=_STATEMENT),
    Further(_BANK, "a statement line missing or doubled in the feed", why_not=_STATEMENT),
    Further(_BANK, "a voided cheque that was cleared", why_not=_STATEMENT),
)  # fmt: skip


def called_in(ledger: SubLedger, code: str, kind: EntryKind | None) -> str:
    """What a cause is called in a ledger; blank where it has no name of its own there."""
    own = [each for each in FURTHER if (each.ledger, each.code) == (ledger, code)]
    of_kind = [each for each in own if each.kind is not None and each.kind is kind]
    fitting = of_kind or [each for each in own if each.kind is None]
    return fitting[0].words if fitting else ""


def not_tested(ledger: SubLedger) -> tuple[Further, ...]:
    """What a books folder cannot tell of a ledger."""
    return tuple(each for each in FURTHER if each.ledger is ledger and each.why_not)
