"""Settings: when work runs by itself, what is allowed before somebody is told, and who is told."""

from collections.abc import Mapping
from datetime import time
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action, Role
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.errors import InvalidInput
from tieout.core.jobs import OF_ORGANISATION, Task
from tieout.core.schedules import Every
from tieout.web.access import MemberRequest, page_for
from tieout.web.asked import chosen, number, required, whole
from tieout.workflows.alert_rules import rules_shown, set_alert_rule
from tieout.workflows.look_at_alerts import channels, notifications
from tieout.workflows.notify import end_channel, send_again, set_channel
from tieout.workflows.propose_settings import approve_settings
from tieout.workflows.set_schedule import schedules_of, set_schedule
from tieout.workflows.views.banking import bank_accounts
from tieout.workflows.views.closing import books_list
from tieout.workflows.views.runs import reconciliations
from tieout.workflows.views.settings import settings_history, waiting_proposals

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@page_for(Action.MANAGE_ACCOUNTS)
def index(request: MemberRequest) -> HttpResponse:
    """All settings on one page, each with a form to change it."""
    names = {
        f"reconciliation:{each.reconciliation_id}": each.name
        for each in reconciliations(request.caller)
    }
    books = {
        f"books:{each.books_id}": each.name
        for each in books_list(request.caller, now=settings.CLOCK())
    }
    accounts = bank_accounts(request.caller)
    feeds = {f"bank_account:{each.account_id}": each.name or each.number for each in accounts}
    shown = {
        "schedules": schedules_of(request.caller),
        "tasks": list(OF_ORGANISATION),
        "every": list(Every),
        "weekdays": list(enumerate(WEEKDAYS)),
        "zones": sorted(available_timezones()),
        "reconciliations": names,
        "books": books,
        "feeds": feeds,
        "all_tasks": list(Task),
        "rules": rules_shown(request.caller),
        "names": names | books | feeds,
        "channels": channels(request.caller),
        "channel_kinds": list(ChannelKind),
        "alert_kinds": list(AlertKind),
        "accounts": accounts,
        "roles": list(Role),
        "notifications": notifications(request.caller, limit=20),
        "proposals": waiting_proposals(request.caller),
        "versions": settings_history(request.caller, limit=20).rows,
    }
    return render(request, "web/settings.html", shown)


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def schedule(request: MemberRequest) -> HttpResponse:
    """When a task runs by itself."""
    given = request.POST
    subject = given.get("subject", "")
    task, arguments = _task(subject)
    set_schedule(
        request.caller,
        task=task,
        arguments=arguments,
        every=chosen(given, "every", Every),
        at=_clock(given),
        weekday=number(given, "weekday") or 0,
        cron=given.get("cron", ""),
        zone=given.get("zone", "").strip() or "UTC",
        now=settings.CLOCK(),
    )
    return _done(request, "The schedule is set.")


def _task(subject: str) -> tuple[Task, dict[str, int]]:
    """A reconciliation or books by number, or a task of the whole organisation by its name."""
    kind, _, last = subject.partition(":")
    if kind == "reconciliation":
        return Task.RECONCILE, {"reconciliation_id": whole(last, kind)}
    if kind == "books":
        return Task.EXPLAIN_BOOKS, {"books_id": whole(last, kind)}
    return chosen({"task": subject}, "task", OF_ORGANISATION), {}


def _clock(given: Mapping[str, str]) -> time:
    text = given.get("at", "").strip() or "06:00"
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("page.invalid", f"{text[:40]!r} as a time", "as 06:30") from error


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def rule(request: MemberRequest) -> HttpResponse:
    """What is allowed: of a difference, of a feed's silence, of a run's length."""
    given = request.POST
    set_alert_rule(
        request.caller,
        kind=chosen(given, "kind", AlertKind),
        subject=given.get("subject", ""),
        allowed=required(number(given, "allowed"), "allowed"),
        now=settings.CLOCK(),
    )
    return _done(request, "The rule is set.")


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def channel(request: MemberRequest) -> HttpResponse:
    """Where alerts go; the secret of a web hook is shown this once."""
    given = request.POST
    made = set_channel(
        request.caller,
        name=given.get("name", ""),
        kind=chosen(given, "kind", ChannelKind),
        address=given.get("address", "").strip(),
        kinds=[each for each in AlertKind if each in given.getlist("alerts")],
        accounts=[whole(each, "account") for each in given.getlist("accounts")],
        roles=[each for each in Role if each in given.getlist("roles")],
        now=settings.CLOCK(),
    )
    if made.secret:
        return render(request, "web/channel_made.html", {"made": made})
    return _done(request, "Alerts go there from now on.")


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def channel_ended(request: MemberRequest, channel_id: int) -> HttpResponse:
    """Nothing is sent there any more."""
    end_channel(request.caller, channel_id=channel_id, now=settings.CLOCK())
    return _done(request, "Nothing is sent there any more.")


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def approve(request: MemberRequest, proposal_id: int) -> HttpResponse:
    """A document that another person has proposed."""
    done = approve_settings(request.caller, proposal_id=proposal_id, now=settings.CLOCK())
    return _done(request, f"In force as version {done.version_id}.")


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def notification(request: MemberRequest, notification_id: int) -> HttpResponse:
    """A message sent once more."""
    send_again(request.caller, notification_id=notification_id, now=settings.CLOCK())
    return _done(request, "It is sent once more.")


def _done(request: MemberRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("settings", request.membership.organisation_id)
