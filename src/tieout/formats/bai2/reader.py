"""Records into statements: one for each account record, with the trailers checked."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from tieout.core.errors import InvalidInput, Place, Problem
from tieout.core.money import Currency, Decimals, format_minor
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import (
    Balance,
    Direction,
    LineStatus,
    Statement,
    StatementLine,
    continuity,
    tie,
)
from tieout.formats.bai2 import codes
from tieout.formats.bai2.records import Cursor, Record, split_records
from tieout.formats.common.exact import currency_for, decimals_of, implied, minor_in
from tieout.formats.common.fields import date_yymmdd, date_yyyymmdd, tidy
from tieout.formats.common.repeats import repeats
from tieout.formats.common.source import Source, Text

_DEFAULT_CURRENCY = "USD"
"""The standard's default where neither account nor group names one."""
_TYPE = re.compile(r"[0-9]{3}")
_WRITTEN = re.compile(r"[-+]?[0-9]{1,40}")
_KEYED = re.compile(r"([A-Z]{2,4}\d?):\s*(.*)", re.DOTALL)
_GROUP_STATUS = {"2": "a deletion", "4": "a test"}


@dataclass(slots=True)
class _Detail:
    """A 16 record understood, before its account's currency is settled."""

    code: str
    amount: Decimals
    direction: Direction
    status: LineStatus
    funds: list[str]
    value_on: date | None
    bank_reference: str
    customer_reference: str
    texts: list[str]
    place: Place


@dataclass(slots=True)
class _Account:
    """An 03 record and what follows it."""

    number: str
    code: str
    as_of: date | None
    place: Place
    summaries: list[tuple[str, Decimals, str]] = field(default_factory=list)
    details: list[_Detail] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    control: int = 0
    """The sum of all amount fields as written, for the trailer."""
    physical: int = 0


@dataclass(slots=True)
class _Tally:
    """What the trailers of a level ought to say."""

    total: int = 0
    members: int = 0
    physical: int = 0


class _Assembly:
    """Takes the records in order."""

    def __init__(self) -> None:
        self.accounts: list[_Account] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.version = ""
        self._open: _Account | None = None
        self._group: list[str] = []
        self._in_group, self._in_file = _Tally(), _Tally()

    def take(self, record: Record) -> None:
        place = Place(line=record.line, record=None, field=record.code)
        self._in_file.physical += record.physical
        self._in_group.physical += record.physical
        if self._open is not None:
            self._open.physical += record.physical
        match record.code:
            case "01":
                values = [*record.fields(), *[""] * 8]
                self.version = values[7]
                self._in_file = _Tally(physical=record.physical)
            case "02":
                self._begin_group(record, place)
            case "03":
                self._begin_account(record, place)
            case "16":
                self._take_detail(record, place)
            case "49":
                self._end_account(record, place)
            case "98":
                self._end(record, place, self._in_group, "group", "accounts")
                self._in_file.members += 1
            case _:
                self._end(record, place, self._in_file, "file", "groups")

    def _begin_group(self, record: Record, place: Place) -> None:
        self._group = [*record.fields(), *[""] * 8]
        self._open = None
        self._in_group = _Tally(physical=record.physical)
        if self._group[2] in _GROUP_STATUS:
            self.problems.append(
                Problem(
                    "record.field-invalid",
                    f"a group with status {self._group[2]}, {_GROUP_STATUS[self._group[2]]}",
                    "an update",
                    place,
                )
            )

    def _begin_account(self, record: Record, place: Place) -> None:
        values = [*record.fields(), "", ""]
        group = self._group or [""] * 8
        named = [each for each in (values[1], group[5]) if each]
        code = next((each.upper() for each in named if re.fullmatch("[A-Za-z]{3}", each)), "")
        as_of = _date(group[3])
        account = _Account("".join(values[0].split()), code or _DEFAULT_CURRENCY, as_of, place)
        account.physical = record.physical
        if as_of is None:
            account.problems.append(
                Problem("record.date-invalid", repr(group[3]), "the group's YYMMDD", place)
            )
        if not code:
            account.attributes.append(("currency", "not named; the standard's default"))
        if named and not code:
            account.problems.append(
                Problem("record.currency-unknown", repr(named[0]), "three letters", place)
            )
        for name, value in (("group_status", group[2]), ("as_of_modifier", group[6])):
            if value:
                account.attributes.append((name, value))
        self.accounts.append(account)
        self._open = account
        self._read_summaries(values[2:-2], account, place)

    def _read_summaries(self, values: list[str], account: _Account, place: Place) -> None:
        """Groups of type, amount, item count, funds type with its own fields."""
        at = 0
        while at < len(values):
            code, amount_text, count, funds = (*values[at : at + 4], "", "", "")[:4]
            if not _TYPE.fullmatch(code):
                # One comma too many before a slash is common: go on at the next type code.
                if code:
                    account.problems.append(
                        Problem("record.field-invalid", repr(code[:20]), "a type code", place)
                    )
                at += 1
                continue
            at += 4 + _funds_width(funds, values[at + 4 : at + 5])
            if not amount_text:
                account.attributes.append((f"type_{code}", f"{count} items" if count else ""))
                continue
            amount = _amount(amount_text, account.code)
            if isinstance(amount, Problem):
                account.problems.append(
                    Problem(
                        "statement.balance-invalid",
                        f"type {code}: {amount.found}",
                        amount.expected,
                        place,
                    )
                )
                continue
            account.control += _as_written(amount_text)
            account.summaries.append((code, amount, count))

    def _take_detail(self, record: Record, place: Place) -> None:
        if self._open is None:
            self._open = _Account("", _DEFAULT_CURRENCY, _date((self._group or [""] * 8)[3]), place)
            self.accounts.append(self._open)
        detail = _read_detail(record, self._open, place)
        if isinstance(detail, Problem):
            if detail.code == "record.extra":
                self.problems.append(detail)
            else:
                self.held.append(HeldRecord(record.raw, detail))
            return
        self._open.details.append(detail)

    def _end_account(self, record: Record, place: Place) -> None:
        account, self._open = self._open, None
        values = [*record.fields(), "", ""]
        stated = _as_written(values[0]) if values[0] else None
        self._in_group.members += 1
        if account is None:
            self.problems.append(Problem("record.extra", "a 49 without an 03", "an 03", place))
            self._in_group.total += stated or 0
            return
        self._in_group.total += stated if stated is not None else account.control
        tally = _Tally(account.control, 0, account.physical)
        account.problems += _differences(
            "account", tally, stated, [("records", values[1], tally.physical)], place
        )

    def _end(self, record: Record, place: Place, tally: _Tally, level: str, member: str) -> None:
        values = [*record.fields(), "", "", ""]
        stated = _as_written(values[0]) if values[0] else None
        self.problems += _differences(
            level,
            tally,
            stated,
            [("records", values[2], tally.physical), (member, values[1], tally.members)],
            place,
        )
        if level == "group":
            self._in_file.total += stated if stated is not None else tally.total
        self._open = None


def _differences(
    level: str,
    tally: _Tally,
    stated: int | None,
    counts: list[tuple[str, str, int]],
    place: Place,
) -> list[Problem]:
    """What a trailer states that is not so."""
    found: list[Problem] = []
    if stated is not None and stated != tally.total:
        found.append(
            Problem(
                "statement.total-differs",
                f"amounts of the {level} that add up to {tally.total}",
                f"the control total {stated}",
                place,
            )
        )
    found += [
        Problem(
            "statement.count-differs", f"{real} {name} in the {level}", f"{said} as stated", place
        )
        for name, said, real in counts
        if said.isascii() and said.isdigit() and int(said[:12]) != real
    ]
    return found


def _read_detail(record: Record, account: _Account, place: Place) -> _Detail | Problem:
    cursor = Cursor(record.segments)
    code, amount_text = cursor.take().zfill(3), cursor.take()
    direction = codes.direction_of(code)
    account.control += _as_written(amount_text)
    if not amount_text and (direction is None or code == "890"):
        found = (
            f"type {code} without an amount: {tidy(' '.join(cursor.texts())).strip(', ')[:60]!r}"
        )
        return Problem("record.extra", found, place=place)
    if direction is None:
        return Problem("record.direction-unknown", f"type {code}", "a type from 100 to 699", place)
    amount = _amount(amount_text, account.code)
    if isinstance(amount, Problem):
        return Problem(amount.code, amount.found, amount.expected, place)
    funds, value_on = _funds(cursor, account.as_of)
    bank = "" if cursor.at_end else cursor.take()
    customer = "" if cursor.at_end else cursor.take()
    status = LineStatus.BOOKED
    if code in codes.TOTALS:
        status = LineStatus.INFORMATION
        account.problems.append(
            Problem("record.field-invalid", f"type {code}, a total", "a type of detail", place)
        )
    if amount.digits < 0:
        direction, amount = direction.opposite, Decimals(-amount.digits, amount.exponent)
        account.problems.append(
            Problem("record.field-invalid", repr(amount_text), "no sign: the type says it", place)
        )
    return _Detail(
        code, amount, direction, status, funds, value_on, bank, customer, cursor.texts(), place
    )


def _funds(cursor: Cursor, as_of: date | None) -> tuple[list[str], date | None]:
    """The funds type with its own fields, and the value date if it names one."""
    if cursor.at_end:
        return [], None
    funds = cursor.take().upper()
    if funds == "V":
        day, time = cursor.take(), cursor.take()
        return [each for each in (funds, day, time) if each], _date(day)
    if funds == "S":
        return [funds, *(cursor.take() for _ in range(3))], None
    if funds == "D":
        count = cursor.take()
        pairs = min(int(count), 1000) if count.isascii() and count.isdigit() else 0
        return [funds, count, *(cursor.take() for _ in range(2 * pairs))], None
    return [funds] if funds else [], as_of if funds == "0" else None


def _funds_width(funds: str, after: list[str]) -> int:
    """How many more fields a funds type takes."""
    if funds == "D" and after and after[0].isascii() and after[0].isdigit():
        return 1 + 2 * int(after[0][:4])
    return {"V": 2, "S": 3}.get(funds, 0)


def _amount(text: str, code: str) -> Decimals | Problem:
    """Amounts have no decimal mark; the currency says how many decimals they have."""
    if "." in text:
        return decimals_of(text)
    return implied(text, Currency.of(code).exponent)


def _as_written(text: str) -> int:
    """The digits with their sign, as the control totals add them."""
    digits = text.replace(".", "").strip()
    found = _WRITTEN.fullmatch(digits)
    return int(digits) if found else 0


def _date(text: str) -> date | None:
    return date_yymmdd(text) or (date_yyyymmdd(text) if len(text) == 8 else None)


def _statement(account: _Account) -> Statement:
    currency = currency_for(
        account.code,
        [amount for _, amount, _ in account.summaries] + [each.amount for each in account.details],
    )

    def balance(*wanted: str) -> Balance | None:
        for want in wanted:
            for code, amount, _ in account.summaries:
                if code == want:
                    return Balance(
                        minor_in(amount, currency), currency, account.as_of, account.place
                    )
        return None

    lines = tuple(_line(each, account, currency) for each in account.details)
    used = {codes.OPENING_LEDGER, codes.CLOSING_LEDGER}
    attributes = [
        (
            f"type_{code}",
            format_minor(minor_in(amount, currency), currency.exponent)
            + (f" in {count} items" if count else ""),
        )
        for code, amount, count in account.summaries
        if code not in used
    ]
    statement = Statement(
        account.number,
        currency,
        lines,
        balance(codes.OPENING_LEDGER),
        balance(codes.CLOSING_LEDGER),
        balance(codes.CLOSING_AVAILABLE, codes.CURRENT_AVAILABLE),
        "",
        account.as_of,
        account.as_of,
        "",
        "bank",
        (),
        (*account.attributes, *attributes),
        account.place,
    )
    problems = [*account.problems, *repeats(lines), *_stated_totals(account, lines, currency)]
    if not account.number:
        problems.append(Problem("statement.account-missing", "none", "one", account.place))
    if statement.opening is None or statement.closing is None:
        problems.append(
            Problem(
                "statement.balance-missing",
                "not both ledger balances",
                "types 010 and 015",
                account.place,
            )
        )
    return replace(statement, problems=(*problems, *tie(statement)))


def _stated_totals(
    account: _Account, lines: tuple[StatementLine, ...], currency: Currency
) -> list[Problem]:
    """Total credits (100) and total debits (400), where details are given at all."""
    found: list[Problem] = []
    ways = {codes.TOTAL_CREDITS: Direction.CREDIT, codes.TOTAL_DEBITS: Direction.DEBIT}
    for code, amount, _ in account.summaries:
        if code not in ways:
            continue
        read = [
            each.amount_minor
            for each in lines
            if each.direction is ways[code] and each.status is LineStatus.BOOKED
        ]
        stated = minor_in(amount, currency)
        if read and sum(read) != abs(stated):
            found.append(
                Problem(
                    "statement.total-differs",
                    f"{ways[code]}s of {format_minor(sum(read), currency.exponent)}",
                    f"{format_minor(stated, currency.exponent)} as type {code} states",
                    account.place,
                )
            )
    return found


def _line(detail: _Detail, account: _Account, currency: Currency) -> StatementLine:
    keyed: list[tuple[str, str]] = []
    for text in detail.texts:
        found = _KEYED.fullmatch(text.strip())
        if found and tidy(found.group(2)):
            keyed.append((found.group(1), tidy(found.group(2))))
    by_key = dict(reversed(keyed))
    incoming = detail.direction is Direction.CREDIT
    cheque = by_key.get("CHKN", "")
    references = (cheque, detail.customer_reference, by_key.get("EREF", ""))
    attributes = [("funds_type", " ".join(detail.funds))] if detail.funds else []
    if detail.code in codes.CHEQUES and (cheque or detail.customer_reference):
        attributes.append(("cheque_number", cheque or detail.customer_reference))
    return StatementLine(
        minor_in(detail.amount, currency),
        detail.direction,
        currency,
        account.as_of,
        detail.value_on,
        detail.bank_reference,
        tuple(dict.fromkeys(each for each in references if each)),
        by_key.get("DBNM" if incoming else "CRNM", ""),
        by_key.get("DACT" if incoming else "CACT", ""),
        tidy(" ".join(detail.texts)),
        detail.code,
        detail.status,
        detail.code in codes.REVERSALS,
        (),
        (*attributes, *keyed),
        detail.place,
    )


def read_text(source: Source, decoded: Text) -> Reading:
    """The whole reading of a file's text."""
    records, strays = split_records(decoded.text)
    if not records or not {each.code for each in records} & {"01", "02", "03"}:
        raise InvalidInput("file.unknown-format", "no BAI2 header", "a record 01", source.name)
    assembly = _Assembly()
    for record in records:
        assembly.take(record)
    problems = [*decoded.problems, *assembly.problems]
    if strays:
        line, text = strays[0]
        found = f"{len(strays)} lines outside of any record, the first {tidy(text)[:60]!r}"
        problems.append(Problem("record.extra", found, "a record", Place(line=line)))
    if records[-1].code != "99":
        problems.append(
            Problem("file.truncated", f"the last record is {records[-1].code}", "a trailer 99")
        )
    statements = tuple(_statement(each) for each in assembly.accounts)
    if not statements:
        problems.append(Problem("file.no-records", "no account", "at least one record 03"))
    return Reading(
        source.name,
        "bai2",
        "BTR3" if assembly.version == "3" else "BAI2",
        decoded.charset,
        source.sha256,
        statements,
        problems=(*problems, *continuity(statements)),
        held=tuple(assembly.held),
    )
