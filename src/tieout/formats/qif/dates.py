"""QIF dates: a dozen dialects without a declaration, so the whole file decides how to read one.

Quicken writes `1/ 2'99` and `12/29/10`, banks `29.12.2010`, `2010-12-29`, `29-Dec-10`. Which of
two small numbers is the day is not said anywhere: the file's dates prove it together, or the
more plausible way is taken and the doubt is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

from tieout.core.errors import Problem
from tieout.formats.common.fields import century, make_date

Order = Literal["mdy", "dmy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)

_NUMBERS = re.compile(
    r"\D{0,3}(\d{1,4})\s*[-/.' ]+\s*(\d{1,2})\s*([-/.']|\s)\s*['/]?\s*(\d{1,4})(.*)"
)
_COMPACT = re.compile(r"(\d{8})(\D.*)?")
_NAMED = re.compile(
    r"(?:\w{2,9}\.?,?\s+)?(\d{1,2})[-/. ]*([^\W\d]{3,10})\.?[-/., ]*'?(\d{4}|\d{2})\b"
)
_NAMED_FIRST = re.compile(r"([^\W\d]{3,10})\.?[-/ ]*(\d{1,2})[-/., ]+'?(\d{4}|\d{2})\b")
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "ene", "gen"),
    ("feb", "fev", "fév"),
    ("mar", "mär", "mrz", "maa"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mag", "mei"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "dez", "dic", "déc"),
)


_BY_DOTS = "they are written with dots"


@dataclass(frozen=True, slots=True)
class Written:
    """A date as three numbers in the order written, or a day that needs no order."""

    numbers: tuple[int, int, int] = (0, 0, 0)
    has_long_year_first: bool = False
    has_long_year_last: bool = False
    separator: str = ""
    fixed: date | None = None
    rest: str = ""
    """What stands behind the date in the same field."""

    def in_order(self, order: Order) -> date | None:
        """The day, if there is one in that order."""
        first, second, third = self.numbers
        if self.fixed or (self.has_long_year_first and order != "ymd"):
            return self.fixed
        if order == "ymd":
            year = first if self.has_long_year_first else century(first) if first < 100 else 0
            return None if self.has_long_year_last else make_date(year, second, third)
        year = third if self.has_long_year_last else _short_year(third)
        month, day = (first, second) if order == "mdy" else (second, first)
        return make_date(year, month, day)


def _short_year(number: int) -> int:
    """Two digits, or three: programs of the nineties counted years from 1900."""
    return century(number) if number < 100 else 1900 + number


@lru_cache(maxsize=8192)
def split_date(text: str) -> Written | None:
    """The parts of a date, or None if it is none."""
    body = text.strip()[:80]
    compact = _COMPACT.fullmatch(body)
    if compact:
        return _from_digits(compact.group(1), (compact.group(2) or "").strip())
    found = _NUMBERS.match(body)
    if found is None:
        return _with_month_name(body)
    first, second, separator, third, rest = found.groups()
    numbers = (int(first), int(second), int(third))
    if len(first) >= 3:
        if len(third) > 2:
            rest, third = third[2:] + rest, third[:2]
        fixed = make_date(int(first), int(second), int(third))
        return Written(numbers, has_long_year_first=True, fixed=fixed, rest=rest.strip())
    return Written(
        numbers, has_long_year_last=len(third) == 4, separator=separator, rest=rest.strip()
    )


def _from_digits(digits: str, rest: str) -> Written:
    fixed = make_date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    numbers = (int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    return Written(numbers, has_long_year_last=True, fixed=fixed, rest=rest)


def _with_month_name(body: str) -> Written | None:
    day_first, month_first = _NAMED.match(body), _NAMED_FIRST.match(body)
    if day_first:
        day, name, year = day_first.groups()
    elif month_first:
        name, day, year = month_first.groups()
    else:
        return None
    month = next((n for n, names in enumerate(_MONTHS, 1) if name.lower().startswith(names)), 0)
    number = int(year)
    made = make_date(number if len(year) == 4 else century(number), month, int(day))
    return Written(fixed=made) if made else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The order of day, month and year for a file, and what is doubtful about it."""

    order: Order
    problem: Problem | None = None


def choose_order(
    texts: Sequence[str], *, has_decimal_comma: bool = False, stated: str = ""
) -> Chosen:
    """The order in which most of the file's dates exist; else the likelier one, and the doubt.

    Among orders that fit equally, the one that the file states is taken. Else dotted dates and
    decimal commas speak for the day first; then the order in which the records follow one another
    in time; then Quicken's own, month first.
    """
    written = [each for each in map(split_date, texts) if each is not None and not each.fixed]
    if not written:
        return Chosen("ymd" if texts else "mdy")
    fits = {order: sum(each.in_order(order) is not None for each in written) for order in ORDERS}
    for order in ORDERS:
        if order == stated and fits[order] == max(fits.values()):
            return Chosen(order)
    best = max(fits["mdy"], fits["dmy"])
    if fits["ymd"] > best or (fits["ymd"] == best and _is_far_closer(written)):
        return Chosen("ymd")
    if fits["mdy"] != fits["dmy"]:
        return Chosen("mdy" if fits["mdy"] > fits["dmy"] else "dmy")
    if all(each.in_order("mdy") == each.in_order("dmy") for each in written):
        return Chosen("mdy")
    order, why = _likelier(written, has_decimal_comma=has_decimal_comma)
    first = next(text for text in texts if (w := split_date(text)) and not w.fixed)
    spoken = {"mdy": "month first", "dmy": "day first", "ymd": "year first"}[order]
    found = f"{len(written)} dates such as {first.strip()!r} that fit both orders"
    code = "table.guess" if why == _BY_DOTS else "table.guess-ambiguous"
    return Chosen(order, Problem(code, found, f"taken with the {spoken}: {why}"))


def _is_far_closer(written: Sequence[Written]) -> bool:
    """Whether two-digit years stand first: read so, the dates lie far closer together."""
    spans = []
    for order in ORDERS:
        days = [day for each in written if (day := each.in_order(order))]
        spans.append((max(days) - min(days)).days if days else 0)
    month_first, day_first, year_first = spans
    return len(written) > 1 and year_first * 4 < min(month_first or day_first, day_first)


def _likelier(written: Sequence[Written], *, has_decimal_comma: bool) -> tuple[Order, str]:
    dots = sum(each.separator == "." for each in written)
    if dots * 2 > len(written):
        return "dmy", _BY_DOTS
    if has_decimal_comma:
        return "dmy", "amounts have a decimal comma"
    disorder = {order: _disorder([each.in_order(order) for each in written]) for order in ORDERS}
    if disorder["dmy"] < disorder["mdy"]:
        return "dmy", "so the records follow one another in time"
    if disorder["mdy"] < disorder["dmy"]:
        return "mdy", "so the records follow one another in time"
    return "mdy", "as Quicken writes them"


def _disorder(days: Sequence[date | None]) -> int:
    """How often the direction of time turns, whichever direction the file mostly has."""
    known = [day for day in days if day]
    back = sum(later < earlier for earlier, later in pairwise(known))
    forth = sum(later > earlier for earlier, later in pairwise(known))
    return min(back, forth)


@lru_cache(maxsize=8192)
def read_date(text: str, order: Order) -> tuple[date | None, Problem | None]:
    """The day in the file's order; a date that only exists in the other order is doubted."""
    if not text.strip():
        return None, Problem("record.date-missing", "no date", "a field D")
    written = split_date(text)
    if written is None:
        return None, Problem("record.date-invalid", repr(text.strip()[:40]), "a date")
    day = written.in_order(order)
    if day is not None:
        extra = written.rest.strip("\"' ")
        is_time = re.fullmatch(r"T?[\d:. ]+(?:[AP]M)?Z?", extra, re.IGNORECASE)
        if extra and not is_time:
            return day, Problem("record.field-invalid", f"{extra[:60]!r} behind a date", "a date")
        return day, None
    other = next((found for each in ORDERS if (found := written.in_order(each))), None)
    if other is None:
        return None, Problem("record.date-invalid", repr(text.strip()[:40]), f"a day as {order}")
    said = f"{text.strip()[:40]!r}, which only exists in another order than the file's"
    return other, Problem("record.date-doubtful", said, f"a day as {order}")
