"""`set_channel`, `end_channel`, `send_notification`, `send_again`: who is told of alerts."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail

from tieout.connectors.notify import Message, NotSent, check_address, send, send_hook
from tieout.core.access import Action, Role
from tieout.core.alerts import AlertKind, ChannelKind, NotificationState
from tieout.core.errors import Conflict, InvalidInput, NotFound, TieoutError
from tieout.store.banking.models import BankAccount
from tieout.store.operations.models import AlertChannel, Notification
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Member, Organisation
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.keep_settings import settings_kept
from tieout.workflows.kept_secrets import sealed, unsealed

TRIES = tuple(timedelta(seconds=each) for each in (5, 60, 300, 1800, 7200, 21600, 43200))
"""How long to wait after each failed try; after the last one it is given up."""
TRY_LASTS = timedelta(minutes=5)
"""When a try of which nothing was heard is made again."""


@dataclass(frozen=True, slots=True)
class ChannelMade:
    """A new channel."""

    channel_id: int
    secret: str
    """What a web hook is signed with, told this once; empty for other kinds."""


def set_channel(  # noqa: PLR0913  what a channel has, by name
    caller: Caller,
    *,
    name: str,
    kind: ChannelKind,
    address: str = "",
    kinds: Sequence[AlertKind] = (),
    accounts: Sequence[int] = (),
    roles: Sequence[Role] = (),
    now: datetime,
) -> ChannelMade:
    """A channel; empty `kinds` and `accounts` mean all. `roles` are for `ChannelKind.MEMBERS`.

    It takes the place of one of that name that waits for its address.
    """
    if not name.strip() or (kind is ChannelKind.MEMBERS) != bool(roles):
        found = f"{kind} {name!r} with {len(roles)} roles"
        raise InvalidInput("alert.invalid", found, "a name, and roles for members alone")
    if kind is not ChannelKind.MEMBERS:
        check_address(kind, address)
    secret = ""
    if kind is ChannelKind.WEBHOOK:
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    with acting(caller, Action.MANAGE_ACCOUNTS, "set_channel", now) as act, settings_kept(act):
        known = set(BankAccount.objects.filter(id__in=accounts).values_list("id", flat=True))
        if unknown := sorted(set(accounts) - known):
            raise NotFound("store.not-found", f"bank_account:{unknown[0]}", "one of yours")
        _take_place(act, name.strip())
        made = AlertChannel.objects.create(
            organisation_id=caller.organisation_id,
            name=name.strip(),
            kind=kind,
            address=sealed(json.dumps({"address": address, "secret": secret})),
            kinds=[str(each) for each in kinds],
            accounts=list(accounts),
            roles=[str(each) for each in roles],
            set_by_id=caller.member_id,
            set_at=now,
        )
        act.keeps(made)
        act.record(
            f"alert_channel:{made.pk}",
            after={
                "name": made.name,
                "kind": str(kind),
                "kinds": made.kinds,
                "accounts": made.accounts,
                "roles": made.roles,
            },
        )
    return ChannelMade(made.pk, secret)


def _take_place(act: Act, name: str) -> None:
    """End the channel of that name that has no address; one that has it keeps its name alone."""
    for each in AlertChannel.objects.filter(name=name, ended_at__isnull=True):
        if bytes(each.address):
            found = f"{name!r}, which alert_channel:{each.pk} has"
            raise Conflict("alert.invalid", found, "another name, or that channel ended first")
        act.changes(each)
        each.ended_at = act.at
        each.save(update_fields=["ended_at"])


def end_channel(caller: Caller, *, channel_id: int, now: datetime) -> None:
    """Nothing is sent there any more."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "end_channel", now) as act, settings_kept(act):
        found = AlertChannel.objects.filter(id=channel_id).first()
        if found is None:
            raise NotFound("store.not-found", f"alert_channel:{channel_id}", "one of yours")
        if found.ended_at is not None:
            was = f"alert_channel:{channel_id}, which has ended"
            raise Conflict("decision.not-in-force", was, "a channel in use")
        act.changes(found)
        found.ended_at = now
        found.save(update_fields=["ended_at"])
        act.record(f"alert_channel:{found.pk}", before={"name": found.name}, after={"ended": True})


def send_again(caller: Caller, *, notification_id: int, now: datetime) -> None:
    """A notification is sent once more, whatever became of it: the receiver knows it by its id."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "send_again", now) as act:
        found = Notification.objects.filter(id=notification_id).first()
        if found is None:
            raise NotFound("store.not-found", f"notification:{notification_id}", "one of yours")
        before = {"state": found.state}
        found.state, found.attempt, found.due_at = NotificationState.WAITING, 0, now
        found.save(update_fields=["state", "attempt", "due_at"])
        act.record(f"notification:{found.pk}", before=before, after={"state": found.state})


def send_notification(
    organisation_id: UUID, *, notification_id: int, now: datetime
) -> NotificationState | None:
    """Send it if it is due; a failure waits longer each time. None when there is nothing to do.

    No transaction is open while it is sent: the try is written down before, with an instant at
    which it is made again should nobody come back to say what became of it.
    """
    with tenant(organisation_id):
        found = _waiting(notification_id)
        if found is None or found.due_at > now:
            return None
        message = _message(found, now)
        channel, people = found.channel, _people(found.channel)
        found.attempt, found.due_at = found.attempt + 1, now + TRY_LASTS
        found.save(update_fields=["attempt", "due_at"])
    said = ""
    try:
        _deliver(channel, people, message)
    except (NotSent, TieoutError, OSError) as error:
        said = str(error) if isinstance(error, NotSent) else type(error).__name__
    with tenant(organisation_id):
        tried, found = found, _waiting(notification_id)
        if found is None or (found.attempt, found.due_at) != (tried.attempt, tried.due_at):
            return (
                None  # somebody has asked for it again meanwhile: that try says what became of it
            )
        found.error = said
        if not said:
            found.state, found.sent_at = NotificationState.SENT, now
        elif found.attempt > len(TRIES):
            found.state = NotificationState.FAILED
        else:
            found.due_at = now + TRIES[found.attempt - 1]
        found.save(update_fields=["state", "due_at", "sent_at", "error"])
        return NotificationState(found.state)


def _waiting(notification_id: int) -> Notification | None:
    """The notification, kept for us, if it is to be sent."""
    return (
        Notification.objects.select_for_update(of=("self",))
        .select_related("channel", "alert")
        .filter(id=notification_id, state=NotificationState.WAITING)
        .first()
    )


def _people(channel: AlertChannel) -> list[str]:
    """Whom a channel of members writes to."""
    found = Member.objects.filter(role__in=channel.roles, left_at__isnull=True).order_by("id")
    return list(found.values_list("email", flat=True))


def _deliver(channel: AlertChannel, people: Sequence[str], message: Message) -> None:
    if channel.kind == ChannelKind.MEMBERS:
        for each in people:
            send_mail(message.title, message.body, None, [each])
        return
    kept = json.loads(unsealed(channel.address))
    inside = settings.HOOKS_INSIDE
    if channel.kind == ChannelKind.WEBHOOK:
        send_hook(kept["address"], kept["secret"], message, is_inside_allowed=inside)
    else:
        send(kept["address"], message, is_inside_allowed=inside)


def _message(notification: Notification, now: datetime) -> Message:
    alert = notification.alert
    name = Organisation.objects.get().name
    turn = "over" if notification.is_over else "raised"
    return Message(
        f"msg_{notification.organisation_id.hex}_{notification.pk}",
        f"{name}: {alert.kind}{', over' if notification.is_over else ''}",
        f"{alert.text}\n\n{settings.ADDRESS}",
        now,
        {
            "type": f"alert.{turn}",
            "data": {
                "organisation_id": str(notification.organisation_id),
                "alert_id": alert.pk,
                "kind": alert.kind,
                "subject": alert.subject,
                "text": alert.text,
                "raised_at": alert.raised_at.isoformat(),
                "resolved_at": alert.resolved_at.isoformat() if alert.resolved_at else None,
            },
        },
    )
