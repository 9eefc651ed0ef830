"""Spreadsheets: values as cells that no spreadsheet takes for a formula."""

from datetime import date
from decimal import Decimal

from tieout.core.money import format_minor

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell must not begin with (OWASP, CSV Injection)."""


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
