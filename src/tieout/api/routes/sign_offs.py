"""Sign-offs: prepared by one person, reviewed by another, at a cut-off."""

from datetime import date

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import In, Out, RunId, SignOffId
from tieout.core.decisions import SignOffStep
from tieout.workflows.sign_off import sign_off

router = Router(tags=["sign-offs"])


class SignOffIn(In):
    """Which step, up to which day."""

    cut_off_on: date
    step: SignOffStep


class SignOffMade(Out):
    """The sign-off."""

    id: SignOffId


@router.post("/runs/{run_id}/sign-offs", response={201: SignOffMade})
def sign(request: Request, run_id: RunId, body: SignOffIn) -> SignOffMade:
    """Sign the run's figures off; a review follows a preparation by somebody else."""
    made = sign_off(
        request.caller,
        run_id=run_id,
        cut_off_on=body.cut_off_on,
        step=body.step,
        now=request.at,
    )
    return SignOffMade(id=made)
