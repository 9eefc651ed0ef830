"""Profiles: what suits a small, medium or large organisation, compared and chosen."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.profiles import Size
from tieout.web.access import MemberRequest, page_for
from tieout.web.asked import chosen
from tieout.workflows.choose_profile import choose_profile
from tieout.workflows.views.profiles import profiles_view


@page_for(Action.MANAGE_ACCOUNTS)
def profiles(request: MemberRequest) -> HttpResponse:
    """The three beside one another, the one that suits, and what each would change."""
    return render(request, "web/profiles.html", {"told": profiles_view(request.caller)})


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def choose(request: MemberRequest) -> HttpResponse:
    """Its settings are proposed, or in force at once where nobody else may approve them."""
    done = choose_profile(
        request.caller,
        size=chosen(request.POST, "size", Size),
        reason=request.POST.get("reason", ""),
        now=settings.CLOCK(),
    )
    if not done.changes:
        messages.info(request, "The settings stand so already; nothing was changed.")
    elif done.version_id is None:
        messages.info(request, "Proposed: it holds once another person approves it.")
    else:
        messages.success(request, f"In force as version {done.version_id}.")
    place = redirect("settings", request.membership.organisation_id)
    place["Location"] += "#versions"
    return place
