"""`tieout ledger-report`: a report of the ledgers on the screen, or as a file."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tieout.cli.screen import ERR, OUT, plain, table
from tieout.core.errors import InvalidInput
from tieout.core.reports.report import ColumnKind, Report, Section
from tieout.files.ledger_reporting import Asked, compare_total, ledger_reports
from tieout.files.report_tables import csv_tables, json_of, said, write_csv
from tieout.files.writing import write_whole, writing

ROWS_MAX = 40
SECTIONS_MAX = 12
OF_CONTROL = {"closed", "enquiry"}
"""Reports whose figure is that of the control accounts; that of the others is the ledger's."""
DAYS = ("as_at", "known_at", "known_from", "since")


def run(
    folder: Path,
    kind: str,
    *,
    ledger: tuple[str, ...],
    mapping: Path | None,
    form: str | None,
    out: Path | None,
    compare: str | None,
    by: str,
    **options: Any,
) -> int:
    """Make the reports and show or write them; with a figure to compare, say what gives it."""
    options |= {name: _day(options[name]) for name in DAYS}
    asked = Asked(**options, by_due_date=by == "due")
    reports = ledger_reports(folder, kind, ledger=ledger, asked=asked, mapping=mapping)
    code = 0
    if compare is not None:
        if len(ledger) != 1:
            raise InvalidInput("command.invalid", "a figure of no one ledger", "--ledger AR")
        made = compare_total(
            folder,
            compare,
            of="control" if kind in OF_CONTROL else "aged",
            ledger=ledger[0],
            period=asked.period,
            mapping=mapping,
        )
        code, reports = int(bool(made.section("figures").total("amount"))), (made, *reports)
    _given(reports, form or (out.suffix.removeprefix(".").casefold() if out else "table"), out)
    return code


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _given(reports: Sequence[Report], form: str, out: Path | None) -> None:
    """Hand the reports over in the form that is asked for."""
    if form == "table":
        for report in reports:
            _show(report)
    elif out is None:
        if form in {"xlsx", "pdf"}:
            raise InvalidInput("command.invalid", f"--format {form} alone", "--out FILE beside it")
        _print(reports, form)
    else:
        for path in _written(reports, form, out):
            ERR.print(f"written {plain(path)}")


def _print(reports: Sequence[Report], form: str) -> None:
    """Plain text for another program; of CSV the first table of each report."""
    if form == "json":
        click.echo(json_of(reports), nl=False)
        return
    for report in reports:
        click.echo(next(csv_tables(report))[1], nl=False)


def _written(reports: Sequence[Report], form: str, out: Path) -> Sequence[Path]:
    if form == "csv":
        return write_csv(reports, out)
    if form == "json":
        with writing("a folder that you may write to"):
            return [write_whole(out, json_of(reports))]
    if form == "xlsx":
        from tieout.files.workbook import write_workbook  # noqa: PLC0415  start-up time counts

        return [write_workbook(out, reports)]
    if form == "pdf":
        from tieout.files.pdf import write_pdf  # noqa: PLC0415  start-up time counts

        return [write_pdf(out, reports)]
    raise InvalidInput("command.invalid", f"a file {out.name!r}", ".csv, .xlsx, .pdf or .json")


def _show(report: Report) -> None:
    OUT.print(f"\n[bold]{plain(report.title)}[/]")
    OUT.print(plain(report.sentence))
    for section in report.sections[:SECTIONS_MAX]:
        _show_section(report, section)
    if len(report.sections) > SECTIONS_MAX:
        left = len(report.sections) - SECTIONS_MAX
        OUT.print(f"\n  [dim]and {left:,} more tables: --out FILE has all[/]")
    OUT.print()
    for note in report.notes:
        OUT.print(f"  {plain(note)}")
    for name, value in report.about():
        OUT.print(f"  [dim]{plain(name)}: {plain(value)}[/]")


def _show_section(report: Report, section: Section) -> None:
    """A table with its totals; a long one is cut and says so."""
    OUT.print(f"\n[bold]{plain(section.title)}[/]")
    if not section.rows:
        OUT.print("  [dim]nothing[/]")
        return
    columns = [column for column in section.columns if column.is_on_paper]
    figures = {ColumnKind.MONEY, ColumnKind.NUMBER}
    right = tuple(column.title for column in columns if column.kind in figures)
    shown = table(*(column.title for column in columns), right=right)
    for row in section.rows[:ROWS_MAX]:
        shown.add_row(*(plain(said(section, each, row, report.origin)) for each in columns))
    if section.has_total:
        totals = [
            report.origin.decimal(section.total(each.name), each.currency) if each.is_summed else ""
            for each in columns
        ]
        first = next((at for at, each in enumerate(columns) if not each.is_summed), 0)
        totals[first] = totals[first] or section.total_title
        shown.add_row(*(f"[bold]{plain(each)}[/]" for each in totals))
    OUT.print(shown)
    if section.note:
        OUT.print(f"  [dim]{plain(section.note)}[/]")
    if len(section.rows) > ROWS_MAX:
        left = len(section.rows) - ROWS_MAX
        OUT.print(f"  [dim]and {left:,} more rows, which the total counts: --out FILE has all[/]")
