"""Decisions: added, never edited; an undo points to what it undoes."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    Count,
    CursorText,
    DecisionId,
    GroupId,
    In,
    Instant,
    Limit,
    LineId,
    MemberId,
    Money,
    Out,
    PageOut,
    PostingId,
    ReconciliationId,
    Text,
    instant,
)
from tieout.core.decisions import Verdict
from tieout.workflows.confirm_shown import confirm_shown
from tieout.workflows.decide import confirm_group, confirm_records, reject_group, undo
from tieout.workflows.decide_many import MANY_MAX, undo_many
from tieout.workflows.views import trail

router = Router(tags=["decisions"])


class ReasonIn(In):
    """Why, in the person's words; they stand in the audit event."""

    reason: Text = ""


class RecordsIn(ReasonIn):
    """Records that belong together, whatever was proposed."""

    line_ids: list[LineId] = Field(default=[], max_length=1000)
    posting_ids: list[PostingId] = Field(default=[], max_length=1000)


class DecisionMade(Out):
    """The decision."""

    id: DecisionId


class GroupsIn(ReasonIn):
    """Groups of the newest run, and how many and how much was seen; nobody confirms unseen."""

    group_ids: Annotated[list[GroupId], Field(min_length=1, max_length=MANY_MAX)]
    expected_count: Count
    expected_total: Money
    """Of the groups' left records."""


class DecisionsIn(ReasonIn):
    """Decisions to be undone, and how many were seen."""

    decision_ids: Annotated[list[DecisionId], Field(min_length=1, max_length=MANY_MAX)]
    expected_count: Count


class DecidedMany(Out):
    """What was decided at once."""

    decision_ids: list[DecisionId]
    suspended: list[str]
    """Sign-offs that no longer hold."""


class DecisionOut(Out):
    """What a person said of records."""

    id: DecisionId
    reconciliation_id: ReconciliationId
    verdict: Verdict
    group_id: GroupId | None
    undoes: DecisionId | None
    undone_by: DecisionId | None
    member_id: MemberId
    member: str
    decided_at: Instant
    reason: str


@router.get("/decisions", response=PageOut[DecisionOut])
def list_decisions(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    reconciliation_id: ReconciliationId | None = None,
    verdict: Verdict | None = None,
    member_id: MemberId | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[DecisionOut]:
    """Decisions, newest first."""
    page = trail.decisions(
        request.caller,
        reconciliation_id=reconciliation_id,
        verdict=verdict or "",
        member_id=member_id,
        cursor=cursor,
        limit=limit,
    )
    items = [
        DecisionOut(
            id=each.decision_id,
            reconciliation_id=each.reconciliation_id,
            verdict=Verdict(each.verdict),
            group_id=each.group_id,
            undoes=each.undoes,
            undone_by=each.undone_by,
            member_id=each.member_id,
            member=each.member,
            decided_at=instant(each.decided_at),
            reason=each.reason,
        )
        for each in page.rows
    ]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.post("/groups/{group_id}/confirm", response={201: DecisionMade})
def confirm(request: Request, group_id: GroupId, body: ReasonIn) -> DecisionMade:
    """A proposed group is right."""
    made = confirm_group(request.caller, group_id=group_id, reason=body.reason, now=request.at)
    return DecisionMade(id=made)


@router.post("/groups/{group_id}/reject", response={201: DecisionMade})
def reject(request: Request, group_id: GroupId, body: ReasonIn) -> DecisionMade:
    """A proposed group is wrong: no rule confirms it again."""
    made = reject_group(request.caller, group_id=group_id, reason=body.reason, now=request.at)
    return DecisionMade(id=made)


@router.post("/reconciliations/{reconciliation_id}/decisions", response={201: DecisionMade})
def confirm_own_choice(
    request: Request, reconciliation_id: ReconciliationId, body: RecordsIn
) -> DecisionMade:
    """These records belong together, whatever was proposed."""
    made = confirm_records(
        request.caller,
        reconciliation_id=reconciliation_id,
        line_ids=body.line_ids,
        posting_ids=body.posting_ids,
        reason=body.reason,
        now=request.at,
    )
    return DecisionMade(id=made)


@router.post("/decisions/{decision_id}/undo", response={201: DecisionMade})
def undo_decision(request: Request, decision_id: DecisionId, body: ReasonIn) -> DecisionMade:
    """An earlier decision no longer holds; it stays where it is, and this one points to it."""
    made = undo(request.caller, decision_id=decision_id, reason=body.reason, now=request.at)
    return DecisionMade(id=made)


@router.post("/reconciliations/{reconciliation_id}/confirm-groups", response={201: DecidedMany})
def confirm_many(
    request: Request, reconciliation_id: ReconciliationId, body: GroupsIn
) -> DecidedMany:
    """Confirm many groups at once, all or none; refused when count or total differ by now."""
    done = confirm_shown(
        request.caller,
        reconciliation_id=reconciliation_id,
        group_ids=body.group_ids,
        expected_count=body.expected_count,
        expected_total=body.expected_total.amount,
        currency=body.expected_total.currency,
        reason=body.reason,
        now=request.at,
    )
    return DecidedMany(decision_ids=list(done.decision_ids), suspended=list(done.suspended))


@router.post("/reconciliations/{reconciliation_id}/undo-decisions", response={201: DecidedMany})
def undo_several(
    request: Request, reconciliation_id: ReconciliationId, body: DecisionsIn
) -> DecidedMany:
    """Undo many decisions at once, all or none."""
    done = undo_many(
        request.caller,
        reconciliation_id=reconciliation_id,
        decision_ids=body.decision_ids,
        expected_count=body.expected_count,
        reason=body.reason,
        now=request.at,
    )
    return DecidedMany(decision_ids=list(done.decision_ids), suspended=list(done.suspended))
