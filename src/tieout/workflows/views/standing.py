"""How the organisation stands now: feeds of statements, what waits, what goes wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from tieout.core.access import Action
from tieout.core.alerts import AlertKind, feed_days
from tieout.core.jobs import RunState
from tieout.store.banking.models import BankAccount, BankStatement
from tieout.store.operations.models import JobRun
from tieout.workflows.acting import Caller, looking
from tieout.workflows.alert_rules import rules_of
from tieout.workflows.raise_alerts import feeds, latest_runs

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Connection:
    """A bank account as a feed: what came last, and whether more should have come."""

    account_id: int
    name: str
    currency: str
    last_on: date | None
    """Until where its statements reach."""
    last_read_at: datetime | None
    lag_days: int | None
    allowed_days: int | None
    """As allowed by a rule, or as is usual; None while too little is known."""

    @property
    def state(self) -> str:
        """In one word."""
        if self.last_on is None:
            return "nothing yet"
        if self.lag_days is None or self.allowed_days is None:
            return "too new to judge"
        return "late" if self.lag_days > self.allowed_days else "up to date"


@dataclass(frozen=True, slots=True)
class Queue:
    """Work for the workers."""

    waiting: int
    running: int
    failed: int
    """In the last seven days, and not run since with success."""
    late: int
    oldest_waits_since: datetime | None

    def waits_long(self, now: datetime) -> bool:
        """Whether it looks as if nobody takes work."""
        since = self.oldest_waits_since
        return since is not None and now - since > timedelta(minutes=2)


def connections(caller: Caller, *, now: datetime) -> tuple[Connection, ...]:
    """Every bank account, with until when it is known."""
    with looking(caller, Action.VIEW):
        allowed = rules_of(AlertKind.MISSING_FEED)
        ends = {each.account_id: each.ends for each in feeds()}
        read_at = dict(
            BankStatement.objects.values_list("account").annotate(Max("reading__read_at"))
        )
        found = []
        for each in BankAccount.objects.order_by("number", "currency", "id"):
            reached = ends.get(each.pk, ())
            last = max(reached, default=None)
            found.append(
                Connection(
                    each.pk,
                    each.name or each.number,
                    each.currency,
                    last,
                    read_at.get(each.pk),
                    (now.date() - last).days if last else None,
                    feed_days(reached, allowed.get(f"bank_account:{each.pk}")),
                )
            )
        return tuple(found)


def queue(caller: Caller, *, now: datetime) -> Queue:
    """What waits, runs, failed and is late."""
    with looking(caller, Action.VIEW):
        told = JobRun.objects.aggregate(
            waiting=Count("id", filter=Q(state=RunState.WAITING)),
            running=Count("id", filter=Q(state=RunState.RUNNING)),
            late=Count("id", filter=Q(state=RunState.RUNNING, expected_by__lte=now)),
            since=Min("asked_at", filter=Q(state=RunState.WAITING)),
        )
        failed = sum(each.state == RunState.FAILED for each in latest_runs(now - LATELY))
        return Queue(told["waiting"], told["running"], failed, told["late"], told["since"])
