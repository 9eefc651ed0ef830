"""The queue: groups one by one or many at once, by keys; confirm, reject, undo."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.spreadsheets import amount
from tieout.core.subjects import SubjectKind
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import minor, number, whole
from tieout.web.pages.said import said_of
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.decide import confirm_group, reject_group, undo
from tieout.workflows.decide_many import confirm_groups
from tieout.workflows.views.groups import (
    GroupDetail,
    GroupFilter,
    GroupView,
    group,
    groups,
)
from tieout.workflows.views.paging import Page, rows_of
from tieout.workflows.views.runs import RunView, reconciliation, run

PAGE = 100


@member_page
def queue(request: MemberRequest, reconciliation_id: int) -> HttpResponseBase:
    """The groups of the newest run; at first those that wait for somebody."""
    found = reconciliation(request.caller, reconciliation_id=reconciliation_id)
    status = request.GET.get("status", "suggested")
    shown: dict[str, object] = {
        "found": found,
        "run": found.newest,
        "status": status,
        "asked": request.GET,
        "may_decide": request.may(Action.DECIDE),
    }
    if found.newest:
        where = GroupFilter(
            status="confirmed"
            if status == "confirmed"
            else "suggested"
            if status == "suggested"
            else "",
            undecided=status == "suggested",
            text=request.GET.get("q", "").replace("\x00", ""),
            least_minor=minor(request.GET, "least", found.newest.exponent),
            most_minor=minor(request.GET, "most", found.newest.exponent),
            with_residual=bool(request.GET.get("residual")),
        )
        newest = found.newest

        def ask(cursor: str | None, limit: int) -> Page[GroupView]:
            return groups(
                request.caller, run_id=newest.run_id, where=where, cursor=cursor, limit=limit
            )

        if wants_csv(request):
            return _groups_as_csv(newest, rows_of(ask))
        shown["page"] = ask(request.GET.get("cursor") or None, PAGE)
    return render(request, "web/queue.html", shown)


@member_page
def detail(request: MemberRequest, group_id: int) -> HttpResponse:
    """One group: both sides beside each other, why, and what else was near."""
    found = group(request.caller, group_id=group_id)
    shown = {
        "found": found,
        "run": run(request.caller, run_id=found.group.run_id),
        "may_decide": request.may(Action.DECIDE),
        "said": said_of(request, SubjectKind.MATCH_GROUP, group_id),
    }
    part = "web/part_group.html" if request.headers.get("HX-Request") else "web/group.html"
    return render(request, part, shown)


@page_for(Action.DECIDE)
@require_POST
def confirm(request: MemberRequest, group_id: int) -> HttpResponse:
    """Right: these records belong together."""
    confirm_group(
        request.caller,
        group_id=group_id,
        reason=request.POST.get("reason", ""),
        now=settings.CLOCK(),
    )
    return _after(request, group_id, "Confirmed")


@page_for(Action.DECIDE)
@require_POST
def reject(request: MemberRequest, group_id: int) -> HttpResponse:
    """Wrong: not to be proposed again."""
    reject_group(
        request.caller,
        group_id=group_id,
        reason=request.POST.get("reason", ""),
        now=settings.CLOCK(),
    )
    return _after(request, group_id, "Rejected")


@page_for(Action.DECIDE)
@require_POST
def take_back(request: MemberRequest, group_id: int, decision_id: int) -> HttpResponse:
    """A decision undone."""
    undo(request.caller, decision_id=decision_id, now=settings.CLOCK())
    return _after(request, group_id, "Undone")


@page_for(Action.DECIDE)
@require_POST
def confirm_many(request: MemberRequest, reconciliation_id: int) -> HttpResponse:
    """All that are ticked, or none; count and total are those that were on the page."""
    words = request.POST.get("group_ids", "").split()
    count = number(request.POST, "expected_count")
    total = request.POST.get("expected_total_minor", "")
    if not words or count is None or not total.lstrip("-").isdecimal() or len(total) > 20:
        raise InvalidInput("page.invalid", "nothing ticked", "groups with their count and total")
    ids = [whole(word, "group") for word in words]
    done = confirm_groups(
        request.caller,
        reconciliation_id=reconciliation_id,
        group_ids=ids,
        expected_count=count,
        expected_total_minor=int(total),
        now=settings.CLOCK(),
    )
    messages.success(request, f"{len(done.decision_ids):,} groups confirmed.")
    return redirect("queue", request.membership.organisation_id, reconciliation_id)


def _after(request: MemberRequest, group_id: int, said: str) -> HttpResponse:
    """The group's row as it is now, or its page."""
    if not request.headers.get("HX-Request"):
        messages.success(request, f"{said}.")
        return redirect("group", request.membership.organisation_id, group_id)
    found: GroupDetail = group(request.caller, group_id=group_id)
    shown = {
        "each": found.group,
        "run": run(request.caller, run_id=found.group.run_id),
        "may_decide": True,
        "said": said,
    }
    return render(request, "web/part_row.html", shown)


def _groups_as_csv(run: RunView, rows: Iterable[GroupView]) -> StreamingHttpResponse:
    header = (
        "group", "state", "found by", "bank records", "books records", "bank", "books",
        "left over", "left over because", "currency", "why",
    )  # fmt: skip
    told = (
        (
            each.name,
            f"{each.verdict}ed by a person" if each.verdict else each.status,
            each.made_by,
            each.left_count,
            each.right_count,
            amount(each.left_minor, run.exponent),
            amount(each.right_minor, run.exponent),
            amount(each.residual_minor, run.exponent),
            each.residual_cause,
            run.currency,
            each.reason,
        )
        for each in rows
    )
    return as_csv(f"groups of run {run.run_id}", header, told)
