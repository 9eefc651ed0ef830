"""One OFX record to one statement line: STMTTRN, pending STMTTRNP, and investment records."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tieout.core.errors import Place, Problem
from tieout.core.money import Currency, DecimalMark, parse_decimal
from tieout.core.reading import HeldRecord
from tieout.core.statements import Direction, LineStatus, StatementLine
from tieout.formats.common.fields import date_iso, date_yyyymmdd, make_date
from tieout.formats.common.marks import lenient_amount, mark_of
from tieout.formats.ofx.tree import Element, Lines

RAW_MAX = 2000


@dataclass(slots=True)
class Context:
    """What a record needs to know of its file and statement, and where its problems go."""

    text: str
    lines: Lines
    mark: DecimalMark
    currency: Currency
    securities: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    held: list[HeldRecord] = field(default_factory=list)

    def place(self, offset: int, record: int | None = None, name: str | None = None) -> Place:
        """Where in the file."""
        return Place(self.lines.number(offset), record, name)


class Fields:
    """The fields of one record by path; each is asked for once, the rest become attributes."""

    def __init__(self, element: Element) -> None:
        self._all = [(path, each.value) for path, each in element.leaves()]
        self._taken: set[int] = set()
        self._at: dict[str, list[int]] = {}
        for index, (path, _) in enumerate(self._all):
            self._at.setdefault(path, []).append(index)
            if "." in path:
                self._at.setdefault(path.rpartition(".")[2], []).append(index)

    def take(self, *names: str) -> str:
        """The first of these fields that has a value; by path, or by name at any depth."""
        for name in names:
            for index in self._at.get(name, ()):
                value = self._all[index][1]
                if value and index not in self._taken:
                    self._taken.add(index)
                    return value
        return ""

    def peek(self, path: str) -> str:
        """The value of that field, left for the attributes."""
        for index in self._at.get(path, ()):
            if self._all[index][0] == path:
                return self._all[index][1]
        return ""

    def rest(self) -> tuple[tuple[str, str], ...]:
        """What nobody asked for."""
        return tuple(
            pair for index, pair in enumerate(self._all) if index not in self._taken and pair[1]
        )


class Day(NamedTuple):
    """A date that was read or could not be."""

    on: date | None
    problem: Problem | None


@lru_cache(maxsize=8192)
def read_day(stamp: str, code_if_missing: str = "") -> Day:
    """A stamp (OFX 1.6 section 3.2.8), or the forms banks write instead.

    The day is the one the bank wrote; its time zone does not move it.
    """
    text = stamp.strip()
    if not text.strip("0"):
        return Day(
            None, Problem(code_if_missing, "no date", "YYYYMMDD") if code_if_missing else None
        )
    found = date_yyyymmdd(text) or date_iso(text)
    if found is None and len(text) >= 10 and text[2] == text[5] and text[2] in "/.-":
        parts = text[:2], text[3:5], text[6:10]
        if all(part.isascii() and part.isdigit() for part in parts):
            day, month, year = map(int, parts)
            swapped = make_date(year, day, month) if day != month else None
            found = make_date(year, month, day)
            found = None if found and swapped else found or swapped
    if found:
        return Day(found, None)
    return Day(None, Problem("record.date-invalid", repr(text[:40]), "a day as YYYYMMDD"))


def money_line(
    element: Element, number: int, context: Context, *, is_cut_off: bool = False
) -> StatementLine | None:
    """The line of a STMTTRN or STMTTRNP; None if its amount cannot be read, then it is held."""
    fields = Fields(element)
    written = fields.take("TRNAMT", "LOANTRNAMT")
    place = context.place(element.begin, number)
    currency = _own_currency(fields, context, place)
    amount = lenient_amount(written, currency, context.mark)
    if is_cut_off and element.children and _last_name(element) == "TRNAMT":
        amount = Problem("file.truncated", f"an amount cut off after {written!r}", "a whole record")
    if isinstance(amount, Problem):
        context.held.append(_held(element, context, amount, place))
        return None
    if amount.problem:
        context.problems.append(_at(amount.problem, place, "TRNAMT"))
    kind = fields.take("TRNTYPE", "LOANTRNTYPE").upper()
    _check_sign(kind, amount.minor, written, context, place)
    is_pending = element.name.endswith("P")
    booked = fields.take("DTPOSTED", "DTTRAN") or fields.peek("DTUSER")
    day = read_day(booked, "record.date-missing")
    if day.problem:
        context.problems.append(_at(day.problem, place, "DTPOSTED"))
    value = read_day(fields.take("VALUEDATE", "DTVALUE", "DTAVAIL"))
    if value.problem:
        context.problems.append(_at(value.problem, place, "DTAVAIL"))
    action = fields.peek("CORRECTACTION").upper()
    if action:
        said = f"{action} of the record {fields.peek('CORRECTFITID')!r}"
        context.problems.append(
            Problem("record.field-invalid", said, "that record to be corrected here", place)
        )
    return StatementLine(
        amount_minor=abs(amount.minor),
        direction=Direction.DEBIT if amount.minor < 0 else Direction.CREDIT,
        currency=amount.currency,
        booked_on=day.on,
        value_on=value.on,
        bank_id=fields.take("FITID") if fields.peek("FITID").strip("0") else "",
        references=_references(fields),
        counterparty=fields.take("NAME", "PAYEE.NAME", "EXTDNAME"),
        counterparty_account=_other_account(fields),
        narrative=fields.take("MEMO"),
        kind=kind,
        status=LineStatus.PENDING if is_pending else LineStatus.BOOKED,
        is_reversal=action == "DELETE",
        attributes=fields.rest(),
        place=place,
    )


def investment_line(element: Element, number: int, context: Context) -> StatementLine:
    """A purchase, sale, income or transfer of securities: kept as information, never as money.

    A TOTAL finer than can be counted is rounded to the currency; as written it is an attribute.
    """
    fields = Fields(element)
    place = context.place(element.begin, number)
    total = next((v for n, v in fields.rest() if n.rpartition(".")[2] == "TOTAL"), "")
    amount = lenient_amount(total, context.currency, context.mark) if total else None
    minor, currency = 0, context.currency
    if isinstance(amount, Problem):
        rounded = _rounded(total, context)
        if rounded is None:
            context.problems.append(Problem("record.field-invalid", repr(total[:40]), "TOTAL"))
        minor = rounded or 0
    elif amount is not None:
        minor, currency = amount.minor, amount.currency
    day = read_day(fields.take("DTTRADE", "DTSETTLE"), "record.date-missing")
    if day.problem:
        context.problems.append(_at(day.problem, place, "DTTRADE"))
    security = fields.peek("SECID.UNIQUEID") or next(
        (v for n, v in fields.rest() if n.endswith("UNIQUEID")), ""
    )
    return StatementLine(
        amount_minor=abs(minor),
        direction=Direction.DEBIT if minor < 0 else Direction.CREDIT,
        currency=currency,
        booked_on=day.on,
        value_on=read_day(fields.take("DTSETTLE")).on,
        bank_id=fields.take("FITID"),
        counterparty=context.securities.get(security, ""),
        narrative=fields.take("MEMO"),
        kind=element.name,
        status=LineStatus.INFORMATION,
        is_reversal=False,
        attributes=fields.rest(),
        place=place,
    )


def _last_name(element: Element) -> str:
    last = element.children[-1]
    return last.name


def _own_currency(fields: Fields, context: Context, place: Place) -> Currency:
    """CURRENCY: amounts are in its CURSYM; ORIGCURRENCY: they are already in the account's."""
    code = fields.peek("CURRENCY.CURSYM").upper()
    if not code or code == context.currency.code:
        return context.currency
    context.problems.append(Problem("record.currency-differs", code, context.currency.code, place))
    return Currency.of(code)


def _check_sign(kind: str, minor: int, written: str, context: Context, place: Place) -> None:
    contradicts = (kind == "DEBIT" and minor > 0) or (kind == "CREDIT" and minor < 0)
    if contradicts:
        expected = f"the sign of a {kind}; the sign was believed"
        found = f"{kind} with the amount {written.strip()}"
        context.problems.append(Problem("record.field-invalid", found, expected, place))


def _references(fields: Fields) -> tuple[str, ...]:
    found = (fields.take("CHECKNUM", "CHKNUM"), fields.take("REFNUM"), fields.take("PAYEEID"))
    return tuple(dict.fromkeys(each for each in found if each.strip("0 ")))


def _other_account(fields: Fields) -> str:
    return "".join(fields.take("BANKACCTTO.ACCTID", "CCACCTTO.ACCTID", "ACCTIDTO").split())


def _rounded(total: str, context: Context) -> int | None:
    parsed = parse_decimal(total, mark_of(total) or context.mark)
    if parsed is None or parsed.exponent > 60:
        return None
    surplus = parsed.exponent - context.currency.exponent
    if surplus <= 0:
        return None
    whole, rest = divmod(abs(parsed.digits), 10**surplus)
    whole += 2 * rest >= 10**surplus
    return None if whole > 10**16 else (-whole if parsed.digits < 0 else whole)


def _held(element: Element, context: Context, problem: Problem, place: Place) -> HeldRecord:
    raw = context.text[element.begin : element.end][:RAW_MAX]
    return HeldRecord(raw, _at(problem, place, "TRNAMT"))


def _at(problem: Problem, place: Place, name: str) -> Problem:
    return Problem(
        problem.code, problem.found, problem.expected, Place(place.line, place.record, name)
    )
