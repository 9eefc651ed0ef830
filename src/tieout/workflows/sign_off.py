"""`sign_off`: a reconciliation is prepared by one person and reviewed by another."""

from dataclasses import asdict
from datetime import date, datetime

from tieout.core.access import Action
from tieout.core.decisions import Figures, SignOffStep, Verdict, require_step
from tieout.core.errors import Conflict, NotFound
from tieout.store.reconciliation.models import Decision, MatchRun, SignOff
from tieout.store.reconciliation.signed import counts_now, figures_of, signed_of
from tieout.workflows.acting import Caller, acting

STEP_ACTIONS = {SignOffStep.PREPARED: Action.PREPARE, SignOffStep.REVIEWED: Action.REVIEW}


def sign_off(
    caller: Caller, *, run_id: int, cut_off_on: date, step: SignOffStep, now: datetime
) -> int:
    """Sign the run's figures off to a cut-off; a review follows a preparation by somebody else.

    A preparation wants the newest run, made from all that is there: what came in or was decided
    since would be signed unseen. A suspended sign-off is prepared and reviewed again.
    """
    with acting(caller, STEP_ACTIONS[step], "sign_off", now) as act:
        run = (
            MatchRun.objects.select_related("reconciliation__bank_account")
            .filter(id=run_id)
            .first()
        )
        if run is None:
            raise NotFound("store.not-found", f"match_run:{run_id}", "a run of yours")
        act.alone("import")
        act.alone(f"decide {run.reconciliation_id}")
        signed = signed_of(run.reconciliation_id, cut_off_on)
        require_step(signed, step, run_id=run_id, cut_off_on=cut_off_on, member_id=caller.member_id)
        figures = figures_of(run, cut_off_on)
        if step is SignOffStep.PREPARED:
            _require_fresh(run, cut_off_on, figures)
        made = SignOff.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation_id=run.reconciliation_id,
            run=run,
            cut_off_on=cut_off_on,
            step=step,
            signed_by_id=caller.member_id,
            signed_at=now,
            **asdict(figures),
        )
        act.keeps(made)
        act.record(
            f"match_run:{run.pk}",
            before={
                "signed": [str(each.step) for each in signed if not each.is_suspended],
                "suspended": [each.sign_off_id for each in signed if each.is_suspended],
            },
            after={
                "sign_off": f"sign_off:{made.pk}",
                "step": step,
                "cut_off_on": cut_off_on,
                "currency": run.currency,
                "exponent": run.exponent,
                **asdict(figures),
            },
        )
        act.follow_up("signed_off", sign_off_id=made.pk)
    return made.pk


def _require_fresh(run: MatchRun, cut_off_on: date, figures: Figures) -> None:
    """Raise unless the run is the newest and nothing that it stands on has changed since."""
    where = f"match_run:{run.pk}"
    newer = MatchRun.objects.filter(reconciliation_id=run.reconciliation_id, id__gt=run.pk)
    if newer.exists():
        raise Conflict("sign-off.stale", "a later run", "the newest run", where)
    if SignOff.objects.filter(run=run, cut_off_on=cut_off_on).exists():
        raise Conflict("sign-off.stale", "its sign-off, suspended", "a run after that", where)
    now = counts_now(run.reconciliation, cut_off_on)
    if now != (figures.left_count, figures.right_count):
        raise Conflict(
            "sign-off.stale",
            f"{now[0]} and {now[1]} records up to {cut_off_on}",
            f"the {figures.left_count} and {figures.right_count} of the run",
            where,
        )
    since = Decision.objects.filter(
        reconciliation_id=run.reconciliation_id, id__gt=run.last_decision
    ).exclude(verdict=Verdict.CONFIRM, group__run_id=run.pk)
    unseen = since.order_by("id").first()
    if unseen:
        raise Conflict("sign-off.stale", f"decision:{unseen.pk} made since", "none", where)
