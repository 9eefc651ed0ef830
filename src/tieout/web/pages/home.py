"""Home: what needs attention, the most urgent first; for a client, the files they sent."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tieout.core.access import Action
from tieout.core.alerts import AlertKind
from tieout.web.access import MemberRequest, member_page
from tieout.web.attention import Attention, alerted, control_accounts
from tieout.workflows.look_at_alerts import alerts
from tieout.workflows.views.banking import bank_accounts
from tieout.workflows.views.files import received_files
from tieout.workflows.views.runs import ReconciliationView, reconciliations, sign_offs


@member_page
def home(request: MemberRequest) -> HttpResponse:
    """What needs attention."""
    if not request.may(Action.VIEW):
        return redirect("files", request.membership.organisation_id)
    found = reconciliations(request.caller)
    shown = {
        "reconciliations": found,
        "control_accounts": control_accounts(request),
        "attention": [
            *_alerts(request),
            *_suspended(request),
            *_files(request),
            *_accounts(request),
        ]
        + [each for one in found for each in _reconciliation(request, one)],
        "may_receive": request.may(Action.RECEIVE_FILE),
    }
    return render(request, "web/home.html", shown)


def _at(request: MemberRequest, name: str, *numbers: int) -> str:
    return reverse(name, args=[request.membership.organisation_id, *numbers])


def _alerts(request: MemberRequest) -> list[Attention]:
    """But for what is told by the line of its ledger: a suspended period."""
    return [
        alerted(request, each)
        for each in alerts(request.caller, limit=20)
        if each.kind != AlertKind.CERTIFICATION_SUSPENDED
    ]


def _suspended(request: MemberRequest) -> list[Attention]:
    page = sign_offs(request.caller, limit=50)
    signed = {
        (each.reconciliation_id, each.cut_off_on) for each in page.rows if not each.suspended_at
    }
    return [
        Attention(
            "‖",
            f"The sign-off up to {each.cut_off_on:%-d %b %Y} is suspended: "
            f"{each.suspended_because}",
            _at(request, "reconciliation", each.reconciliation_id),
            "Match again and sign anew",
        )
        for each in page.rows
        if each.suspended_at and (each.reconciliation_id, each.cut_off_on) not in signed
    ]


def _files(request: MemberRequest) -> list[Attention]:
    page = received_files(request.caller, limit=50)
    waiting = [each for each in page.rows if each.reading is None and not each.is_used]
    held = [each for each in page.rows if each.reading and each.reading.held_count]
    found = [
        Attention(
            "✗",
            f"{each.reading.held_count if each.reading else 0} records of {each.name} could not "
            "be read",
            _at(request, "file", each.file_id),
            "Look at them",
        )
        for each in held
    ]
    if waiting:
        plural = "s are" if len(waiting) > 1 else " is"
        said = f"{len(waiting)} file{plural} received and not read"
        found.append(Attention("○", said, _at(request, "files"), "Read them"))
    return found


def _accounts(request: MemberRequest) -> list[Attention]:
    return [
        Attention(
            "✗",
            f"{each.untied_count} statement{'s' if each.untied_count > 1 else ''} of "
            f"{each.name or each.number} do{'' if each.untied_count > 1 else 'es'} not tie",
            _at(request, "account", each.account_id),
            "See which",
        )
        for each in bank_accounts(request.caller)
        if each.untied_count
    ]


def _reconciliation(request: MemberRequest, each: ReconciliationView) -> list[Attention]:
    number = each.reconciliation_id
    if each.newest is None:
        where = _at(request, "reconciliation", number)
        return [Attention("○", f"{each.name} is not matched yet", where, "Match it")]
    found = []
    if each.newest.suggested_count:
        said = f"{each.name}: {each.newest.suggested_count} suggested to decide"
        found.append(Attention("?", said, _at(request, "queue", number), "Open the queue"))
    count = each.newest.unmatched_left[0] + each.newest.unmatched_right[0]
    if count:
        where = _at(request, "unmatched", each.newest.run_id)
        found.append(Attention("○", f"{each.name}: {count} records open", where, "See why"))
    return found
