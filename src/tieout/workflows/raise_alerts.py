"""`raise_alerts`: what holds now is raised once, what does not is over, and people are told."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from tieout.core import alerts as conditions
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.jobs import RunState, Task
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankStatement
from tieout.store.operations.models import (
    Alert,
    AlertChannel,
    JobRun,
    Notification,
    OutboxMessage,
)
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.workflows.acting import Act, acting_as_system
from tieout.workflows.alert_rules import rules_of
from tieout.workflows.closing_alerts import closing_alerts
from tieout.workflows.volume_alerts import volume_alerts

STATEMENTS = 12
"""The latest of an account say how often they come."""
LOOKS_BACK = timedelta(days=30)
"""A run that failed longer ago and was not asked for again is no news."""


def raise_alerts(organisation_id: UUID, *, origin: str, now: datetime) -> tuple[int, int]:
    """How many were raised, and how many are over."""
    with acting_as_system(organisation_id, origin, "raise_alerts", now) as act:
        act.alone("alerts")
        open_ones = {each.key: each for each in Alert.objects.filter(resolved_at__isnull=True)}
        new, over = conditions.changes(open_ones, _holding(organisation_id, now))
        raised = [_raised(act, each) for each in new]
        ended = [open_ones[key] for key in sorted(over)]
        act.keeps(*raised)
        act.changes(*ended)
        for each in ended:
            each.resolved_at = now
        Alert.objects.bulk_update(ended, ["resolved_at"])
        _tell(act, raised, ended)
        if raised or ended:
            act.record(
                f"organisation:{organisation_id}",
                after={
                    "raised": [each.key for each in raised],
                    "over": [each.key for each in ended],
                },
            )
        return len(raised), len(ended)


def _raised(act: Act, alert: conditions.Alert) -> Alert:
    return Alert.objects.create(
        organisation_id=act.caller.organisation_id,
        key=alert.key,
        kind=alert.kind,
        subject=alert.subject,
        text=alert.text,
        account_number=alert.account_id,
        raised_at=act.at,
    )


def _tell(act: Act, raised: list[Alert], ended: list[Alert]) -> None:
    """A notification for each channel that wants it."""
    turns = [(each, False) for each in raised] + [(each, True) for each in ended]
    channels = channels_on() if turns else []
    for alert, is_over in turns:
        for channel in channels:
            if _wants(channel, alert):
                Notification.objects.create(
                    organisation_id=act.caller.organisation_id,
                    channel=channel,
                    alert=alert,
                    is_over=is_over,
                    made_at=act.at,
                    due_at=act.at,
                )


def channels_on() -> list[AlertChannel]:
    """Within a tenant: the channels in use, but for those whose address nobody has given yet."""
    rows = AlertChannel.objects.filter(ended_at__isnull=True)
    return [each for each in rows if each.kind == ChannelKind.MEMBERS or bytes(each.address)]


def _wants(channel: AlertChannel, alert: Alert) -> bool:
    is_kind = not channel.kinds or alert.kind in channel.kinds
    number = alert.account_number
    return is_kind and (not channel.accounts or number is None or number in channel.accounts)


def _holding(organisation_id: UUID, now: datetime) -> Iterator[conditions.Alert]:
    """Every condition that holds, within the tenant."""
    found = [*_differences(), *_overdue(now), *_missing_feeds(now.date()), *_failed(now)]
    found += closing_alerts()
    found += volume_alerts(now.date())
    found += _unsound(organisation_id)
    yield from (each for each in found if each is not None)


def _differences() -> Iterator[conditions.Alert | None]:
    allowed = rules_of(AlertKind.DIFFERENCE)
    latest = MatchRun.objects.filter(reconciliation_id=OuterRef("id")).order_by("-id")
    known = list(
        Reconciliation.objects.filter(ended_at__isnull=True)
        .annotate(run_id=Subquery(latest.values("id")[:1]))
        .exclude(run_id=None)
    )
    runs = MatchRun.objects.in_bulk([each.run_id for each in known])
    for each in known:
        run = runs[each.run_id]
        if run.left_minor == run.right_minor:
            continue
        unmatched = sum(count for _, _, count, _ in run.summary["tallies"]["unmatched"])
        figures = conditions.Figures(
            each.pk,
            each.name,
            each.bank_account_id,
            run.left_minor,
            run.right_minor,
            unmatched,
            run.currency,
            run.exponent,
        )
        yield conditions.difference(figures, allowed.get(f"reconciliation:{each.pk}", 0))


def _overdue(now: datetime) -> Iterator[conditions.Alert | None]:
    for each in JobRun.objects.filter(state=RunState.RUNNING, expected_by__lte=now):
        if each.started_at is not None and each.expected_by is not None:
            running = conditions.Running(
                each.pk, each.task, each.subject, each.started_at, each.expected_by
            )
            yield conditions.overdue(running, now)


def _missing_feeds(on: date) -> Iterator[conditions.Alert | None]:
    allowed = rules_of(AlertKind.MISSING_FEED)
    for feed in feeds():
        yield conditions.missing_feed(feed, on, allowed.get(f"bank_account:{feed.account_id}"))


def feeds() -> list[conditions.Feed]:
    """Within a tenant: until which days the newest statements of each bank account reach."""
    ends: dict[int, list[date]] = defaultdict(list)
    labels: dict[int, str] = {}
    reach = BankStatement.objects.filter(ends_on__isnull=False).select_related("account")
    for each in reach.order_by("-ends_on"):
        if each.ends_on is not None and len(ends[each.account_id]) < STATEMENTS:
            ends[each.account_id].append(each.ends_on)
            labels[each.account_id] = each.account.name or str(each.account)
    return [
        conditions.Feed(account_id, labels[account_id], reached[::-1])
        for account_id, reached in sorted(ends.items())
    ]


def _failed(now: datetime) -> Iterator[conditions.Alert | None]:
    """The latest run of each task and subject, where it failed."""
    for each in latest_runs(now - LOOKS_BACK).exclude(task=Task.RAISE_ALERTS):
        if each.state == RunState.FAILED:
            yield conditions.job_failed(each.pk, each.task, each.subject, each.error)


def latest_runs(since: datetime) -> QuerySet[JobRun]:
    """Within a tenant: of the runs asked for since then, the latest of each task and subject."""
    asked = JobRun.objects.filter(asked_at__gte=since)
    return asked.order_by("task", "subject", "-id").distinct("task", "subject")


def _unsound(organisation_id: UUID) -> Iterator[conditions.Alert]:
    """The last verification of each kind found something, and none since has found nothing."""
    subject = f"organisation:{organisation_id}"
    chain = _found("audit_not_sound", "verify_audit")
    if chain is not None:
        said = "; ".join(chain[:3]) or "a signed head is not proved"
        yield conditions.verification_failed(subject, f"The audit chain is not sound: {said}.")
    stored = _found("stored_not_sound", "verify_stored")
    if stored is not None:
        said = "; ".join(stored[:3])
        yield conditions.verification_failed(f"stored {subject}", f"What is kept fails: {said}.")
    log = _found("log_not_whole", "replay")
    if log is not None:
        said = f"The log does not replay to what is kept: {'; '.join(log[:3])}."
        yield conditions.verification_failed(f"log {subject}", said)


def _found(bad_kind: str, good_verb: str) -> list[str] | None:
    bad = OutboxMessage.objects.filter(kind=bad_kind).order_by("-id").first()
    good = Event.objects.filter(verb=good_verb).order_by("-sequence").first()
    if bad is None or (good is not None and good.at > bad.created_at):
        return None
    return [str(each) for each in bad.payload.get("findings", [])]
