"""Reports as an Excel workbook: numbers as numbers, totals as formulas, text never as a formula.

Excel keeps 15 digits of a number. What has more is written as text and said to be, and a total of
such a column is text too: nothing in a workbook is a rounded amount.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from tieout.core.matching.bridge import Bar
from tieout.core.reports.report import Cell, Column, ColumnKind, Origin, Report, Section
from tieout.core.spreadsheets import amount as as_number
from tieout.files.report_tables import currency_of
from tieout.files.workbook_chart import insert_bridge
from tieout.files.workbook_look import LINE_HEIGHT, TEXT_MAX, Look, lines_of, sheet_name, widths
from tieout.files.writing import write_bytes, writing

DIGITS_MAX = 15
"""What Excel keeps of a number."""
AS_TEXT = "An amount of more than 15 digits is text here: a number would lose its last digits."
EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001  the day of files that shall not depend on the clock


def write_workbook(
    path: Path, reports: Sequence[Report], bridges: Mapping[str, Sequence[Bar]] | None = None
) -> Path:
    """Write reports as one workbook.

    Args:
        path: The file.
        reports: One or several.
        bridges: By name of a section, the bars to draw beside it.
    """
    with writing("a folder that you may write to"):
        return write_bytes(path, workbook_of(reports, bridges or {}))


def workbook_of(reports: Sequence[Report], bridges: Mapping[str, Sequence[Bar]]) -> bytes:
    """The workbook's bytes; the same for the same reports."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True})
    made_on = reports[0].origin.extracted_on if reports else None
    created = datetime(made_on.year, made_on.month, made_on.day) if made_on else EPOCH  # noqa: DTZ001
    title = reports[0].title if reports else ""
    book.set_properties({"title": title, "author": "Tieout", "created": created})
    desk = _Desk(book, Look(book), bridges)
    sections = [(report, section) for report in reports for section in report.sections]
    for report, section in sections:
        desk.sheet_of(report, section)
    # What refers to the total of another sheet comes last, when it is known where that stands.
    for report, section in sorted(sections, key=lambda each: each[1].group != ""):
        desk.write(report, section)
    _about(desk, reports)
    book.close()
    return out.getvalue()


@dataclass
class _Desk:
    """The workbook in the making: its sheets, what is free of them, where totals stand."""

    book: Workbook
    look: Look
    bridges: Mapping[str, Sequence[Bar]]
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)
    """By sheet, the first row that nothing stands in."""
    names: set[str] = field(default_factory=set)
    totals: dict[str, str] = field(default_factory=dict)
    """By section, where its first total stands, as a formula names it."""

    def sheet_of(self, report: Report, section: Section) -> Worksheet:
        """The sheet of a section: its own, or that of its group."""
        key = section.group or section.name
        if key not in self.sheets:
            title = section.group.capitalize() or section.title
            name = sheet_name(title, self.names)
            sheet = self.book.add_worksheet(name)
            self.sheets[key] = sheet
            self.free[key] = 0
            footer = f"&L&8{report.origin.snapshot}&R&8&P / &N"
            self.look.print_set_up(sheet, report.title, footer)
        return self.sheets[key]

    def write(self, report: Report, section: Section) -> None:
        """Write a section where there is room on its sheet."""
        sheet, key = self.sheet_of(report, section), section.group or section.name
        first = self.free[key]
        head = _heading(sheet, self.look, report, section, first)
        block = _Block(self, sheet, section, report.origin, head + 1)
        block.write_header()
        block.write_rows()
        last = head + len(section.rows)
        if section.has_total:
            last += 1
            block.write_totals(last)
        if not section.group:
            if section.rows:
                sheet.autofilter(head, 0, head + len(section.rows), len(section.columns) - 1)
            sheet.freeze_panes(head + 1, 1)
            sheet.repeat_rows(head)
        for place, width in enumerate(widths(section, report.origin)):
            sheet.set_column(place, place, width)
        bars = self.bridges.get(section.name)
        if bars:
            last += insert_bridge(self.book, sheet, bars, report.origin, last + 2)
            sheet.print_area(0, 0, last + 2, len(section.columns) - 1)
        self.free[key] = last + 3


def _heading(sheet: Worksheet, look: Look, report: Report, section: Section, first: int) -> int:
    """Title and sentence above a table; where its header stands."""
    sheet.write_string(first, 0, section.title, look.title)
    said = [section.note] if section.note else []
    if section is report.sections[0] or section.group == "summary":
        said.insert(0, report.sentence)
    if _has_text_amounts(section):
        said.append(AS_TEXT)
    for line in said:
        first += 1
        sheet.write_string(first, 0, line, look.note)
    return first + 2


@dataclass
class _Block:
    """One table on a sheet."""

    desk: _Desk
    sheet: Worksheet
    section: Section
    origin: Origin
    begins: int
    """The row of its first record."""

    def write_header(self) -> None:
        """The names of the columns."""
        look = self.desk.look
        titles = tuple(column.title for column in self.section.columns)
        lines = lines_of(titles, list(widths(self.section, self.origin)), is_short=True)
        self.sheet.set_row(self.begins - 1, LINE_HEIGHT * lines)
        for place, column in enumerate(self.section.columns):
            is_right = column.kind in {ColumnKind.MONEY, ColumnKind.NUMBER}
            form = look.head_right if is_right else look.head
            self.sheet.write_string(self.begins - 1, place, column.title, form)

    def write_rows(self) -> None:
        """The records."""
        wide = list(widths(self.section, self.origin))
        for step, row in enumerate(self.section.rows):
            lines = lines_of(row, wide)
            if lines > 1:
                self.sheet.set_row(self.begins + step, LINE_HEIGHT * lines)
            for place, column in enumerate(self.section.columns):
                self._write(self.begins + step, place, column, row)

    def _write(self, at: int, place: int, column: Column, row: tuple[Cell, ...]) -> None:
        cell, look = row[place], self.desk.look
        if cell is None:
            return
        if isinstance(cell, date):
            self.sheet.write_datetime(at, place, cell, look.day)
        elif isinstance(cell, str):
            self.sheet.write_string(
                at, place, cell, look.wrapped if len(cell) > TEXT_MAX else look.text
            )
        elif column.kind is ColumnKind.NUMBER:
            self.sheet.write_number(at, place, cell, look.whole)
        else:
            currency = currency_of(self.section, column, row)
            said = self.origin.decimal(cell, currency)
            if not fits(cell):
                self.sheet.write_string(at, place, said, look.right)
                return
            exponent = self.origin.exponent(currency)
            linked, number = self._linked(column, row), as_number(cell, exponent)
            if linked:
                self.sheet.write_formula(at, place, linked, look.money(exponent), number)
            else:
                self.sheet.write_number(at, place, number, look.money(exponent))

    def _linked(self, column: Column, row: tuple[Cell, ...]) -> str:
        """In the bridge, the total of a cause's own sheet instead of a number typed once more."""
        if self.section.group != "summary" or column.name != "now":
            return ""
        ledger = self.section.name.partition("-")[0]
        code = row[self.section.place("code")]
        return self.desk.totals.get(f"{ledger}-{code}", "")

    def write_totals(self, at: int) -> None:
        """A formula for each column that is added up, with what it comes to."""
        look, section = self.desk.look, self.section
        titled = False
        for place, column in enumerate(section.columns):
            if not column.is_summed:
                text = "" if titled or column.kind is not ColumnKind.TEXT else section.total_title
                titled = titled or bool(text)
                self.sheet.write_string(at, place, text, look.total_text)
                continue
            exponent = self.origin.exponent(column.currency)
            total = section.total(column.name)
            said = self.origin.decimal(total, column.currency)
            if not all(fits(each) for each in (*_amounts(section, column), total)):
                self.sheet.write_string(at, place, said, look.total_right)
                continue
            first, last = (xl_rowcol_to_cell(each, place) for each in (self.begins, at - 1))
            formula = f"=ROUND(SUM({first}:{last}),{exponent})" if section.rows else "=0"
            number = as_number(total, exponent)
            self.sheet.write_formula(at, place, formula, look.total(exponent), number)
            here = xl_rowcol_to_cell(at, place, row_abs=True, col_abs=True)
            self.desk.totals.setdefault(section.name, f"='{self.sheet.get_name()}'!{here}")


def fits(amount_minor: int) -> bool:
    """Whether Excel keeps every digit of an amount."""
    return len(str(abs(amount_minor)).rstrip("0")) <= DIGITS_MAX


def _amounts(section: Section, column: Column) -> list[int]:
    return [each for each in section.values(column.name) if isinstance(each, int)]


def _has_text_amounts(section: Section) -> bool:
    return any(
        not fits(each)
        for column in section.columns
        if column.kind is ColumnKind.MONEY
        for each in (*_amounts(section, column), section.total(column.name))
    )


def _about(desk: _Desk, reports: Sequence[Report]) -> None:
    """The last sheet: parameters, counts, control totals and origin of every report."""
    sheet = desk.book.add_worksheet(sheet_name("About", desk.names))
    desk.look.print_set_up(sheet, "About", "&R&8&P / &N")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 90)
    at = 0
    for report in reports:
        sheet.write_string(at, 0, report.title, desk.look.title)
        totals = list(islice(_totals(report), TOTALS_MAX))
        for name, value in (*report.about(), *totals, *(("note", note) for note in report.notes)):
            at += 1
            sheet.write_string(at, 0, name, desk.look.text)
            sheet.write_string(at, 1, value, desk.look.text)
        at += 2


def _totals(report: Report) -> Iterator[tuple[str, str]]:
    """Every total of a report with how many rows it is of."""
    origin = report.origin
    for section in report.sections:
        for column in section.columns:
            if column.is_summed:
                name = f"{section.title}: {column.title.lower()}, {len(section.rows)} rows"
                total = origin.decimal(section.total(column.name), column.currency)
                yield name, f"{total} {column.currency or origin.base_currency}"


TOTALS_MAX = 200
"""Totals listed about one report: those of a thousand statements nobody reads there."""
