"""`confirm_groups`, `undo_many`: many decisions at once, all of them or none.

The person says how many and how much they saw; what differs from that is refused unseen.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tieout.core.audit import Value
from tieout.core.decisions import Verdict
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.core.kept import Many
from tieout.store.postgres.files import sql_text
from tieout.store.postgres.plans import plan_anew
from tieout.store.reconciliation.models import Decision, MatchGroup, MatchRun
from tieout.workflows.acting import Act, Caller
from tieout.workflows.decide import deciding
from tieout.workflows.kept_records import short
from tieout.workflows.recheck_sign_offs import recheck_decided
from tieout.workflows.reconcile import access_reconciliation

MANY_MAX = 100_000


@dataclass(frozen=True, slots=True)
class DecidedMany:
    """What was decided at once."""

    decision_ids: tuple[int, ...]
    total_minor: int
    """Of the groups' left records."""
    suspended: tuple[str, ...]


def confirm_groups(  # noqa: PLR0913  what was seen, by name
    caller: Caller,
    *,
    reconciliation_id: int,
    group_ids: Sequence[int],
    expected_count: int,
    expected_total_minor: int,
    reason: str = "",
    now: datetime,
) -> DecidedMany:
    """Confirm these groups of the newest run; count and left total are what the person saw."""
    with deciding(caller, "confirm_groups", now) as act:
        access_reconciliation(reconciliation_id)
        act.alone(f"decide {reconciliation_id}")
        wanted = _checked_ids(group_ids)
        found = list(
            MatchGroup.objects.filter(
                id__in=wanted, run__reconciliation_id=reconciliation_id
            ).values_list("id", "run_id", "left_minor")
        )
        if len(found) != len(wanted):
            missing = sorted(set(wanted) - {pk for pk, _, _ in found})
            raise NotFound(
                "store.not-found", f"match_group:{missing[0]}", "groups of this reconciliation"
            )
        total = sum(minor for _, _, minor in found)
        _require_as_seen(len(found), expected_count, "groups")
        _require_as_seen(total, expected_total_minor, "minor units of the left side")
        newest = MatchRun.objects.filter(reconciliation_id=reconciliation_id).order_by("-id")
        run_ids = {run_id for _, run_id, _ in found}
        if run_ids != {newest.values_list("id", flat=True)[0]}:
            raise Conflict("decision.stale", "groups of an earlier run", "groups of the newest run")
        values = _values(act, reason) | {
            "groups": wanted,
            "reconciliation": reconciliation_id,
        }
        plan_anew()
        _require_free(values)
        made = _ids("reconciliation/confirm_many", values)
        with connection.cursor() as cursor:
            cursor.execute(sql_text("reconciliation/decided_many"), values | {"decisions": made})
        act.left.many.append(_many(act, reconciliation_id, made, reason, Verdict.CONFIRM))
        suspended = recheck_decided(act, reconciliation_id, made)
        act.record(
            f"reconciliation:{reconciliation_id}",
            reason=reason,
            after={
                "verdict": Verdict.CONFIRM,
                "run": f"match_run:{run_ids.pop()}",
                "groups": len(made),
                "groups_sha256": digest_of(wanted),
                "left_minor": total,
                "first_decision": made[0],
                "last_decision": made[-1],
                "suspended": suspended,
            },
        )
        act.follow_up("decisions_made", reconciliation_id=reconciliation_id, count=len(made))
    return DecidedMany(tuple(made), total, suspended)


def undo_many(  # noqa: PLR0913  what was seen, by name
    caller: Caller,
    *,
    reconciliation_id: int,
    decision_ids: Sequence[int],
    expected_count: int,
    reason: str = "",
    now: datetime,
) -> DecidedMany:
    """These decisions of a reconciliation no longer hold: all of them are undone, or none."""
    with deciding(caller, "undo_many", now) as act:
        access_reconciliation(reconciliation_id)
        act.alone(f"decide {reconciliation_id}")
        wanted = _checked_ids(decision_ids)
        _require_as_seen(len(wanted), expected_count, "decisions")
        standing = Decision.objects.filter(
            id__in=wanted, reconciliation_id=reconciliation_id
        ).exclude(verdict=Verdict.UNDO)
        known = set(standing.values_list("id", flat=True))
        undone = set(
            Decision.objects.filter(undoes_id__in=wanted).values_list("undoes_id", flat=True)
        )
        lost = [each for each in wanted if each not in known or each in undone]
        if lost:
            raise Conflict(
                "decision.not-in-force", f"decision:{lost[0]}", "decisions that still hold"
            )
        values = _values(act, reason) | {"decisions": wanted}
        plan_anew()
        made = _ids("reconciliation/undo_many", values)
        act.left.many.append(_many(act, reconciliation_id, made, reason, Verdict.UNDO))
        suspended = recheck_decided(act, reconciliation_id, wanted)
        act.record(
            f"reconciliation:{reconciliation_id}",
            reason=reason,
            before={"decisions": len(wanted), "decisions_sha256": digest_of(wanted)},
            after={
                "verdict": Verdict.UNDO,
                "first_decision": made[0],
                "last_decision": made[-1],
                "suspended": suspended,
            },
        )
        act.follow_up("decisions_made", reconciliation_id=reconciliation_id, count=len(made))
    return DecidedMany(tuple(made), 0, suspended)


def digest_of(ids: Sequence[int]) -> str:
    """SHA-256 of ids in rising order, in decimal digits with commas between."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode("ascii")).hexdigest()


def _many(act: Act, reconciliation_id: int, made: list[int], reason: str, verdict: Verdict) -> Many:
    """The decisions for the event: all alike but for what each answers."""
    answered = "group_id" if verdict == Verdict.CONFIRM else "undoes_id"
    kind = "match_group" if verdict == Verdict.CONFIRM else "decision"
    rows = Decision.objects.filter(id__in=made).order_by("id")
    (exponent,) = set(rows.values_list("exponent", flat=True))
    said: dict[str, Value] = {
        "reconciliation": f"reconciliation:{reconciliation_id}",
        "verdict": str(verdict),
        "undoes": None,
        "group": None,
        "exponent": exponent,
        "decided_by": f"member:{act.caller.member_id}",
        "decided_at": act.at,
        "reason": short(reason),
    }
    each = [f"{kind}:{number}" for number in rows.values_list(answered, flat=True)]
    return Many("decision", made, said, {answered.removesuffix("_id"): each})


def _checked_ids(ids: Sequence[int]) -> list[int]:
    wanted = sorted(set(ids))
    if not wanted or len(wanted) > MANY_MAX or len(wanted) != len(ids):
        found = f"{len(ids):,} ids, {len(wanted):,} different ones"
        raise InvalidInput("decision.stale", found, f"1 to {MANY_MAX:,} different ids")
    return wanted


def _require_as_seen(found: int, expected: int, what: str) -> None:
    if found != expected:
        raise Conflict("decision.stale", f"{found:,} {what}", f"{expected:,} as shown")


def _require_free(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql_text("reconciliation/held_already"), values)
        held = cursor.fetchall()
    if held:
        said = ", ".join(f"{side} record {record}" for side, record, _ in held)
        raise Conflict(
            "decision.conflict",
            f"{said}, confirmed by decision:{held[0][2]}",
            "records that no confirmation holds",
        )


def _values(act: Act, reason: str) -> dict[str, Any]:
    return {
        "organisation": str(act.caller.organisation_id),
        "member": act.caller.member_id,
        "at": act.at,
        "reason": reason,
    }


def _ids(query: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql_text(query), values)
        return sorted(pk for (pk,) in cursor.fetchall())
