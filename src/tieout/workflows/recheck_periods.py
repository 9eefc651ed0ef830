"""What a run does to periods that were signed: suspends what it no longer bears, certifies by rule.

Parts of `explain_books`, in its transaction. The database proves the same when it ends.
"""

from collections.abc import Iterable, Sequence

from tieout.core.explain.certifying import (
    AUTOMATIC_REASON,
    AutomaticRule,
    ClosingPolicy,
    ClosingStep,
    PeriodFigures,
    state_of,
    why_not_automatic,
    why_suspended,
)
from tieout.store.closing.models import Certification, Difference, Explained
from tieout.store.closing.runs import (
    figures_of,
    policies_of,
    steps_by_period,
    taken_of,
)
from tieout.workflows.acting import Act

ByLedger = dict[str, dict[int, PeriodFigures]]


def suspend_changed(act: Act, run: Explained, rows: Sequence[Difference]) -> tuple[str, ...]:
    """Suspend what was signed for other figures than the run's; the ledgers and periods: `AR 3`."""
    now = _by_ledger(rows)
    known: dict[int, ByLedger] = {}
    suspended = []
    for (ledger, period), steps in sorted(steps_by_period(run.books_id).items()):
        if not state_of(taken_of(steps)).is_signed:
            continue
        signed = steps[-1]
        if signed.run_id not in known:
            known[signed.run_id] = _by_ledger(Difference.objects.filter(run_id=signed.run_id))
        why = why_suspended(period, known[signed.run_id][ledger], now.get(ledger, {}), run.money)
        if why:
            made = kept_step(act, run, signed, step=ClosingStep.SUSPENDED, reason=f"{run}: {why}")
            act.follow_up("certification_suspended", certification_id=made.pk, reason=why)
            suspended.append(f"{ledger} {period}")
    return tuple(suspended)


def apply_rule(run: Explained, rows: Iterable[Difference]) -> list[Difference]:
    """Say of every period why the rule certifies it or does not; those that it certifies."""
    policies = policies_of(run.books_id)
    steps = steps_by_period(run.books_id)
    certified = []
    for row in rows:
        policy = policies.get(row.ledger, ClosingPolicy())
        if policy.automatic is AutomaticRule.OFF or row.ends_on is None:
            continue
        taken = taken_of(steps.get((row.ledger, row.period), ()))
        row.automatic = why_not_automatic(policy, figures_of(row), taken)
        if not row.automatic:
            row.automatic = AUTOMATIC_REASON
            certified.append(row)
    return certified


def certify_by_rule(act: Act, run: Explained, rows: Iterable[Difference]) -> tuple[str, ...]:
    """Certify those periods, once the run is recorded; the ledgers and periods."""
    told = []
    for row in rows:
        kept_step(act, run, row, step=ClosingStep.CERTIFIED, reason=AUTOMATIC_REASON)
        told.append(f"{row.ledger} {row.period}")
    return tuple(told)


def kept_step(  # noqa: PLR0913  what a step has
    act: Act,
    run: Explained,
    figures: Difference | Certification,
    *,
    step: ClosingStep,
    reason: str,
    member_id: int | None = None,
) -> Certification:
    """A step with these figures; by nobody unless a member is named."""
    made = Certification.objects.create(
        organisation_id=act.caller.organisation_id,
        books_id=run.books_id,
        ledger=figures.ledger,
        period=figures.period,
        step=step,
        run=run,
        taken_by_id=member_id,
        taken_at=act.at,
        reason=reason,
        sub_ledger_minor=figures.sub_ledger_minor,
        control_minor=figures.control_minor,
        unexplained_minor=figures.unexplained_minor,
    )
    act.keeps(made)
    return made


def _by_ledger(rows: Iterable[Difference]) -> ByLedger:
    found: ByLedger = {}
    for row in rows:
        found.setdefault(row.ledger, {})[row.period] = figures_of(row)
    return found
