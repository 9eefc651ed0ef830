"""Reconciliations: the bridge between bank and books, the run, and its sign-off."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tieout.core.access import Action
from tieout.core.decisions import SignOffStep
from tieout.core.errors import InvalidInput
from tieout.core.jobs import Task
from tieout.core.matching.bridge import REASON_WORDS
from tieout.core.spreadsheets import amount
from tieout.core.subjects import SubjectKind
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import day, number
from tieout.web.chart import drawn
from tieout.web.pages.said import said_of
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.ask_run import ask_run
from tieout.workflows.look_at_runs import RunFilter, runs
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.sign_off import sign_off
from tieout.workflows.views.banking import bank_account, bank_accounts
from tieout.workflows.views.books import ledger_accounts
from tieout.workflows.views.effectiveness import match_done
from tieout.workflows.views.groups import UnmatchedView, unmatched
from tieout.workflows.views.paging import Page, rows_of
from tieout.workflows.views.runs import (
    RunView,
    reconciliation,
    reconciliations,
    run,
    sign_offs,
)

AT_ONCE_RECORDS = 20_000
"""More are matched by a worker, and the page follows it."""


@member_page
@require_http_methods(["GET", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    """All reconciliations with how they stand, and a new one."""
    if request.method == "POST":
        account_id = number(request.POST, "bank_account")
        code = request.POST.get("account", "")
        if account_id is None or not code:
            raise InvalidInput("page.invalid", "no account", "a bank account and one of the books")
        name = request.POST.get("name", "").strip() or code
        made = set_reconciliation(
            request.caller,
            name=name,
            bank_account_id=account_id,
            account_code=code,
            now=settings.CLOCK(),
        )
        return redirect("reconciliation", request.membership.organisation_id, made)
    shown = {
        "found": reconciliations(request.caller),
        "may_add": request.may(Action.MANAGE_ACCOUNTS),
        "bank_accounts": bank_accounts(request.caller),
        "ledger_accounts": ledger_accounts(request.caller),
    }
    return render(request, "web/reconciliations.html", shown)


@member_page
def one(request: MemberRequest, reconciliation_id: int) -> HttpResponse:
    """One reconciliation: totals, bridge, what is to be done, sign-offs."""
    found = reconciliation(request.caller, reconciliation_id=reconciliation_id)
    newest = found.newest
    latest = runs(
        request.caller,
        where=RunFilter(subject=f"reconciliation:{reconciliation_id}"),
        limit=1,
        now=settings.CLOCK(),
    )
    shown = {
        "job": latest[0] if latest and not latest[0].has_ended else None,
        "found": found,
        "run": newest,
        "done": newest and match_done(request.caller, run_id=newest.run_id),
        "drawing": drawn(newest.bridge) if newest else None,
        "sign_offs": sign_offs(request.caller, reconciliation_id=reconciliation_id, limit=20),
        "may_match": request.may(Action.MATCH),
        "may_prepare": request.may(Action.PREPARE),
        "may_review": request.may(Action.REVIEW),
        "today": settings.CLOCK().date(),
        "said": said_of(request, SubjectKind.RECONCILIATION, reconciliation_id),
    }
    return render(request, "web/reconciliation.html", shown)


@member_page
@require_POST
def match(request: MemberRequest, reconciliation_id: int) -> HttpResponse:
    """A run on what is there now; a worker does what would keep a page waiting."""
    found = reconciliation(request.caller, reconciliation_id=reconciliation_id)
    lines = bank_account(request.caller, account_id=found.bank_account_id).line_count
    newest = found.newest
    if max(lines, newest.left_count + newest.right_count if newest else 0) > AT_ONCE_RECORDS:
        ask_run(
            request.caller,
            task=Task.RECONCILE,
            arguments={"reconciliation_id": reconciliation_id},
            now=settings.CLOCK(),
        )
        return redirect("reconciliation", request.membership.organisation_id, reconciliation_id)
    done = reconcile(request.caller, reconciliation_id=reconciliation_id, now=settings.CLOCK())
    messages.success(
        request,
        f"{done.left_count:,} lines of the bank and {done.right_count:,} postings of the books: "
        f"{done.confirmed:,} groups confirmed, {done.suggested:,} suggested, "
        f"{done.unmatched:,} records open.",
    )
    return redirect("reconciliation", request.membership.organisation_id, reconciliation_id)


@page_for(Action.REVIEW, Action.PREPARE)
@require_POST
def sign(request: MemberRequest, reconciliation_id: int) -> HttpResponse:
    """Prepared, or reviewed by another person."""
    word, cut_off = request.POST.get("step", ""), day(request.POST, "cut_off")
    run_id = number(request.POST, "run")
    if word not in set(SignOffStep) or cut_off is None or run_id is None:
        raise InvalidInput("page.invalid", "a sign-off without a day", "a step, a run and a day")
    step = SignOffStep(word)
    sign_off(request.caller, run_id=run_id, cut_off_on=cut_off, step=step, now=settings.CLOCK())
    messages.success(request, f"Signed off as {step} up to {cut_off:%-d %b %Y}.")
    return redirect("reconciliation", request.membership.organisation_id, reconciliation_id)


@member_page
def open_records(request: MemberRequest, run_id: int) -> HttpResponseBase:
    """Records of a run in no group: why not, and what came nearest."""
    side = request.GET.get("side", "")
    found = run(request.caller, run_id=run_id)

    def ask(cursor: str | None, limit: int) -> Page[UnmatchedView]:
        return unmatched(
            request.caller,
            run_id=run_id,
            on=settings.CLOCK().date(),
            side="left" if side == "left" else "right" if side == "right" else "",
            reason=request.GET.get("reason", ""),
            cursor=cursor,
            limit=limit,
        )

    if wants_csv(request):
        return _open_as_csv(found, rows_of(ask))
    shown = {"run": found, "page": ask(request.GET.get("cursor") or None, 100), "side": side}
    part = "web/part_unmatched.html" if request.headers.get("HX-Request") else "web/unmatched.html"
    return render(request, part, shown)


@member_page
def open_items(request: MemberRequest) -> HttpResponse:
    """What is open in every reconciliation, with its age."""
    on = settings.CLOCK().date()
    found = []
    for each in reconciliations(request.caller):
        if each.newest:
            page = unmatched(request.caller, run_id=each.newest.run_id, on=on, limit=20)
            found.append({"reconciliation": each, "run": each.newest, "page": page})
    return render(request, "web/open_items.html", {"found": found})


def _open_as_csv(run: RunView, rows: Iterable[UnmatchedView]) -> StreamingHttpResponse:
    header = (
        "side", "day", "with whom", "text", "references", "why not", "detail",
        "nearest day", "nearest amount", "age in days", "amount", "currency",
    )  # fmt: skip
    told = (
        (
            "bank" if each.record.side == "left" else "books",
            each.record.booked_on,
            each.record.counterparty,
            each.record.text,
            " ".join(each.record.references),
            REASON_WORDS.get(each.reason, each.reason),
            each.detail,
            each.nearest.booked_on if each.nearest else None,
            amount(each.nearest.amount_minor, run.exponent) if each.nearest else None,
            each.age_days,
            amount(each.record.amount_minor, run.exponent),
            run.currency,
        )
        for each in rows
    )
    return as_csv(f"open records of run {run.run_id}", header, told)
