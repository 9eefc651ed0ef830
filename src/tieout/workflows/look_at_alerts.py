"""Alerts, channels and notifications as people see them."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.store.operations.models import Alert, AlertChannel, Notification
from tieout.workflows.acting import Caller, looking
from tieout.workflows.raise_alerts import channels_on

PAGE = 50


@dataclass(frozen=True, slots=True)
class AlertShown:
    """One alert."""

    alert_id: int
    kind: str
    subject: str
    text: str
    raised_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelShown:
    """One channel; its address is never shown back."""

    channel_id: int
    name: str
    kind: str
    kinds: tuple[str, ...]
    accounts: tuple[int, ...]
    roles: tuple[str, ...]
    set_at: datetime
    ended_at: datetime | None
    is_on: bool
    """Off where it has ended, and where nobody has given its address yet."""


@dataclass(frozen=True, slots=True)
class NotificationShown:
    """One message on its way, or arrived."""

    notification_id: int
    channel: str
    alert_id: int
    text: str
    is_over: bool
    state: str
    attempt: int
    due_at: datetime
    sent_at: datetime | None
    error: str


def alerts(
    caller: Caller,
    *,
    is_open: bool = True,
    before: int | None = None,
    limit: int = PAGE,
) -> list[AlertShown]:
    """A page of alerts, the newest first: those that hold, or all."""
    with looking(caller, Action.VIEW):
        rows = Alert.objects.order_by("-id")
        rows = rows.filter(resolved_at__isnull=True) if is_open else rows
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [
            AlertShown(
                each.pk, each.kind, each.subject, each.text, each.raised_at, each.resolved_at
            )
            for each in rows[:limit]
        ]


def channels(caller: Caller) -> list[ChannelShown]:
    """Every channel, those that have ended last."""
    with looking(caller, Action.MANAGE_ACCOUNTS):
        on = {each.pk for each in channels_on()}
        return [
            ChannelShown(
                each.pk,
                each.name,
                each.kind,
                tuple(each.kinds),
                tuple(each.accounts),
                tuple(each.roles),
                each.set_at,
                each.ended_at,
                each.pk in on,
            )
            for each in AlertChannel.objects.order_by("-ended_at", "id")
        ]


def notifications(
    caller: Caller, *, before: int | None = None, limit: int = PAGE
) -> list[NotificationShown]:
    """A page of notifications, the newest first."""
    with looking(caller, Action.MANAGE_ACCOUNTS):
        rows = Notification.objects.select_related("channel", "alert").order_by("-id")
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [
            NotificationShown(
                each.pk,
                each.channel.name,
                each.alert_id,
                each.alert.text,
                each.is_over,
                each.state,
                each.attempt,
                each.due_at,
                each.sent_at,
                each.error,
            )
            for each in rows[:limit]
        ]
