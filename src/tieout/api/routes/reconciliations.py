"""Reconciliations and their match runs, each with its figures and the bridge between its totals."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    BankAccountId,
    CursorText,
    In,
    Instant,
    Limit,
    Money,
    Name,
    Out,
    PageOut,
    ReconciliationId,
    RunId,
    instant,
    money,
)
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.views import runs

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


class StepOut(Out):
    """One step from the left total to the right total."""

    label: str
    amount: Money
    count: int


class TallyOut(Out):
    """How many records, and how much."""

    count: int
    total: Money


class RunOut(Out):
    """A run's figures: left total, steps of the bridge, right total add up exactly."""

    id: RunId
    reconciliation_id: ReconciliationId
    started_at: Instant
    engine: str
    program: str
    left: TallyOut
    right: TallyOut
    agrees: bool
    """Whether the totals are the same and nothing is open."""
    confirmed_count: int
    suggested_count: int
    unmatched_left: TallyOut
    unmatched_right: TallyOut
    bridge: list[StepOut]
    notes: list[str]


class RunMade(Out):
    """What a run found: records in = records in groups + unmatched ones."""

    id: RunId
    left_count: int
    right_count: int
    confirmed_count: int
    suggested_count: int
    unmatched_count: int
    notes: list[str]
    """Fallbacks, and where new data contradicts what people decided."""


class ReconciliationOut(Out):
    """Which two populations, and how they stood in the newest run."""

    id: ReconciliationId
    name: str
    bank_account_id: BankAccountId
    bank_account: str
    account: str
    newest: RunOut | None
    """Null until it has been run."""


class ReconciliationsOut(Out):
    """All of them."""

    items: list[ReconciliationOut]


@router.get("/reconciliations", response=ReconciliationsOut)
def list_reconciliations(request: Request) -> ReconciliationsOut:
    """All reconciliations by name, each with its newest run."""
    return ReconciliationsOut(items=[_told(each) for each in runs.reconciliations(request.caller)])


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


@router.get("/reconciliations/{reconciliation_id}", response=ReconciliationOut)
def show_reconciliation(request: Request, reconciliation_id: ReconciliationId) -> ReconciliationOut:
    """One reconciliation with its newest run."""
    return _told(runs.reconciliation(request.caller, reconciliation_id=reconciliation_id))


@router.get("/reconciliations/{reconciliation_id}/runs", response=PageOut[RunOut])
def list_runs(
    request: Request,
    reconciliation_id: ReconciliationId,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[RunOut]:
    """Its runs, newest first."""
    runs.reconciliation(request.caller, reconciliation_id=reconciliation_id)
    page = runs.runs(
        request.caller, reconciliation_id=reconciliation_id, cursor=cursor, limit=limit
    )
    return PageOut(items=[_run(each) for each in page.rows], next_cursor=page.next_cursor)


@router.post("/reconciliations/{reconciliation_id}/runs", response={201: RunMade})
def run(request: Request, reconciliation_id: ReconciliationId) -> RunMade:
    """Match the two sides as they are now; earlier runs and all decisions stay."""
    done = reconcile(request.caller, reconciliation_id=reconciliation_id, now=request.at)
    return RunMade(
        id=done.run_id,
        left_count=done.left_count,
        right_count=done.right_count,
        confirmed_count=done.confirmed,
        suggested_count=done.suggested,
        unmatched_count=done.unmatched,
        notes=list(done.notes),
    )


@router.get("/runs/{run_id}", response=RunOut)
def show_run(request: Request, run_id: RunId) -> RunOut:
    """One run's figures."""
    return _run(runs.run(request.caller, run_id=run_id))


def _told(each: runs.ReconciliationView) -> ReconciliationOut:
    return ReconciliationOut(
        id=each.reconciliation_id,
        name=each.name,
        bank_account_id=each.bank_account_id,
        bank_account=each.bank_account,
        account=each.account_code,
        newest=_run(each.newest) if each.newest else None,
    )


def _run(each: runs.RunView) -> RunOut:
    def tally(count: int, minor: int) -> TallyOut:
        return TallyOut(count=count, total=money(minor, each.currency, each.exponent))

    return RunOut(
        id=each.run_id,
        reconciliation_id=each.reconciliation_id,
        started_at=instant(each.started_at),
        engine=each.engine,
        program=each.program,
        left=tally(each.left_count, each.left_minor),
        right=tally(each.right_count, each.right_minor),
        agrees=each.agrees,
        confirmed_count=each.confirmed_count,
        suggested_count=each.suggested_count,
        unmatched_left=tally(*each.unmatched_left),
        unmatched_right=tally(*each.unmatched_right),
        bridge=[
            StepOut(
                label=step.label,
                amount=money(step.amount_minor, each.currency, each.exponent),
                count=step.count,
            )
            for step in each.bridge.steps
        ],
        notes=list(each.notes),
    )
