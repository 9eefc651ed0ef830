"""Statements: what a bank or card company says about an account, line by line.

Direction is the bank's own word, as in ISO 20022 `CdtDbtInd`: a credit is money into the
account, a debit money out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from tieout.core.errors import NOWHERE, Place, Problem
from tieout.core.money import Currency, Money, format_minor


class Direction(StrEnum):
    """Which way money goes; the meaning of each is given by who speaks (bank or books)."""

    CREDIT = "credit"
    DEBIT = "debit"

    @property
    def opposite(self) -> "Direction":
        """The other one."""
        return Direction.DEBIT if self is Direction.CREDIT else Direction.CREDIT


class LineStatus(StrEnum):
    """Whether the bank has booked the line."""

    BOOKED = "booked"
    PENDING = "pending"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One item of a statement, booked unless `status` says otherwise."""

    amount_minor: int
    """Minor units of `currency`, never negative; `direction` says which way."""
    direction: Direction
    currency: Currency
    booked_on: date | None
    """The day the bank recorded it; None if the file gives none that can be read."""
    value_on: date | None = None
    """The day it counts for interest."""
    bank_id: str = ""
    """The bank's own id (OFX FITID, camt AcctSvcrRef): often not unique, never to be trusted."""
    references: tuple[str, ...] = ()
    """Cheque number, end-to-end id, customer and invoice references; most telling first."""
    counterparty: str = ""
    counterparty_account: str = ""
    narrative: str = ""
    """The free text, whitespace tidied, nothing else altered."""
    kind: str = ""
    """The bank's type code, as given (OFX TRNTYPE, MT940 NTRF, BAI2 type code, camt BkTxCd)."""
    status: LineStatus = LineStatus.BOOKED
    is_reversal: bool = False
    """The line takes back an earlier one; its direction already says which way money goes now."""
    parts: tuple["StatementLine", ...] = ()
    """What a batch line is made of (camt TxDtls, CODA details), if the bank says so."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Whatever else the file says, as (name, value), in file order."""
    place: Place = NOWHERE

    def __post_init__(self) -> None:
        """An amount has no sign of its own."""
        if self.amount_minor < 0:
            raise ValueError(f"the direction says which way, not a sign: {self.amount_minor}")

    @property
    def signed_minor(self) -> int:
        """Minor units, positive into the account."""
        return self.amount_minor if self.direction is Direction.CREDIT else -self.amount_minor


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account held on a day: signed minor units, positive in the holder's favour."""

    amount_minor: int
    currency: Currency
    on: date | None = None
    place: Place = NOWHERE

    def __str__(self) -> str:
        return str(Money(self.amount_minor, self.currency))


@dataclass(frozen=True, slots=True)
class Statement:
    """A span of lines of one account in one currency, with the balances that prove it."""

    account: str
    """As the file gives it, whitespace removed; empty if it gives none."""
    currency: Currency | None
    lines: Sequence[StatementLine]
    opening: Balance | None = None
    closing: Balance | None = None
    available: Balance | None = None
    number: str = ""
    """The bank's statement number or id."""
    begins_on: date | None = None
    ends_on: date | None = None
    account_name: str = ""
    kind: str = ""
    """`bank`, `card`, `investment`, or empty."""
    problems: tuple[Problem, ...] = ()
    """What is doubtful about this statement as a whole; filled by `tie`."""
    attributes: tuple[tuple[str, str], ...] = ()
    place: Place = NOWHERE

    @property
    def booked_minor(self) -> int:
        """The signed sum of the booked lines, in the currency's minor units.

        Lines kept as columns know their own sum without making a value per line.
        """
        known = getattr(self.lines, "booked_minor", None)
        if isinstance(known, int):
            return known
        return sum(line.signed_minor for line in self.lines if line.status is LineStatus.BOOKED)

    @property
    def ties(self) -> bool | None:
        """Opening + booked lines = closing; None when a balance is not given."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.amount_minor + self.booked_minor == self.closing.amount_minor


def by_currency(statement: Statement) -> tuple[Statement, ...]:
    """The statement with lines of its currency alone, and one without balances for each other.

    Amounts of different currencies are never added.
    """
    if statement.currency is None or getattr(statement.lines, "currency", None):
        return (statement,)
    codes = {line.currency.code: line.currency for line in statement.lines}
    if codes.keys() <= {statement.currency.code}:
        return (statement,)
    made = []
    for code, currency in sorted(codes.items()):
        own = code == statement.currency.code
        lines = tuple(line for line in statement.lines if line.currency.code == code)
        made.append(
            replace(statement, lines=lines)
            if own
            else replace(statement, lines=lines, currency=currency, opening=None, closing=None)
        )
    return tuple(made)


def counted_in(statement: Statement, currency: Currency) -> Statement:
    """The statement with all amounts in that count of its currency; ValueError if it is coarser."""
    if statement.currency is None or statement.currency.code != currency.code:
        raise ValueError(f"{statement.currency} is not {currency}")
    parts = [statement.opening, statement.closing, statement.available]
    balances = [each and _balance_in(each, currency) for each in parts]
    lines = statement.lines
    if getattr(lines, "currency", None) != currency:
        lines = tuple(
            replace(
                line,
                amount_minor=_minor_in(line.amount_minor, line.currency, currency),
                currency=currency,
            )
            if line.currency != currency
            else line
            for line in lines
        )
    return replace(
        statement,
        currency=currency,
        lines=lines,
        opening=balances[0],
        closing=balances[1],
        available=balances[2],
    )


def _balance_in(balance: Balance, currency: Currency) -> Balance:
    minor = _minor_in(balance.amount_minor, balance.currency, currency)
    return replace(balance, amount_minor=minor, currency=currency)


def _minor_in(minor: int, written: Currency, currency: Currency) -> int:
    if written.exponent <= currency.exponent:
        return int(minor * 10 ** (currency.exponent - written.exponent))
    whole, rest = divmod(minor, int(10 ** (written.exponent - currency.exponent)))
    if rest:
        raise ValueError(f"{format_minor(minor, written.exponent)} {written.code}")
    return whole


def tie(statement: Statement) -> tuple[Problem, ...]:
    """The problem of a statement that does not tie, in figures; nothing if it does."""
    if statement.ties is not False or statement.opening is None or statement.closing is None:
        return ()
    exponent = statement.closing.currency.exponent
    reached = statement.opening.amount_minor + statement.booked_minor
    return (
        Problem(
            "statement.does-not-tie",
            f"{statement.opening} + {format_minor(statement.booked_minor, exponent)} in "
            f"{len(statement.lines)} lines = {format_minor(reached, exponent)}",
            f"{statement.closing}, "
            f"{format_minor(statement.closing.amount_minor - reached, exponent)} apart",
            statement.place,
        ),
    )


def continuity(statements: Sequence[Statement], files: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Gaps and overlaps between statements of one account and currency.

    Statements are taken in order of their dates. A gap is a closing balance that is not the
    next opening balance; an overlap is a span of dates that begins before the last one ended.
    `files` names the file of each statement; without it they come from one file. Statements of
    several files that name no account are not compared: nothing says that they are of one.
    """
    found: list[Problem] = []
    by_account: dict[tuple[str, str, str], list[tuple[Statement, str]]] = {}
    for statement, file in zip(statements, files or [""] * len(statements), strict=True):
        if statement.currency is not None:
            apart = "" if statement.account else file
            key = (statement.account, statement.currency.code, apart)
            by_account.setdefault(key, []).append((statement, file))
    for (account, code, _), several in sorted(by_account.items()):
        ordered = sorted(several, key=lambda each: (*span_of(each[0]), each[1]))
        for (earlier, first_file), (later, second_file) in pairwise(ordered):
            label = f"account {account or '(not named)'} in {code}"
            if first_file != second_file:
                label += f", {first_file} and {second_file}"
            ends, begins = _last_day(earlier), _first_day(later)
            if date.min < begins <= ends and _last_day(later) > date.min and begins != ends:
                found.append(
                    Problem(
                        "statement.overlap",
                        f"{label}: one statement runs to {ends}, the next begins on {begins}",
                        "spans that do not overlap",
                        later.place,
                    )
                )
            elif (
                earlier.closing is not None
                and later.opening is not None
                and earlier.closing.amount_minor != later.opening.amount_minor
            ):
                found.append(
                    Problem(
                        "statement.gap",
                        f"{label}: closes with {earlier.closing} on {ends}, "
                        f"goes on with {later.opening} on {begins}",
                        "the same balance",
                        later.place,
                    )
                )
    return tuple(found)


def span_of(statement: Statement) -> tuple[date, date]:
    """The first and the last day that a statement covers; `date.min` where nothing says it."""
    return _first_day(statement), _last_day(statement)


def _first_day(statement: Statement) -> date:
    if statement.begins_on:
        return statement.begins_on
    return min((line.booked_on for line in statement.lines if line.booked_on), default=date.min)


def _last_day(statement: Statement) -> date:
    if statement.ends_on:
        return statement.ends_on
    return max((line.booked_on for line in statement.lines if line.booked_on), default=date.min)
