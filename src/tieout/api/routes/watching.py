"""Watching: schedules, alerts, what is allowed before one is raised, and who is told."""

from typing import Annotated, Literal

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    COUNT_MAX,
    LIMIT,
    AlertId,
    BankAccountId,
    BooksId,
    ChannelId,
    CursorText,
    FileId,
    In,
    Instant,
    Limit,
    Name,
    NotificationId,
    Out,
    PageOut,
    ReconciliationId,
    RuleId,
    ScheduleId,
    Text,
    instant,
    job_subject,
    task_arguments,
)
from tieout.core.access import Role
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.workflows.alert_rules import rules_shown, set_alert_rule
from tieout.workflows.look_at_alerts import alerts, channels, notifications
from tieout.workflows.notify import end_channel, send_again, set_channel
from tieout.workflows.set_schedule import schedules_of, set_schedule
from tieout.workflows.views.paging import before_of, cursor_after

router = Router(tags=["watching"])

Allowed = Annotated[int, Field(ge=0, le=COUNT_MAX, strict=True)]


class ScheduleIn(In):
    """When a task runs by itself; `cron` (five fields) goes with `every: cron` alone."""

    task: Task
    file_id: FileId | None = None
    reconciliation_id: ReconciliationId | None = None
    books_id: BooksId | None = None
    every: Every
    cron: Text = ""
    zone: Name = "UTC"
    """An IANA time zone."""


class ScheduleMade(Out):
    """The schedule."""

    id: ScheduleId


class ScheduleOut(Out):
    """A schedule; one of `manual` runs never by itself."""

    id: ScheduleId
    task: Task
    subject: str
    every: Every
    cron: str
    zone: str
    last_due_at: Instant | None
    next_due_at: Instant | None


class SchedulesOut(Out):
    """All of them."""

    items: list[ScheduleOut]


class RuleIn(In):
    """What is allowed of a task, a bank account or a reconciliation before an alert is raised."""

    kind: AlertKind
    task: Task | None = None
    bank_account_id: BankAccountId | None = None
    reconciliation_id: ReconciliationId | None = None
    allowed: Allowed
    """Seconds of a run, days without a statement, or minor units of a difference."""


class RuleMade(Out):
    """The rule."""

    id: RuleId


class RuleOut(Out):
    """A rule in force."""

    kind: AlertKind
    subject: str
    allowed: int
    set_at: Instant


class RulesOut(Out):
    """All of them."""

    items: list[RuleOut]


class AlertOut(Out):
    """An alert; it ends by itself when its cause is gone."""

    id: AlertId
    kind: AlertKind
    subject: str
    text: str
    raised_at: Instant
    resolved_at: Instant | None


class ChannelIn(In):
    """Where alerts go; an empty list means all. `roles` are for `members`, `address` for others."""

    name: Name
    kind: ChannelKind
    address: Text = ""
    kinds: list[AlertKind] = Field(default_factory=list, max_length=20)
    bank_account_ids: list[BankAccountId] = Field(default_factory=list, max_length=1000)
    roles: list[Role] = Field(default_factory=list, max_length=20)


class ChannelMade(Out):
    """The channel, and for a web hook the secret that signs its messages: shown this once."""

    id: ChannelId
    secret: str


class ChannelOut(Out):
    """A channel; its address is never shown back."""

    id: ChannelId
    name: str
    kind: ChannelKind
    kinds: list[str]
    bank_account_ids: list[BankAccountId]
    roles: list[str]
    set_at: Instant
    ended_at: Instant | None


class ChannelsOut(Out):
    """All of them, those that have ended last."""

    items: list[ChannelOut]


class NotificationOut(Out):
    """One message on its way, or arrived."""

    id: NotificationId
    channel: str
    alert_id: AlertId
    text: str
    is_over: bool
    """It says that the alert has ended."""
    state: str
    attempt: int
    due_at: Instant
    sent_at: Instant | None
    error: str


@router.get("/schedules", response=SchedulesOut)
def list_schedules(request: Request) -> SchedulesOut:
    """When work runs by itself."""
    return SchedulesOut(
        items=[
            ScheduleOut(
                id=each.schedule_id,
                task=each.task,
                subject=job_subject(each.subject),
                every=each.every,
                cron=each.cron,
                zone=each.zone,
                last_due_at=each.last_due_at and instant(each.last_due_at),
                next_due_at=each.next_due_at and instant(each.next_due_at),
            )
            for each in schedules_of(request.caller)
        ]
    )


@router.post("/schedules", response={201: ScheduleMade})
def make_schedule(request: Request, body: ScheduleIn) -> ScheduleMade:
    """Say when a task runs, in place of what was said of it before."""
    made = set_schedule(
        request.caller,
        task=body.task,
        arguments=task_arguments(body.task, body.file_id, body.reconciliation_id, body.books_id),
        every=body.every,
        cron=body.cron,
        zone=body.zone,
        now=request.at,
    )
    return ScheduleMade(id=made)


@router.get("/alert-rules", response=RulesOut)
def list_rules(request: Request) -> RulesOut:
    """What is allowed before somebody is told."""
    return RulesOut(
        items=[
            RuleOut(
                kind=each.kind,
                subject=job_subject(each.subject),
                allowed=each.allowed,
                set_at=instant(each.set_at),
            )
            for each in rules_shown(request.caller)
        ]
    )


@router.post("/alert-rules", response={201: RuleMade})
def make_rule(request: Request, body: RuleIn) -> RuleMade:
    """Say what is allowed, in place of what was said before."""
    subject = str(body.task or "")
    if body.bank_account_id is not None:
        subject = f"bank_account:{body.bank_account_id}"
    elif body.reconciliation_id is not None:
        subject = f"reconciliation:{body.reconciliation_id}"
    made = set_alert_rule(
        request.caller, kind=body.kind, subject=subject, allowed=body.allowed, now=request.at
    )
    return RuleMade(id=made)


@router.get("/alerts", response=PageOut[AlertOut])
def list_alerts(
    request: Request,
    state: Literal["open", "all"] = "open",
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[AlertOut]:
    """Alerts that hold, newest first; `state=all`: those that have ended too."""
    before = before_of(cursor)
    found = alerts(request.caller, is_open=state == "open", before=before, limit=limit)
    items = [
        AlertOut(
            id=each.alert_id,
            kind=AlertKind(each.kind),
            subject=job_subject(each.subject),
            text=each.text,
            raised_at=instant(each.raised_at),
            resolved_at=each.resolved_at and instant(each.resolved_at),
        )
        for each in found
    ]
    last = cursor_after([each.alert_id for each in found], limit)
    return PageOut(items=items, next_cursor=last)


@router.get("/channels", response=ChannelsOut)
def list_channels(request: Request) -> ChannelsOut:
    """Who is told."""
    return ChannelsOut(
        items=[
            ChannelOut(
                id=each.channel_id,
                name=each.name,
                kind=ChannelKind(each.kind),
                kinds=list(each.kinds),
                bank_account_ids=list(each.accounts),
                roles=list(each.roles),
                set_at=instant(each.set_at),
                ended_at=each.ended_at and instant(each.ended_at),
            )
            for each in channels(request.caller)
        ]
    )


@router.post("/channels", response={201: ChannelMade})
def make_channel(request: Request, body: ChannelIn) -> ChannelMade:
    """Have alerts sent somewhere. Messages to a web hook are signed (Standard Webhooks)."""
    made = set_channel(
        request.caller,
        name=body.name,
        kind=body.kind,
        address=body.address,
        kinds=body.kinds,
        accounts=body.bank_account_ids,
        roles=body.roles,
        now=request.at,
    )
    return ChannelMade(id=made.channel_id, secret=made.secret)


@router.post("/channels/{channel_id}/end", response={204: None})
def close_channel(request: Request, channel_id: ChannelId) -> None:
    """Nothing is sent there any more."""
    end_channel(request.caller, channel_id=channel_id, now=request.at)


@router.get("/notifications", response=PageOut[NotificationOut])
def list_notifications(
    request: Request, cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[NotificationOut]:
    """What was sent and what waits, newest first."""
    before = before_of(cursor)
    found = notifications(request.caller, before=before, limit=limit)
    items = [
        NotificationOut(
            id=each.notification_id,
            channel=each.channel,
            alert_id=each.alert_id,
            text=each.text,
            is_over=each.is_over,
            state=each.state,
            attempt=each.attempt,
            due_at=instant(each.due_at),
            sent_at=each.sent_at and instant(each.sent_at),
            error=each.error,
        )
        for each in found
    ]
    last = cursor_after([each.notification_id for each in found], limit)
    return PageOut(items=items, next_cursor=last)


@router.post("/notifications/{notification_id}/send-again", response={204: None})
def resend(request: Request, notification_id: NotificationId) -> None:
    """The same message once more, with the same id: a receiver knows it by that."""
    send_again(request.caller, notification_id=notification_id, now=request.at)
