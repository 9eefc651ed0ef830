"""Accounts: the buckets of a ledger and the direction that increases each.

An account of a ledger with cost centres is known by its key: code, cost centre, department. Keys
that share a code are different accounts; which of them a default account means is said by *use
specified* (the ledgers specification, 1.3).
"""

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True, order=True)
class AccountKey:
    """What tells an account from all others: its code and, where used, centre and department."""

    code: str
    cost_centre: str = ""
    department: str = ""

    def __str__(self) -> str:
        return f"{self.code}/{self.cost_centre}/{self.department}"


@dataclass(frozen=True, slots=True)
class DefaultAccount:
    """A default account as a setting names it, and the accounts that it means."""

    key: AccountKey
    use_specified: bool = False

    def denotes(self, keys: Iterable[AccountKey]) -> frozenset[AccountKey]:
        """The keys that a total over this default sums: the exact one, or all of its code."""
        return frozenset(
            each
            for each in keys
            if (each == self.key if self.use_specified else each.code == self.key.code)
        )

    def receives(self, of_party: AccountKey) -> AccountKey:
        """Where a posting for a party lands: the specified key, or the code with its centre."""
        if self.use_specified:
            return self.key
        return AccountKey(self.key.code, of_party.cost_centre, of_party.department)
