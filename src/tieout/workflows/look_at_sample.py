"""`look_at_case`: what the reviewer of a period says of a case of its sample; how one is drawn."""

from datetime import datetime

from django.db.models import Sum
from django.db.models.functions import Abs

from tieout.core.access import Action
from tieout.core.errors import Conflict, NotFound
from tieout.core.explain.certifying import ClosingPolicy, ClosingStep, state_of
from tieout.core.explain.sampling import Verdict, draw, require_look, require_looked_at
from tieout.store.audit.models import Event
from tieout.store.closing.models import Certification, Difference, Look, Sample, SampledCase
from tieout.store.closing.runs import standing_items, steps_of, taken_of
from tieout.store.closing.samples import (
    keep_sample,
    last_preparation,
    not_looked_at,
    sample_of,
)
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.recheck_periods import kept_step
from tieout.workflows.set_books import access_books


def draw_sample(
    prepared: Certification, row: Difference, policy: ClosingPolicy, sequence: int
) -> Sample | None:
    """Within `prepare_period`, after its audit event: what the reviewer is to look at."""
    if not policy.sample.asks:
        return None
    event = Event.objects.get(organisation_id=prepared.organisation_id, sequence=sequence)
    seed = bytes(event.hash)
    standing = standing_items(row.run, row.ledger, row.period).order_by()
    rows = standing.values_list("case__name", "case_id").annotate(size=Sum(Abs("amount_minor")))
    found = {name: (case_id, int(size)) for name, case_id, size in rows}
    drawn = draw({name: size for name, (_, size) in found.items()}, policy.sample, seed)
    case_ids = {name: case_id for name, (case_id, _) in found.items()}
    return keep_sample(prepared, drawn, policy.sample, seed, case_ids)


def require_sample(prepared: Certification, policy: ClosingPolicy, where: str) -> None:
    """Raise `Conflict` unless all that the reviewer is to look at has been looked at."""
    sample = sample_of(prepared)
    if sample is None:
        require_looked_at(None if policy.sample.asks else (), where)
        return
    left = not_looked_at(sample, prepared.taken_by_id or 0)
    require_looked_at(list(left.values_list("case__name", flat=True)), where)


def look_at_case(  # noqa: PLR0913  which case, what is said of it, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    period: int,
    case_id: int,
    verdict: Verdict,
    comment: str = "",
    now: datetime,
) -> int:
    """Say that a sampled case is right, or wrong and why, which suspends the period; the look.

    Who prepared the period does not look at its sample.
    """
    with acting(caller, Action.REVIEW, "look_at_case", now) as act:
        books = access_books(books_id, is_used=True)
        act.alone(f"closing {books_id}")
        where = f"{books} {ledger} {period}"
        steps = list(steps_of(books_id).filter(ledger=ledger, period=period))
        state = state_of(taken_of(steps))
        if not state.is_signed:
            raise Conflict(
                "decision.not-in-force", f"a period that is {state}", "one that is signed", where
            )
        sampled = _sampled(books_id, ledger, period, case_id)
        prepared = sampled.sample.certification
        require_look(verdict, comment, prepared.taken_by_id or 0, caller.member_id)
        made = Look.objects.create(
            organisation_id=caller.organisation_id,
            sample=sampled.sample,
            case=sampled.case,
            verdict=verdict,
            comment=comment.strip(),
            looked_by_id=caller.member_id,
            looked_at=now,
        )
        suspended = _suspended(act, steps[-1], made) if verdict is Verdict.WRONG else None
        act.keeps(made)
        act.record(
            str(made),
            reason=made.comment,
            before={"state": str(state)},
            after={
                "books": str(books),
                "ledger": ledger,
                "period": period,
                "sample": str(sampled.sample),
                "case": sampled.case.name,
                "verdict": str(verdict),
                "suspended": str(suspended) if suspended else None,
            },
        )
    return made.pk


def _sampled(books_id: int, ledger: str, period: int, case_id: int) -> SampledCase:
    """The case in the sample of the last preparation."""
    prepared = last_preparation(books_id, ledger, period)
    rows = SampledCase.objects.select_related("sample__certification", "case")
    found = rows.filter(sample__certification=prepared, case_id=case_id).first()
    if found is None:
        raise NotFound("store.not-found", f"case:{case_id}", "a case of the period's sample")
    return found


def _suspended(act: Act, signed: Certification, look: Look) -> Certification:
    """What was signed no longer holds: somebody has found a case of it wrong."""
    why = f"sampled case {look.case.name} was found wrong: {look.comment}"
    made = kept_step(
        act,
        signed.run,
        signed,
        step=ClosingStep.SUSPENDED,
        reason=why,
        member_id=act.caller.member_id,
    )
    act.follow_up("certification_suspended", certification_id=made.pk, reason=why)
    return made
