"""Money: integer minor units with a currency, never float.

A currency's exponent is the number of decimals of its minor unit (ISO 4217:2015, list one). A
commodity that is not in the list (shares, loyalty points) has the exponent its own file shows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

AMOUNT_MINOR_MAX = 10**16
"""Larger amounts are refused: sums of a million of them still fit 128 bits, and no bank has one."""

DecimalMark = Literal[".", ","]

_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
    "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD "
    "XCG YER ZAR ZMW ZWG ZWL "
    "DEM FRF ITL ESP NLG BEF ATS FIM IEP PTE GRD LTL LVL EEK SKK SIT MTL CYP"
)
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

ISO_4217_EXPONENTS: dict[str, int] = {
    code: exponent
    for exponent, codes in ((0, _ZERO), (2, _TWO), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
"""Currency code to decimals of its minor unit; withdrawn codes that old files carry are kept."""


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """A currency code and the number of decimals in which its amounts are counted.

    The exponent is that of ISO 4217 unless a file really carries finer amounts; then the
    currency is widened, so that no digit is lost and nothing is rounded.
    """

    code: str
    exponent: int

    def __post_init__(self) -> None:
        """Refuse what no currency can be."""
        if not self.code or self.code != self.code.strip():
            raise ValueError(f"a currency code has no blanks around it and is not empty: {self!r}")
        if not 0 <= self.exponent <= 18:
            raise ValueError(f"a currency has 0 to 18 decimals: {self!r}")

    @classmethod
    def of(cls, code: str) -> "Currency":
        """The currency of that code, with its ISO 4217 exponent (2 where ISO knows none)."""
        return _currency(code)

    def widened(self, exponent: int) -> "Currency":
        """The same currency counted in at least that many decimals."""
        return self if exponent <= self.exponent else Currency(self.code, exponent)

    @property
    def is_iso(self) -> bool:
        """Whether ISO 4217 lists (or once listed) the code."""
        return self.code in ISO_4217_EXPONENTS


@lru_cache(maxsize=1024)
def _currency(code: str) -> Currency:
    return Currency(code, ISO_4217_EXPONENTS.get(code, 2))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of a currency. Signed; arithmetic within one currency."""

    amount_minor: int
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other).amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other).amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __str__(self) -> str:
        return f"{format_minor(self.amount_minor, self.currency.exponent)} {self.currency.code}"

    def allocate(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split by weights so that the parts add up to the whole, to the last minor unit.

        What integer division leaves goes one unit each to the first parts with a weight.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError(f"weights are not negative and not all zero: {weights!r}")
        sign = -1 if self.amount_minor < 0 else 1
        parts = [abs(self.amount_minor) * weight // total for weight in weights]
        left = abs(self.amount_minor) - sum(parts)
        for index, weight in enumerate(weights):
            if left and weight:
                parts[index] += 1
                left -= 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are not in one currency: convert first")
        return other


def format_minor(amount_minor: int, exponent: int) -> str:
    """Minor units as a plain decimal: `format_minor(-1234, 2)` is `-12.34`."""
    sign, digits = (
        ("-" if amount_minor < 0 else ""),
        str(abs(amount_minor)).rjust(exponent + 1, "0"),
    )
    return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)


_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f'\u2019_"))
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"),
    ",": re.compile(r"\d{1,3}(?:\.\d{2,3})*\.\d{3}(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
}


_PLAIN = {
    ".": re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{0,18}))?"),
    ",": re.compile(r"(-?)([0-9]{1,30})(?:,([0-9]{0,18}))?"),
}
"""What nearly all amounts look like; read without taking anything off first."""


@dataclass(frozen=True, slots=True)
class Decimals:
    """A decimal as written: `digits` times ten to the minus `exponent`, exact."""

    digits: int
    exponent: int

    def to_minor(self, exponent: int) -> int | None:
        """Minor units at that exponent; None if digits would be lost."""
        if self.exponent <= exponent:
            return int(self.digits * 10 ** (exponent - self.exponent))
        minor, lost = divmod(abs(self.digits), int(10 ** (self.exponent - exponent)))
        return None if lost else (-minor if self.digits < 0 else minor)


def parse_decimal(text: str, decimal_mark: DecimalMark = ".") -> Decimals | None:
    """Read a decimal as people and banks write it; None if it is not one.

    Accepted: a sign before or after (`-`, `+`, U+2212), parentheses for negative, spaces or
    apostrophes anywhere between digits, the other mark as thousands separator in groups.
    Not accepted: exponents, NaN, infinities, two decimal marks, words. Trailing zeros beyond
    need do not widen: `1.500` has exponent 1, `12.00` has exponent 0.
    """
    plain = _PLAIN[decimal_mark].fullmatch(text)
    if plain:
        sign, whole, fraction = plain.groups()
        fraction = (fraction or "").rstrip("0")
        return Decimals(int(sign + whole + fraction), len(fraction))
    body = text.translate(_SPACES).replace("\u2212", "-")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1]
    if body[-1:] in {"-", "+"}:
        body = body[-1] + body[:-1]
    if body[:1] in {"-", "+"}:
        negative, body = negative != (body[0] == "-"), body[1:]
    if not body.isascii() or not _GROUPED[decimal_mark].fullmatch(body):
        return None
    thousands = "," if decimal_mark == "." else "."
    whole, _, fraction = body.replace(thousands, "").partition(decimal_mark)
    fraction = fraction.rstrip("0")
    if len(whole) + len(fraction) > 60:
        return None
    digits = int((whole or "0") + fraction)
    return Decimals(-digits if negative else digits, len(fraction))
