"""Reconciliations and their match runs."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import BankAccountId, In, Name, Out, ReconciliationId, RunId
from tieout.workflows.reconcile import reconcile, set_reconciliation

router = Router(tags=["reconciliations"])


class ReconciliationIn(In):
    """Which bank account is compared with which account of the books."""

    name: Name
    bank_account_id: BankAccountId
    account: Name
    """The account's code in the books."""


class ReconciliationMade(Out):
    """The reconciliation of that pair; the one that was there, if it was."""

    id: ReconciliationId


class RunOut(Out):
    """What a run found: records in = records in groups + unmatched ones."""

    id: RunId
    left_count: int
    right_count: int
    confirmed: int
    suggested: int
    unmatched: int
    notes: list[str]


@router.post("/reconciliations", response=ReconciliationMade)
def make_reconciliation(request: Request, body: ReconciliationIn) -> ReconciliationMade:
    """Say which two populations are compared; a pair of accounts is compared once."""
    made = set_reconciliation(
        request.caller,
        name=body.name,
        bank_account_id=body.bank_account_id,
        account_code=body.account,
        now=request.at,
    )
    return ReconciliationMade(id=made)


@router.post("/reconciliations/{reconciliation_id}/runs", response={201: RunOut})
def run(request: Request, reconciliation_id: ReconciliationId) -> RunOut:
    """Match the two sides as they are now; earlier runs and all decisions stay."""
    done = reconcile(request.caller, reconciliation_id=reconciliation_id, now=request.at)
    return RunOut(
        id=done.run_id,
        left_count=done.left_count,
        right_count=done.right_count,
        confirmed=done.confirmed,
        suggested=done.suggested,
        unmatched=done.unmatched,
        notes=list(done.notes),
    )
