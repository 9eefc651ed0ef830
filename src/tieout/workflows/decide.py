"""`confirm`, `reject`, `undo`: what a person says of records; added, never edited.

Two people may decide at once: whoever records second is told what stands against it. What is
decided suspends the sign-offs that reach as far as its records.
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
from tieout.store.reconciliation.records import amounts_of, decisions_on
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.recheck_sign_offs import recheck_decided
from tieout.workflows.reconcile import access_reconciliation

EXCLUSIVE = "reconciliation_decision_exclusive"
"""The database's own proof that no record is in two confirmations."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A record to be decided on."""

    side: str
    record_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class _Proposal:
    """Records that a verdict is about, of one reconciliation, and where they come from."""

    reconciliation: Reconciliation
    members: tuple[_Member, ...]
    exponent: int
    group: MatchGroup | None = None

    @property
    def names(self) -> frozenset[tuple[str, str]]:
        return frozenset((each.side, str(each.record_id)) for each in self.members)

    def decided(self) -> tuple[Decided, ...]:
        """The decisions on any of its records."""
        ids: dict[str, list[int]] = {"left": [], "right": []}
        for each in self.members:
            ids[each.side].append(each.record_id)
        return decisions_on(self.reconciliation, ids["left"], ids["right"])


def confirm_group(caller: Caller, *, group_id: int, reason: str = "", now: datetime) -> int:
    """A proposed group is right; the decision."""
    with deciding(caller, "confirm", now) as act:
        proposal = _proposal_of(group_id)
        act.alone(f"decide {proposal.reconciliation.pk}")
        return _confirmed(act, proposal, reason)


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
    with deciding(caller, "confirm", now) as act:
        reconciliation = access_reconciliation(reconciliation_id)
        act.alone(f"decide {reconciliation_id}")
        left, right, exponent = amounts_of(reconciliation, line_ids, posting_ids)
        missing = (set(line_ids) - left.keys()) | (set(posting_ids) - right.keys())
        if missing or not (line_ids or posting_ids):
            found = ", ".join(map(str, sorted(missing))) or "no records"
            raise NotFound("store.not-found", found, "records of this reconciliation")
        members = (
            *(_Member("left", key, left[key]) for key in sorted(left)),
            *(_Member("right", key, right[key]) for key in sorted(right)),
        )
        return _confirmed(act, _Proposal(reconciliation, members, exponent), reason)


def reject_group(caller: Caller, *, group_id: int, reason: str = "", now: datetime) -> int:
    """A proposed group is wrong: later runs do not propose it again; the decision."""
    with deciding(caller, "reject", now) as act:
        proposal = _proposal_of(group_id)
        act.alone(f"decide {proposal.reconciliation.pk}")
        for each in in_force(proposal.decided()):
            if each.records != proposal.names:
                continue
            said = "confirms" if each.verdict is Verdict.CONFIRM else "rejects"
            found = f"decision:{each.decision_id}, which {said} it"
            raise Conflict("decision.conflict", found, "undo it first")
        return _recorded(act, Verdict.REJECT, proposal, reason)


def undo(caller: Caller, *, decision_id: int, reason: str = "", now: datetime) -> int:
    """An earlier decision no longer holds; it stays where it is, and this one points to it."""
    with deciding(caller, "undo", now) as act:
        earlier = Decision.objects.filter(id=decision_id).first()
        if earlier is None:
            raise NotFound("store.not-found", f"decision:{decision_id}", "a decision of yours")
        act.alone(f"decide {earlier.reconciliation_id}")
        is_undone = Decision.objects.filter(undoes=earlier).exists()
        if is_undone or earlier.verdict == Verdict.UNDO:
            raise Conflict(
                "decision.not-in-force", f"decision:{decision_id}", "a decision that still holds"
            )
        made = Decision.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation_id=earlier.reconciliation_id,
            verdict=Verdict.UNDO,
            undoes=earlier,
            decided_by_id=caller.member_id,
            decided_at=now,
            reason=reason,
        )
        act.keeps(made)
        suspended = recheck_decided(act, earlier.reconciliation_id, [earlier.pk])
        act.record(
            f"decision:{earlier.pk}",
            reason=reason,
            before={"verdict": earlier.verdict, "in_force": True},
            after={
                "undone_by": f"decision:{made.pk}",
                "in_force": False,
                "suspended": suspended,
            },
        )
        act.follow_up("decision_made", decision_id=made.pk)
        return made.pk


@contextmanager
def deciding(caller: Caller, verb: str, now: datetime) -> Iterator[Act]:
    """The transaction; what the database refuses at its end is a conflict with another person."""
    with told_as_conflict(), acting(caller, Action.DECIDE, verb, now) as act:
        yield act


@contextmanager
def told_as_conflict() -> Iterator[None]:
    """Around a transaction: at its end the database finds a record in two confirmations."""
    try:
        yield
    except IntegrityError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.diag.constraint_name != EXCLUSIVE:
            raise
        raise Conflict("decision.conflict", str(error).splitlines()[0], "free records") from error


def _proposal_of(group_id: int) -> _Proposal:
    """The caller's group of that id with its records."""
    group = MatchGroup.objects.select_related("run").filter(id=group_id).first()
    if group is None:
        raise NotFound("store.not-found", f"match_group:{group_id}", "a group of yours")
    members = tuple(
        _Member(each.side, each.line_id or each.posting_id or 0, each.amount_minor)
        for each in RunRecord.objects.filter(group=group).order_by("id")
    )
    reconciliation = access_reconciliation(group.run.reconciliation_id)
    return _Proposal(reconciliation, members, group.run.exponent, group)


def _confirmed(act: Act, proposal: _Proposal, reason: str) -> int:
    against = standing_against(proposal.decided(), proposal.names)
    if against:
        raise Conflict(
            "decision.conflict",
            f"{', '.join(_said(against, proposal.names))}, confirmed by "
            f"decision:{against[0].decision_id}",
            "records that no confirmation holds",
        )
    return _recorded(act, Verdict.CONFIRM, proposal, reason)


def _said(against: Iterable[Decided], names: frozenset[tuple[str, str]]) -> list[str]:
    held = sorted({each for one in against for each in one.records & names})
    return [f"{side} record {name}" for side, name in held]


def _recorded(act: Act, verdict: Verdict, proposal: _Proposal, reason: str) -> int:
    organisation_id = act.caller.organisation_id
    members, group = proposal.members, proposal.group
    made = Decision.objects.create(
        organisation_id=organisation_id,
        reconciliation=proposal.reconciliation,
        verdict=verdict,
        group=group,
        exponent=proposal.exponent,
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
    act.keeps(made)
    suspended = recheck_decided(act, proposal.reconciliation.pk, [made.pk])
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
            "suspended": suspended,
        },
    )
    act.follow_up("decision_made", decision_id=made.pk)
    return made.pk
