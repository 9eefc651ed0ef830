"""Before an organisation is chosen: which ones there are, an invitation, and help."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tieout.core.errors import TieoutError
from tieout.web.access import origin, refusal
from tieout.workflows.invite import accept_invitation, invitation_of
from tieout.workflows.memberships import memberships_of


@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """The person's organisations; with only one there is nothing to choose."""
    found = memberships_of(request.user.pk or 0)
    if len(found) == 1:
        return redirect("home", found[0].organisation_id)
    return render(request, "web/organisations.html", {"found": found})


def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What an invitation offers, and its acceptance."""
    now = settings.CLOCK()
    try:
        offer = invitation_of(secret, now=now)
        if request.method != "POST":
            return render(request, "web/invitation.html", {"offer": offer})
    except TieoutError as error:
        return refusal(request, error)
    try:
        caller = accept_invitation(
            secret,
            person_id=request.user.pk,
            name=request.POST.get("name", ""),
            password=request.POST.get("password", ""),
            origin=origin(request),
            now=now,
        )
    except TieoutError as error:
        shown = {"offer": offer, "error": error, "name": request.POST.get("name", "")}
        return render(request, "web/invitation.html", shown, status=400)
    messages.success(request, f"You are a member of {offer.organisation} now.")
    return redirect("home", caller.organisation_id)


def help_page(request: HttpRequest) -> HttpResponse:
    """What the words mean, the keys, and where to go on."""
    return render(request, "web/help.html")
