"""`set_alert_rule`: what is allowed before somebody is told; else it is learned, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tieout.core.access import Action
from tieout.core.alerts import AlertKind
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.jobs import Task
from tieout.store.banking.models import BankAccount
from tieout.store.operations.models import AlertRule
from tieout.store.reconciliation.models import Reconciliation
from tieout.store.tenancy.models import TenantModel
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.keep_settings import settings_kept

_SUBJECTS = {
    AlertKind.DIFFERENCE: "reconciliation:",
    AlertKind.MISSING_FEED: "bank_account:",
    AlertKind.OVERDUE: "",
}
"""What a rule of a kind is about; a run's rule names its task. The other kinds allow nothing."""
RECORDS: Mapping[AlertKind, QuerySet[TenantModel]] = {
    AlertKind.DIFFERENCE: QuerySet(Reconciliation),
    AlertKind.MISSING_FEED: QuerySet(BankAccount),
}


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule as its page shows it."""

    kind: AlertKind
    subject: str
    allowed: int
    """Minor units of a difference, days of a feed, or seconds of a run."""
    set_at: datetime


def set_alert_rule(
    caller: Caller, *, kind: AlertKind, subject: str, allowed: int, now: datetime
) -> int:
    """The rule: `allowed` minor units of a difference, days of a feed, or seconds of a run."""
    prefix = _SUBJECTS.get(kind)
    number = subject.removeprefix(prefix or "")
    fits = prefix is not None and subject.startswith(prefix) and allowed >= 0
    if not fits or not (number.isdigit() if prefix else subject in set(Task)):
        raise InvalidInput(
            "alert.invalid",
            f"{kind} of {subject!r}, {allowed} allowed",
            "a number of at least 0 for `reconciliation:1`, `bank_account:1` or a task",
        )
    with acting(caller, Action.MANAGE_ACCOUNTS, "set_alert_rule", now) as act, settings_kept(act):
        if prefix and not RECORDS[kind].filter(id=int(number)).exists():
            raise NotFound("store.not-found", subject, "one of yours")
        rows = AlertRule.objects.filter(ended_at__isnull=True)
        earlier = rows.filter(kind=kind, subject=subject).first()
        act.changes(*AlertRule.objects.filter(kind=kind, subject=subject))
        made, _ = AlertRule.objects.update_or_create(
            organisation_id=caller.organisation_id,
            kind=kind,
            subject=subject,
            defaults={
                "allowed": allowed,
                "set_by_id": caller.member_id,
                "set_at": now,
                "ended_at": None,
            },
        )
        act.keeps(made)
        act.record(
            f"alert_rule:{made.pk}",
            before={"allowed": earlier.allowed} if earlier else {},
            after={"kind": str(kind), "subject": subject, "allowed": allowed},
        )
    return made.pk


def rules_shown(caller: Caller) -> list[RuleShown]:
    """Every rule of the organisation."""
    with looking(caller, Action.VIEW):
        rows = AlertRule.objects.filter(ended_at__isnull=True).order_by("kind", "subject")
        return [
            RuleShown(AlertKind(each.kind), each.subject, each.allowed, each.set_at)
            for each in rows
        ]


def rules_of(kind: AlertKind) -> dict[str, int]:
    """Within a tenant: what is allowed by subject."""
    rows = AlertRule.objects.filter(kind=kind, ended_at__isnull=True)
    return dict(rows.values_list("subject", "allowed"))


def longest_run(task: Task) -> timedelta | None:
    """Within a tenant: how long a run of the task may take, if somebody has said so."""
    allowed = rules_of(AlertKind.OVERDUE).get(task)
    return None if allowed is None else timedelta(seconds=allowed)
