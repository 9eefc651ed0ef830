"""The causes of a difference that lie in the ledgers (the ledgers specification, 2.3)."""

from dataclasses import dataclass
from enum import StrEnum


class Differs(StrEnum):
    """The field in which entry and posting are not alike."""

    SETTINGS = "settings"
    STATUS = "status"
    PERIOD = "period"
    ACCOUNT = "account"
    AMOUNT = "amount"
    RATE = "rate"
    PRESENCE = "presence"
    """One of the two is not there."""


class Stage(StrEnum):
    """Where a cause acts: between document date and nominal period, or after it (1.8)."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Cause:
    """A class of difference: its stable code, what differs, and what corrects it."""

    code: str
    number: int
    """Its row in the ledgers specification, 2.3; above 39 a further one of 2.5."""
    title: str
    differs: Differs
    stage: Stage
    action: str


_S, _T, _P, _A = Differs.SETTINGS, Differs.STATUS, Differs.PERIOD, Differs.ACCOUNT
_M, _R, _N = Differs.AMOUNT, Differs.RATE, Differs.PRESENCE

_ALL = (
    Cause("control_not_in_settings", 1, "Control account not in the settings", _S, Stage.B, "Add the account to the reconciliation settings; no journal is needed."),
    Cause("waiting", 2, "Waiting postings", _T, Stage.A, "Update the waiting postings; if the period is closed, reopen it or accept the next one."),
    Cause("deferred", 3, "Deferred postings", _T, Stage.A, "Open the period, or move the date knowing that date and period then differ."),
    Cause("suspense", 4, "Posted to suspense", _A, Stage.B, "Journal it from suspense to the control account in the original period, and mend the default."),
    Cause("closed_period", 5, "Entered after the period closed", _P, Stage.A, "Nothing: it clears by itself; or reopen the period and re-date with approval."),
    Cause("currency_adjustment", 6, "Currency adjustment of a later allocation", _P, Stage.A, "Nothing: it clears by itself; or amend the allocation date while the period is open."),
    Cause("opening_balance", 7, "Opening balance without its journal", _N, Stage.A, "Post an opening balance journal to the control account on the same date."),
    Cause("brought_forward", 8, "Brought forward from before the first period", _M, Stage.B, "Look in the archive of earlier periods; otherwise an approved write-off journal."),
    Cause("date_period_mismatch", 9, "Period keyed by hand", _P, Stage.A, "Re-date it, and let no period be chosen outside the date."),
    Cause("revalue_not_in_subledger", 10, "Revaluation not in the sub-ledger", _N, Stage.B, "Run the revaluation in the sub-ledger, or reverse it in the nominal ledger."),
    Cause("revalue_not_posted", 11, "Revaluation not posted", _N, Stage.A, "Post the run, or count its adjustment account."),
    Cause("revalue_other_period", 12, "Revaluation in another period", _P, Stage.A, "Re-date one of the two."),
    Cause("manual_journal", 13, "Manual journal on the control account", _N, Stage.B, "Reverse it and enter it through the sub-ledger; block direct posting to the account."),
    Cause("duplicate", 14, "Posted more than once", _N, Stage.B, "Reverse the second posting."),
    Cause("missing", 15, "Never posted", _N, Stage.A, "Run the posting from the sub-ledger again; never by a journal."),
    Cause("wrong_account", 16, "Posted to another account", _A, Stage.B, "Reclassify it to the control account, and mend the mapping."),
    Cause("cross_control", 17, "Posted to another control account of the ledger", _A, Stage.B, "Journal it between the two control accounts."),
    Cause("wrong_ledger", 18, "Posted to the other ledger's control account", _A, Stage.B, "Journal it between the control accounts of the two ledgers."),
    Cause("wrong_sign", 19, "Posted with the sign reversed", _M, Stage.B, "Reverse it and post it again."),
    Cause("transposition", 20, "Two digits exchanged", _M, Stage.B, "Correct it by the difference."),
    Cause("slide", 21, "Decimal point moved", _M, Stage.B, "Correct it by the difference."),
    Cause("partial", 22, "Posted in part", _N, Stage.B, "Post the rest; look for an interrupted batch."),
    Cause("amount_edited", 23, "Amounts differ", _M, Stage.B, "Decide which is right, and enter the correction in the other."),
    Cause("rate_mismatch", 24, "Converted at another rate", _R, Stage.B, "Adjust to the rate of the policy, and mend the rate table."),
    Cause("rounding", 25, "Rounding", _R, Stage.B, "Align the rounding rules, or journal the sum from time to time."),
    Cause("contra_one_sided", 26, "Contra entered in one ledger only", _N, Stage.B, "Enter the other half."),
    Cause("deleted", 27, "Deleted in the sub-ledger, still posted", _N, Stage.B, "Reverse it in the nominal ledger, or restore the document."),
    Cause("rejected", 28, "Rejected by the posting interface", _T, Stage.A, "Mend what it was rejected for, and post it again."),
    Cause("draft", 29, "Draft on one side only", _T, Stage.A, "Post it, or leave drafts out of both ledgers."),
    Cause("control_changed", 30, "The party's control account was changed", _A, Stage.B, "Journal the items that were open on the day of the change."),
    Cause("foreign_source", 31, "Posted by another module", _N, Stage.B, "Route it through the sub-ledger, or move it to another account."),
    Cause("control_as_expense", 32, "Control account used as the other side", _A, Stage.B, "Recode the document."),
    Cause("other_control_feature", 33, "Retention, prepayment or deposit counted once", _S, Stage.B, "Count both its documents and its account, or neither."),
    Cause("half_posted", 34, "Journal without its other half", _N, Stage.B, "Repair it with the source system's own tool, then read the books again."),
    Cause("unlinked_pair", 35, "Missing document and journal of one amount", _N, Stage.B, "Link the two; nothing is to be posted."),
    Cause("party_missing", 36, "Control posting without a party", _N, Stage.B, "Add the party where the system allows it."),
    Cause("voided_other_period", 37, "Voided and reversed in different periods", _P, Stage.A, "Re-date the reversal."),
    Cause("year_end_rollover", 38, "Balances carried into the new year", _N, Stage.B, "Run the carry-forward again."),
    Cause("corruption", 39, "Broken record", _N, Stage.B, "Run the vendor's check tool, then read the books again."),
    Cause("reversed_only", 40, "Reversed in the nominal ledger only", _N, Stage.B, "Void it in the sub-ledger too, or take the reversal back."),
)  # fmt: skip

CAUSES: dict[str, Cause] = {cause.code: cause for cause in _ALL}
"""By code, in the order of the specification."""

UNEXPLAINED = "unexplained"
"""What has no cause; a list of items like any cause, never a balancing figure."""


def title_of(code: str) -> str:
    """A cause as people read it."""
    return CAUSES[code].title if code in CAUSES else "Unexplained"
