"""The trail: who did what, when and from where; and whether it is whole."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tieout.web.access import MemberRequest, member_page
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.trail import audit_events


@member_page
def audit(request: MemberRequest) -> HttpResponse:
    """The events, newest first."""
    page = audit_events(
        request.caller,
        verb=request.GET.get("verb", ""),
        actor=request.GET.get("actor", ""),
        subject=request.GET.get("subject", ""),
        cursor=request.GET.get("cursor") or None,
        limit=50,
    )
    return render(request, "web/audit.html", {"page": page, "asked": request.GET})


@member_page
@require_POST
def verify(request: MemberRequest) -> HttpResponse:
    """The whole chain proved, event by event."""
    done = verify_audit(request.caller, keys=settings.TRUSTED_KEYS(), now=settings.CLOCK())
    return render(request, "web/part_verified.html", {"done": done})
