"""Sign-offs: prepared by one person, reviewed by another; suspended when a balance changes."""

from datetime import date

from ninja import Router

from tieout.api.door import Request
from tieout.api.routes.reconciliations import TallyOut
from tieout.api.words import (
    LIMIT,
    CursorText,
    Day,
    Flag,
    In,
    Instant,
    Limit,
    MemberId,
    Out,
    PageOut,
    ReconciliationId,
    RunId,
    SignOffId,
    instant,
    money,
)
from tieout.core.decisions import SignOffStep
from tieout.workflows.sign_off import sign_off
from tieout.workflows.views import runs

router = Router(tags=["sign-offs"])


class SignOffIn(In):
    """Which step, up to which day."""

    cut_off_on: Day
    step: SignOffStep


class SignOffMade(Out):
    """The sign-off."""

    id: SignOffId


class SignOffOut(Out):
    """A sign-off, in force unless it was suspended, with the figures that were seen."""

    id: SignOffId
    reconciliation_id: ReconciliationId
    run_id: RunId
    cut_off_on: date
    step: SignOffStep
    member_id: MemberId
    member: str
    signed_at: Instant
    left: TallyOut
    right: TallyOut
    open_left: TallyOut
    open_right: TallyOut
    suspended_at: Instant | None
    suspended_because: str


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


@router.get("/sign-offs", response=PageOut[SignOffOut])
def list_sign_offs(
    request: Request,
    reconciliation_id: ReconciliationId | None = None,
    in_force: Flag = False,  # noqa: FBT002  a parameter of the address
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[SignOffOut]:
    """Sign-offs, newest first; `in_force`: without those that were suspended."""
    page = runs.sign_offs(
        request.caller,
        reconciliation_id=reconciliation_id,
        in_force_only=in_force,
        cursor=cursor,
        limit=limit,
    )
    known = {
        number: runs.run(request.caller, run_id=number)
        for number in {each.run_id for each in page.rows}
    }
    items = [_told(each, known[each.run_id]) for each in page.rows]
    return PageOut(items=items, next_cursor=page.next_cursor)


def _told(each: runs.SignOffView, run: runs.RunView) -> SignOffOut:
    def tally(count: int, minor: int) -> TallyOut:
        return TallyOut(count=count, total=money(minor, run.currency, run.exponent))

    seen = each.figures
    return SignOffOut(
        id=each.sign_off_id,
        reconciliation_id=each.reconciliation_id,
        run_id=each.run_id,
        cut_off_on=each.cut_off_on,
        step=each.step,
        member_id=each.member_id,
        member=each.member,
        signed_at=instant(each.signed_at),
        left=tally(seen.left_count, seen.left_minor),
        right=tally(seen.right_count, seen.right_minor),
        open_left=tally(seen.open_left_count, seen.open_left_minor),
        open_right=tally(seen.open_right_count, seen.open_right_minor),
        suspended_at=instant(each.suspended_at) if each.suspended_at else None,
        suspended_because=each.suspended_because,
    )
