"""`confirm`, `reject`, `undo`: what a person says of records; added, never edited.

Two people may decide at once: whoever records second is told what stands against it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import IntegrityError

from tieout.core.access import Action
from tieout.core.decisions import Decided, Verdict, in_force, standing_against
from tieout.core.errors import Conflict, NotFound
from tieout.store.reconciliation.models import (
    DecidedRecord,
    Decision,
    MatchGroup,
    Reconciliation,
    RunRecord,
)
from tieout.store.reconciliation.records import amounts_of, decisions_of
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.reconcile import access_reconciliation

EXCLUSIVE = "reconciliation_decision_exclusive"
"""The database's own proof that no record is in two confirmations."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A record to be decided on."""

    side: str
    record_id: int
    amount_minor: int


def confirm_group(caller: Caller, *, group_id: int, reason: str = "", now: datetime) -> int:
    """A proposed group is right; the decision."""
    with _deciding(caller, "confirm", now) as act:
        group, reconciliation = access_group(group_id)
        return _confirmed(act, reconciliation, _members_of(group), group, reason)


def confirm_records(  # noqa: PLR0913  two sides and options by name
    caller: Caller,
    *,
    reconciliation_id: int,
    line_ids: Sequence[int],
    posting_ids: Sequence[int],
    reason: str = "",
    now: datetime,
) -> int:
    """These records belong together, whatever was proposed; the decision."""
    with _deciding(caller, "confirm", now) as act:
        reconciliation = access_reconciliation(reconciliation_id)
        left, right = amounts_of(reconciliation, line_ids, posting_ids)
        missing = (set(line_ids) - left.keys()) | (set(posting_ids) - right.keys())
        if missing or not (line_ids or posting_ids):
            found = ", ".join(map(str, sorted(missing))) or "no records"
            raise NotFound("store.not-found", found, "records of this reconciliation")
        members = [
            *(_Member("left", key, left[key]) for key in sorted(left)),
            *(_Member("right", key, right[key]) for key in sorted(right)),
        ]
        return _confirmed(act, reconciliation, members, None, reason)


def reject_group(caller: Caller, *, group_id: int, reason: str = "", now: datetime) -> int:
    """A proposed group is wrong: it is never confirmed by rule again; the decision."""
    with _deciding(caller, "reject", now) as act:
        group, reconciliation = access_group(group_id)
        members = _members_of(group)
        _refuse_contradiction(reconciliation, members)
        return _recorded(act, reconciliation, Verdict.REJECT, members, group, reason)


def undo(caller: Caller, *, decision_id: int, reason: str = "", now: datetime) -> int:
    """An earlier decision no longer holds; it stays where it is, and this one points to it."""
    with _deciding(caller, "undo", now) as act:
        earlier = Decision.objects.filter(id=decision_id).first()
        if earlier is None:
            raise NotFound("store.not-found", f"decision:{decision_id}", "a decision of yours")
        reconciliation = access_reconciliation(earlier.reconciliation_id)
        act.alone(f"decide {reconciliation.pk}")
        if decision_id not in {each.decision_id for each in in_force(decisions_of(reconciliation))}:
            raise Conflict(
                "decision.not-in-force", f"decision:{decision_id}", "a decision that still holds"
            )
        made = Decision.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation=reconciliation,
            verdict=Verdict.UNDO,
            undoes=earlier,
            decided_by_id=caller.member_id,
            decided_at=now,
            reason=reason,
        )
        act.record(
            f"decision:{earlier.pk}",
            reason=reason,
            before={"verdict": earlier.verdict, "in_force": True},
            after={"undone_by": f"decision:{made.pk}", "in_force": False},
        )
        act.follow_up("decision_made", decision_id=made.pk)
        return made.pk


@contextmanager
def _deciding(caller: Caller, verb: str, now: datetime) -> Iterator[Act]:
    """The transaction; what the database refuses at its end is a conflict with another person."""
    try:
        with acting(caller, Action.DECIDE, verb, now) as act:
            yield act
    except IntegrityError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.diag.constraint_name != EXCLUSIVE:
            raise
        raise Conflict("decision.conflict", str(error).splitlines()[0], "free records") from error


def access_group(group_id: int) -> tuple[MatchGroup, Reconciliation]:
    """The caller's group of that id, and the reconciliation it was found for."""
    group = MatchGroup.objects.select_related("run").filter(id=group_id).first()
    if group is None:
        raise NotFound("store.not-found", f"match_group:{group_id}", "a group of yours")
    return group, access_reconciliation(group.run.reconciliation_id)


def _members_of(group: MatchGroup) -> list[_Member]:
    records = RunRecord.objects.filter(group=group).order_by("id")
    return [
        _Member(each.side, each.line_id or each.posting_id or 0, each.amount_minor)
        for each in records
    ]


def _confirmed(
    act: Act,
    reconciliation: Reconciliation,
    members: Sequence[_Member],
    group: MatchGroup | None,
    reason: str,
) -> int:
    act.alone(f"decide {reconciliation.pk}")
    names = frozenset((each.side, str(each.record_id)) for each in members)
    against = standing_against(decisions_of(reconciliation), names)
    if against:
        raise Conflict(
            "decision.conflict",
            f"{', '.join(_said(against, names))}, confirmed by decision:{against[0].decision_id}",
            "records that no confirmation holds",
        )
    return _recorded(act, reconciliation, Verdict.CONFIRM, members, group, reason)


def _said(against: Iterable[Decided], names: frozenset[tuple[str, str]]) -> list[str]:
    held = sorted({each for one in against for each in one.records & names})
    return [f"{side} record {name}" for side, name in held]


def _refuse_contradiction(reconciliation: Reconciliation, members: Sequence[_Member]) -> None:
    """What is confirmed as a whole is undone before it is rejected."""
    names = frozenset((each.side, str(each.record_id)) for each in members)
    for each in standing_against(decisions_of(reconciliation), names):
        if each.records == names:
            raise Conflict(
                "decision.conflict", f"decision:{each.decision_id} confirms it", "undo it first"
            )


def _recorded(  # noqa: PLR0913, PLR0917  the parts of a decision
    act: Act,
    reconciliation: Reconciliation,
    verdict: Verdict,
    members: Sequence[_Member],
    group: MatchGroup | None,
    reason: str,
) -> int:
    organisation_id = act.caller.organisation_id
    made = Decision.objects.create(
        organisation_id=organisation_id,
        reconciliation=reconciliation,
        verdict=verdict,
        group=group,
        decided_by_id=act.caller.member_id,
        decided_at=act.at,
        reason=reason,
    )
    DecidedRecord.objects.bulk_create(
        DecidedRecord(
            organisation_id=organisation_id,
            decision=made,
            side=each.side,
            line_id=each.record_id if each.side == "left" else None,
            posting_id=each.record_id if each.side == "right" else None,
            amount_minor=each.amount_minor,
        )
        for each in members
    )
    act.record(
        f"decision:{made.pk}",
        reason=reason,
        after={
            "verdict": verdict,
            "group": f"match_group:{group.pk}" if group else None,
            "left": [each.record_id for each in members if each.side == "left"],
            "right": [each.record_id for each in members if each.side == "right"],
            "residual_minor": sum(
                each.amount_minor if each.side == "left" else -each.amount_minor for each in members
            ),
        },
    )
    act.follow_up("decision_made", decision_id=made.pk)
    return made.pk
