"""`prepare_period`, `review_period`, `certify_period`, `return_period`: a period is signed."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tieout.core.access import Action
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.core.explain.certifying import (
    ClosingPolicy,
    ClosingStep,
    require_closing_step,
    require_policy,
)
from tieout.store.closing.models import Books, CauseItem, Difference
from tieout.store.closing.runs import (
    figures_of,
    newest_run,
    policies_of,
    standing_items,
    steps_of,
    taken_of,
)
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.look_at_sample import draw_sample, require_sample
from tieout.workflows.recheck_periods import kept_step
from tieout.workflows.set_books import access_books

ACTIONS = {
    ClosingStep.PREPARED: Action.PREPARE,
    ClosingStep.REVIEWED: Action.REVIEW,
    ClosingStep.CERTIFIED: Action.REVIEW,
    ClosingStep.RETURNED: Action.REVIEW,
}
"""What a person needs to be allowed to take a step."""
APPROVALS = frozenset({ClosingStep.REVIEWED, ClosingStep.CERTIFIED})
"""Steps for which the sample of the period is looked at first."""


def prepare_period(  # noqa: PLR0913  which period, what was seen, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    period: int,
    run_id: int,
    note: str = "",
    now: datetime,
) -> int:
    """Sign the figures of a run, which is the newest; the step.

    What is unexplained is within the policy, and items above its threshold have evidence.
    `run_id` is the run whose figures the person saw.
    """
    with acting(caller, Action.PREPARE, "prepare_period", now) as act:
        return _taken(act, _at(act, books_id, ledger, period, run_id), ClosingStep.PREPARED, note)


def review_period(  # noqa: PLR0913  which period, by name
    caller: Caller, *, books_id: int, ledger: str, period: int, note: str = "", now: datetime
) -> int:
    """Somebody else than the preparer has looked at what was prepared; the step."""
    with acting(caller, Action.REVIEW, "review_period", now) as act:
        return _taken(act, _at(act, books_id, ledger, period), ClosingStep.REVIEWED, note)


def certify_period(  # noqa: PLR0913  which period, by name
    caller: Caller, *, books_id: int, ledger: str, period: int, note: str = "", now: datetime
) -> int:
    """What was reviewed is certified, by the reviewer or a third person; the step.

    Only by a third person where the policy asks for two approvals of such a balance.
    """
    with acting(caller, Action.REVIEW, "certify_period", now) as act:
        return _taken(act, _at(act, books_id, ledger, period), ClosingStep.CERTIFIED, note)


def return_period(  # noqa: PLR0913  which period, by name
    caller: Caller, *, books_id: int, ledger: str, period: int, reason: str, now: datetime
) -> int:
    """What was prepared or reviewed is to be prepared again, for a reason; the step."""
    if not reason.strip():
        raise InvalidInput("command.invalid", "no reason", "why it is sent back")
    with acting(caller, Action.REVIEW, "return_period", now) as act:
        return _taken(act, _at(act, books_id, ledger, period), ClosingStep.RETURNED, reason)


def _at(
    act: Act, books_id: int, ledger: str, period: int, run_id: int | None = None
) -> tuple[Books, Difference]:
    """The books, and the newest run's row of the period; nobody else signs meanwhile."""
    books = access_books(books_id, is_used=True)
    act.alone(f"closing {books_id}")
    run = newest_run(books_id)
    where = f"{books} {ledger} {period}"
    found = Difference.objects.select_related("run").filter(
        run=run, ledger=ledger, period=period, ends_on__isnull=False
    )
    row = found.first()
    if run is None or row is None:
        raise NotFound("store.not-found", where, "a ledger and period of the newest run")
    if run_id not in {None, run.pk}:
        raise Conflict("sign-off.stale", f"a run before {run}", "the newest run", where)
    return books, row


def _taken(act: Act, at: tuple[Books, Difference], step: ClosingStep, reason: str) -> int:
    """The step, once it is known to come next; its audit event."""
    books, row = at
    where = f"{books} {row.ledger} {row.period}"
    steps = list(steps_of(books.pk).filter(ledger=row.ledger, period=row.period))
    policy = policies_of(books.pk).get(row.ledger, ClosingPolicy())
    approvals = policy.approvals(row.sub_ledger_minor, row.control_minor)
    require_closing_step(taken_of(steps), step, act.caller.member_id, where, approvals)
    if step is ClosingStep.PREPARED:
        require_policy(policy, figures_of(row), _bare(row, policy), where, row.run.money)
    elif step in APPROVALS:
        prepared = next(each for each in reversed(steps) if each.step == ClosingStep.PREPARED)
        require_sample(prepared, policy, where)
    run = row.run if step is ClosingStep.PREPARED else steps[-1].run
    figures = row if step is ClosingStep.PREPARED else steps[-1]
    made = kept_step(
        act,
        run,
        figures,
        step=step,
        reason=reason.strip(),
        member_id=act.caller.member_id,
    )
    sequence = act.record(
        str(made),
        reason=reason.strip(),
        before={"step": steps[-1].step if steps else "not_started"},
        after={
            "books": str(books),
            "ledger": row.ledger,
            "period": row.period,
            "step": str(step),
            "run": str(run),
            "sub_ledger": made.sub_ledger_minor,
            "control": made.control_minor,
            "unexplained": made.unexplained_minor,
            "currency": run.currency,
            "exponent": run.exponent,
        },
    )
    if step is ClosingStep.PREPARED:
        draw_sample(made, row, policy, sequence)
    act.follow_up("period_signed", certification_id=made.pk)
    return made.pk


def _bare(row: Difference, policy: ClosingPolicy) -> list[str]:
    """The cases of these items."""
    found = without_evidence(row, policy)
    return list(dict.fromkeys(found.values_list("case__name", flat=True)))


def without_evidence(row: Difference, policy: ClosingPolicy) -> QuerySet[CauseItem]:
    """Items above the threshold that stand in the period and have none, the largest first."""
    if policy.evidence_minor is None:
        return CauseItem.objects.none()
    given = Evidence.objects.filter(about_case_id=OuterRef("case_id"))
    limit = policy.evidence_minor
    large = standing_items(row.run, row.ledger, row.period).filter(
        Q(amount_minor__gt=limit) | Q(amount_minor__lt=-limit)
    )
    return large.exclude(Exists(given)).order_by("rank")
