"""How a workbook looks: formats, widths, names of sheets, and what is printed round a page."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tieout.core.reports.report import Column, ColumnKind, Origin, Section

NAME_MAX = 31
TEXT_MAX = 40
"""A longer text is wrapped; one longer than a line has a column as wide as `SENTENCE`."""
SENTENCE = 60
LINE_HEIGHT = 15
SAMPLE_ROWS = 2000
"""Rows looked at for the width of a column."""


class Look:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        """Make those that do not depend on a currency."""
        self._book = book
        self._money: dict[tuple[int, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"font_color": "#555555"})
        head: dict[str, str | bool | int] = {
            "bold": True,
            "bottom": 1,
            "bg_color": "#EEF2F5",
            "text_wrap": True,
            "valign": "top",
        }
        self.head = book.add_format(head)
        self.head_right = book.add_format({**head, "align": "right"})
        self.text = book.add_format({"valign": "top", "num_format": "@"})
        self.wrapped = book.add_format({"valign": "top", "num_format": "@", "text_wrap": True})
        self.right = book.add_format({"align": "right", "num_format": "@", "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self.whole = book.add_format({"num_format": "0", "valign": "top"})
        for form in (self.head, self.text, self.wrapped, self.day):
            form.set_align("left")
            form.set_indent(1)
        self.total_text = book.add_format({"bold": True, "top": 1})
        self.total_right = book.add_format({"bold": True, "top": 1, "align": "right"})

    def money(self, exponent: int, *, is_total: bool = False) -> Format:
        """Amounts with that many decimals."""
        if (exponent, is_total) not in self._money:
            digits = "#,##0" + ("." + "0" * exponent if exponent else "")
            form: dict[str, str | bool | int] = {
                "num_format": f"{digits};[Red]-{digits}",
                "valign": "top",
            }
            if is_total:
                form |= {"bold": True, "top": 1}
            self._money[exponent, is_total] = self._book.add_format(form)
        return self._money[exponent, is_total]

    def total(self, exponent: int) -> Format:
        """A total with that many decimals."""
        return self.money(exponent, is_total=True)

    @staticmethod
    def print_set_up(sheet: Worksheet, title: str, footer: str) -> None:
        """A4 lying, as wide as a page, with title, page numbers and snapshot."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L&8{title.replace('&', '&&')}")
        sheet.set_footer(footer)
        sheet.hide_gridlines(2)


def sheet_name(title: str, names: set[str]) -> str:
    """A name that Excel takes and that no other sheet has."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip() or "Sheet"
    number, name = 1, plain[:NAME_MAX].strip()
    while name.casefold() in names:
        number += 1
        end = f" {number}"
        name = plain[: NAME_MAX - len(end)].strip() + end
    names.add(name.casefold())
    return name


def widths(section: Section, origin: Origin) -> Iterable[int]:
    """How wide each column is, in characters."""
    for place, column in enumerate(section.columns):
        cells = [row[place] for row in section.rows[:SAMPLE_ROWS]]
        lengths = [len(_shown(cell, column, origin)) for cell in cells]
        if column.is_summed:
            lengths.append(len(_shown(section.total(column.name), column, origin)) + 1)
        least = 10 if column.kind is ColumnKind.DAY else 6
        title = max(map(len, column.title.split()))
        longest = max(lengths, default=0)
        if column.kind is ColumnKind.TEXT and longest > TEXT_MAX:
            longest = SENTENCE if longest > SENTENCE else TEXT_MAX
        yield max(least, title, longest) + 3


def lines_of(cells: Sequence[object], wide: Sequence[int], *, is_short: bool = False) -> int:
    """How many lines a row takes, its texts wrapped to those widths."""
    taken = [1]
    for cell, width in zip(cells, wide, strict=True):
        if isinstance(cell, str) and (is_short or len(cell) > TEXT_MAX):
            taken.append(len(wrap(cell, max(width - 2, 4))))
    return max(taken)


def _shown(cell: object, column: Column, origin: Origin) -> str:
    if cell is None:
        return ""
    if column.kind is ColumnKind.MONEY and isinstance(cell, int):
        digits = origin.decimal(cell, column.currency)
        return digits + " " * (len(digits) // 4)
    return str(cell)
