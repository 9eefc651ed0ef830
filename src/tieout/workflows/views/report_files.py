"""Reports and explanations as files to keep: CSV, JSON, Excel, PDF."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.core.reports.report import Report
from tieout.core.spreadsheets import MARK
from tieout.files.report_tables import csv_tables, json_of
from tieout.workflows.acting import Caller
from tieout.workflows.views.ledger_reports import LedgerReport, explanation_of


class ReportForm(StrEnum):
    """In which form a report is kept."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    PDF = "pdf"


class ExplanationForm(StrEnum):
    """In which form a whole explanation is kept."""

    XLSX = "xlsx"
    PDF = "pdf"


MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
MADE = "report of snapshot "
"""How the note begins of every report that a worker has made and kept with the books."""


@dataclass(frozen=True, slots=True)
class FileMade:
    """A file to keep."""

    name: str
    media_type: str
    content: bytes


def report_file(made: LedgerReport, form: ReportForm, *, table: str = "") -> FileMade:
    """A report as a file.

    Args:
        made: The report.
        form: Which form.
        table: Of CSV, which of its tables: the first when none is named; `about` has the
            parameters, counts, control total and origin.

    Raises:
        InvalidInput: `command.invalid` where the report has no such table.
    """
    report = made.report
    name = f"{report.kind} {made.ledger.value} {made.books_name}"
    if table and form is not ReportForm.CSV:
        raise InvalidInput("command.invalid", f"a table of {form}", "csv, which has a table a file")
    if form is ReportForm.CSV and table:
        name = f"{name} {table}"
    return FileMade(f"{name}.{form}", MEDIA_TYPES[form], _content([report], form, table))


def _content(reports: Sequence[Report], form: ReportForm, table: str) -> bytes:
    if form is ReportForm.CSV:
        tables = dict(csv_tables(reports[0]))
        if table not in {"", *tables}:
            raise InvalidInput("command.invalid", f"the table {table!r}", ", ".join(tables))
        return (MARK + tables[table or next(iter(tables))]).encode()
    if form is ReportForm.JSON:
        return json_of(reports).encode()
    if form is ReportForm.XLSX:
        from tieout.files.workbook import workbook_of  # noqa: PLC0415  start-up time counts

        return workbook_of(reports, {})
    from tieout.files.pdf import pdf_of  # noqa: PLC0415  start-up time counts

    return pdf_of(reports, {})


def explanation_file(
    caller: Caller, *, books_id: int, form: ExplanationForm, is_waited_for: bool = True
) -> FileMade:
    """The whole explanation of the newest snapshot: summary, bridge, a sheet or table a cause."""
    from tieout.files.explained_files import write_files  # noqa: PLC0415  start-up time counts

    with (
        explanation_of(caller, books_id=books_id, is_waited_for=is_waited_for) as made,
        tempfile.TemporaryDirectory(prefix="tieout-") as root,
    ):
        path = Path(root) / f"explanation.{form}"
        is_workbook = form is ExplanationForm.XLSX
        write_files(made, path if is_workbook else None, None if is_workbook else path)
        content = path.read_bytes()
    return FileMade(f"explanation {made.snapshot[:12]}.{form}", MEDIA_TYPES[form], content)
