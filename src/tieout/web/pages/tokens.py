"""Tokens for programs: one's own, and those of programs that are members themselves."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.core.access import MAY, Action
from tieout.core.errors import InvalidInput
from tieout.web.access import MemberRequest, page_for
from tieout.workflows.tokens import make_token, own_tokens_of, revoke_token


@page_for(Action.VIEW_OWN)
@require_GET
def own_tokens(request: MemberRequest) -> HttpResponse:
    """The programs that act as oneself."""
    shown = {
        "tokens": own_tokens_of(request.caller),
        "actions": sorted(MAY[request.membership.role]),
    }
    return render(request, "web/own_tokens.html", shown)


@page_for(Action.VIEW_OWN)
@require_POST
def token(request: MemberRequest) -> HttpResponse:
    """A token for a program, shown once."""
    now = settings.CLOCK()
    number = request.POST.get("member", "")
    days = request.POST.get("days", "90")
    if not (number.isdecimal() and days.isdecimal() and len(days) < 5):
        raise InvalidInput("access.token-invalid", f"{number} for {days} days", "a member and days")
    scopes = [each for each in Action if each in request.POST.getlist("scope")]
    made = make_token(
        request.caller,
        member_id=int(number),
        name=request.POST.get("name", ""),
        scopes=scopes,
        expires_at=now + timedelta(days=int(days)),
        now=now,
    )
    return render(
        request, "web/token_made.html", {"made": made, "scopes": scopes, "back": _back(request)}
    )


@page_for(Action.VIEW_OWN)
@require_POST
def revoke(request: MemberRequest, token_id: int) -> HttpResponse:
    """A token that no longer works."""
    revoke_token(request.caller, token_id=token_id, now=settings.CLOCK())
    messages.info(request, "The token is revoked.")
    return redirect(_back(request), request.membership.organisation_id)


def _back(request: MemberRequest) -> str:
    """The page whose form it was."""
    return "members" if request.POST.get("back") == "members" else "own_tokens"
