"""Decisions: added, never edited; an undo points to what it undoes."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    DecisionId,
    GroupId,
    In,
    LineId,
    Out,
    PostingId,
    ReconciliationId,
    Text,
)
from tieout.workflows.decide import confirm_group, confirm_records, reject_group, undo

router = Router(tags=["decisions"])


class ReasonIn(In):
    """Why, in the person's words; they stand in the audit event."""

    reason: Text = ""


class RecordsIn(ReasonIn):
    """Records that belong together, whatever was proposed."""

    line_ids: Annotated[list[LineId], Field(max_length=1000)] = []
    posting_ids: Annotated[list[PostingId], Field(max_length=1000)] = []


class DecisionMade(Out):
    """The decision."""

    id: DecisionId


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
