"""Reports as CSV and as JSON: the same rows and totals as everywhere else."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tieout.core.reports.report import Cell, Column, ColumnKind, Origin, Report, Section
from tieout.core.spreadsheets import amount as as_number
from tieout.core.spreadsheets import cell as guarded
from tieout.files.writing import write_whole, writing


def currency_of(section: Section, column: Column, row: Sequence[Cell]) -> str:
    """The currency of an amount: the column's, that which its row names, or the base currency."""
    if column.currency_in:
        return str(row[section.place(column.currency_in)] or "")
    return column.currency


def said(section: Section, column: Column, row: Sequence[Cell], origin: Origin) -> str:
    """A cell in words and figures."""
    cell = row[section.place(column.name)]
    if cell is None:
        return ""
    if column.kind is ColumnKind.MONEY and isinstance(cell, int):
        return origin.decimal(cell, currency_of(section, column, row))
    return str(cell)


def csv_tables(report: Report) -> Iterator[tuple[str, str]]:
    """Name and text of each table of a report; sections of a group are one. The first is main."""
    groups: dict[str, list[Section]] = {}
    for section in report.sections:
        groups.setdefault(section.group or section.name, []).append(section)
    for name, sections in groups.items():
        head = [column.name for column in sections[0].columns]
        rows = (
            [_csv_cell(section, at, row, report.origin) for at in range(len(section.columns))]
            for section in sections
            for row in section.rows
        )
        yield name, _csv([head, *rows])
    about = [[guarded(name), guarded(value)] for name, value in report.about()]
    yield "about", _csv([["name", "value"], *about])


def _csv_cell(section: Section, at: int, row: Sequence[Cell], origin: Origin) -> str:
    cell, column = row[at], section.columns[at]
    if column.kind is ColumnKind.MONEY and isinstance(cell, int):
        return str(as_number(cell, origin.exponent(currency_of(section, column, row))))
    return guarded(cell)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    return table.getvalue()


def write_csv(reports: Sequence[Report], path: Path) -> tuple[Path, ...]:
    """Write the first table of a report to the file, and each further one beside it.

    Of several ledgers each has its name in the name of its files.
    """
    made: list[Path] = []
    with writing("a folder that you may write to"):
        for report in reports:
            ledger = dict(report.parameters).get("ledger", "").split(" ", maxsplit=1)[0].lower()
            stem = f"{path.stem}.{ledger}" if len(reports) > 1 else path.stem
            for place, (name, text) in enumerate(csv_tables(report)):
                own = f"{stem}{path.suffix}" if not place else f"{stem}.{name}{path.suffix}"
                made.append(write_whole(path.with_name(own), text))
    return tuple(made)


def json_of(reports: Sequence[Report]) -> str:
    """Reports as JSON; amounts are plain decimals in text."""
    return json.dumps([report_data(each) for each in reports], indent=1, ensure_ascii=False) + "\n"


def report_data(report: Report) -> dict[str, Any]:
    """One report as plain data."""
    origin = report.origin
    return {
        "kind": report.kind,
        "title": report.title,
        "sentence": report.sentence,
        "parameters": dict(report.parameters),
        "sections": [_section_data(each, origin) for each in report.sections],
        "rows": report.row_count,
        "control": report.control_name,
        "control_total": origin.decimal(report.control_total),
        "currency": origin.base_currency,
        "snapshot": origin.snapshot,
        "books": origin.books,
        "extracted_on": str(origin.extracted_on or ""),
        "version": origin.version,
    }


def _section_data(section: Section, origin: Origin) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": section.title,
        "note": section.note,
        "columns": [column.name for column in section.columns],
        "rows": [
            [_json_cell(section, column, row, origin) for column in section.columns]
            for row in section.rows
        ],
        "totals": {
            column.name: origin.decimal(section.total(column.name), column.currency)
            for column in section.columns
            if column.is_summed
        },
    }


def _json_cell(
    section: Section, column: Column, row: Sequence[Cell], origin: Origin
) -> str | int | None:
    cell = row[section.place(column.name)]
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, date) or column.kind is ColumnKind.MONEY:
        return said(section, column, row, origin)
    return cell
