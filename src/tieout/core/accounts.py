"""Accounts: the buckets of a ledger and the direction that increases each."""

from dataclasses import dataclass
from enum import StrEnum

from tieout.core.statements import Direction


class AccountKind(StrEnum):
    """The five classes of double-entry, and one for what a file does not classify."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    UNKNOWN = "unknown"

    @property
    def normal_balance(self) -> Direction:
        """The direction that increases such an account."""
        credit = {AccountKind.LIABILITY, AccountKind.EQUITY, AccountKind.INCOME}
        return Direction.CREDIT if self in credit else Direction.DEBIT


@dataclass(frozen=True, slots=True)
class Account:
    """One bucket of a chart of accounts."""

    code: str
    """Unique in its chart: the number, or the full path with `:` between levels."""
    name: str = ""
    kind: AccountKind = AccountKind.UNKNOWN
    currency: str = ""
    is_bank: bool = False
    """A bank, card or cash account, so that statements can be matched to its postings."""
