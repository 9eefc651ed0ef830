"""What a page is asked by, in its address: days and amounts; nonsense is told, not guessed."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from tieout.core.errors import InvalidInput
from tieout.core.money import parse_decimal

Query = Mapping[str, str]
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
"""Days that pages reckon with: there is room before and after them."""
Word = TypeVar("Word", bound=StrEnum)


def day(query: Query, name: str) -> date | None:
    """A day as browsers send one; None when it is not given."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("page.invalid", f"{text!r} as {name}", "a day, as 2026-09-30") from error
    if not FIRST <= found <= LAST:
        raise InvalidInput("page.invalid", f"{text!r} as {name}", f"a day from {FIRST} to {LAST}")
    return found


def minor(query: Query, name: str, exponent: int) -> int | None:
    """An amount in minor units; None when it is not given."""
    text = query.get(name, "").strip()
    if not text:
        return None
    read = parse_decimal(text)
    found = read.to_minor(exponent) if read else None
    if found is None:
        raise InvalidInput("page.invalid", f"{text!r} as {name}", f"{exponent} decimals at most")
    return found


def number(query: Query, name: str) -> int | None:
    """A whole number that is an id or a count; None when it is not given."""
    text = query.get(name, "").strip()
    return whole(text, name) if text else None


def whole(text: str, name: str) -> int:
    """A whole number that was sent as this."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InvalidInput("page.invalid", f"{text[:40]!r} as {name}", "a whole number")
    return int(text)


def required(found: int | None, name: str) -> int:
    """The number, which must be given."""
    if found is None:
        raise InvalidInput("page.invalid", f"nothing as {name}", "a whole number")
    return found


def chosen(query: Query, name: str, among: Iterable[Word]) -> Word:
    """One of these words."""
    word, words = query.get(name, ""), {str(each): each for each in among}
    if word not in words:
        raise InvalidInput("page.invalid", f"{word[:40]!r} as {name}", f"one of {', '.join(words)}")
    return words[word]
