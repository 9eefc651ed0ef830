"""Dates, amounts and text as they come in files, turned into core values or into None."""

import re
from datetime import date
from functools import lru_cache

from tieout.core.errors import Problem
from tieout.core.money import AMOUNT_MINOR_MAX, Currency, DecimalMark, parse_decimal

YEAR_MIN, YEAR_MAX = 1950, 2100
"""Dates outside are typing errors: no ledger that is reconciled today has them."""


def make_date(year: int, month: int, day: int) -> date | None:
    """That day, if it exists and is one a ledger could have."""
    try:
        made = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return made if YEAR_MIN <= year <= YEAR_MAX else None


def century(two_digits: int) -> int:
    """The year of two digits: 00 to 69 is 2000 to 2069, else the twentieth century."""
    return 2000 + two_digits if two_digits < 70 else 1900 + two_digits


_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{2})(\d{2})(\d{2})")


@lru_cache(maxsize=8192)
def date_yyyymmdd(text: str) -> date | None:
    """`20260131` and longer stamps that begin so (OFX, BAI2 long form)."""
    found = _COMPACT.match(text.strip())
    return make_date(*map(int, found.groups())) if found else None


@lru_cache(maxsize=8192)
def date_iso(text: str) -> date | None:
    """`2026-01-31` and stamps that begin so (ISO 8601; camt)."""
    body = text.strip()[:10]
    return date_yyyymmdd(body.replace("-", "")) if len(body) == 10 else None


@lru_cache(maxsize=8192)
def date_yymmdd(text: str) -> date | None:
    """`260131` (MT940, BAI2)."""
    found = _SHORT.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = map(int, found.groups())
    return make_date(century(year), month, day)


@lru_cache(maxsize=8192)
def date_ddmmyy(text: str) -> date | None:
    """`310126` (CODA, CFONB)."""
    found = _SHORT.fullmatch(text.strip())
    if not found:
        return None
    day, month, year = map(int, found.groups())
    return make_date(century(year), month, day)


def tidy(text: str) -> str:
    """Text with runs of whitespace made one space and no control characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


_LINE_END = re.compile(r"\r\n|\n|\r")


def lines_of(text: str) -> list[str]:
    """Lines as programs end them; `str.splitlines` also breaks at characters inside a text."""
    return _LINE_END.split(text)


def amount_of(
    text: str, currency: Currency, decimal_mark: DecimalMark = "."
) -> tuple[int, Currency] | Problem:
    """Signed minor units and their currency, widened if the file is finer; or what is wrong.

    Widening is rare and never rounds: 1.2345 in EUR is 12345 of a EUR with four decimals.
    """
    text = text.strip()
    if not text:
        return Problem("record.amount-missing", "nothing", "an amount")
    parsed = parse_decimal(text, decimal_mark)
    if parsed is None or parsed.exponent > 18:
        return Problem("record.amount-invalid", repr(text[:40]), "a decimal number")
    wide = currency.widened(parsed.exponent)
    minor = parsed.to_minor(wide.exponent)
    if minor is None or abs(minor) > AMOUNT_MINOR_MAX:
        return Problem(
            "record.amount-too-large",
            text[:40],
            f"at most {AMOUNT_MINOR_MAX:,} minor units",
        )
    return minor, wide
