"""Reports of the ledgers: chosen, looked at, kept as CSV, Excel, PDF or JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.explain.books import SubLedger
from tieout.core.jobs import RunState, Task
from tieout.core.reports.report import ColumnKind, Report, Section
from tieout.files.ledger_reporting import USED, Asked, ReportKind
from tieout.files.report_tables import csv_tables, currency_of, said
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import chosen, day, number
from tieout.web.templatetags.tieout import money
from tieout.web.transfer import attached
from tieout.workflows.look_at_runs import RunFilter, RunShown, runs
from tieout.workflows.make_report import EXPLANATION, ask_report
from tieout.workflows.views.closing import BooksView, books_list, books_state
from tieout.workflows.views.closing_kept import SnapshotView, snapshots
from tieout.workflows.views.investigation import drafts
from tieout.workflows.views.ledger_reports import (
    WAITED_BYTES_MAX,
    LedgerReport,
    compared_figure,
    ledger_report,
)
from tieout.workflows.views.report_files import (
    MADE,
    ExplanationForm,
    FileMade,
    ReportForm,
    explanation_file,
    report_file,
)

KEPT_MAX = 20
ROWS_MAX = 500
SECTIONS_MAX = 60
COMPARE = "compare"
REPORTS = {
    ReportKind.ENQUIRY.value: "Reconciliation enquiry",
    ReportKind.CLOSED.value: "Closed period balances",
    ReportKind.AGED.value: "Aged report",
    ReportKind.STATEMENTS.value: "Statements of account",
    ReportKind.CHANGES.value: "Changes since",
    COMPARE: "Compare a figure",
}
FIELDS: dict[str, tuple[str, ...]] = {
    **{kind.value: used for kind, used in USED.items()},
    COMPARE: ("period", "figure"),
}
"""What each report can be asked, as `files/ledger_reporting.py` names it."""
STYLES = {
    ColumnKind.MONEY: "amount",
    ColumnKind.NUMBER: "amount",
    ColumnKind.DAY: "text-nowrap",
    ColumnKind.TEXT: "wrap",
}
OF = {"aged": "the aged report", "control": "the control accounts"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as the page shows it: text, the first rows of it, and its totals."""

    title: str
    note: str
    columns: tuple[tuple[str, str], ...]
    """Title and style."""
    rows: tuple[tuple[tuple[str, str, str], ...], ...]
    """Cells: title and style of their column, and the text."""
    totals: tuple[tuple[str, str, str], ...]
    left: int
    """Rows that the page leaves out; totals count them."""


@member_page
def index(request: MemberRequest) -> HttpResponse:
    """All books in use, each with the reports of it."""
    found = books_list(request.caller, now=settings.CLOCK())
    return render(request, "web/report_books.html", {"found": found, "reports": REPORTS})


@member_page
def reports(request: MemberRequest, books_id: int) -> HttpResponse:
    """A report of a ledger: what can be asked; once a ledger is named, the report or a file."""
    books = books_state(request.caller, books_id=books_id, now=settings.CLOCK())
    kind = request.GET.get("report", ReportKind.ENQUIRY.value)
    kind = kind if kind in REPORTS else ReportKind.ENQUIRY.value
    kept = snapshots(request.caller, books_id=books_id, limit=20).rows
    is_large = _is_large(kept, number(request.GET, "snapshot"))
    made = _made(request, books_id, kind) if request.GET.get("ledger") and not is_large else None
    if made is not None and request.GET.get("format"):
        form = chosen(request.GET, "format", ReportForm)
        return _sent(report_file(made, form, table=request.GET.get("table", "")))
    shown = {
        "books": books,
        "kind": kind,
        "reports": REPORTS,
        "fields": FIELDS[kind],
        "of": OF,
        "asked": request.GET,
        "ledgers": [(each.ledger.value, each.called) for each in books.ledgers],
        "periods": _periods(books),
        "snapshots": kept,
        "made": made,
        "is_large": is_large,
        "forms": tuple(ReportForm),
        "job": job_of(request, books_id),
        "kept": drafts(request.caller, books_id=books_id, note=MADE)[:KEPT_MAX],
    }
    return render(request, "web/ledger_reports.html", shown | (_report(made) if made else {}))


@member_page
@require_POST
def ask(request: MemberRequest, books_id: int) -> HttpResponse:
    """A report of large books, or the whole explanation of them, made by a worker as a file."""
    query = request.POST
    kind = query.get("report", EXPLANATION)
    is_report = kind != EXPLANATION
    ask_report(
        request.caller,
        books_id=books_id,
        report=kind,
        form=query.get("form", ReportForm.XLSX),
        ledger=chosen(query, "ledger", SubLedger) if is_report else SubLedger.AR,
        asked=_asked(query, FIELDS.get(kind, ())) if is_report else None,
        snapshot_id=number(query, "snapshot") if is_report else None,
        now=settings.CLOCK(),
    )
    return redirect("ledger_reports", request.membership.organisation_id, books_id)


def _is_large(kept: Sequence[SnapshotView], snapshot_id: int | None) -> bool:
    """Whether the snapshot asked for, or the newest, is too large to wait for."""
    sizes = {each.snapshot_id: each.size for each in kept}
    newest = kept[0].size if kept else 0
    return sizes.get(snapshot_id or 0, newest) > WAITED_BYTES_MAX


def job_of(request: MemberRequest, books_id: int) -> RunShown | None:
    """The newest file of books that a worker is making, or that could not be made."""
    found = runs(
        request.caller, where=RunFilter(subject=f"books:{books_id}"), limit=20, now=settings.CLOCK()
    )
    latest = next((each for each in found if each.task == Task.MAKE_REPORT), None)
    is_told = latest and (not latest.has_ended or latest.state is RunState.FAILED)
    return latest if is_told else None


@member_page
def explanation(request: MemberRequest, books_id: int) -> HttpResponse:
    """The whole explanation of the newest snapshot as a workbook or a PDF."""
    form = chosen(request.GET or {"format": "xlsx"}, "format", ExplanationForm)
    return _sent(explanation_file(request.caller, books_id=books_id, form=form))


def _periods(books: BooksView) -> list[tuple[int, str]]:
    """The periods of the newest run, the last first."""
    own = books.ledgers[0].periods if books.ledgers else ()
    return [(each.period, each.called) for each in reversed(own) if each.ends_on is not None]


def _made(request: MemberRequest, books_id: int, kind: str) -> LedgerReport:
    query = request.GET
    ledger, snapshot_id = chosen(query, "ledger", SubLedger), number(query, "snapshot")
    if kind == COMPARE:
        return compared_figure(
            request.caller,
            books_id=books_id,
            ledger=ledger,
            figure=query.get("figure", "").replace(",", "").replace("−", "-").strip(),
            of=query.get("of", "aged"),
            period=number(query, "period"),
            snapshot_id=snapshot_id,
        )
    return ledger_report(
        request.caller,
        books_id=books_id,
        kind=ReportKind(kind),
        ledger=ledger,
        asked=_asked(query, FIELDS[kind]),
        snapshot_id=snapshot_id,
    )


def _asked(query: Mapping[str, str], used: tuple[str, ...]) -> Asked:
    """What was asked, of that which the report has a use for."""
    given: dict[str, Any] = {}
    for name in ("as_at", "known_at", "known_from", "since"):
        given[name] = day(query, name)
    given["period"], given["rates_of"] = number(query, "period"), number(query, "rates_of")
    for name in ("is_ordinary", "by_due_date", "ages_credits"):
        given[name] = bool(query.get(name))
    for name in ("buckets", "currency", "party"):
        given[name] = query.get(name, "").strip().replace("\x00", "")
    given["buckets"] = given["buckets"] or Asked.buckets
    return Asked(**{name: value for name, value in given.items() if name in used})


def _report(made: LedgerReport) -> dict[str, object]:
    """What the page shows of a report."""
    report = made.report
    return {
        "report": report,
        "tables": [_shown(report, each) for each in report.sections[:SECTIONS_MAX]],
        "tables_left": max(0, len(report.sections) - SECTIONS_MAX),
        "about": report.about(),
        "csv": [name for name, _ in csv_tables(report)],
    }


def _shown(report: Report, section: Section) -> Shown:
    columns = [each for each in section.columns if each.is_on_paper]
    heads = tuple((each.title, STYLES[each.kind]) for each in columns)
    rows = tuple(
        tuple((*head, text) for head, text in zip(heads, _cells(report, section, row), strict=True))
        for row in section.rows[:ROWS_MAX]
    )
    totals: list[tuple[str, str, str]] = []
    if section.has_total and section.rows:
        for place, (each, head) in enumerate(zip(columns, heads, strict=True)):
            exponent = report.origin.exponent(each.currency)
            text = money(section.total(each.name), exponent) if each.is_summed else ""
            totals.append((*head, text or ("" if place else section.total_title)))
    left = max(0, len(section.rows) - ROWS_MAX)
    return Shown(section.title, section.note, heads, rows, tuple(totals), left)


def _cells(report: Report, section: Section, row: tuple[Any, ...]) -> Iterator[str]:
    """A row in words and figures, thousands apart."""
    for each in section.columns:
        if not each.is_on_paper:
            continue
        cell = row[section.place(each.name)]
        if each.kind is ColumnKind.MONEY and isinstance(cell, int):
            yield money(cell, report.origin.exponent(currency_of(section, each, row)))
        elif isinstance(cell, date):
            yield f"{cell:%-d %b %Y}"
        else:
            yield said(section, each, row, report.origin)


def _sent(made: FileMade) -> HttpResponse:
    headers = {"Content-Disposition": attached(made.name)}
    return HttpResponse(made.content, content_type=made.media_type, headers=headers)
