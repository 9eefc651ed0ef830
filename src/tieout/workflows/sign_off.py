"""`sign_off`: a reconciliation is prepared by one person and reviewed by another."""

from datetime import date, datetime

from tieout.core.access import Action, require_other_eyes
from tieout.core.decisions import SignOffStep
from tieout.core.errors import Conflict, NotFound
from tieout.store.reconciliation.models import MatchRun, SignOff
from tieout.workflows.acting import Caller, acting

_ACTIONS = {SignOffStep.PREPARED: Action.PREPARE, SignOffStep.REVIEWED: Action.REVIEW}


def sign_off(
    caller: Caller, *, run_id: int, cut_off_on: date, step: SignOffStep, now: datetime
) -> int:
    """Sign the run's figures off to a cut-off; a review follows a preparation by somebody else."""
    with acting(caller, _ACTIONS[step], "sign_off", now) as act:
        run = MatchRun.objects.filter(id=run_id).first()
        if run is None:
            raise NotFound("store.not-found", f"match_run:{run_id}", "a run of yours")
        act.alone(f"sign {run.reconciliation_id}")
        signed = {
            each.step: each.signed_by_id
            for each in SignOff.objects.filter(run=run, cut_off_on=cut_off_on)
        }
        if step in signed or (step is SignOffStep.REVIEWED and SignOffStep.PREPARED not in signed):
            found = ", ".join(sorted(signed)) or "nothing signed"
            raise Conflict("decision.not-in-force", found, f"a run to be {step} next")
        if step is SignOffStep.REVIEWED:
            require_other_eyes(signed[SignOffStep.PREPARED], caller.member_id)
        made = SignOff.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation_id=run.reconciliation_id,
            run=run,
            cut_off_on=cut_off_on,
            step=step,
            signed_by_id=caller.member_id,
            signed_at=now,
            left_minor=run.left_minor,
            right_minor=run.right_minor,
        )
        act.record(
            f"match_run:{run.pk}",
            before={"signed": sorted(signed)},
            after={
                "step": step,
                "cut_off_on": cut_off_on,
                "left_minor": run.left_minor,
                "right_minor": run.right_minor,
                "currency": run.currency,
            },
        )
        act.follow_up("signed_off", sign_off_id=made.pk)
    return made.pk
