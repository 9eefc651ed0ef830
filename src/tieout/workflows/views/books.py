"""The chart of accounts as far as it is known, for choosing from."""

from dataclasses import dataclass

from tieout.core.access import Action
from tieout.store.ledger.models import Account
from tieout.workflows.acting import Caller, looking


@dataclass(frozen=True, slots=True)
class LedgerAccountView:
    """An account of the books."""

    account_id: int
    code: str
    name: str
    is_bank: bool


def ledger_accounts(caller: Caller) -> tuple[LedgerAccountView, ...]:
    """All accounts, those that the books call a bank's first, then by code."""
    with looking(caller, Action.VIEW):
        found = Account.objects.order_by("-is_bank", "code")
        return tuple(
            LedgerAccountView(each.pk, each.code, each.name, each.is_bank) for each in found
        )
