"""The groups of a run as a queue, one of them side by side, and the unmatched records."""

from datetime import date
from typing import Any, Literal

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    CursorText,
    DecisionId,
    Flag,
    GroupId,
    Instant,
    Limit,
    LineId,
    Money,
    Out,
    PageOut,
    PostingId,
    RunId,
    Search,
    instant,
    money,
)
from tieout.core.matching.records import Side
from tieout.core.matching.words import Status, UnmatchedReason
from tieout.workflows.views import groups, runs

router = Router(tags=["groups and unmatched records"])


class RecordOut(Out):
    """A record of either side in one shape: a line of the bank or a posting of the books."""

    side: Side
    line_id: LineId | None
    posting_id: PostingId | None
    amount: Money
    """Positive into the account."""
    booked_on: date | None
    counterparty: str
    text: str
    references: list[str]
    first_seen_at: Instant


class GroupOut(Out):
    """Records that belong together, by a run."""

    id: GroupId
    run_id: RunId
    name: str
    made_by: str
    rule: str
    status: Status
    score: int
    """Hundredths of a bit."""
    posterior_ppm: int
    left_count: int
    right_count: int
    left_total: Money
    right_total: Money
    residual: Money
    residual_cause: str
    reason: str
    decision_id: DecisionId | None
    """The decision in force that answers it."""
    verdict: str


class ReasonOut(Out):
    """One part of a score."""

    part: str
    hundredths: int
    speaks: Literal["for", "against"]
    words: str


class GroupDetail(GroupOut):
    """With its records side by side, and why."""

    left: list[RecordOut]
    right: list[RecordOut]
    reasons: list[ReasonOut]
    solutions: int
    runner_up: list[RecordOut]
    runner_up_score: int


class UnmatchedOut(Out):
    """A record in no group, and why."""

    record: RecordOut
    reason: UnmatchedReason
    detail: str
    nearest: RecordOut | None
    age_days: int
    """Since it first came in."""


@router.get("/runs/{run_id}/groups", response=PageOut[GroupOut])
def list_groups(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    run_id: RunId,
    status: Status | None = None,
    undecided: Flag = False,  # noqa: FBT002  a parameter of the address
    with_residual: Flag = False,  # noqa: FBT002  a parameter of the address
    text: Search = "",
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[GroupOut]:
    """Groups of a run, the surest first; `undecided`: those that wait for a person."""
    run = runs.run(request.caller, run_id=run_id)
    where = groups.GroupFilter(
        status=status.value if status else "",
        undecided=undecided,
        with_residual=with_residual,
        text=text,
    )
    page = groups.groups(request.caller, run_id=run_id, where=where, cursor=cursor, limit=limit)
    items = [GroupOut(**_group(each, run)) for each in page.rows]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.get("/groups/{group_id}", response=GroupDetail)
def show_group(request: Request, group_id: GroupId) -> GroupDetail:
    """One group with its records side by side, the parts of its score, and its best rival."""
    found = groups.group(request.caller, group_id=group_id)
    run = runs.run(request.caller, run_id=found.group.run_id)
    return GroupDetail(
        **_group(found.group, run),
        left=[_record(each, run) for each in found.left],
        right=[_record(each, run) for each in found.right],
        reasons=[
            ReasonOut(
                part=each.part, hundredths=each.hundredths, speaks=each.speaks, words=each.words
            )
            for each in found.reasons
        ],
        solutions=found.solutions,
        runner_up=[_record(each, run) for each in found.runner_up],
        runner_up_score=found.runner_up_score,
    )


@router.get("/runs/{run_id}/unmatched", response=PageOut[UnmatchedOut])
def list_unmatched(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    run_id: RunId,
    side: Side | None = None,
    reason: UnmatchedReason | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[UnmatchedOut]:
    """Records in no group, each with its reason, the nearest candidate and its age."""
    run = runs.run(request.caller, run_id=run_id)
    page = groups.unmatched(
        request.caller,
        run_id=run_id,
        on=request.at.date(),
        side=side.value if side else "",
        reason=reason or "",
        cursor=cursor,
        limit=limit,
    )
    items = [
        UnmatchedOut(
            record=_record(each.record, run),
            reason=UnmatchedReason(each.reason),
            detail=each.detail,
            nearest=_record(each.nearest, run) if each.nearest else None,
            age_days=each.age_days,
        )
        for each in page.rows
    ]
    return PageOut(items=items, next_cursor=page.next_cursor)


def _group(each: groups.GroupView, run: runs.RunView) -> dict[str, Any]:
    def amount(minor: int) -> Money:
        return money(minor, run.currency, run.exponent)

    return {
        "id": each.group_id,
        "run_id": each.run_id,
        "name": each.name,
        "made_by": each.made_by,
        "rule": each.rule,
        "status": Status(each.status),
        "score": each.score,
        "posterior_ppm": each.posterior_ppm,
        "left_count": each.left_count,
        "right_count": each.right_count,
        "left_total": amount(each.left_minor),
        "right_total": amount(each.right_minor),
        "residual": amount(each.residual_minor),
        "residual_cause": each.residual_cause,
        "reason": each.reason,
        "decision_id": each.decision_id,
        "verdict": each.verdict,
    }


def _record(each: groups.RecordView, run: runs.RunView) -> RecordOut:
    side = Side(each.side)
    return RecordOut(
        side=side,
        line_id=each.record_id if side is Side.LEFT else None,
        posting_id=each.record_id if side is Side.RIGHT else None,
        amount=money(each.amount_minor, run.currency, run.exponent),
        booked_on=each.booked_on,
        counterparty=each.counterparty,
        text=each.text,
        references=list(each.references),
        first_seen_at=instant(each.first_seen_at),
    )
