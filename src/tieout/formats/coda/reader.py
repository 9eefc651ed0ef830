"""Records 0 to 9 into statements, with the trailer's counts and totals checked."""

from dataclasses import dataclass, field, replace

from tieout.core.errors import InvalidInput, Problem
from tieout.core.money import Currency, Decimals, format_minor
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import Balance, Direction, Statement, continuity, tie
from tieout.formats.coda.movement import (
    DECIMALS,
    Movement,
    begin_movement,
    line_of,
    read_signed,
)
from tieout.formats.common.exact import (
    NO_CURRENCY,
    currency_for,
    extend_held,
    implied,
    minor_in,
)
from tieout.formats.common.fields import date_ddmmyy, tidy
from tieout.formats.common.fixed import FixedRecord, fixed_records
from tieout.formats.common.repeats import repeats
from tieout.formats.common.source import Source, Text

_WIDTH = 128


@dataclass(slots=True)
class _Account:
    """From record 0 or 1 to record 8 or 9."""

    first: FixedRecord
    old: FixedRecord | None = None
    new: FixedRecord | None = None
    end: FixedRecord | None = None
    movements: list[Movement] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0


class _Assembly:
    """Takes the records in order."""

    def __init__(self) -> None:
        self.accounts: list[_Account] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.version = ""
        self._open: _Account | None = None
        self._movement: Movement | None = None
        self._latest: Movement | None = None
        self._is_held = False

    def take(self, record: FixedRecord) -> None:
        kind = record.at(1, 1)
        if kind not in "0123489":
            found = repr(tidy(record.text)[:60])
            self.problems.append(
                Problem("record.extra", found, "a record 0 to 4, 8 or 9", record.place())
            )
            return
        account = self._account_for(kind, record)
        if kind in "1238":
            account.count += 1
        match kind:
            case "0":
                self._take_header(record, account)
            case "1":
                account.old = record
            case "2":
                self._take_movement(record, account)
            case "3":
                self._take_information(record)
            case "4":
                account.messages.append(record.at(33, 112))
            case "8":
                account.new = record
            case _:
                account.end = record

    def _account_for(self, kind: str, record: FixedRecord) -> _Account:
        """The open statement; a 0, or a 1 after a 1 or 8, or anything after a 9 begins one."""
        now = self._open
        if (
            now is None
            or kind == "0"
            or (now.end is not None)
            or (kind == "1" and (now.old is not None or now.new is not None))
        ):
            now = self._open = _Account(record)
            self._movement = self._latest = None
            self.accounts.append(now)
        return now

    def _take_header(self, record: FixedRecord, account: _Account) -> None:
        self.version = record.at(128, 128).strip() or self.version
        named = (
            ("created_on", record.at(6, 11)),
            ("bank", record.at(12, 14)),
            ("duplicate", record.at(17, 17)),
            ("file_reference", record.at(25, 34)),
            ("addressee", record.at(35, 60)),
            ("bic", record.at(61, 71)),
        )
        account.attributes += [(name, tidy(value)) for name, value in named if tidy(value)]

    def _take_movement(self, record: FixedRecord, account: _Account) -> None:
        part = record.at(2, 2)
        if part == "1":
            self._begin_movement(record, account)
            return
        same = self._latest is not None and self._latest.sequence == record.at(3, 6)
        if self._is_held and extend_held(self.held, record.text.rstrip()):
            return
        if part == "2" and self._latest is not None and same:
            self._latest.second = record
        elif part == "3" and self._latest is not None and same:
            self._latest.third = record
        else:
            found = f"2.{part} without its 2.1: {tidy(record.at(11, 125))[:60]!r}"
            self.problems.append(Problem("record.extra", found, "a record 2.1", record.place()))

    def _begin_movement(self, record: FixedRecord, account: _Account) -> None:
        movement = begin_movement(record, account.problems)
        self._is_held = isinstance(movement, Problem)
        if isinstance(movement, Problem):
            self._latest = None
            self.held.append(HeldRecord(record.text.rstrip(), movement))
            return
        self._latest = movement
        if not movement.is_detail:
            self._movement = movement
            account.movements.append(movement)
        elif self._movement is not None and self._movement.sequence == movement.sequence:
            self._movement.details.append(movement)
        else:
            # A detail whose movement is missing still says that money moved.
            account.problems.append(
                Problem(
                    "record.field-invalid",
                    f"detail {record.at(7, 10)} of movement {movement.sequence} alone",
                    "the movement before it",
                    record.place(),
                )
            )
            account.movements.append(movement)

    def _take_information(self, record: FixedRecord) -> None:
        if self._is_held and extend_held(self.held, record.text.rstrip()):
            return
        if self._latest is not None and self._latest.sequence == record.at(3, 6):
            self._latest.information.append(record)
        else:
            found = f"information without its movement: {tidy(record.at(41, 113))[:60]!r}"
            self.problems.append(Problem("record.extra", found, "a record 2.1", record.place()))


def _account_and_currency(record: FixedRecord, structure: str, shift: int) -> tuple[str, str]:
    """Record 1 has them from column 6, record 8 (shift 1) from column 5."""
    text = record.at(6 - shift, 42 - shift)
    if structure == "0":
        return text[:12].strip(), text[13:16].strip()
    return text[:34].replace(" ", ""), text[34:37].strip()


def _statement(account: _Account) -> Statement:
    old, new = account.old, account.new
    structure = old.at(2, 2) if old else "2"
    number, code = "", ""
    if old or new:
        number, code = (
            _account_and_currency(old, structure, 0)
            if old
            else _account_and_currency(new or account.first, structure, 1)
        )
    opening_amount = read_signed(old.at(43, 43), old.at(44, 58), old) if old else None
    closing_amount = read_signed(new.at(42, 42), new.at(43, 57), new) if new else None
    amounts = [each for each in (opening_amount, closing_amount) if isinstance(each, Decimals)]
    currency = currency_for(
        code or NO_CURRENCY,
        [
            *amounts,
            *(each.amount for each in account.movements),
            *(part.amount for each in account.movements for part in each.details),
        ],
    )
    problems = list(account.problems)

    def balance(
        amount: Decimals | Problem | None, record: FixedRecord | None, day: str
    ) -> Balance | None:
        if isinstance(amount, Problem):
            problems.append(replace(amount, code="statement.balance-invalid"))
        if record is None or not isinstance(amount, Decimals):
            return None
        return Balance(minor_in(amount, currency), currency, date_ddmmyy(day), record.place())

    opening = balance(opening_amount, old, old.at(59, 64) if old else "")
    closing = balance(closing_amount, new, new.at(58, 63) if new else "")
    lines = tuple(line_of(each, currency) for each in account.movements)
    statement = Statement(
        number,
        currency if code else None,
        lines,
        opening,
        closing,
        None,
        old.at(126, 128).strip() if old else "",
        opening.on if opening else None,
        closing.on if closing else None,
        tidy(old.at(65, 90)) if old else "",
        "bank",
        (),
        (
            *account.attributes,
            *((("description", tidy(old.at(91, 125))),) if old else ()),
            *((("message", tidy("".join(account.messages))),) if account.messages else ()),
        ),
        account.first.place(),
    )
    problems += [*_missing(statement), *repeats(lines), *_trailer(account, currency)]
    return replace(statement, problems=(*problems, *tie(statement)))


def _missing(statement: Statement) -> list[Problem]:
    found = []
    place = statement.place
    if not statement.account:
        found.append(Problem("statement.account-missing", "no record 1", "one", place))
    if statement.currency is None:
        found.append(Problem("match.no-currency", "no currency", "one in record 1", place))
    elif not statement.currency.is_iso:
        found.append(
            Problem("record.currency-unknown", repr(statement.currency.code), "ISO 4217", place)
        )
    if statement.opening is None or statement.closing is None:
        missing = "old balance (1)" if statement.opening is None else "new balance (8)"
        found.append(
            Problem("statement.balance-missing", f"no {missing}", "records 1 and 8", place)
        )
    return found


def _trailer(account: _Account, currency: Currency) -> list[Problem]:
    """Record 9: how many records there are, and the sums of debits and credits."""
    end = account.end
    if end is None:
        return []
    found: list[Problem] = []
    stated = end.at(17, 22)
    if stated.isdecimal() and int(stated) != account.count:
        found.append(
            Problem(
                "statement.count-differs",
                f"{account.count} records",
                f"{int(stated)} as record 9 states",
                end.place(),
            )
        )
    for direction, text in (
        (Direction.DEBIT, end.at(23, 37)),
        (Direction.CREDIT, end.at(38, 52)),
    ):
        total = implied(text, DECIMALS)
        wide = currency.widened(total.exponent) if isinstance(total, Decimals) else currency
        wanted = total.to_minor(wide.exponent) if isinstance(total, Decimals) else None
        real = sum(
            minor_in(each.amount, wide) for each in account.movements if each.direction is direction
        )
        if wanted is not None and wanted != real:
            found.append(
                Problem(
                    "statement.total-differs",
                    f"{direction}s of {format_minor(real, wide.exponent)}",
                    f"{format_minor(wanted, wide.exponent)} as record 9 states",
                    end.place(),
                )
            )
    return found


def read_text(source: Source, decoded: Text) -> Reading:
    """The whole reading of a file's text."""
    records = fixed_records(decoded.text, _WIDTH)
    if not any(each.at(1, 1) in "0128" and len(each.text.strip()) > 40 for each in records):
        raise InvalidInput("file.unknown-format", "no CODA record", "0, 1, 2 or 8", source.name)
    assembly = _Assembly()
    for record in records:
        assembly.take(record)
    problems = [*decoded.problems, *assembly.problems]
    last = assembly.accounts[-1]
    if last.end is None:
        problems.append(Problem("file.truncated", "no end record", "a record 9"))
    statements = tuple(_statement(each) for each in assembly.accounts)
    return Reading(
        source.name,
        "coda",
        f"CODA {assembly.version}".strip(),
        decoded.charset,
        source.sha256,
        statements,
        problems=(*problems, *continuity(statements)),
        held=tuple(assembly.held),
    )
