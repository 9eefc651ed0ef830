"""A section as a table of a PDF: columns as wide as they need, headers on every page."""

from collections.abc import Sequence

from reportlab.platypus import LongTable, Paragraph, Table

from tieout.core.reports.report import Column, ColumnKind, Origin, Section
from tieout.files.pdf_look import (
    BOLD,
    INK,
    LEADING,
    NORMAL,
    RULE,
    SHADE,
    SIZE,
    cell_style,
    is_plain,
    safe,
    width_of,
)
from tieout.files.report_tables import said

PADDING = 3.0
TEXT_MAX = 190.0
"""The widest that a column of words is without need, in points."""
TEXT_MIN = 34.0
SIZE_MIN = 4.5
Line = list[object]


def section_table(section: Section, origin: Origin, width: float, most: int) -> LongTable:
    """The rows, a header that every page repeats, and the totals of all rows."""
    kept = [column for column in section.columns if column.is_on_paper]
    shown = [[said(section, column, row, origin) for column in kept] for row in section.rows[:most]]
    total = _total(section, kept, origin) if section.has_total else None
    size, wide = _fitted(kept, [*shown, *([total] if total else [])], width)
    lines: list[Line] = [
        [
            _cell(column.title, column, each, size, BOLD)
            for column, each in list(zip(kept, wide, strict=True))
        ]
    ]
    for row in shown:
        cells = zip(row, list(zip(kept, wide, strict=True)), strict=True)
        lines.append([_cell(text, column, each, size, NORMAL) for text, (column, each) in cells])
    if total:
        cells = zip(total, list(zip(kept, wide, strict=True)), strict=True)
        lines.append([_cell(text, column, each, size, BOLD) for text, (column, each) in cells])
    table = LongTable(lines, colWidths=wide, repeatRows=1, hAlign="LEFT")
    table.setStyle(_style(kept, size, has_total=total is not None))
    return table


def _total(section: Section, kept: Sequence[Column], origin: Origin) -> list[str]:
    texts = [
        origin.decimal(section.total(column.name), column.currency) if column.is_summed else ""
        for column in kept
    ]
    first = next((at for at, column in enumerate(kept) if not column.is_summed), None)
    if first is not None:
        texts[first] = section.total_title
    return texts


def is_right(column: Column) -> bool:
    """Whether figures stand in it, one under another."""
    return column.kind in {ColumnKind.MONEY, ColumnKind.NUMBER}


def _fitted(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float
) -> tuple[float, list[float]]:
    """The size of letters and the widths with which the table fits: words give way to figures."""
    size = SIZE
    while True:
        wanted = [_wanted(column, place, rows, size) for place, column in enumerate(columns)]
        texts = [place for place, column in enumerate(columns) if not is_right(column)]
        fixed = sum(each for place, each in enumerate(wanted) if place not in texts)
        soft = sum(wanted[place] for place in texts)
        if fixed + soft <= width:
            return size, _grown(columns, rows, wanted, size, width)
        least = sum(min(wanted[place], TEXT_MIN) for place in texts)
        if fixed + least <= width or size <= SIZE_MIN:
            return size, _squeezed(wanted, texts, max(width - fixed, least))
        size -= 0.5


def _grown(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    wanted: list[float],
    size: float,
    width: float,
) -> list[float]:
    """Columns of long texts and titles made wider while there is room: fewer lines are broken."""
    made = list(wanted)
    for place, column in enumerate(columns):
        if not is_right(column) and made[place] >= TEXT_MAX:
            longest = max(width_of(row[place], BOLD, size) for row in rows) + 2 * PADDING
            made[place] = min(longest, made[place] + width - sum(made))
    for place, column in enumerate(columns):
        title = width_of(column.title, BOLD, size) + 2 * PADDING
        made[place] = max(made[place], min(title, made[place] + width - sum(made)))
    return made


def _squeezed(wanted: list[float], texts: list[int], room: float) -> list[float]:
    """Columns of words made narrower, the widest first, until they take the room that is left."""
    made = list(wanted)
    high = max(made[place] for place in texts)
    low = TEXT_MIN
    for _ in range(20):
        middle = (low + high) / 2
        if sum(min(made[place], middle) for place in texts) > room:
            high = middle
        else:
            low = middle
    for place in texts:
        made[place] = min(made[place], low)
    return made


def _wanted(column: Column, place: int, rows: Sequence[Sequence[str]], size: float) -> float:
    longest = sorted({row[place] for row in rows}, key=len)[-8:]
    words = max(column.title.split(), key=len)
    widest = max([width_of(each, BOLD, size) for each in (*longest, words)])
    if is_right(column):
        return widest + 2 * PADDING
    return min(widest, TEXT_MAX) + 2 * PADDING


def _cell(text: str, column: Column, width: float, size: float, name: str) -> object:
    """Plain text where it fits on a line, else a paragraph that is broken within its column."""
    room = width - 2 * PADDING + 0.01
    if is_plain(text) and width_of(text, name, size) <= room:
        return text
    return Paragraph(safe(text), cell_style(name, size, 2 if is_right(column) else 0))


def _style(columns: Sequence[Column], size: float, *, has_total: bool) -> list[tuple[object, ...]]:
    whole = (0, 0), (-1, -1)
    style: list[tuple[object, ...]] = [
        ("FONT", *whole, NORMAL, size, size * LEADING / SIZE),
        ("FONTNAME", (0, 0), (-1, 0), BOLD),
        ("TEXTCOLOR", *whole, INK),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("VALIGN", *whole, "TOP"),
        ("LEFTPADDING", *whole, PADDING),
        ("RIGHTPADDING", *whole, PADDING),
        ("TOPPADDING", *whole, 1.5),
        ("BOTTOMPADDING", *whole, 1.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE),
    ]
    style += [
        ("ALIGN", (place, 0), (place, -1), "RIGHT")
        for place, column in enumerate(columns)
        if is_right(column)
    ]
    if has_total:
        last = (0, -1), (-1, -1)
        style += [("FONTNAME", *last, BOLD), ("LINEABOVE", *last, 0.8, INK)]
        style.append(("NOSPLIT", (0, -3), (-1, -1)))  # a total does not stand alone on a page
    return style


def pairs_table(pairs: Sequence[tuple[str, str]], width: float) -> Table:
    """Names and values under one another."""
    left, right = 180.0, width - 180.0
    style = cell_style(NORMAL, SIZE, 0)
    rows = [[Paragraph(safe(name), style), Paragraph(safe(value), style)] for name, value in pairs]
    table = Table(rows, colWidths=[left, right], hAlign="LEFT")
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ]
    )
    return table
