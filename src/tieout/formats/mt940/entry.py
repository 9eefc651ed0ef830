"""Field :61:, the statement line: dates, mark, amount, type, references, in all dialects.

SWIFT MT940 field 61: `6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]` and a supplementary line `[34x]`.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from tieout.core.errors import Place, Problem
from tieout.core.money import DecimalMark, Decimals
from tieout.core.statements import Direction
from tieout.formats.common.exact import decimals_of
from tieout.formats.common.fields import century, date_yymmdd, date_yyyymmdd, make_date

_DATES = re.compile(r"\s*([^A-Z]*)")
_MARK = re.compile(r"(R[CD]|E[CD]|[CD])([A-Z]?)\s*")
_AMOUNT = re.compile(r"([-+]?\s?(?:\d[\d.,']*|[.,]\d+))\s*")
_KIND = re.compile(r"[A-Z][A-Za-z0-9 ]{0,3}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A :61: field understood."""

    value_on: date | None
    booked_on: date | None
    direction: Direction
    is_reversal: bool
    is_expected: bool
    funds_code: str
    amount: Decimals
    kind: str
    reference: str
    bank_id: str
    name: str
    """The other party, where a bank writes it behind the padded reference."""
    supplementary: tuple[str, ...]
    problems: tuple[Problem, ...]


def parse_entry(lines: list[str], place: Place) -> Entry | Problem:
    """The entry, or why it cannot be read."""
    first = _parse(lines[0], lines[1:], place)
    if isinstance(first, Entry) or len(lines) == 1:
        return first
    # Some programs break the line in the middle: try it mended before giving up.
    mended = _parse("".join(line.strip() for line in lines), [], place)
    if isinstance(mended, Problem):
        return first
    doubt = Problem(
        "record.field-invalid",
        f"an entry broken over {len(lines)} lines, beginning {lines[0].strip()!r}",
        "one line",
        place,
    )
    return replace(mended, problems=(*mended.problems, doubt))


def _parse(line: str, more: list[str], place: Place) -> Entry | Problem:
    problems: list[Problem] = []
    dates = _DATES.match(line)
    digits = dates.group(1) if dates else ""
    rest = line[dates.end() :] if dates else line
    mark = _MARK.match(rest)
    if mark is None:
        return Problem("record.direction-unknown", repr(line[:40]), "C, D, RC or RD", place)
    found = _AMOUNT.match(rest, mark.end())
    if found is None:
        code = "record.amount-invalid" if rest[mark.end() :] else "record.amount-missing"
        return Problem(code, repr(line[:40]), "an amount after the C or D", place)
    amount = read_amount(found.group(1))
    if isinstance(amount, Problem):
        return Problem(amount.code, amount.found, amount.expected, place)
    direction, is_reversal = _direction(mark.group(1))
    if amount.digits < 0:
        direction, amount = direction.opposite, Decimals(-amount.digits, amount.exponent)
        problems.append(
            Problem("record.field-invalid", f"{found.group(1)!r}", "no sign beside C or D", place)
        )
    value_on, booked_on = _dates(digits, place, problems)
    kind, reference, bank_id, trailer = _references(rest[found.end() :])
    return Entry(
        value_on,
        booked_on,
        direction,
        is_reversal,
        mark.group(1)[0] == "E",
        mark.group(2),
        amount,
        kind,
        reference,
        bank_id,
        trailer.strip(),
        tuple(each.strip() for each in more if each.strip()),
        tuple(problems),
    )


def read_amount(text: str) -> Decimals | Problem:
    """SWIFT amounts have a decimal comma; some banks write a dot instead."""
    mark: DecimalMark = ","
    if "." in text and text.rfind(".") > text.rfind(","):
        mark = "."
    return decimals_of(text, mark)


def _direction(mark: str) -> tuple[Direction, bool]:
    """A reversal of a credit takes money out; a reversal of a debit brings it back."""
    is_reversal = mark[0] == "R"
    direction = Direction.CREDIT if mark[-1] == "C" else Direction.DEBIT
    return (direction.opposite if is_reversal else direction), is_reversal


def _dates(text: str, place: Place, problems: list[Problem]) -> tuple[date | None, date | None]:
    """Value and entry date; the entry date has no year and takes the nearest one."""
    digits = "".join(text.split())
    value_text, entry_text = digits[:6], digits[6:]
    if len(digits) in {8, 12} and date_yyyymmdd(digits[:8]) and digits[:2] in {"19", "20"}:
        value_text, entry_text = digits[2:8], digits[8:]
    elif len(digits) == 12:
        entry_text = digits[8:]
    value_on = date_yymmdd(value_text) if value_text.isascii() else None
    if value_on is None:
        _bad_date(value_text, "a value date YYMMDD", place, problems)
    if not entry_text:
        return value_on, value_on
    booked_on = None
    if len(value_text) == 6 and len(entry_text) == 4 and digits.isascii() and digits.isdigit():
        booked_on = nearest_year(
            century(int(value_text[:2])),
            (int(value_text[2:4]), int(value_text[4:])),
            (int(entry_text[:2]), int(entry_text[2:])),
        )
    if booked_on is None:
        _bad_date(entry_text, "an entry date MMDD", place, problems)
    return value_on, booked_on


@lru_cache(maxsize=8192)
def nearest_year(year: int, month_day: tuple[int, int], entry: tuple[int, int]) -> date | None:
    """The date of month and day `entry` that lies nearest to `month_day` of `year`."""
    at = (year * 12 + month_day[0]) * 31 + month_day[1]
    days = [each for near in (-1, 0, 1) if (each := make_date(year + near, *entry))]
    return min(
        days, key=lambda each: abs((each.year * 12 + each.month) * 31 + each.day - at), default=None
    )


def _bad_date(text: str, expected: str, place: Place, problems: list[Problem]) -> None:
    code = "record.date-invalid" if text.strip() else "record.date-missing"
    problems.append(Problem(code, repr(text[:12]), expected, place))


def _references(text: str) -> tuple[str, str, str, str]:
    """Type code, customer reference, bank reference, and what was written behind them."""
    kind = ""
    body = text.strip()
    found = _KIND.match(body[:4])
    if found and not body.startswith("//"):
        kind, body = found.group().strip(), body[found.end() :]
    reference, _, bank_id = body.partition("//")
    trailer = ""
    if len(reference) > 16 and reference[15] == " ":
        # Rabobank's old form: the reference padded to 16, then the name of the other party.
        reference, trailer = reference[:16], reference[16:]
    return kind, reference.strip(), bank_id.strip(), trailer
