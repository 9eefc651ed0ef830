"""The bridge as a chart of Excel's own: columns that stand on what is not drawn."""

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from tieout.core.matching.bridge import Bar, window
from tieout.core.reports.report import Origin
from tieout.core.spreadsheets import amount as as_number

COLOURS = {"total": "#3B5B7A", "up": "#3F8F5B", "down": "#C0504D"}
ROWS = 24
"""How many rows of the sheet the chart covers."""
DATA_COLUMN = 30
"""Where the figures of the chart stand, to the right of all that is read."""


def insert_bridge(
    book: Workbook, sheet: Worksheet, bars: Sequence[Bar], origin: Origin, at: int
) -> int:
    """Draw a bridge from row `at` on; how many rows it takes."""
    exponent = origin.exponent()
    last = at + len(bars)
    names = ["not drawn", *(f"{kind} {part}" for kind in COLOURS for part in ("above", "below"))]
    for step, name in enumerate(("bar", *names)):
        sheet.write_string(at, DATA_COLUMN + step, name)
    for step, bar in enumerate(bars, 1):
        sheet.write_string(at + step, DATA_COLUMN, bar.label)
        for place, amount in enumerate(heights(bar), 1):
            number = as_number(amount, exponent)
            sheet.write_number(at + step, DATA_COLUMN + place, number)
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for place, name in enumerate(names, 1):
        column = DATA_COLUMN + place
        colour = COLOURS.get(name.split()[0])
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.get_name(), at + 1, DATA_COLUMN, last, DATA_COLUMN],
                "values": [sheet.get_name(), at + 1, column, last, column],
                "fill": {"color": colour} if colour else {"none": True},
                "border": {"none": True},
                "gap": 40,
            }
        )
    low, high = window([bar.span for bar in bars])
    axis: dict[str, Any] = {"num_format": "#,##0", "major_gridlines": {"visible": False}}
    if low > 0:
        axis["min"] = low // 10**exponent
    if high < 0:
        axis["max"] = -(-high // 10**exponent)
    chart.set_y_axis(axis)
    chart.set_x_axis({"num_font": {"rotation": -45, "size": 8}, "label_position": "low"})
    chart.set_legend({"none": True})
    chart.set_title({"name": f"Bridge in {origin.base_currency}", "name_font": {"size": 11}})
    chart.set_size({"width": 1080, "height": 20 * (ROWS - 1)})
    sheet.insert_chart(at, 0, chart)
    return max(ROWS, len(bars) + 2)


def heights(bar: Bar) -> tuple[int, ...]:
    """What is not drawn, then for each colour the part above zero and the part below."""
    low, high = bar.span
    hidden = low if low > 0 else min(high, 0)
    above, below = max(high, 0) - max(low, 0), min(low, 0) - min(high, 0)
    parts = [(above, below) if kind == bar.kind else (0, 0) for kind in COLOURS]
    return (hidden, *(each for part in parts for each in part))
