"""What is open valued at the rates of a period (1.10): beside the aged report, never in its place.

At the rates of the entries, with their adjustments, an aged report is the ledger's balance. At
other rates it is a valuation, which ties to nothing and says so.
"""

from collections import defaultdict

from tieout.core.errors import InvalidInput
from tieout.core.explain.ageing import AgedItem, AgedReport
from tieout.core.explain.books import Books
from tieout.core.explain.sentences import period_phrase
from tieout.core.money import format_minor
from tieout.core.reports.report import Section, money, number, own_money, prove, text

NAME = "valuation"


def value_of(books: Books, item: AgedItem, period: int) -> int | None:
    """What an item has left at the rate of a period, in base minor units; None without a rate.

    Rounded half away from zero. What is in base currency keeps its value.
    """
    currency = item.entry.currency
    if currency == books.base_currency:
        return item.left_minor
    rate = books.rates.get((period, currency))
    if rate is None:
        return None
    up = int(10 ** books.exponents.get(books.base_currency, 2))
    down = int(10 ** (books.exponents.get(currency, 2) + rate.exponent))
    size = (2 * abs(item.left_doc) * rate.digits * up + down) // (2 * down)
    return size if item.left_doc >= 0 else -size


def valued(books: Books, made: AgedReport, period: int) -> int | None:
    """What is open at the rates of a period; None where a rate is not known."""
    total = 0
    for item in made.items:
        value = value_of(books, item, period)
        if value is None:
            return None
        total += value
    return total


def rates_phrase(books: Books, period: int) -> str:
    """The rates of a period in words."""
    return f"the rates of {period_phrase(books, period)}"


def valuation(books: Books, made: AgedReport, period: int) -> Section:
    """By currency: open, its value in the ledger, its value at the rates of a period.

    Raises:
        InvalidInput: `command.invalid` where a rate is not known.
    """
    open_minor: dict[str, int] = defaultdict(int)
    book: dict[str, int] = defaultdict(int)
    value: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for item in made.items:
        currency = item.entry.currency
        found = value_of(books, item, period)
        if found is None:
            known = sorted({number for number, one in books.rates if one == currency})
            expected = f"a period with one: {', '.join(map(str, known)) or 'there is none'}"
            where = rates_phrase(books, period)
            raise InvalidInput("command.invalid", f"no rate of {currency} in {where}", expected)
        open_minor[currency] += item.left_doc
        book[currency] += item.left_minor
        value[currency] += found
        count[currency] += 1
    rows = tuple(
        (
            currency,
            count[currency],
            open_minor[currency],
            _rate(books, currency, period),
            book[currency],
            value[currency],
            value[currency] - book[currency],
        )
        for currency in sorted(count)
    )
    section = Section(
        NAME,
        f"Valued at {rates_phrase(books, period)}",
        (
            text("currency", "Currency"),
            number("items", "Items"),
            own_money("own_left", "Open, own currency"),
            text("rate", "Rate"),
            money("left", "In the ledger"),
            money("value", "At these rates"),
            money("difference", "Difference"),
        ),
        rows,
        note="A valuation: it agrees with no ledger. The report itself is at the rates of the "
        "entries, with adjustments.",
    )
    prove(section.total("left"), made.total, "what is valued", NAME)
    prove(section.total("value"), valued(books, made, period) or 0, "a valuation", NAME)
    return section


def _rate(books: Books, currency: str, period: int) -> str:
    rate = books.rates.get((period, currency))
    if currency == books.base_currency or rate is None:
        return ""
    return format_minor(rate.digits, rate.exponent)
