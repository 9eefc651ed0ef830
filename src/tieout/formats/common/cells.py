"""One cell of a table: the amount, date or text in it, as people and programs write it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from tieout.core.money import ISO_4217_EXPONENTS, DecimalMark, Decimals, parse_decimal
from tieout.formats.common.fields import century, make_date
from tieout.formats.common.parsed import Exact
from tieout.formats.common.words import MONEY_IN_WORDS, MONEY_OUT_WORDS, plain

SYMBOLS = {
    "€": "EUR", "£": "GBP", "zł": "PLN", "zl": "PLN", "kč": "CZK", "₹": "INR", "r$": "BRL",
    "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "ft": "HUF", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₩": "KRW",
    "₴": "UAH", "₫": "VND", "฿": "THB", "₦": "NGN", "rp": "IDR", "rm": "MYR", "лв": "BGN",
    "lei": "RON", "tl": "TRY", "eur": "EUR", "euro": "EUR",
}  # fmt: skip
"""Currency signs that mean one currency; `$`, `¥` and `kr` mean several and say nothing."""
_MANY = {"$", "¥", "kr", "fr", "sfr", "rs", "¤"}
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069\ufeff")
)
_DASHES = str.maketrans("\u2212\u2013\u2014\u00a0\u202f\u2009\u2007", "---    ")
_BODY = re.compile(r"\d(?:[\d.,'\u2019 _]*\d)?")
_SIGNS = re.compile(r"[-+()]")

MONEY_MAX = 80
"""A longer cell is no amount."""


@dataclass(frozen=True, slots=True)
class Money:
    """What an amount cell says: the number, and the currency and direction written beside it."""

    value: Decimals
    currency: str = ""
    direction: str = ""
    """`in`, `out`, or empty when the cell has no CR, DR, S or H."""
    noisy: bool = False
    """The cell carried the noise of binary arithmetic: 0.30000000000000004."""


def money_of(cell: str, mark: DecimalMark) -> Money | None:
    """The amount in a cell, whatever sign, currency or direction stands around it."""
    if isinstance(cell, Exact):
        mark = "."
    if len(cell) > MONEY_MAX:
        return None
    text = cell.translate(_INVISIBLE).translate(_DASHES).strip()
    split = _split(text, mark)
    if split is None:
        return None
    before, body, after = split
    signs = "".join(_SIGNS.findall(before + after))
    if signs not in {"", "+", "-", "()"}:
        return None
    currency, direction = "", ""
    for word in (*_SIGNS.sub(" ", before).split(), *_SIGNS.sub(" ", after).split()):
        meaning = _meaning(word)
        if meaning is None:
            return None
        currency, direction = meaning[0] or currency, meaning[1] or direction
    value = parse_decimal(body, mark)
    if value is None:
        return None
    value, noisy = without_noise(value)
    if signs in {"-", "()"}:
        value = Decimals(-value.digits, value.exponent)
    return Money(value, currency, direction, noisy)


def _split(text: str, mark: DecimalMark) -> tuple[str, str, str] | None:
    """What stands before the number, the number, what stands after it."""
    found = _BODY.search(text)
    if found is None:
        return None
    start, end = found.span()
    before, body, after = text[:start], text[start:end], text[end:]
    if before.endswith(mark) and not before[-2:-1].isalpha():
        before, body = before[:-1], "0" + mark + body
    if after.startswith(mark):
        after = after[1:]
        after = "" if after.strip("- ") == "" and after.strip() else after
    if any(c.isdigit() for c in after):
        return None
    return before, body, after


def _meaning(word: str) -> tuple[str, str] | None:  # noqa: PLR0911  one return a meaning
    """The currency and direction a word beside a number means; None for any other word."""
    low = word.casefold().strip(".:")
    if low in SYMBOLS:
        return SYMBOLS[low], ""
    if low.upper() in ISO_4217_EXPONENTS:
        return low.upper(), ""
    if low in _MANY or not low:
        return "", ""
    if low in {"c", "cr", "h", "k", "credit", "haben", "crdt"}:
        return "", "in"
    if low in {"d", "dr", "s", "db", "debit", "soll", "dbit", "dt"}:
        return "", "out"
    if low.isascii() and low.isalnum():
        return None
    return "", ""


def without_noise(value: Decimals) -> tuple[Decimals, bool]:
    """The number that was meant where binary arithmetic left its noise, and whether it did.

    A double holds 15 decimal digits for certain. Only a number with more digits than that, which
    in 15 digits has at most four decimals, is taken for noise; any other stays as it is.
    """
    if value.exponent <= 8 or len(str(abs(value.digits))) < 15:
        return value, False
    short = Decimal(format(Decimal(value.digits).scaleb(-value.exponent), ".15g")).normalize()
    exponent = max(0, -int(short.as_tuple().exponent))
    if exponent > 4:
        return value, False
    return Decimals(int(short.scaleb(exponent)), exponent), True


def direction_of(cell: str) -> str:
    """`in`, `out`, or empty: what a cell of a direction column says."""
    text = cell.strip().casefold() if len(cell.strip()) < 2 else plain(cell)
    if text in MONEY_IN_WORDS:
        return "in"
    return "out" if text in MONEY_OUT_WORDS else ""


def account_of(cell: str) -> str:
    """An account as written: numbers without their blanks, names with them tidied."""
    text = cell.strip().strip('"')
    return "".join(text.split()) if any(c.isdigit() for c in text) else " ".join(text.split())


def currency_code(cell: str) -> str:
    """The currency a cell names by code or sign; other words stay as they are."""
    text = cell.translate(_INVISIBLE).strip()
    return SYMBOLS.get(text.casefold(), text.upper()[:12])


# Dates.

DATE_FORMS = (
    "y-m-d",
    "d/m/y",
    "m/d/y",
    "d mon y",
    "mon d y",
    "yyyymmdd",
    "ddmmyyyy",
    "yymmdd",
    "y/d/m",
    "serial",
)
"""The orders a date column may have; separators are free."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen sty led leden tamm janv januar january januari janvier enero gennaio ocak",
            ("feb fev febr fevr unor helm lut february februar februari fevrier febrero febbraio "
            "fevereiro"),
            "mar mrz maerz marz mars mrt march maart marzo marco brez maal",
            "apr avr abr april avril abril aprile kwi dub huht",
            "may mai mei maj mayo maggio maio kve touk",
            "jun juin june juni junio giugno junho cze cer kesa giu",
            "jul juil july juli juillet julio luglio julho lip lug hein cvc",
            "aug aout ago august augustus agosto sie srp elo",
            "sep sept set september septembre septiembre settembre setembro wrz zar syys",
            "oct okt out ott october oktober octobre octubre ottobre outubro paz rij loka",
            "nov november novembre noviembre novembro lis marr",
            ("dec dez dic dis december dezember decembre diciembre dicembre dezembro gru pro joul "
            "des"),
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_YMD = re.compile(r"(\d{4})\s?[-/.:\u5e74 ]\s?(\d{1,2})\s?[-/.:\u6708 ]\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(\d{1,2})\s?[-/.: ]\s?(\d{1,2})\s?[-/.: ]\s?(\d{4}|\d{1,2})(?!\d)")
_DIGITS8 = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?(?!\d)")
_EIGHT = re.compile(r"(\d{2})(\d{2})(\d{4})(?!\d)")
_SIX = re.compile(r"(\d{2})(\d{2})(\d{2})")
_DAY_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.|º)?[-/ .,]*(?:de )?([^\W\d_]{3,10})"
    r"\.?[-/ .,']*(?:de )?(\d{4}|\d{1,2})(?!\d)"
)
_NAME_DAY = re.compile(
    r"([^\W\d_]{3,10})\.?[-/ .]*(\d{1,2})(?:st|nd|rd|th)?[-/ .,]+(\d{4}|\d{2})(?!\d)"
)
_WEEKDAY = re.compile(
    r"^(?:mon?|tue?|wed?|thu?|fri?|sat?|sun?|di|mi|do|so|lun|mar|mer|jeu|ven|sam|dim|ma|wo|vr|za|zo|mie|jue|vie|dom|seg|ter|qua|qui|sex|sab|gio|pon|wto|sro|czw|pia|nie)"
    r"[^\W\d_]{0,7}[.,]*\s+(?=\d)",
    re.IGNORECASE,
)
_SERIAL_DAY_ONE = date(1899, 12, 30)


def _month(name: str) -> int:
    word = plain(name)
    return _MONTHS.get(word) or _MONTHS.get(word[:4]) or _MONTHS.get(word[:3]) or 0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else century(int(text))


def date_of(cell: str, form: str) -> date | None:  # noqa: C901, PLR0911  one case a form
    """The day in a cell, read in that order; a time or note after the date is passed over."""
    text = cell.strip()[:60]
    if isinstance(cell, Exact) or form == "serial":
        return _serial(text) if form != "yyyymmdd" or len(text) != 8 else date_of(text, form)
    found = _YMD.match(text)
    if found and form != "y/d/m":
        return make_date(*map(int, found.groups()))
    match form:
        case "d/m/y" | "m/d/y" | "y-m-d":
            found = _DMY.match(text) or _DMY.match(_WEEKDAY.sub("", text))
            if not found:
                return None
            one, two, three = found.groups()
            if form == "y-m-d":
                short = len(one) == 2 and len(three) <= 2
                return make_date(century(int(one)), int(two), int(three)) if short else None
            day, month = (one, two) if form == "d/m/y" else (two, one)
            return make_date(_year(three), int(month), int(day))
        case "d mon y":
            found = _DAY_NAME.match(text) or _DAY_NAME.match(_WEEKDAY.sub("", text))
            return make_date(_year(found[3]), _month(found[2]), int(found[1])) if found else None
        case "mon d y":
            found = _NAME_DAY.search(text)
            return make_date(_year(found[3]), _month(found[1]), int(found[2])) if found else None
        case "yyyymmdd":
            found = _DIGITS8.match(text)
            return make_date(*map(int, found.groups())) if found else None
        case "ddmmyyyy":
            found = _EIGHT.match(text)
            return make_date(int(found[3]), int(found[2]), int(found[1])) if found else None
        case "yymmdd":
            found = _SIX.fullmatch(text)
            return (
                make_date(century(int(found[1])), int(found[2]), int(found[3])) if found else None
            )
        case "y/d/m":
            return make_date(int(found[1]), int(found[3]), int(found[2])) if found else None
    return None


def _serial(text: str) -> date | None:
    """The day of a workbook's serial number: 45000 is 2023-03-15."""
    whole, _, _ = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) == 5):
        return None
    day = _SERIAL_DAY_ONE + timedelta(days=int(whole))
    return make_date(day.year, day.month, day.day)


CELLS_KEPT = 8192
"""So many cells are remembered: whoever guesses looks at the same ones from several sides."""


def looks_like_date(cell: str) -> bool:
    """Whether any form but bare digits reads a date in it."""
    text = cell.strip()
    if not 6 <= len(text) <= 60 or not any(map(str.isdigit, text[:14])):
        return False
    return _reads_as_date(text)


@lru_cache(maxsize=CELLS_KEPT, typed=True)
def _reads_as_date(text: str) -> bool:
    return any(date_of(text, form) for form in DATE_FORMS[:5])


def looks_like_amount(cell: str) -> bool:
    """Whether it reads as a number with some decimal mark and is no date or long id."""
    text = cell.strip()
    digits = sum(map(str.isdigit, text))
    if not digits or len(text) > 40 or len(cell) > MONEY_MAX or looks_like_date(text):
        return False
    if digits > 15 and "." not in text and "," not in text:
        return False
    return _reads_as_amount(cell)


@lru_cache(maxsize=CELLS_KEPT, typed=True)
def _reads_as_amount(cell: str) -> bool:
    return money_of(cell, ".") is not None or money_of(cell, ",") is not None
