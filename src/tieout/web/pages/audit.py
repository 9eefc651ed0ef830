"""The trail: who did what, when and from where; whether it is whole; and a pack of all of it."""

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import day, number
from tieout.web.transfer import attached
from tieout.workflows.export_evidence_pack import PackScope, evidence_pack_file
from tieout.workflows.replay import replay
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.verify_stored import verify_stored
from tieout.workflows.views.banking import bank_accounts
from tieout.workflows.views.closing import books_list
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


@member_page
@require_POST
def stored(request: MemberRequest) -> HttpResponse:
    """All that is kept proved again: balances, links, hashes."""
    done = verify_stored(request.caller, now=settings.CLOCK())
    return render(request, "web/part_stored.html", {"done": done})


@member_page
@require_POST
def replayed(request: MemberRequest) -> HttpResponse:
    """The log read from its beginning: does it give what there is?"""
    done = replay(request.caller, now=settings.CLOCK())
    return render(request, "web/part_replayed.html", {"done": done})


@page_for(Action.VIEW_AUDIT)
def evidence_pack(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """What a pack can be of; once the days are sent, the pack to keep."""
    now = settings.CLOCK()
    if request.method != "POST":
        first_on = now.date().replace(month=1, day=1)
        shown = {
            "accounts": bank_accounts(request.caller),
            "books": books_list(request.caller, now=now),
            "first_on": day(request.GET, "first_on") or first_on,
            "last_on": day(request.GET, "last_on") or now.date(),
        }
        return render(request, "web/evidence_pack.html", shown)
    made, blocks = evidence_pack_file(
        request.caller,
        scope=_scope(request),
        keys=settings.TRUSTED_KEYS(),
        key=settings.KEYS.signing(now) if settings.KEYS.can_sign else None,
        reason=request.POST.get("reason", "").strip()[:2000],
        now=now,
    )
    headers = {"Content-Disposition": attached(made.name), "Content-Length": str(made.size)}
    return StreamingHttpResponse(blocks, content_type="application/zip", headers=headers)


def _scope(request: MemberRequest) -> PackScope:
    first_on, last_on = day(request.POST, "first_on"), day(request.POST, "last_on")
    if first_on is None or last_on is None:
        raise InvalidInput("page.invalid", "no day", "a first day and a last day")
    kind, _, name = request.POST.get("of", "").partition(":")
    if kind not in {"", "account", "books"}:
        raise InvalidInput("page.invalid", repr(kind[:40]), "everything, an account or books")
    one = number({"of": name}, "of") if kind else None
    account, books = (one if kind == each else None for each in ("account", "books"))
    return PackScope(first_on, last_on, account, books)
