"""Norma 43 (cuaderno 43), the Spanish account statement of AEB and CECA."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tieout.core.errors import InvalidInput, Problem
from tieout.core.money import Currency, Decimals, format_minor
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
from tieout.formats.common.fields import date_yymmdd, tidy
from tieout.formats.common.fixed import FixedRecord, fixed_records
from tieout.formats.common.source import Source, Text

_WIDTH = 80
_DECIMALS = 2
"""Amounts have 14 digits, the last two of them decimals, in every currency."""
_NUMBERED = (
    "978=EUR 840=USD 826=GBP 756=CHF 392=JPY 724=ESP 036=AUD 124=CAD 208=DKK 578=NOK 752=SEK "
    "985=PLN 203=CZK 348=HUF 504=MAD 484=MXN 156=CNY 344=HKD 702=SGD 949=TRY 710=ZAR 554=NZD "
    "032=ARS 986=BRL 152=CLP 170=COP 604=PEN 858=UYU 946=RON 975=BGN"
)
_CURRENCIES = {pair[:3]: pair[4:] for pair in _NUMBERED.split()}
"""ISO 4217 numbers of the currencies that Spanish accounts are kept in."""
_HEADER = re.compile(rb"\s*11\d{18}\d{12}[12]\d{14}\d{3}")
_MOVEMENT = re.compile(rb"(?:^|[\r\n])22.{4}\d{4}\d{12}\d{2}[\d ]{3}[12]\d{14}")


@dataclass(slots=True)
class _Movement:
    """A 22 record with its 23 and 24 records."""

    record: FixedRecord
    amount: Decimals
    booked_on: date | None
    value_on: date | None
    concepts: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Account:
    """From an 11 to its 33."""

    first: FixedRecord
    header: FixedRecord | None = None
    footer: FixedRecord | None = None
    movements: list[_Movement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_amount(sign: str, digits: str, record: FixedRecord) -> Decimals | Problem:
    """Fourteen digits with two decimals; 1 is a debit, 2 a credit."""
    if sign not in {"1", "2"}:
        return Problem(
            "record.direction-unknown", repr(sign), "1 (debit) or 2 (credit)", record.place()
        )
    amount = implied(digits, _DECIMALS)
    if isinstance(amount, Problem):
        return replace(amount, place=record.place())
    return Decimals(-amount.digits, amount.exponent) if sign == "1" else amount


class _Assembly:
    """Takes the records in order."""

    def __init__(self) -> None:
        self.accounts: list[_Account] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.count = 0
        self.ended = False
        self._open: _Account | None = None
        self._movement: _Movement | None = None
        self._is_held = False

    def take(self, record: FixedRecord) -> None:
        code = record.at(1, 2)
        if code != "88":
            self.count += 1
        match code:
            case "11":
                self._begin(record).header = record
            case "22":
                self._take_movement(record)
            case "23" | "24":
                self._take_detail(record)
            case "33":
                account = self._open or self._begin(record)
                account.footer = record
                self._open = self._movement = None
            case "88":
                self._take_end(record)
            case _:
                found = f"{tidy(record.text)[:60]!r}"
                self.problems.append(
                    Problem("record.extra", found, "11, 22, 23, 24, 33 or 88", record.place())
                )

    def _begin(self, record: FixedRecord) -> _Account:
        self._open, self._movement, self._is_held = _Account(record), None, False
        self.accounts.append(self._open)
        return self._open

    def _take_movement(self, record: FixedRecord) -> None:
        account = self._open or self._begin(record)
        amount = read_amount(record.at(28, 28), record.at(29, 42), record)
        if isinstance(amount, Problem):
            self.held.append(HeldRecord(record.text.rstrip(), amount))
            self._movement, self._is_held = None, True
            return
        self._is_held = False
        days = [date_yymmdd(record.at(11, 16)), date_yymmdd(record.at(17, 22))]
        for text, day in zip((record.at(11, 16), record.at(17, 22)), days, strict=True):
            if day is None:
                code = "record.date-invalid" if text.strip("0 ") else "record.date-missing"
                account.problems.append(Problem(code, repr(text), "YYMMDD", record.place()))
        self._movement = _Movement(record, amount, days[0], days[1])
        account.movements.append(self._movement)

    def _take_detail(self, record: FixedRecord) -> None:
        if self._is_held and extend_held(self.held, record.text.rstrip()):
            return
        if self._movement is None:
            found = f"{record.at(1, 2)} without a 22: {tidy(record.at(5, 80))!r}"
            self.problems.append(Problem("record.extra", found, "a record 22", record.place()))
        elif record.at(1, 2) == "23":
            self._movement.concepts += [record.at(5, 42), record.at(43, 80)]
        else:
            code = _CURRENCIES.get(record.at(5, 7), record.at(5, 7))
            amount = implied(record.at(8, 21), _DECIMALS)
            if isinstance(amount, Decimals):
                original = format_minor(amount.to_minor(_DECIMALS) or 0, _DECIMALS)
                self._movement.attributes.append(("original_amount", f"{original} {code}"))
            else:
                self._movement.attributes.append(("record_24", tidy(record.text)))

    def _take_end(self, record: FixedRecord) -> None:
        self.ended = True
        stated = record.at(21, 26)
        if stated.isdecimal() and int(stated) != self.count:
            self.problems.append(
                Problem(
                    "statement.count-differs",
                    f"{self.count} records",
                    f"{int(stated)} as the 88 states",
                    record.place(),
                )
            )


def _statement(account: _Account) -> Statement:
    header, footer, first = account.header, account.footer, account.first
    number = header.at(48, 50) if header else footer.at(74, 76) if footer else ""
    code = _CURRENCIES.get(number, number.strip())
    opening_amount = read_amount(header.at(33, 33), header.at(34, 47), header) if header else None
    closing_amount = read_amount(footer.at(59, 59), footer.at(60, 73), footer) if footer else None
    amounts = [each for each in (opening_amount, closing_amount) if isinstance(each, Decimals)]
    currency = currency_for(
        code or NO_CURRENCY, amounts + [each.amount for each in account.movements]
    )
    problems = list(account.problems)

    def balance(
        amount: Decimals | Problem | None, record: FixedRecord | None, on: date | None
    ) -> Balance | None:
        if isinstance(amount, Problem):
            problems.append(replace(amount, code="statement.balance-invalid"))
        if record is None or not isinstance(amount, Decimals):
            return None
        return Balance(minor_in(amount, currency), currency, on, record.place())

    begins_on = date_yymmdd(header.at(21, 26)) if header else None
    ends_on = date_yymmdd(header.at(27, 32)) if header else None
    opening = balance(opening_amount, header, begins_on)
    closing = balance(closing_amount, footer, ends_on)
    lines = tuple(_line(each, currency) for each in account.movements)
    if opening is None or closing is None:
        missing = "closing (33)" if opening else "opening (11)"
        problems.append(
            Problem("statement.balance-missing", f"no {missing}", "an 11 and a 33", first.place())
        )
    if not currency.is_iso:
        problems.append(
            Problem("record.currency-unknown", repr(number), "an ISO 4217 number", first.place())
        )
    if footer:
        problems += _totals(footer, lines, currency)
    identified = header or footer
    statement = Statement(
        identified.at(3, 20).replace(" ", "") if identified else "",
        currency if code else None,
        lines,
        opening,
        closing,
        begins_on=begins_on,
        ends_on=ends_on,
        account_name=tidy(header.at(52, 77)) if header else "",
        kind="bank",
        attributes=(("modality", header.at(51, 51)),) if header else (),
        place=first.place(),
    )
    return replace(statement, problems=(*problems, *tie(statement)))


def _totals(
    footer: FixedRecord, lines: tuple[StatementLine, ...], currency: Currency
) -> list[Problem]:
    """Counts and sums of debits and credits that the 33 states."""
    found: list[Problem] = []
    for direction, count, total in (
        (Direction.DEBIT, footer.at(21, 25), footer.at(26, 39)),
        (Direction.CREDIT, footer.at(40, 44), footer.at(45, 58)),
    ):
        amounts = [each.amount_minor for each in lines if each.direction is direction]
        if count.isdecimal() and int(count) != len(amounts):
            found.append(
                Problem(
                    "statement.count-differs",
                    f"{len(amounts)} {direction}s",
                    f"{int(count)} as the 33 states",
                    footer.place(),
                )
            )
        stated = implied(total, _DECIMALS)
        wanted = stated.to_minor(currency.exponent) if isinstance(stated, Decimals) else None
        if wanted is not None and wanted != sum(amounts):
            found.append(
                Problem(
                    "statement.total-differs",
                    f"{direction}s of {format_minor(sum(amounts), currency.exponent)}",
                    f"{format_minor(wanted, currency.exponent)} as the 33 states",
                    footer.place(),
                )
            )
    return found


def _line(movement: _Movement, currency: Currency) -> StatementLine:
    record, minor = movement.record, minor_in(movement.amount, currency)
    given = (record.at(65, 80), record.at(53, 64), record.at(43, 52))
    attributes = [("branch", record.at(7, 10).strip()), *movement.attributes]
    return StatementLine(
        abs(minor),
        Direction.DEBIT if record.at(28, 28) == "1" else Direction.CREDIT,
        currency,
        movement.booked_on,
        movement.value_on,
        references=tuple(dict.fromkeys(tidy(each) for each in given if each.strip("0 "))),
        narrative=tidy("".join(movement.concepts)),
        kind=record.at(23, 27).strip(),
        attributes=tuple((name, value) for name, value in attributes if value),
        place=record.place(),
    )


def read_text(source: Source, decoded: Text) -> Reading:
    """The whole reading of a file's text."""
    records = fixed_records(decoded.text, _WIDTH)
    if not any(each.at(1, 2) in {"11", "22", "33"} for each in records):
        raise InvalidInput("file.unknown-format", "no Norma 43 record", "11 or 22", source.name)
    assembly = _Assembly()
    for record in records:
        assembly.take(record)
    statements = tuple(_statement(each) for each in assembly.accounts)
    problems = [*decoded.problems, *assembly.problems]
    if not assembly.ended:
        problems.append(Problem("file.truncated", "no end record", "a record 88"))
    return Reading(
        source.name,
        "norma43",
        "Norma 43",
        decoded.charset,
        source.sha256,
        statements,
        problems=(*problems, *continuity(statements)),
        held=tuple(assembly.held),
    )


class Norma43:
    """The reader; see `formats.common.contract.Format`."""

    name = "norma43"
    title = "Norma 43 (AEB/CECA)"
    side = "bank"
    standard = "AEB/CECA, Cuaderno 43, Información normalizada de cuenta corriente (June 2012)"
    suffixes = (".n43", ".q43", ".aeb", ".c43", ".43")

    def recognises(self, source: Source) -> int:
        """A header with its dates and sign in place, or a movement."""
        if _HEADER.match(source.head):
            return 90
        if _MOVEMENT.search(source.head):
            return 75
        return 20 if source.name.lower().endswith(self.suffixes) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Every 22 is a line or is held; counts and totals are checked."""
        return read_text(source, source.text())


FORMAT = Norma43()
