"""Reports of a ledger: as data, and as files to keep; each from a snapshot that it names."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    BooksId,
    Day,
    In,
    Money,
    Out,
    PeriodNumber,
    Search,
    SnapshotId,
    money,
)
from tieout.core.explain.books import SubLedger
from tieout.core.reports.report import ColumnKind, Section
from tieout.files.ledger_reporting import Asked, ReportKind
from tieout.files.report_tables import report_data
from tieout.workflows.views.ledger_reports import LedgerReport, compared_figure, ledger_report
from tieout.workflows.views.report_files import (
    MEDIA_TYPES,
    ExplanationForm,
    FileMade,
    ReportForm,
    explanation_file,
    report_file,
)

router = Router(tags=["reports of ledgers"])

REPORT = "/books/{books_id}/ledgers/{ledger}/reports/{report}"


def _files(*forms: str) -> dict[str, Any]:
    """The answer of an operation that gives a file, for the description."""
    kinds = {MEDIA_TYPES[form].partition(";")[0] for form in forms}
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {
        "responses": {200: {"description": "The file.", "content": dict.fromkeys(kinds, binary)}}
    }


class ReportIn(In):
    """What is asked of a report; a part that a report has no use for is refused."""

    snapshot_id: SnapshotId | None = None
    """Else the newest."""
    period: PeriodNumber | None = None
    """Else the last that is not in the future; of closed balances, all."""
    as_at: Day | None = None
    """Else the last day of the period."""
    ordinary: bool = False
    """What is open now, whatever the period."""
    known_at: Day | None = None
    """Else all that was entered."""
    known_from: Day | None = None
    """Of changes: else the day the period was closed."""
    buckets: Annotated[str, Field(pattern=r"^(months|[0-9]{1,5}(,[0-9]{1,5}){0,19})$")] = "30,60,90"
    """Ends of the buckets in days, or `months`."""
    by: Literal["document", "due"] = "document"
    """By which date items are aged."""
    age_credits: bool = False
    """Credits in the bucket of their age, not in a column of their own."""
    rates_of: PeriodNumber | None = None
    """Of aged reports: a period at whose rates what is open is valued besides."""
    currency: Search = ""
    party: Search = ""
    since: Day | None = None
    """Of statements: movements since then instead of open items."""


class ColumnOut(Out):
    """A column of a table."""

    name: str
    title: str
    kind: ColumnKind
    currency: str
    """Of amounts; blank is the base currency, or that which the row names."""


class TableOut(Out):
    """A table of a report; amounts are decimal texts."""

    name: str
    title: str
    note: str
    columns: list[ColumnOut]
    rows: list[list[str | int | None]]
    totals: dict[str, Money]
    """By column, of those that are added up."""


class ReportOut(Out):
    """A report: what was asked, the answer in a sentence, its tables, and its origin."""

    kind: str
    title: str
    sentence: str
    parameters: dict[str, str]
    tables: list[TableOut]
    row_count: int
    control: str
    """What the control total is."""
    control_total: Money
    """Added up from the books apart from the tables."""
    snapshot_id: SnapshotId
    is_newest: bool
    """Off when a later snapshot has come in."""
    snapshot: str
    """SHA-256 over the files, as runs and snapshots name it."""
    books: str
    """SHA-256 over what the books hold, whatever files it came in."""
    extracted_on: str
    version: str
    """Of the program."""
    notes: list[str]


@router.get(REPORT, response=ReportOut)
def show_report(
    request: Request,
    books_id: BooksId,
    ledger: SubLedger,
    report: ReportKind,
    asked: Query[ReportIn],
) -> ReportOut:
    """A report of a ledger as data."""
    return _told(_made(request, books_id, ledger, report, asked))


@router.get(f"{REPORT}/file", response=None, openapi_extra=_files(*ReportForm))
def show_report_file(  # noqa: PLR0913, PLR0917  which report in which form
    request: Request,
    books_id: BooksId,
    ledger: SubLedger,
    report: ReportKind,
    asked: Query[ReportIn],
    form: ReportForm = ReportForm.CSV,
    table: Search = "",
) -> HttpResponse:
    """The same as CSV, JSON, Excel or PDF. `table`: of CSV, which one; else the first."""
    made = _made(request, books_id, ledger, report, asked)
    return _sent(report_file(made, form, table=table))


@router.get("/books/{books_id}/ledgers/{ledger}/compare", response=ReportOut)
def compare_figure(  # noqa: PLR0913, PLR0917  which figure with what
    request: Request,
    books_id: BooksId,
    ledger: SubLedger,
    figure: Annotated[str, Field(pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,18})?$")],
    of: Literal["aged", "control"] = "aged",
    period: PeriodNumber | None = None,
    snapshot_id: SnapshotId | None = None,
) -> ReportOut:
    """Which other basis of a report gives exactly that figure: proposals, a person decides."""
    made = compared_figure(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        figure=figure,
        of=of,
        period=period,
        snapshot_id=snapshot_id,
    )
    return _told(made)


@router.get("/books/{books_id}/explanation", response=None, openapi_extra=_files(*ExplanationForm))
def show_explanation(
    request: Request, books_id: BooksId, form: ExplanationForm = ExplanationForm.XLSX
) -> HttpResponse:
    """The whole explanation of the newest snapshot as Excel or PDF."""
    return _sent(explanation_file(request.caller, books_id=books_id, form=form))


def _made(
    request: Request, books_id: int, ledger: SubLedger, report: ReportKind, asked: ReportIn
) -> LedgerReport:
    question = Asked(
        period=asked.period,
        as_at=asked.as_at,
        is_ordinary=asked.ordinary,
        known_at=asked.known_at,
        known_from=asked.known_from,
        buckets=asked.buckets,
        by_due_date=asked.by == "due",
        ages_credits=asked.age_credits,
        rates_of=asked.rates_of,
        currency=asked.currency,
        party=asked.party,
        since=asked.since,
    )
    return ledger_report(
        request.caller,
        books_id=books_id,
        kind=report,
        ledger=ledger,
        asked=question,
        snapshot_id=asked.snapshot_id,
    )


def _sent(made: FileMade) -> HttpResponse:
    named = content_disposition_header(as_attachment=True, filename=made.name)
    headers = {"Content-Disposition": named or "attachment"}
    return HttpResponse(made.content, content_type=made.media_type, headers=headers)


def _told(made: LedgerReport) -> ReportOut:
    report, said = made.report, report_data(made.report)
    origin = report.origin
    return ReportOut(
        kind=report.kind,
        title=report.title,
        sentence=report.sentence,
        parameters=dict(report.parameters),
        tables=[
            _table(section, part, origin.base_currency)
            for section, part in zip(report.sections, said["sections"], strict=True)
        ],
        row_count=report.row_count,
        control=report.control_name,
        control_total=_base(report.control_total, made),
        snapshot_id=made.snapshot_id,
        is_newest=made.is_newest,
        snapshot=origin.snapshot,
        books=origin.books,
        extracted_on=said["extracted_on"],
        version=origin.version,
        notes=list(report.notes),
    )


def _base(amount_minor: int, made: LedgerReport) -> Money:
    origin = made.report.origin
    return money(amount_minor, origin.base_currency, origin.exponent())


def _table(section: Section, part: dict[str, Any], base_currency: str) -> TableOut:
    currencies = {each.name: each.currency or base_currency for each in section.columns}
    return TableOut(
        name=section.name,
        title=section.title,
        note=section.note,
        columns=[
            ColumnOut(name=each.name, title=each.title, kind=each.kind, currency=each.currency)
            for each in section.columns
        ],
        rows=part["rows"],
        totals={
            name: Money(amount=amount, currency=currencies[name])
            for name, amount in part["totals"].items()
        },
    )
