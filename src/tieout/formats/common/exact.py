"""Exact amounts of one statement: read as decimals first, counted in one currency afterwards.

A statement's sums are only right when all its amounts count in the same minor unit, so a reader
collects decimals, and widens the currency once if any of them is finer than ISO 4217 says.
"""

from collections.abc import Iterable

from tieout.core.errors import Problem
from tieout.core.money import AMOUNT_MINOR_MAX, Currency, DecimalMark, Decimals, parse_decimal
from tieout.core.reading import HeldRecord

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": what the lines of a file that names none are counted in."""
_EXPONENT_MAX = 8
_HELD_MAX = 8000
"""Characters of raw text kept of one held record: more than any standard allows."""


def decimals_of(text: str, decimal_mark: DecimalMark = ".") -> Decimals | Problem:
    """The decimal a text shows, or what is wrong with it."""
    if not text.strip():
        return Problem("record.amount-missing", "nothing", "an amount")
    parsed = parse_decimal(text, decimal_mark)
    if parsed is None or parsed.exponent > _EXPONENT_MAX:
        return Problem("record.amount-invalid", repr(text[:40]), "a decimal number")
    return _bounded(parsed, text)


def implied(digits: str, exponent: int) -> Decimals | Problem:
    """Digits whose last `exponent` are decimals by definition of the format, as a decimal."""
    body = digits.strip()
    sign = -1 if body[:1] == "-" else 1
    body = body.lstrip("+-") if body[:1] in {"-", "+"} else body
    if not body:
        return Problem("record.amount-missing", "nothing", "an amount")
    if not (body.isascii() and body.isdigit()):
        return Problem("record.amount-invalid", repr(digits[:40]), "digits only")
    if len(body.lstrip("0")) > 40:
        return _too_large(digits)
    number = int(body)
    while exponent > 0 and number % 10 == 0:
        number, exponent = number // 10, exponent - 1
    return _bounded(Decimals(sign * number, exponent), digits)


def currency_for(code: str, amounts: Iterable[Decimals]) -> Currency:
    """The currency, with as many decimals as the finest of these amounts needs."""
    return Currency.of(code).widened(max((each.exponent for each in amounts), default=0))


def minor_in(amount: Decimals, currency: Currency) -> int:
    """Signed minor units of a currency that `currency_for` made for this amount."""
    minor = amount.to_minor(currency.exponent)
    if minor is None:
        raise ValueError(f"{amount} is finer than {currency}")
    return minor


def extend_held(held: list[HeldRecord], text: str) -> bool:
    """Add what belongs to the last held record to its raw text; False when that is full."""
    last = held[-1]
    if len(last.raw) + len(text) > _HELD_MAX:
        return False
    held[-1] = HeldRecord(f"{last.raw}\n{text}", last.problem)
    return True


def _bounded(amount: Decimals, text: str) -> Decimals | Problem:
    return _too_large(text) if abs(amount.digits) > AMOUNT_MINOR_MAX else amount


def _too_large(text: str) -> Problem:
    return Problem(
        "record.amount-too-large",
        text[:40].strip(),
        f"at most {AMOUNT_MINOR_MAX:,} minor units",
    )
