"""Amounts whose decimal mark nobody declares: told by the amount, else by the whole file."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tieout.core.errors import Problem
from tieout.core.money import Currency, DecimalMark
from tieout.formats.common.fields import amount_of

NO_CURRENCY = Currency("XXX", 2)
"""ISO 4217's own code for *no currency*: the file names none."""

_DRESSING = re.compile(
    r"(?P<sign>[-+(]?)\s*(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥])?\s*"
    r"(?P<body>[-+]?[\d.,'\s]*\d[\d.,'\s]*[-+]?)\s*(?:[A-Z]{3}|[$€£¥])?\s*(?P<end>\)?)",
    re.IGNORECASE,
)
_BLANK_ZERO = re.compile(r"[\s+-]*[.,]\s*")


def mark_of(text: str) -> DecimalMark | None:
    """The decimal mark this amount proves; None if it has no mark or could be read two ways.

    `1.234,56` and `12,5` prove a comma, `1,234.56`, `1,234,567` and `0.125` a dot; `1,234` and
    `1.234` prove nothing.
    """
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    if not dots and not commas:
        return None
    mark: DecimalMark = "." if dots else ","
    if dots + commas > 1:
        return "," if mark == "." else "."
    whole, _, fraction = text.partition(mark)
    after = fraction.rstrip("-+) ")
    before = whole.strip("+-( ")
    could_group = len(after) == 3 and after.isdigit() and len(before) <= 3 and before.lstrip("0")
    return None if could_group else mark


def mark_by_vote(texts: Iterable[str]) -> DecimalMark:
    """The decimal mark most amounts prove; a dot when none proves anything."""
    votes = Counter(mark_of(text) for text in texts)
    return "," if votes[","] > votes["."] else "."


@dataclass(frozen=True, slots=True)
class Amount:
    """Signed minor units as read, and what had to be overlooked to read them."""

    minor: int
    currency: Currency
    problem: Problem | None = None


def lenient_amount(text: str, currency: Currency, usual: DecimalMark) -> Amount | Problem:
    """An amount as banks really write it, or the problem for which it is held back.

    Its own decimal mark counts first, then the file's usual one. A currency sign around it
    (`$120`) is taken off, and a decimal mark alone (`   .  `, a zero printed as blanks) is zero:
    both are said.
    """
    read = amount_of(text, currency, mark_of(text) or usual)
    if not isinstance(read, Problem):
        return Amount(*read)
    if read.code != "record.amount-invalid":
        return read
    found = repr(text.strip()[:40])
    if _BLANK_ZERO.fullmatch(text):
        problem = Problem("record.field-invalid", found, "digits; taken as zero")
        return Amount(0, currency, problem)
    dressed = _DRESSING.fullmatch(text.strip()[:80])
    if dressed is None:
        return read
    body = f"{dressed['sign']}{dressed['body'].strip()}{dressed['end']}"
    again = amount_of(body, currency, mark_of(body) or usual)
    if isinstance(again, Problem):
        return read
    return Amount(*again, Problem("record.field-invalid", found, "digits alone"))
