"""Members and invitations."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tieout.core.access import GRANTS, MAY, PROGRAM_MAY, Action, Role
from tieout.core.errors import InvalidInput
from tieout.web.access import MemberRequest, page_for
from tieout.workflows.change_role import change_role, end_membership
from tieout.workflows.invite import invitations_of, invite, withdraw_invitation
from tieout.workflows.tokens import tokens_of
from tieout.workflows.views import trail


@page_for(Action.MANAGE_MEMBERS)
@require_http_methods(["GET", "POST"])
def members(request: MemberRequest) -> HttpResponse:
    """Who is in the organisation, who is invited, and an invitation."""
    link = ""
    now = settings.CLOCK()
    if request.method == "POST":
        role = role_named(request.POST.get("role", ""))
        secret = invite(request.caller, email=request.POST.get("email", ""), role=role, now=now)
        link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    shown = {
        "invited": invitations_of(request.caller, now=now),
        "members": trail.members(request.caller, with_former=True),
        "tokens": tokens_of(request.caller),
        "roles": sorted(GRANTS[request.membership.role]),
        "program": Role.INTEGRATION,
        "actions": sorted(PROGRAM_MAY),
        "link": link,
    }
    return render(request, "web/members.html", shown)


@page_for(Action.MANAGE_MEMBERS)
@require_POST
def withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """An invitation taken back."""
    withdraw_invitation(request.caller, invitation_id=invitation_id, now=settings.CLOCK())
    messages.info(request, "The invitation is withdrawn: its link no longer works.")
    return redirect("members", request.membership.organisation_id)


@page_for(Action.MANAGE_MEMBERS)
@require_POST
def role(request: MemberRequest, member_id: int) -> HttpResponse:
    """A member that may do other things from now on."""
    changed = role_named(request.POST.get("role", ""))
    reason = request.POST.get("reason", "")
    change_role(
        request.caller, member_id=member_id, role=changed, reason=reason, now=settings.CLOCK()
    )
    messages.success(request, f"The role is {changed} from now on.")
    return redirect("members", request.membership.organisation_id)


@page_for(Action.MANAGE_MEMBERS)
@require_POST
def end(request: MemberRequest, member_id: int) -> HttpResponse:
    """A member that leaves; what it did stays."""
    reason = request.POST.get("reason", "")
    end_membership(request.caller, member_id=member_id, reason=reason, now=settings.CLOCK())
    messages.info(request, "The member has left: it may do nothing from now on.")
    return redirect("members", request.membership.organisation_id)


def role_named(word: str) -> Role:
    """The role of that name, or a sentence about it."""
    if word not in MAY:
        raise InvalidInput(
            "access.member-invalid", f"the role {word!r}", f"one of {', '.join(Role)}"
        )
    return Role(word)
