"""The sample of a prepared period: what its reviewer looks at before approving."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.explain.sampling import Verdict
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import chosen
from tieout.workflows.look_at_sample import look_at_case
from tieout.workflows.views.closing_period import period_view
from tieout.workflows.views.people import member_names
from tieout.workflows.views.sample import SampleView, sample_view


@member_page
def sample(request: MemberRequest, books_id: int, ledger: str, period: int) -> HttpResponse:
    """Its cases in their order, what was said of each, and how to draw them again."""
    caller, now = request.caller, settings.CLOCK()
    found = period_view(caller, books_id=books_id, ledger=ledger, period=period, now=now)
    drawn = sample_view(caller, books_id=books_id, ledger=ledger, period=period)
    shown = {
        "found": found,
        "now": found.standing,
        "sample": drawn,
        "names": member_names(caller),
        "next_id": _next(drawn),
        "may_look": drawn is not None and _may_look(request, drawn, found.standing.state.is_signed),
    }
    return render(request, "web/sample.html", shown)


def _may_look(request: MemberRequest, drawn: SampleView, is_signed: bool) -> bool:  # noqa: FBT001  a part of `sample`
    is_preparer = drawn.preparer_id == request.caller.member_id
    return is_signed and request.may(Action.REVIEW) and not is_preparer


def _next(drawn: SampleView | None) -> int | None:
    """The first case that nobody has looked at."""
    cases = drawn.cases if drawn else ()
    return next((each.case_id for each in cases if each.verdict is None), None)


@page_for(Action.REVIEW)
@require_POST
def look(
    request: MemberRequest, books_id: int, ledger: str, period: int, case_id: int
) -> HttpResponse:
    """A case is right, or wrong and why; then the next one."""
    verdict = chosen(request.POST, "verdict", Verdict)
    caller = request.caller
    look_at_case(
        caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        case_id=case_id,
        verdict=verdict,
        comment=request.POST.get("comment", ""),
        now=settings.CLOCK(),
    )
    if verdict is Verdict.WRONG:
        messages.warning(request, "The period is suspended, with your comment as its reason.")
    else:
        messages.success(request, "Looked at, and right.")
    drawn = sample_view(caller, books_id=books_id, ledger=ledger, period=period)
    place = redirect("sample", request.membership.organisation_id, books_id, ledger, period)
    place["Location"] += f"#case-{_next(drawn) or case_id}"
    return place
