"""Control accounts: which books are explained, their files, and how every period stands."""

from dataclasses import dataclass
from datetime import UTC

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tieout.core.access import Action
from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.explain.certifying import AutomaticRule, ClosingPolicy, Risk
from tieout.core.jobs import RunState, Task
from tieout.core.subjects import SubjectKind
from tieout.web.access import MemberRequest, member_page, page_for, status_of
from tieout.web.asked import chosen, minor, number, required
from tieout.web.closing_chart import Area, area_of
from tieout.web.pages.said import said_of
from tieout.web.transfer import source_of
from tieout.workflows.ask_run import ask_run
from tieout.workflows.closing_policy import set_closing_policy
from tieout.workflows.look_at_runs import RunFilter, RunShown, runs
from tieout.workflows.receive_file import receive_file
from tieout.workflows.set_books import end_books, set_books
from tieout.workflows.take_snapshot import take_snapshot
from tieout.workflows.views.closing import (
    BooksView,
    LedgerStanding,
    PeriodStanding,
    books_list,
    books_state,
)
from tieout.workflows.views.closing_kept import closing_policies, snapshots
from tieout.workflows.views.closing_period import PeriodView, period_view
from tieout.workflows.views.deltas import books_deltas
from tieout.workflows.views.people import member_names


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """A ledger on the page of its books: how it stands, in the sentence and over all periods."""

    standing: LedgerStanding
    now: PeriodView
    area: Area | None


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period of all ledgers: a row of the table."""

    period: int
    called: str
    cells: tuple[PeriodStanding, ...]


@member_page
@require_http_methods(["GET", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    """All books that are explained, and new ones."""
    if request.method == "POST":
        made = set_books(
            request.caller,
            name=request.POST.get("name", ""),
            mapping=_mapping(request),
            now=settings.CLOCK(),
        )
        return redirect("books", request.membership.organisation_id, made)
    shown = {
        "found": books_list(request.caller, now=settings.CLOCK()),
        "may_add": request.may(Action.MANAGE_ACCOUNTS),
    }
    return render(request, "web/control_accounts.html", shown)


@member_page
@require_http_methods(["GET", "POST"])
def books(request: MemberRequest, books_id: int) -> HttpResponse:
    """Ledgers by periods, causes over all periods, files, policies; or a change of the mapping."""
    now = settings.CLOCK()
    if request.method == "POST":
        name = request.POST.get("name", "")
        set_books(request.caller, name=name, mapping=_mapping(request), books_id=books_id, now=now)
        messages.success(request, "The books are as you have set them; new files are read so.")
        return redirect("books", request.membership.organisation_id, books_id)
    found = books_state(request.caller, books_id=books_id, now=now)
    kept = snapshots(request.caller, books_id=books_id, limit=5).rows
    shown = {
        "found": found,
        "job": _job(request, found),
        "ledgers": [_ledger(request, found, each) for each in found.ledgers],
        "rows": _rows(found, is_whole=bool(request.GET.get("all"))),
        "snapshots": kept,
        "deltas": books_deltas(request.caller, books_id=books_id, zone=UTC, limit=5),
        "policies": closing_policies(request.caller, books_id=books_id, limit=20).rows,
        "names": member_names(request.caller),
        "risks": tuple(Risk),
        "may_import": request.may(Action.IMPORT) and found.ended_at is None,
        "may_explain": request.may(Action.MATCH) and bool(kept) and found.ended_at is None,
        "may_manage": request.may(Action.MANAGE_ACCOUNTS),
        "said": said_of(request, SubjectKind.BOOKS, books_id),
    }
    return render(request, "web/books.html", shown)


def _mapping(request: MemberRequest) -> str:
    """The text of a mapping: of the file, where one is sent, else as it was written."""
    upload = request.FILES.get("mapping_file")
    if upload is None:
        return request.POST.get("mapping", "").replace("\r\n", "\n").replace("\x00", "")
    with source_of(upload).open() as stream:
        try:
            return stream.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                "match.mapping-invalid", "no UTF-8", "text", str(upload.name)
            ) from error


def _job(request: MemberRequest, found: BooksView) -> RunShown | None:
    """The newest job of these books while it goes on, or where it has failed."""
    latest = runs(
        request.caller,
        where=RunFilter(subject=f"books:{found.books_id}"),
        limit=1,
        now=settings.CLOCK(),
    )
    is_told = latest and (not latest[0].has_ended or latest[0].state is RunState.FAILED)
    return latest[0] if is_told else None


def _ledger(request: MemberRequest, found: BooksView, each: LedgerStanding) -> LedgerShown:
    now = period_view(
        request.caller,
        books_id=found.books_id,
        ledger=each.ledger,
        period=each.now.period,
        now=settings.CLOCK(),
    )
    return LedgerShown(each, now, area_of(now))


def _rows(found: BooksView, *, is_whole: bool) -> list[PeriodRow]:
    """The newest first, from the one that is looked at; all of them where that is asked for."""
    if found.run is None or not found.ledgers:
        return []
    first = found.ledgers[0]
    rows = [
        PeriodRow(
            each.period, each.called, tuple(one.periods[each.period] for one in found.ledgers)
        )
        for each in first.periods
        if is_whole or each.period <= found.run.period
    ]
    return rows[::-1]


@page_for(Action.IMPORT)
@require_POST
def files(request: MemberRequest, books_id: int) -> HttpResponse:
    """The books' files as they are now: kept, taken as a snapshot, and explained by a worker."""
    now = settings.CLOCK()
    books_state(request.caller, books_id=books_id, now=now)  # nothing is kept for books of others
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise InvalidInput("file.empty", "no file", "the files of the books, or one zip of them")
    kept: dict[str, int] = {}
    try:
        for upload in uploads:
            source = source_of(upload)
            kept[source.name] = receive_file(request.caller, source=source, now=now).file_id
        taken = take_snapshot(request.caller, books_id=books_id, files=kept, now=now)
    except TieoutError as error:
        shown = {"error": error, "kept": kept, "books_id": books_id}
        return render(request, "web/books_refused.html", shown, status=status_of(error))
    if taken.is_new:
        ask_explanation(request, books_id, snapshot_id=taken.snapshot_id)
    else:
        messages.info(request, "These are the files of the newest snapshot: nothing has changed.")
    return redirect("books", request.membership.organisation_id, books_id)


@page_for(Action.MATCH)
@require_POST
def explain(request: MemberRequest, books_id: int) -> HttpResponse:
    """Explained anew by a worker: a new version, or a new policy, may say more."""
    ask_explanation(request, books_id)
    return redirect("books", request.membership.organisation_id, books_id)


def ask_explanation(request: MemberRequest, books_id: int, **snapshot: int) -> None:
    """Have a worker explain the books; a snapshot that is named is explained once."""
    ask_run(
        request.caller,
        task=Task.EXPLAIN_BOOKS,
        arguments={"books_id": books_id, **snapshot},
        now=settings.CLOCK(),
    )


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def ended(request: MemberRequest, books_id: int) -> HttpResponse:
    """No longer explained; what was found and signed stays."""
    reason = request.POST.get("reason", "")
    end_books(request.caller, books_id=books_id, reason=reason, now=settings.CLOCK())
    messages.info(request, "The books have ended; what was found and signed stays.")
    return redirect("control_accounts", request.membership.organisation_id)


@page_for(Action.MANAGE_ACCOUNTS)
@require_POST
def policy(request: MemberRequest, books_id: int, ledger: str) -> HttpResponse:
    """What is asked of a ledger's periods from now on, and why."""
    found = books_state(request.caller, books_id=books_id, now=settings.CLOCK())
    exponent = found.run.exponent if found.run else 2
    set_closing_policy(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        policy=ClosingPolicy(
            risk=chosen(request.POST, "risk", Risk),
            due_days=required(number(request.POST, "due_days"), "due_days"),
            unexplained_minor=minor(request.POST, "unexplained", exponent) or 0,
            evidence_minor=minor(request.POST, "evidence", exponent),
            automatic=chosen(request.POST, "automatic", AutomaticRule),
        ),
        reason=request.POST.get("reason", ""),
        now=settings.CLOCK(),
    )
    messages.success(request, "The policy holds from now on; what is signed stays.")
    return redirect("books", request.membership.organisation_id, books_id)
