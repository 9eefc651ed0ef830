"""Reports as a PDF: the bridge drawn, every table with its totals, pages numbered, the snapshot.

Drawn by a library that needs nothing of the system; the typeface comes with the program, so that
accents and currency signs are the same on every machine.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from tieout.core.matching.bridge import Bar
from tieout.core.reports.report import Origin, Report, Section
from tieout.files.pdf_chart import drawn_bridge
from tieout.files.pdf_look import BOLD, GREY, NORMAL, STYLES, safe
from tieout.files.pdf_table import pairs_table, section_table
from tieout.files.writing import write_bytes, writing

PAGE = landscape(A4)
MARGIN = 36
ROOM_LEAST = 90
"""A table does not begin where less than a heading and some rows of it fit."""
ROWS_MAX = 2_000
"""Rows of one table in a PDF; the workbook and the CSV have all, and the page says so."""


def write_pdf(
    path: Path, reports: Sequence[Report], bridges: Mapping[str, Sequence[Bar]] | None = None
) -> Path:
    """Write reports as one PDF.

    Args:
        path: The file.
        reports: One or several.
        bridges: By name of a section, the bars to draw above it.
    """
    with writing("a folder that you may write to"):
        return write_bytes(path, pdf_of(reports, bridges or {}))


def pdf_of(reports: Sequence[Report], bridges: Mapping[str, Sequence[Bar]]) -> bytes:
    """The PDF's bytes; the same for the same reports."""
    out = BytesIO()
    origin = reports[0].origin
    made = BaseDocTemplate(
        out,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 12,
        title=reports[0].title,
        author=f"Tieout {origin.version}",
        subject=origin.snapshot,
        lang="en-GB",
        invariant=1,
    )
    frame = Frame(made.leftMargin, made.bottomMargin, made.width, made.height, 0, 0, 0, 0)
    made.addPageTemplates(PageTemplate(frames=[frame]))
    story: list[Flowable] = []
    for report in reports:
        if story:
            story.append(PageBreak())
        story += _report(report, bridges, made.width)
    made.build(story, canvasmaker=_numbered(origin))
    return out.getvalue()


def _report(report: Report, bridges: Mapping[str, Sequence[Bar]], width: float) -> list[Flowable]:
    story: list[Flowable] = [
        Paragraph(safe(report.title), STYLES["title"]),
        Paragraph(safe(report.sentence), STYLES["lead"]),
    ]
    for place, section in enumerate(report.sections):
        bars = bridges.get(section.name)
        if bars:
            story += [drawn_bridge(bars, report.origin, width), Spacer(1, 10)]
        story += _section(report, section, width, is_first=place == 0)
    about = [*report.about(), *(("note", note) for note in report.notes)]
    return [
        *story,
        CondPageBreak(ROOM_LEAST),
        Paragraph("About this report", STYLES["heading"]),
        pairs_table(about, width),
    ]


def _section(report: Report, section: Section, width: float, *, is_first: bool) -> list[Flowable]:
    """A table under its heading; one of a group that belongs to a party begins a page."""
    story: list[Flowable] = []
    is_apart = section.group not in {"", "summary"}
    story.append(PageBreak() if is_apart else CondPageBreak(ROOM_LEAST))
    if not is_first or section.title != report.title:
        story.append(Paragraph(safe(section.title), STYLES["heading"]))
    if is_apart:
        story.append(Paragraph(safe(report.title), STYLES["note"]))
    if section.note:
        story.append(Paragraph(safe(section.note), STYLES["note"]))
    if not section.rows:
        return [*story, Paragraph("Nothing.", STYLES["note"])]
    story.append(section_table(section, report.origin, width, ROWS_MAX))
    left = len(section.rows) - ROWS_MAX
    if left > 0:
        said = f"And {left:,} more rows, which the total counts: the workbook and the CSV have all."
        story.append(Paragraph(said, STYLES["note"]))
    return [*story, Spacer(1, 8)]


def _numbered(origin: Origin) -> type[Canvas]:
    """A canvas that knows at the end how many pages there are, and writes them below each."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  the library's
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  the library's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self._footer(number)
                super().showPage()
            super().save()

        def _footer(self, number: int) -> None:
            self.setFillColor(GREY)
            self.setFont(NORMAL, 6.5)
            said = f"Tieout {origin.version} · snapshot {origin.snapshot}"
            self.drawString(MARGIN, MARGIN - 6, said)
            self.setFont(BOLD, 7)
            place = f"Page {number} of {len(self._pages)}"
            self.drawRightString(PAGE[0] - MARGIN, MARGIN - 6, place)

    return Numbered
