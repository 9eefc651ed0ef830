"""A ledger at the end of a period: the sentence, the bridge, the items, and who signs it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.explain.certifying import FOLLOWS, ClosingState, ClosingStep
from tieout.core.spreadsheets import amount
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import chosen, number, required
from tieout.web.closing_chart import waterfall_of
from tieout.web.pages.said import said_of
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.certify_period import (
    ACTIONS,
    certify_period,
    prepare_period,
    return_period,
    review_period,
)
from tieout.workflows.views.closing import StepView, books_state
from tieout.workflows.views.closing_items import ItemView, item_of_case, items
from tieout.workflows.views.closing_items import item as item_detail
from tieout.workflows.views.closing_period import PeriodView, period_view
from tieout.workflows.views.compliance import compliance as compliance_of
from tieout.workflows.views.paging import Page, rows_of
from tieout.workflows.views.people import member_names
from tieout.workflows.views.sample import sample_view

PAGE = 100
DONE = {
    ClosingStep.PREPARED: "Prepared. Somebody else reviews it now.",
    ClosingStep.REVIEWED: "Reviewed. It can be certified now.",
    ClosingStep.CERTIFIED: "Certified. A run that finds other figures suspends it.",
    ClosingStep.RETURNED: "Sent back, with your reason.",
}
COUNTED = ("overdue", "due", "late", "on_time", "not_started", "suspended")
Ask = Callable[[str | None, int], Page[ItemView]]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that was signed, and what it is now."""

    name: str
    signed_minor: int
    now_minor: int

    @property
    def change_minor(self) -> int:
        """By how much it has grown."""
        return self.now_minor - self.signed_minor


@member_page
def period(request: MemberRequest, books_id: int, ledger: str, period: int) -> HttpResponseBase:
    """All that a person looks at before signing, and the steps taken."""
    found = period_view(
        request.caller, books_id=books_id, ledger=ledger, period=period, now=settings.CLOCK()
    )
    cause = request.GET.get("cause", "")

    def ask(cursor: str | None, limit: int) -> Page[ItemView]:
        return items(
            request.caller,
            books_id=books_id,
            ledger=ledger,
            period=period,
            cause=cause,
            cursor=cursor,
            limit=limit,
        )

    if wants_csv(request):
        return _as_csv(found, ask)
    whole = books_state(request.caller, books_id=books_id, now=settings.CLOCK())
    standing = next(each for each in whole.ledgers if each.ledger == found.standing.ledger)
    signed = _signed(found)
    shown = {
        "found": found,
        "ledger": standing,
        "now": found.standing,
        "waterfall": waterfall_of(found) if found.standing.item_count else None,
        "cause": next((each for each in found.causes if each.cause == cause), None),
        "page": ask(request.GET.get("cursor") or None, PAGE),
        "around": _around(found),
        "names": member_names(request.caller),
        "signed": signed,
        "changes": _changes(signed, found) if signed else (),
        "steps": _steps(request, found),
        "sample": sample_view(request.caller, books_id=books_id, ledger=ledger, period=period),
        "approvals": found.policy.approvals(
            found.standing.sub_ledger_minor, found.standing.control_minor
        ),
    }
    return render(request, "web/period.html", shown)


def _around(found: PeriodView) -> dict[str, tuple[int, str] | None]:
    """The periods before and after, up to the one that is looked at."""
    at = found.standing.period
    last = len(found.periods) - 1
    return {
        "before": found.periods[at - 1] if at else None,
        "after": found.periods[at + 1] if at < last else None,
    }


def _signed(found: PeriodView) -> StepView | None:
    """What was signed before it was suspended: its figures stand beside those of now."""
    is_suspended = found.standing.state is ClosingState.SUSPENDED
    return found.steps[-1] if is_suspended else None


def _changes(signed: StepView, found: PeriodView) -> tuple[Change, ...]:
    now = found.standing
    return (
        Change("Sub-ledger", signed.sub_ledger_minor, now.sub_ledger_minor),
        Change("Control accounts", signed.control_minor, now.control_minor),
        Change("Difference", signed.difference_minor, now.difference_minor),
        Change("Unexplained", signed.unexplained_minor, now.unexplained_minor),
    )


def _steps(request: MemberRequest, found: PeriodView) -> list[str]:
    """The steps that come next and that this member may take, as words of the form."""
    if found.standing.ends_on is None:
        return []
    state = found.standing.state
    return [
        step.value
        for step, action in ACTIONS.items()
        if request.may(action) and state in FOLLOWS[step]
    ]


@page_for(Action.PREPARE, Action.REVIEW)
@require_POST
def sign(request: MemberRequest, books_id: int, ledger: str, period: int) -> HttpResponse:
    """A step: prepared, reviewed by another person, certified, or sent back."""
    step = chosen(request.POST, "step", DONE)
    note, now = request.POST.get("note", ""), settings.CLOCK()
    caller = request.caller
    match step:
        case ClosingStep.PREPARED:
            prepare_period(
                caller,
                books_id=books_id,
                ledger=ledger,
                period=period,
                run_id=required(number(request.POST, "run"), "run"),
                note=note,
                now=now,
            )
        case ClosingStep.REVIEWED:
            review_period(
                caller, books_id=books_id, ledger=ledger, period=period, note=note, now=now
            )
        case ClosingStep.CERTIFIED:
            certify_period(
                caller, books_id=books_id, ledger=ledger, period=period, note=note, now=now
            )
        case ClosingStep.RETURNED:
            return_period(
                caller, books_id=books_id, ledger=ledger, period=period, reason=note, now=now
            )
        case ClosingStep.SUSPENDED:
            raise InvalidInput("page.invalid", "suspended as step", "a step that people take")
    messages.success(request, DONE[step])
    place = redirect("period", request.membership.organisation_id, books_id, ledger, period)
    place["Location"] += "#certification"
    return place


@member_page
def item(request: MemberRequest, item_id: int) -> HttpResponse:
    """One item: document and posting side by side, why they differ, what to do, what people say."""
    found = item_detail(request.caller, item_id=item_id)
    asked = number(request.GET, "period")
    last = found.run.period if found.item.ends is None else found.item.ends - 1
    shown = {
        "found": found,
        "item": found.item,
        "period": last if asked is None else asked,
        "age": (settings.CLOCK() - found.item.first_seen_at).days,
        "said": said_of(request, found.item.case.kind, found.item.case.record_id),
    }
    return render(request, "web/cause_item.html", shown)


@member_page
def case(request: MemberRequest, case_id: int) -> HttpResponse:
    """A case as the newest run that saw it says it: comments and evidence stay with the case."""
    found = item_of_case(request.caller, case_id=case_id)
    return redirect("cause_item", request.membership.organisation_id, found)


@member_page
def compliance(request: MemberRequest) -> HttpResponse:
    """Which periods were certified on time, late or not at all, and by whom."""
    now = settings.CLOCK()
    found = compliance_of(request.caller, now=now)
    shown = {
        "found": found,
        "summary": [(word, found.counts.get(word, 0)) for word in COUNTED],
        "names": member_names(request.caller),
        "today": now.date(),
        "may_pack": request.may(Action.VIEW_AUDIT),
    }
    return render(request, "web/compliance.html", shown)


def _as_csv(found: PeriodView, ask: Ask) -> StreamingHttpResponse:
    header = (
        "case", "cause", "sentence", "action", "account", "currency of the document",
        "from period", "first seen", "amount", "currency",
    )  # fmt: skip
    told = (
        (
            each.case_name,
            each.title,
            each.sentence,
            each.action,
            each.account,
            each.currency,
            each.begins,
            each.first_seen_at.date(),
            amount(each.amount_minor, found.run.exponent),
            found.run.currency,
        )
        for each in rows_of(ask)
    )
    return as_csv(f"items of {found.standing.ledger} {found.standing.called}", header, told)
