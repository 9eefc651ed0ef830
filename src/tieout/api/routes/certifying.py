"""The steps of certifying a ledger's periods, what is asked of them, and who kept to it."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.routes.closing import PERIOD
from tieout.api.routes.closing_words import PolicyOut, StandingOut, policy_out, standing_in
from tieout.api.words import (
    LIMIT,
    BooksId,
    CertificationId,
    CursorText,
    ExplainedId,
    In,
    Instant,
    Limit,
    LongText,
    MemberId,
    Out,
    PageOut,
    PeriodNumber,
    PolicyId,
    Text,
    instant,
)
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import DUE_DAYS_MAX, AutomaticRule, ClosingPolicy, Risk
from tieout.core.explain.sampling import PERCENT_MAX, SAMPLE_MOST
from tieout.workflows.certify_period import (
    certify_period,
    prepare_period,
    return_period,
    review_period,
)
from tieout.workflows.closing_policy import MINOR_MAX, set_closing_policy
from tieout.workflows.views.closing_kept import closing_policies
from tieout.workflows.views.compliance import compliance

router = Router(tags=["certification"])

Minor = Annotated[int, Field(ge=0, le=MINOR_MAX, strict=True)]


class PrepareIn(In):
    """What was seen: the run whose figures are signed must be the newest."""

    run_id: ExplainedId
    note: Text = ""


class NoteIn(In):
    """What the person says of it."""

    note: Text = ""


class ReturnIn(In):
    """Why it is sent back."""

    reason: LongText


class StepMade(Out):
    """The step."""

    id: CertificationId


class PolicyIn(In):
    """What is asked of a ledger's periods; minor units of the base currency."""

    ledger: SubLedger
    risk: Risk = Risk.MEDIUM
    due_days: Annotated[int, Field(ge=0, le=DUE_DAYS_MAX, strict=True)] = 10
    unexplained_minor: Minor = 0
    """So much may stay unexplained in a period that is prepared."""
    evidence_minor: Minor | None = None
    """Larger items need evidence; null: no item does."""
    automatic: AutomaticRule = AutomaticRule.OFF
    second_review_minor: Minor | None = None
    """A larger balance is certified by another person than its reviewer; null: none is."""
    sample_percent: Annotated[int, Field(ge=0, le=PERCENT_MAX, strict=True)] = 0
    """So many of a hundred cases the reviewer looks at, drawn by chance."""
    sample_most: Annotated[int, Field(ge=0, le=SAMPLE_MOST, strict=True)] = 25
    """So many of those at most."""
    sample_above_minor: Minor | None = None
    """The reviewer looks at every larger case; null: at none for its size."""
    reason: LongText


class PolicyMade(Out):
    """The policy."""

    id: PolicyId


class PolicySet(Out):
    """A policy as it was set."""

    id: PolicyId
    ledger: SubLedger
    policy: PolicyOut
    reason: str
    set_by: MemberId
    set_at: Instant


class CompliancePeriodOut(Out):
    """A ledger's period that has ended, with who signed it."""

    books_id: BooksId
    books: str
    risk: Risk
    standing: StandingOut
    prepared_by: MemberId | None
    reviewed_by: MemberId | None
    certified_by: MemberId | None
    is_automatic: bool
    """Certified by the rule."""
    returned_count: int
    suspended_count: int


class CompliancePersonOut(Out):
    """What one person has signed, and how much of it was late."""

    member_id: MemberId
    name: str
    prepared_count: int
    reviewed_count: int
    certified_count: int
    late_count: int
    suspended_count: int
    """Periods they prepared that are suspended now."""


class ComplianceOut(Out):
    """All books in use."""

    periods: list[CompliancePeriodOut]
    """What needs work first."""
    counts: dict[str, int]
    """How many are on_time, late, overdue, due; of all, not_started, suspended."""
    persons: list[CompliancePersonOut]


@router.post(f"{PERIOD}/prepare", response={201: StepMade})
def prepare(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber, body: PrepareIn
) -> StepMade:
    """Sign the figures of the newest run, within the ledger's policy."""
    made = prepare_period(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        run_id=body.run_id,
        note=body.note,
        now=request.at,
    )
    return StepMade(id=made)


@router.post(f"{PERIOD}/review", response={201: StepMade})
def review(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber, body: NoteIn
) -> StepMade:
    """Somebody else than the preparer has looked at what was prepared."""
    made = review_period(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        note=body.note,
        now=request.at,
    )
    return StepMade(id=made)


@router.post(f"{PERIOD}/certify", response={201: StepMade})
def certify(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber, body: NoteIn
) -> StepMade:
    """What was reviewed is certified, by the reviewer or a third person."""
    made = certify_period(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        note=body.note,
        now=request.at,
    )
    return StepMade(id=made)


@router.post(f"{PERIOD}/return", response={201: StepMade})
def send_back(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber, body: ReturnIn
) -> StepMade:
    """What was prepared or reviewed is to be prepared again."""
    made = return_period(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        reason=body.reason,
        now=request.at,
    )
    return StepMade(id=made)


@router.get("/books/{books_id}/policies", response=PageOut[PolicySet])
def list_policies(
    request: Request, books_id: BooksId, cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[PolicySet]:
    """Policies as they were set, newest first: of each ledger the first one holds."""
    page = closing_policies(request.caller, books_id=books_id, cursor=cursor, limit=limit)
    items = [
        PolicySet(
            id=each.policy_id,
            ledger=each.ledger,
            policy=policy_out(each.policy),
            reason=each.reason,
            set_by=each.set_by,
            set_at=instant(each.set_at),
        )
        for each in page.rows
    ]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.post("/books/{books_id}/policies", response={201: PolicyMade})
def make_policy(request: Request, books_id: BooksId, body: PolicyIn) -> PolicyMade:
    """Say what is asked of a ledger's periods from now on; what is signed stays."""
    policy = ClosingPolicy(
        body.risk,
        body.due_days,
        body.unexplained_minor,
        body.evidence_minor,
        body.automatic,
        body.second_review_minor,
        body.sample_percent,
        body.sample_most,
        body.sample_above_minor,
    )
    made = set_closing_policy(
        request.caller,
        books_id=books_id,
        ledger=body.ledger,
        policy=policy,
        reason=body.reason,
        now=request.at,
    )
    return PolicyMade(id=made)


@router.get("/compliance", response=ComplianceOut)
def show_compliance(request: Request) -> ComplianceOut:
    """Which ended periods were certified on time, late, or not at all, and by whom."""
    found = compliance(request.caller, now=request.at)
    return ComplianceOut(
        periods=[
            CompliancePeriodOut(
                books_id=each.books_id,
                books=each.books_name,
                risk=each.risk,
                standing=standing_in(each.standing, each.currency, each.exponent),
                prepared_by=each.prepared_by,
                reviewed_by=each.reviewed_by,
                certified_by=each.certified_by,
                is_automatic=each.is_automatic,
                returned_count=each.returned_count,
                suspended_count=each.suspended_count,
            )
            for each in found.periods
        ],
        counts=dict(found.counts),
        persons=[
            CompliancePersonOut(
                member_id=each.member_id,
                name=each.name,
                prepared_count=each.prepared_count,
                reviewed_count=each.reviewed_count,
                certified_count=each.certified_count,
                late_count=each.late_count,
                suspended_count=each.suspended_count,
            )
            for each in found.persons
        ],
    )
