"""Spreadsheets: values as cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from tieout.core.money import format_minor

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell must not begin with (OWASP, CSV Injection)."""
MARK = "\ufeff"
"""By this a spreadsheet knows that a text is UTF-8."""
ROWS_AT_ONCE = 1000


def amount(minor: int, exponent: int) -> Decimal:
    """Minor units as a number with a point: `amount(-1250, 2)` is -12.50."""
    return Decimal(format_minor(minor, exponent))


def cell(value: object) -> str:
    """The value as it stands in a cell.

    Numbers and days stand as they are. A text that a spreadsheet would work out as a formula, also
    after blanks, gets an apostrophe before it: it reads the same and does nothing.
    """
    if value is None:
        return ""
    if isinstance(value, int | Decimal | date):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def csv_parts(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as CSV in which no text is a formula, some rows at a time."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(MARK)
    writer.writerow(header)
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        writer.writerows([cell(each) for each in row] for row in some)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()
