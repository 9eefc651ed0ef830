"""CFONB 120, the French account statement ("relevé de compte sur support informatique")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tieout.core.errors import InvalidInput, Problem
from tieout.core.money import Currency, Decimals
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import (
    Balance,
    Direction,
    Statement,
    StatementLine,
    continuity,
    tie,
)
from tieout.formats.common.exact import NO_CURRENCY, currency_for, extend_held, implied, minor_in
from tieout.formats.common.fields import date_ddmmyy, tidy
from tieout.formats.common.fixed import FixedRecord, fixed_records
from tieout.formats.common.source import Source, Text

_WIDTH = 120
_PLUS, _MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
_OVERPUNCHED = {
    **{letter: ("", str(digit)) for digit, letter in enumerate(_PLUS)},
    **{letter: ("-", str(digit)) for digit, letter in enumerate(_MINUS)},
    # The French national set of ISO 646 shows { and } as these two letters.
    "\u00e9": ("", "0"),
    "\u00e8": ("-", "0"),
}
_OPENING = re.compile(rb"\s*01\d{5}.{4}\d{5}[A-Z ]{3}[\d ]")
_MOVEMENT = re.compile(rb"(?:^|[\r\n])(?:04|07)[0-9A-Z]{5}.{4}\d{5}[A-Z ]{3}[\d ]")


@dataclass(slots=True)
class _Movement:
    """A 04 record and its 05 records."""

    record: FixedRecord
    amount: Decimals
    booked_on: date | None
    value_on: date | None
    details: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Account:
    """From a 01 to its 07."""

    first: FixedRecord
    opening: tuple[Decimals, FixedRecord] | None = None
    closing: tuple[Decimals, FixedRecord] | None = None
    movements: list[_Movement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_amount(text: str, decimals: str) -> Decimals | Problem:
    """Digits of which the last carries the sign: `{` is +0, `A` +1, `}` -0, `J` -1 and so on."""
    body = text.strip()
    sign, digit = _OVERPUNCHED.get(body[-1:], ("", body[-1:]))
    if not decimals.isdecimal():
        decimals = "2"
    amount = implied(body[:-1] + digit, int(decimals))
    if isinstance(amount, Problem):
        return replace(amount, found=repr(text), expected="digits and a sign letter")
    return Decimals(-amount.digits, amount.exponent) if sign else amount


class _Assembly:
    """Takes the records in order."""

    def __init__(self) -> None:
        self.accounts: list[_Account] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self._open: _Account | None = None
        self._movement: _Movement | None = None
        self._is_held = False

    def take(self, record: FixedRecord) -> None:
        match record.at(1, 2):
            case "01":
                self._open = self._begin(record)
                self._open.opening = self._balance(record, self._open)
            case "04":
                self._take_movement(record)
            case "05":
                self._take_detail(record)
            case "07":
                account = self._account_of(record)
                account.closing = self._balance(record, account)
                self._open = self._movement = None
            case _:
                found = f"{tidy(record.text)[:60]!r}"
                self.problems.append(
                    Problem("record.extra", found, "01, 04, 05 or 07", record.place())
                )

    def _begin(self, record: FixedRecord) -> _Account:
        self._movement, self._is_held = None, False
        account = _Account(record)
        self.accounts.append(account)
        return account

    def _account_of(self, record: FixedRecord) -> _Account:
        """The open account, or a new one when the record is of another."""
        if self._open is None or self._open.first.at(22, 32) != record.at(22, 32):
            self._open = self._begin(record)
        elif (was := _bank(self._open.first)) != (now := _bank(record)):
            # The account number is the same: it stays one statement, and is said.
            self._open.problems.append(
                Problem("record.field-invalid", f"bank and branch {now}", was, record.place())
            )
        return self._open

    @staticmethod
    def _balance(record: FixedRecord, account: _Account) -> tuple[Decimals, FixedRecord] | None:
        amount = read_amount(record.at(91, 104), record.at(20, 20))
        if date_ddmmyy(record.at(35, 40)) is None:
            account.problems.append(
                Problem("record.date-invalid", repr(record.at(35, 40)), "DDMMYY", record.place())
            )
        if isinstance(amount, Problem):
            account.problems.append(
                Problem("statement.balance-invalid", amount.found, amount.expected, record.place())
            )
            return None
        return amount, record

    def _take_movement(self, record: FixedRecord) -> None:
        account = self._account_of(record)
        amount = read_amount(record.at(91, 104), record.at(20, 20))
        if isinstance(amount, Problem):
            held = replace(amount, place=record.place())
            self.held.append(HeldRecord(record.text.rstrip(), held))
            self._movement, self._is_held = None, True
            return
        self._is_held = False
        days = [date_ddmmyy(record.at(35, 40)), date_ddmmyy(record.at(43, 48))]
        for text, day in zip((record.at(35, 40), record.at(43, 48)), days, strict=True):
            if day is None and text.strip("0 "):
                account.problems.append(
                    Problem("record.date-invalid", repr(text), "DDMMYY", record.place())
                )
        if days[0] is None and not record.at(35, 40).strip("0 "):
            account.problems.append(
                Problem("record.date-missing", "blanks", "DDMMYY", record.place())
            )
        self._movement = _Movement(record, amount, days[0], days[1])
        account.movements.append(self._movement)

    def _take_detail(self, record: FixedRecord) -> None:
        text = record.at(49, 118).rstrip()
        if self._movement is None:
            if self._is_held and extend_held(self.held, record.text.rstrip()):
                return
            self.problems.append(
                Problem(
                    "record.extra",
                    f"a detail without a movement: {tidy(record.at(46, 118))!r}",
                    "a record 04 before it",
                    record.place(),
                )
            )
        elif text.strip():
            self._movement.details.append((record.at(46, 48).strip() or "05", text))


def _bank(record: FixedRecord) -> str:
    return f"{record.at(3, 7)} {record.at(12, 16)}"


def _account_number(record: FixedRecord) -> str:
    """Bank, branch and account number: a RIB without its key."""
    return "".join((record.at(3, 7) + record.at(12, 16) + record.at(22, 32)).split())


def _statement(account: _Account) -> Statement:
    code = account.first.at(17, 19).strip().upper()
    balances = [each for each in (account.opening, account.closing) if each]
    currency = currency_for(
        code or NO_CURRENCY,
        [each[0] for each in balances] + [each.amount for each in account.movements],
    )

    def balance(raw: tuple[Decimals, FixedRecord] | None) -> Balance | None:
        if raw is None:
            return None
        amount, record = raw
        day = date_ddmmyy(record.at(35, 40))
        return Balance(minor_in(amount, currency), currency, day, record.place())

    opening, closing = balance(account.opening), balance(account.closing)
    place = account.first.place()
    problems = list(account.problems)
    if not code:
        problems.append(Problem("match.no-currency", "blanks", "a currency", place))
    elif not currency.is_iso:
        problems.append(Problem("record.currency-unknown", repr(code), "ISO 4217", place))
    if opening is None or closing is None:
        missing = "opening (01)" if opening is None else "closing (07)"
        problems.append(
            Problem("statement.balance-missing", f"no {missing}", "a 01 and a 07", place)
        )
    statement = Statement(
        _account_number(account.first),
        currency if code else None,
        tuple(_line(each, currency) for each in account.movements),
        opening,
        closing,
        begins_on=opening.on if opening else None,
        ends_on=closing.on if closing else None,
        kind="bank",
        attributes=(
            ("bank", account.first.at(3, 7)),
            ("branch", account.first.at(12, 16)),
            ("number", account.first.at(22, 32).strip()),
        ),
        place=place,
    )
    return replace(statement, problems=(*problems, *tie(statement)))


def _line(movement: _Movement, currency: Currency) -> StatementLine:
    record, minor = movement.record, minor_in(movement.amount, currency)
    by_key: dict[str, str] = {}
    for key, text in movement.details:
        by_key.setdefault(key, tidy(text[:35]) if key == "RCN" else tidy(text))
    incoming = minor >= 0
    names = ("NPY", "NBE", "NPO", "NBU") if incoming else ("NBE", "NPY", "NBU", "NPO")
    number = record.at(82, 88).strip()
    references = [
        record.at(105, 120).strip(),
        *(by_key.get(key, "") for key in ("RCN", "REF", "RUM")),
        number if number.strip("0") else "",
    ]
    texts = [text for key, text in movement.details if key in {"LIB", "LCC", "LC2", "LCS"}]
    attributes = [
        ("internal_code", record.at(8, 11).strip()),
        ("reject_code", record.at(41, 42).strip()),
        ("exempt", record.at(89, 89).strip()),
        ("unavailable", record.at(90, 90).strip()),
        *((key, tidy(text)) for key, text in movement.details),
    ]
    return StatementLine(
        abs(minor),
        Direction.CREDIT if incoming else Direction.DEBIT,
        currency,
        movement.booked_on,
        movement.value_on,
        references=tuple(dict.fromkeys(tidy(each) for each in references if tidy(each))),
        counterparty=next((by_key[key] for key in names if key in by_key), ""),
        counterparty_account=by_key.get("CBE" if not incoming else "CPY", "").replace(" ", ""),
        narrative=tidy(" ".join([record.at(49, 79), *texts])),
        kind=record.at(33, 34).strip(),
        is_reversal=bool(record.at(41, 42).strip("0 ")),
        attributes=tuple((name, value) for name, value in attributes if value),
        place=record.place(),
    )


def read_text(source: Source, decoded: Text) -> Reading:
    """The whole reading of a file's text."""
    records = fixed_records(decoded.text, _WIDTH)
    if not any(each.at(1, 2) in {"01", "04", "07"} for each in records):
        raise InvalidInput("file.unknown-format", "no CFONB record", "01, 04 or 07", source.name)
    assembly = _Assembly()
    for record in records:
        assembly.take(record)
    statements = tuple(_statement(each) for each in assembly.accounts)
    return Reading(
        source.name,
        "cfonb120",
        "CFONB 120",
        decoded.charset,
        source.sha256,
        statements,
        problems=(*decoded.problems, *assembly.problems, *continuity(statements)),
        held=tuple(assembly.held),
    )


class Cfonb120:
    """The reader; see `formats.common.contract.Format`."""

    name = "cfonb120"
    title = "CFONB 120"
    side = "bank"
    standard = "CFONB, Relevé de compte sur support informatique, 120 characters (July 2004)"
    suffixes = (".cfo", ".cfonb", ".afb", ".afb120", ".120")

    def recognises(self, source: Source) -> int:
        """A 01 record with its currency in place, or a movement."""
        if _OPENING.match(source.head):
            return 90
        if _MOVEMENT.search(source.head):
            return 75
        return 20 if source.name.lower().endswith(self.suffixes) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Every 04 is a line or is held; 05 records complete it."""
        return read_text(source, source.text())


FORMAT = Cfonb120()
