"""What the routes of books have in common: runs, ledgers and periods as they go out."""

from datetime import date

from tieout.api.words import (
    BooksId,
    CertificationId,
    ExplainedId,
    Instant,
    MemberId,
    Money,
    Out,
    SnapshotId,
    instant,
    money,
)
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import (
    AutomaticRule,
    ClosingPolicy,
    ClosingState,
    ClosingStep,
    Risk,
    Timeliness,
)
from tieout.workflows.views.closing import ExplainedView, LedgerStanding, PeriodStanding, StepView


class FaultOut(Out):
    """Something wrong with the files, by file, row and column."""

    code: str
    file: str | None
    row: int | None
    column: str | None
    message: str


class UntestedOut(Out):
    """A cause that could not be tested, and why."""

    cause: str
    why: str


class ExplainedOut(Out):
    """A run over a snapshot."""

    id: ExplainedId
    books_id: BooksId
    snapshot_id: SnapshotId
    snapshot: str
    """SHA-256 over the files."""
    started_at: Instant
    program: str
    engine: str
    period: int
    """The one that is looked at: the last that is not in the future."""
    currency: str
    """The base currency, in which all amounts are."""
    problems: list[FaultOut]
    untested: list[UntestedOut]


class StandingOut(Out):
    """A ledger at the end of a period, and where its certification stands."""

    ledger: SubLedger
    period: int
    called: str
    ends_on: date | None
    is_closed: bool
    sub_ledger: Money
    control: Money
    difference: Money
    """Sub-ledger less control accounts."""
    movement: Money
    """Of the difference since the period before."""
    item_count: int
    size: Money
    """The sum of the sizes of all items: above zero where a zero difference hides some."""
    unexplained_count: int
    unexplained: Money
    """The sum of the sizes of items without a cause."""
    state: ClosingState
    due_on: date | None
    timeliness: Timeliness | None
    automatic: str
    """Why the rule certified it, or why it did not; blank where there is no rule."""


class PolicyOut(Out):
    """What is asked of a ledger's periods; minor units of the base currency."""

    risk: Risk
    due_days: int
    unexplained_minor: int
    """So much may stay unexplained in a period that is prepared."""
    evidence_minor: int | None
    """Larger items need evidence; null: no item does."""
    automatic: AutomaticRule
    second_review_minor: int | None
    """A larger balance is certified by another person than its reviewer; null: none is."""
    sample_percent: int
    """So many of a hundred cases the reviewer looks at, drawn by chance."""
    sample_most: int
    """So many of those at most."""
    sample_above_minor: int | None
    """The reviewer looks at every larger case; null: at none for its size."""


class LedgerOut(Out):
    """A ledger of the newest run."""

    ledger: SubLedger
    called: str
    now: StandingOut
    """At the period that is looked at."""
    last_matched: int | None
    """The greatest period without a difference."""
    offsetting: Money
    """What stands in that period although its sum is zero."""
    infinite: Money | None
    """With all dates in and all that waits posted; null of large books."""
    policy: PolicyOut


class StepTakenOut(Out):
    """A step of certifying a period, with the figures that were signed."""

    id: CertificationId
    step: ClosingStep
    run_id: ExplainedId
    member_id: MemberId | None
    """Null: the automatic rule, or a run that suspends."""
    taken_at: Instant
    reason: str
    sub_ledger: Money
    control: Money
    difference: Money
    unexplained: Money


def explained_out(run: ExplainedView) -> ExplainedOut:
    """A run as it goes out."""
    return ExplainedOut(
        id=run.run_id,
        books_id=run.books_id,
        snapshot_id=run.snapshot_id,
        snapshot=run.snapshot,
        started_at=instant(run.started_at),
        program=run.program,
        engine=run.engine,
        period=run.period,
        currency=run.currency,
        problems=[FaultOut.model_validate(dict(each)) for each in run.problems],
        untested=[UntestedOut.model_validate(dict(each)) for each in run.untested],
    )


def base(run: ExplainedView, amount_minor: int) -> Money:
    """An amount in the base currency of a run."""
    return money(amount_minor, run.currency, run.exponent)


def ledger_out(each: LedgerStanding, run: ExplainedView) -> LedgerOut:
    """A ledger as it goes out."""
    return LedgerOut(
        ledger=each.ledger,
        called=each.called,
        now=standing_out(each.now, run),
        last_matched=each.last_matched,
        offsetting=base(run, each.offsetting_minor),
        infinite=None if each.infinite_minor is None else base(run, each.infinite_minor),
        policy=policy_out(each.policy),
    )


def standing_out(each: PeriodStanding, run: ExplainedView) -> StandingOut:
    """A ledger and period as it goes out."""
    return standing_in(each, run.currency, run.exponent)


def standing_in(each: PeriodStanding, currency: str, exponent: int) -> StandingOut:
    """The same, where only the currency of its run is known."""

    def amount(minor: int) -> Money:
        return money(minor, currency, exponent)

    return StandingOut(
        ledger=each.ledger,
        period=each.period,
        called=each.called,
        ends_on=each.ends_on,
        is_closed=each.is_closed,
        sub_ledger=amount(each.sub_ledger_minor),
        control=amount(each.control_minor),
        difference=amount(each.difference_minor),
        movement=amount(each.movement_minor),
        item_count=each.item_count,
        size=amount(each.size_minor),
        unexplained_count=each.unexplained_count,
        unexplained=amount(each.unexplained_minor),
        state=each.state,
        due_on=each.due_on,
        timeliness=each.timeliness,
        automatic=each.automatic,
    )


def policy_out(policy: ClosingPolicy) -> PolicyOut:
    """A policy as it goes out."""
    return PolicyOut(
        risk=policy.risk,
        due_days=policy.due_days,
        unexplained_minor=policy.unexplained_minor,
        evidence_minor=policy.evidence_minor,
        automatic=policy.automatic,
        second_review_minor=policy.second_review_minor,
        sample_percent=policy.sample_percent,
        sample_most=policy.sample_most,
        sample_above_minor=policy.sample_above_minor,
    )


def step_out(each: StepView, run: ExplainedView) -> StepTakenOut:
    """A step as it goes out."""
    return StepTakenOut(
        id=each.certification_id,
        step=each.step,
        run_id=each.run_id,
        member_id=each.member_id,
        taken_at=instant(each.taken_at),
        reason=each.reason,
        sub_ledger=base(run, each.sub_ledger_minor),
        control=base(run, each.control_minor),
        difference=base(run, each.difference_minor),
        unexplained=base(run, each.unexplained_minor),
    )
