"""The bridge drawn on a page: a bar a cause, between the two totals."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing, Line, Rect, String

from tieout.core.matching.bridge import Bar, window
from tieout.core.reports.report import Origin
from tieout.files.pdf_look import BOLD, COLOURS, GREY, INK, NORMAL, RULE, width_of

ROW = 13.0
LABEL = 210.0
FIGURES = 90.0
SIZE = 7.5


def drawn_bridge(bars: Sequence[Bar], origin: Origin, width: float) -> Drawing:
    """The bars lie one under another, each beginning where the one before has ended."""
    low, high = window([bar.span for bar in bars])
    room, height = width - LABEL - FIGURES, ROW * len(bars) + 6
    scale = room / max(high - low, 1)
    drawn = Drawing(width, height)
    last: float | None = None
    for place, bar in enumerate(bars):
        top = height - 3 - ROW * (place + 1)
        first, end = (min(max(each, low), high) for each in bar.span)
        left, wide = LABEL + (first - low) * scale, max((end - first) * scale, 0.6)
        if last is not None:
            drawn.add(Line(last, top + ROW - 2, last, top + ROW + 2, strokeColor=RULE))
        drawn.add(Rect(left, top + 2, wide, ROW - 4, fillColor=COLOURS[bar.kind], strokeColor=None))
        name = BOLD if bar.kind == "total" else NORMAL
        said = _cut(f"{bar.label} ({bar.count})" if bar.count else bar.label, name)
        drawn.add(String(0, top + 4, said, fontName=name, fontSize=SIZE, fillColor=INK))
        drawn.add(
            String(
                width,
                top + 4,
                origin.decimal(bar.amount_minor),
                fontName=name,
                fontSize=SIZE,
                fillColor=INK,
                textAnchor="end",
            )
        )
        last = LABEL + (min(max(bar.ends, low), high) - low) * scale
    if low > 0 or high < 0:
        said = "The bars of the two totals are cut."
        drawn.add(String(LABEL, 0, said, fontName=NORMAL, fontSize=6, fillColor=GREY))
    return drawn


def _cut(text: str, name: str) -> str:
    """A label that does not reach into the bars."""
    while width_of(text, name, SIZE) > LABEL - 8:
        text = text[:-2] + "…"
    return text
