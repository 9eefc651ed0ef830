"""Alerts: raised once, over by themselves, and told to those whom they concern."""

import base64
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar
from unittest.mock import patch
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core import mail
from django.db import connection
from standardwebhooks import Webhook, WebhookVerificationError

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, entry, imported, organisation
from tests.store.test_imports import bring
from tieout.connectors.notify import Message, NotSent, send_hook
from tieout.core.access import Role
from tieout.core.alerts import AlertKind, ChannelKind, NotificationState
from tieout.core.errors import InvalidInput
from tieout.store.banking.models import BankAccount
from tieout.store.operations.models import AlertChannel, JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.alert_rules import set_alert_rule
from tieout.workflows.look_at_alerts import alerts, notifications
from tieout.workflows.notify import TRIES, TRY_LASTS, send_again, send_notification, set_channel
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.reconcile import reconcile, set_reconciliation


@pytest.fixture(autouse=True)
def server_settings() -> Iterator[None]:
    kept = {
        name: getattr(settings, name)
        for name in ("SECRETS_KEYS", "HOOKS_INSIDE", "CLOCK", "EMAIL_BACKEND")
    }
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    settings.HOOKS_INSIDE = True
    settings.CLOCK = lambda: NOW
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    yield
    for name, value in kept.items():
        setattr(settings, name, value)


class Receiver(BaseHTTPRequestHandler):
    """Somebody's program; answers what it is told to."""

    status: ClassVar[int] = 200
    seen: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def hook() -> Iterator[str]:
    Receiver.seen.clear()
    Receiver.status = 200
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def apart(caller: Caller) -> int:
    """A reconciliation that does not agree; the bank account's id."""
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        entry(caller, "rent", ("bank", -1000), ("rent", 1000))
        bank = BankAccount.objects.get()
    made = set_reconciliation(
        caller, name="Current", bank_account_id=bank.pk, account_code="bank", now=NOW
    )
    reconcile(caller, reconciliation_id=made, now=NOW)
    return bank.pk


def look(caller: Caller, days: int = 0) -> tuple[int, int]:
    now = NOW + timedelta(days=days)
    return raise_alerts(caller.organisation_id, origin="test", now=now)


@pytest.mark.req("R066")
@pytest.mark.usefixtures("store")
def test_a_difference_is_raised_once_and_over_when_it_is_allowed() -> None:
    caller = organisation()
    apart(caller)
    assert [look(caller) for _ in range(3)] == [(1, 0), (0, 0), (0, 0)]
    (shown,) = alerts(caller)
    assert shown.kind == "difference"
    assert "24.25 EUR above the books" in shown.text
    set_alert_rule(caller, kind=AlertKind.DIFFERENCE, subject=shown.subject, allowed=2425, now=NOW)
    assert look(caller) == (0, 1)
    assert alerts(caller) == []
    (ended,) = alerts(caller, is_open=False)
    assert ended.resolved_at == NOW


@pytest.mark.req("R067")
@pytest.mark.usefixtures("store")
def test_a_run_that_takes_too_long_is_told_while_it_runs() -> None:
    caller = organisation()
    with tenant(caller.organisation_id):
        run = JobRun.objects.create(
            organisation_id=caller.organisation_id, task="reconcile", state="running",
            asked_at=NOW, started_at=NOW, expected_by=NOW + timedelta(minutes=5), lease=uuid4(),
        )  # fmt: skip
    assert look(caller) == (0, 0)
    assert look(caller, days=1) == (1, 0)
    with tenant(caller.organisation_id):
        run.state, run.finished_at = "succeeded", NOW
        run.keep()
    assert look(caller, days=1) == (0, 1)


@pytest.mark.usefixtures("store")
def test_a_feed_that_stops_is_missed() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        bank = BankAccount.objects.get()
    assert look(caller) == (0, 0)  # one statement is no habit
    subject = f"bank_account:{bank.pk}"
    set_alert_rule(caller, kind=AlertKind.MISSING_FEED, subject=subject, allowed=31, now=NOW)
    assert look(caller) == (1, 0)


@pytest.mark.req("R027")
def test_people_are_written_to_by_role_kind_and_account(store: Store) -> None:
    caller = organisation()
    add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    add_member(caller, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    bank = apart(caller)
    with tenant(caller.organisation_id):
        other = BankAccount.objects.create(
            organisation_id=caller.organisation_id, number="NL56", currency="EUR", exponent=2
        )
    members = ChannelKind.MEMBERS
    named = [
        ("theirs", Role.ACCOUNTANT, [], [bank]),
        ("another account", Role.OWNER, [], [other.pk]),
        ("another kind", Role.REVIEWER, [AlertKind.OVERDUE], []),
    ]
    for name, role, kinds, accounts in named:
        set_channel(
            caller, name=name, kind=members, roles=[role], kinds=kinds, accounts=accounts, now=NOW
        )
    look(caller)
    work_off(store, caller)
    assert [each.to for each in mail.outbox] == [["acc@example.org"]]
    assert "24.25 EUR above the books" in str(mail.outbox[0].body)


@pytest.mark.req("R056")
def test_a_hook_is_signed_tried_again_and_sent_once_more(store: Store, hook: str) -> None:
    caller = organisation()
    made = set_channel(caller, name="ours", kind=ChannelKind.WEBHOOK, address=hook, now=NOW)
    apart(caller)
    Receiver.status = 500
    look(caller)
    work_off(store, caller)
    (waiting,) = notifications(caller)
    assert (waiting.state, waiting.error) == ("waiting", "the answer was 500")
    assert waiting.due_at == NOW + TRIES[0]
    org, number = caller.organisation_id, waiting.notification_id
    assert send_notification(org, notification_id=number, now=NOW) is None  # not due yet
    Receiver.status = 204
    done = send_notification(org, notification_id=number, now=waiting.due_at)
    assert done is NotificationState.SENT
    send_again(caller, notification_id=number, now=waiting.due_at + TRIES[0])
    again = waiting.due_at + TRIES[0]
    assert send_notification(org, notification_id=number, now=again) is NotificationState.SENT
    assert len({headers["webhook-id"] for headers, _ in Receiver.seen}) == 1
    assert len(Receiver.seen) == 3
    headers, body = Receiver.seen[0]
    wrong = "whsec_" + base64.b64encode(bytes(32)).decode()
    with pytest.raises(WebhookVerificationError, match="signature"):
        fresh(wrong, headers, body)
    fresh(made.secret, headers, body)
    assert b'"kind": "difference"' in body


def fresh(secret: str, headers: dict[str, str], body: bytes) -> None:
    """Verify as a receiver does at that moment: the library reads the clock itself."""

    class At(datetime):
        """The test's instant."""

        @classmethod
        def now(cls, tz: object = None) -> "At":  # noqa: ARG003  as the base class has it
            return cls.fromtimestamp(NOW.timestamp(), UTC)

    with patch("standardwebhooks.webhooks.datetime", At):
        Webhook(secret).verify(body, headers)


@pytest.mark.req("R046")
@pytest.mark.usefixtures("store")
def test_an_address_is_sealed_and_one_that_cannot_be_is_refused() -> None:
    caller = organisation()
    secret = "https://hooks.example.org/very-secret"  # noqa: S105  invented
    set_channel(caller, name="ours", kind=ChannelKind.WEBHOOK, address=secret, now=NOW)
    with tenant(caller.organisation_id):
        assert b"very-secret" not in bytes(AlertChannel.objects.get().address)
    for kind, address in (
        (ChannelKind.WEBHOOK, "ftp://example.org"),
        (ChannelKind.SLACK, "mailto://a@example.org"),
        (ChannelKind.OTHER, "file:///etc/passwd"),
        (ChannelKind.OTHER, "syslog://"),
        (ChannelKind.EMAIL, ""),
    ):
        with pytest.raises(InvalidInput) as raised:
            set_channel(caller, name="x", kind=kind, address=address, now=NOW)
        assert address not in str(raised.value) or not address


@pytest.mark.filterwarnings("ignore:'imghdr'")
@pytest.mark.parametrize(
    ("kind", "scheme"), [(ChannelKind.WEBHOOK, "http"), (ChannelKind.OTHER, "json")]
)
def test_nothing_is_sent_into_the_own_network(
    store: Store, hook: str, kind: ChannelKind, scheme: str
) -> None:
    settings.HOOKS_INSIDE = False
    caller = organisation()
    address = hook.replace("http:", f"{scheme}:")
    set_channel(caller, name="ours", kind=kind, address=address, now=NOW)
    apart(caller)
    look(caller)
    work_off(store, caller)
    assert Receiver.seen == []
    (shown,) = notifications(caller)
    assert "own network" in shown.error
    settings.HOOKS_INSIDE = True
    number = shown.notification_id
    sent = send_notification(caller.organisation_id, notification_id=number, now=shown.due_at)
    assert sent is NotificationState.SENT
    assert len(Receiver.seen) == 1


def test_a_name_that_turns_inside_after_it_was_looked_up_is_met_by_nobody(
    hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []
    outside = real("93.184.215.14", 80, type=socket.SOCK_STREAM)

    def turning(host: str, *rest: object, **more: object) -> object:
        """The first answer is out in the world; each later one is this very machine."""
        asked.append(host)
        inside = real("127.0.0.1", *rest, **more)  # type: ignore[arg-type]
        return outside if len(asked) == 1 else inside

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    socket.getaddrinfo("turning.example", 80)
    message = Message("msg_1", "title", "body", NOW, {})
    secret = "whsec_" + base64.b64encode(bytes(32)).decode()
    place = hook.replace("127.0.0.1", "turning.example")
    with pytest.raises(NotSent, match="own network"):
        send_hook(place, secret, message)
    assert Receiver.seen == []
    assert asked == ["turning.example"] * 2
    send_hook(place, secret, message, is_inside_allowed=True)
    assert len(Receiver.seen) == 1


def test_no_transaction_is_open_while_a_message_is_sent_and_a_lost_try_is_made_again(
    store: Store, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = organisation()
    set_channel(caller, name="ours", kind=ChannelKind.WEBHOOK, address=hook, now=NOW)
    apart(caller)
    look(caller)
    (shown,) = notifications(caller)
    org, number = caller.organisation_id, shown.notification_id

    def killed(*_: object, **__: object) -> None:
        assert not connection.in_atomic_block
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tieout.workflows.notify.send_hook", killed)
        with pytest.raises(KeyboardInterrupt):
            send_notification(org, notification_id=number, now=NOW)
    assert send_notification(org, notification_id=number, now=NOW) is None, "another has it"
    work_off(store, caller)
    (waiting,) = notifications(caller)
    assert (waiting.state, waiting.attempt, waiting.due_at) == ("waiting", 1, NOW + TRY_LASTS)
    done = send_notification(org, notification_id=number, now=NOW + TRY_LASTS)
    assert done is NotificationState.SENT
    assert len(Receiver.seen) == 1


def test_what_was_asked_for_again_while_a_try_went_on_is_sent_again(
    hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = organisation()
    set_channel(caller, name="ours", kind=ChannelKind.WEBHOOK, address=hook, now=NOW)
    apart(caller)
    look(caller)
    (shown,) = notifications(caller)
    org, number = caller.organisation_id, shown.notification_id

    def meanwhile(*_: object, **__: object) -> None:
        send_again(caller, notification_id=number, now=NOW)

    with monkeypatch.context() as patched:
        patched.setattr("tieout.workflows.notify.send_hook", meanwhile)
        assert send_notification(org, notification_id=number, now=NOW) is None
    done = send_notification(org, notification_id=number, now=NOW)
    assert done is NotificationState.SENT


def daily(first: date, days: int, size: int) -> bytes:
    """A table with so many lines on each working day."""
    rows = [
        f"{first + timedelta(days=number)},Sale {number}-{each},1{each}.00,EUR"
        for number in range(days)
        for each in range(size)
        if (first + timedelta(days=number)).weekday() < 5
    ]
    return "\n".join(["Date,Description,Amount,Currency", *rows, ""]).encode()


@pytest.mark.req("R069")
@pytest.mark.usefixtures("store")
def test_a_planted_spike_is_told_and_over_by_itself_and_normal_months_are_quiet() -> None:
    caller = organisation()
    spike = date(2026, 11, 17)
    bring(caller, daily(date(2026, 6, 1), 172, 3), "year.csv", "77")
    assert raise_alerts(caller.organisation_id, origin="test", now=NOW)[0] == 0
    bring(caller, daily(spike, 1, 40).replace(b"Sale", b"Odd"), "spike.csv", "77")
    raise_alerts(caller.organisation_id, origin="test", now=NOW)
    (told,) = alerts(caller)
    assert told.kind == AlertKind.UNUSUAL_VOLUME
    assert told.subject.startswith("bank_account:")
    assert "43 lines on Tuesday 2026-11-17, where 3 are usual" in told.text
    raise_alerts(caller.organisation_id, origin="test", now=NOW)
    assert len(alerts(caller)) == 1, "raised once"
    later = NOW + timedelta(days=20)
    bring(caller, daily(date(2026, 11, 20), 18, 3), "december.csv", "77")
    raise_alerts(caller.organisation_id, origin="test", now=later)
    assert alerts(caller) == []


@pytest.mark.req("R069")
@pytest.mark.usefixtures("store")
def test_runs_and_errors_of_a_task_are_judged_by_its_own_days() -> None:
    caller = organisation()
    with tenant(caller.organisation_id):
        for ago in range(120):
            at = NOW - timedelta(days=ago)
            failing = 30 if ago == 1 else 0
            for each in range(2 + failing):
                JobRun.objects.create(
                    organisation_id=caller.organisation_id,
                    task="import_file",
                    subject=f"received_file:{each}",
                    asked_at=at,
                    state="failed" if each >= 2 else "succeeded",
                    finished_at=at,
                    error_code="file.damaged" if each >= 2 else "",
                )
    raise_alerts(caller.organisation_id, origin="test", now=NOW)
    told = {each.subject: each.text for each in alerts(caller) if each.kind == "unusual-volume"}
    assert set(told) == {"import_file", "errors import_file"}
    assert "30 errors on Saturday 2026-11-21, where 0 are usual" in told["errors import_file"]
