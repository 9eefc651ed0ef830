"""The tree of an OFX file to statements: which record belongs to which account, and what else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from tieout.core.errors import NOWHERE, Problem
from tieout.core.money import Currency
from tieout.core.reading import HeldRecord
from tieout.core.statements import Balance, LineStatus, Statement, StatementLine, tie
from tieout.formats.common.marks import NO_CURRENCY, lenient_amount, mark_by_vote
from tieout.formats.ofx.records import Context, investment_line, money_line, read_day
from tieout.formats.ofx.tree import Element, Field, Lines

_AMOUNTS = frozenset(("TRNAMT", "LOANTRNAMT", "TOTAL", "BALAMT"))
_LISTINGS = frozenset(("INVPOSLIST", "INVOOLIST"))
_LISTED = {"INVPOSLIST": "securities held", "INVOOLIST": "open orders"}
_SET_ASIDE = {
    "XFERINFO": "a transfer order",
    "PMTINFO": "a payment order",
    "CLOSING": "a closing summary",
    "RECPMT": "a standing order",
}
_KINDS = {"STMTRS": "bank", "CCSTMTRS": "card", "INVSTMTRS": "investment"}


@dataclass(slots=True)
class _Group:
    """The records and fields of one account, as they lie in the tree."""

    element: Element
    is_stated: bool
    records: list[tuple[Element, bool]] = field(default_factory=list)
    """Each with whether it is an investment record."""
    fields: list[tuple[str, Field]] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Content:
    """What a whole file holds."""

    statements: list[Statement] = field(default_factory=list)
    held: list[HeldRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_statements(text: str, root: Element, lines: Lines, *, is_cut_off: bool) -> Content:
    """All statements, the records held back, and the parts of the file that are neither."""
    content = Content()
    securities: dict[str, str] = {}
    shared: list[tuple[str, str]] = []
    groups = _Collector(lines, content, securities, shared).groups(root)
    mark = mark_by_vote(each.value for _, each in root.leaves(_LISTINGS) if each.name in _AMOUNTS)
    last = _last_open_record(groups) if is_cut_off else None
    number = 0
    for group in groups:
        context = Context(text, lines, mark, NO_CURRENCY, securities)
        content.statements.append(_statement(group, context, number, last, tuple(shared)))
        content.held += context.held
        number += len(group.records)
    return content


class _Collector:
    """One walk over the tree that sorts its parts."""

    def __init__(
        self,
        lines: Lines,
        content: Content,
        securities: dict[str, str],
        shared: list[tuple[str, str]],
    ) -> None:
        self.lines = lines
        self.content = content
        self.securities = securities
        self.shared = shared

    def groups(self, root: Element) -> list[_Group]:
        """Every statement in order, and a group for records that stand outside of one."""
        found: list[_Group] = []
        self._walk(root, _Group(root, is_stated=False), "", found)
        return [group for group in found if group.is_stated or group.records]

    def _walk(self, element: Element, group: _Group, path: str, found: list[_Group]) -> None:
        """Depth is bounded by the parser."""
        if element.name.endswith("TRNRS") or element.name in {"", "OFX"} or _is_statement(element):
            group = _Group(element, is_stated=_is_statement(element))
            found.append(group)
            path = ""
        for each in element.children:
            if isinstance(each, Field):
                self._field(each, element, group, path)
            elif _is_money(each):
                group.records.append((each, False))
            elif element.name == "INVTRANLIST" and each.name != "INVBANKTRAN":
                group.records.append((each, True))
            elif not self._is_aside(each, element, group):
                if each.name == "INVBANKTRAN":
                    _move_fields(each)
                self._walk(each, group, f"{path}{each.name}.", found)

    def _is_aside(self, each: Element, parent: Element, group: _Group) -> bool:
        """Deal with what holds no records of its own."""
        if each.name == "SECINFO":
            self._security(each)
        elif each.name in _SET_ASIDE:
            self._set_aside(each)
        elif each.name in _LISTINGS:
            count = sum(isinstance(child, Element) for child in each.children)
            said = f"{count} {_LISTED[each.name]}"
            group.notes.append(self._problem("record.extra", said, each.begin))
        elif each.name == "STATUS":
            self._status(each, parent)
        else:
            return False
        return True

    def _field(self, each: Field, parent: Element, group: _Group, path: str) -> None:
        if not each.value:
            if each.name == "BALAMT":
                group.fields.append((path + each.name, each))
        elif each.name in {"ORG", "FID", "INTU.BID"} and not group.is_stated:
            self.shared.append((each.name, each.value))
        elif each.name in {"TRNAMT", "LOANTRNAMT"}:
            said = f"the amount {each.value[:40]} outside of any record, in {parent.name or 'none'}"
            self.content.problems.append(self._problem("record.extra", said, each.begin))
        else:
            group.fields.append((path + each.name, each))

    def _security(self, element: Element) -> None:
        fields = {name.rpartition(".")[2]: each.value for name, each in element.leaves()}
        name = fields.get("SECNAME") or fields.get("TICKER", "")
        if name and fields.get("UNIQUEID"):
            self.securities[fields["UNIQUEID"]] = name

    def _set_aside(self, element: Element) -> None:
        told = " ".join(
            f"{name.rpartition('.')[2]}={each.value}" for name, each in element.leaves()
        )
        said = f"{_SET_ASIDE[element.name]}: {told[:300]}"
        self.content.problems.append(self._problem("record.extra", said, element.begin))

    def _status(self, element: Element, parent: Element) -> None:
        fields = {each.name: each.value for _, each in element.leaves()}
        code = fields.get("CODE", "0")
        if fields.get("SEVERITY", "").upper() != "ERROR" and not code.strip("0"):
            return
        severity_error = fields.get("SEVERITY", "").upper() == "ERROR"
        said = f"status {code} {fields.get('MESSAGE', '')}".strip() + f" for {parent.name}"
        kind = "statement.refused" if severity_error else "record.extra"
        self.content.problems.append(self._problem(kind, said, element.begin))

    def _problem(self, code: str, found: str, offset: int) -> Problem:
        return Problem(code, found, "", Context("", self.lines, ".", NO_CURRENCY, {}).place(offset))


def _move_fields(wrapper: Element) -> None:
    """What INVBANKTRAN says of its one STMTTRN (the sub-account) belongs to that line."""
    record = next((each for each in wrapper.children if isinstance(each, Element)), None)
    if record is not None:
        record.children += [each for each in wrapper.children if isinstance(each, Field)]
        wrapper.children = [each for each in wrapper.children if isinstance(each, Element)]


def _is_statement(element: Element) -> bool:
    return element.name.endswith("STMTRS")


def _is_money(element: Element) -> bool:
    return element.name.endswith(("STMTTRN", "STMTTRNP"))


def _last_open_record(groups: list[_Group]) -> Element | None:
    """The record in which a file that was cut off ends."""
    records = [element for group in groups for element, _ in group.records]
    last = max(records, key=lambda each: each.begin, default=None)
    return None if last is None or last.is_closed else last


class _Header:
    """The fields of a statement outside its records; those asked for are not repeated."""

    def __init__(self, fields: list[tuple[str, Field]]) -> None:
        self._fields = fields
        self._taken: set[int] = set()

    def take(self, *paths: str) -> Field | None:
        """The first field with one of these paths, or whose path ends in `.path`."""
        for path in paths:
            for index, (each, found) in enumerate(self._fields):
                if each == path or each.endswith(f".{path}"):
                    self._taken.add(index)
                    return found
        return None

    def every(self, name: str) -> list[Field]:
        """All fields of that name, however deep."""
        found = [(i, each) for i, (_, each) in enumerate(self._fields) if each.name == name]
        self._taken.update(index for index, _ in found)
        return [each for _, each in found]

    def value(self, *paths: str) -> str:
        """Its value, or nothing."""
        found = self.take(*paths)
        return found.value if found else ""

    def rest(self) -> Iterator[tuple[str, str]]:
        """The other fields."""
        for index, (path, found) in enumerate(self._fields):
            if index not in self._taken and found.value:
                yield path, found.value


def _statement(
    group: _Group,
    context: Context,
    number: int,
    cut_off: Element | None,
    shared: tuple[tuple[str, str], ...],
) -> Statement:
    header = _Header(group.fields)
    place = context.place(group.element.begin)
    code = header.value("CURDEF").upper()
    currency = Currency.of(code) if code else None
    context.currency = currency or NO_CURRENCY
    if currency and not currency.is_iso:
        context.problems.append(
            Problem("record.currency-unknown", repr(code[:20]), "ISO 4217", place)
        )
    account = "".join(header.value("ACCTID", "LOANACCTID").split())
    if not account:
        context.problems.append(Problem("statement.account-missing", "no ACCTID", "", place))
    closing = _balance(header, "LEDGERBAL", context)
    available = _balance(header, "AVAILBAL", context) or _cash(header, context)
    begins, ends = _span(header, context)
    lines = _lines(group, context, number, cut_off)
    lines, closing, available = _same_decimals(lines, closing, available, context)
    _check_ids(lines, context)
    if closing is None and available is None and not _has_balance_problem(context):
        context.problems.append(
            Problem("statement.balance-missing", "neither LEDGERBAL nor AVAILBAL", "", place)
        )
    rest = tuple(header.rest())
    made = Statement(
        account=account,
        currency=context.currency if currency else None,
        lines=lines,
        closing=closing,
        available=available,
        begins_on=begins,
        ends_on=ends,
        kind=_KINDS.get(group.element.name, ""),
        attributes=(*rest, *(pair for pair in shared if pair not in rest)),
        place=place,
    )
    return replace(made, problems=(*context.problems, *group.notes, *tie(made)))


def _lines(
    group: _Group, context: Context, number: int, cut_off: Element | None
) -> list[StatementLine]:
    made: list[StatementLine] = []
    for element, is_investment in group.records:
        number += 1
        if is_investment:
            made.append(investment_line(element, number, context))
        else:
            line = money_line(element, number, context, is_cut_off=element is cut_off)
            made += [line] if line else []
    return made


def _span(header: _Header, context: Context) -> tuple[date | None, date | None]:
    days: dict[str, list[date]] = {"DTSTART": [], "DTEND": []}
    for name, read in days.items():
        for stamp in header.every(name):
            day = read_day(stamp.value)
            if day.on:
                read.append(day.on)
            if day.problem:
                place = context.place(stamp.begin, None, name)
                said = Problem("record.field-invalid", day.problem.found, "YYYYMMDD", place)
                context.problems.append(said)
    return min(days["DTSTART"], default=None), max(days["DTEND"], default=None)


def _balance(header: _Header, name: str, context: Context) -> Balance | None:
    found = header.take(f"{name}.BALAMT")
    stamp = header.value(f"{name}.DTASOF")
    if found is None:
        return None
    place = context.place(found.begin, None, name)
    amount = lenient_amount(found.value, context.currency, context.mark)
    if isinstance(amount, Problem):
        context.problems.append(
            Problem("statement.balance-invalid", repr(found.value), f"an amount in {name}", place)
        )
        return None
    return Balance(amount.minor, amount.currency, read_day(stamp).on, place)


def _cash(header: _Header, context: Context) -> Balance | None:
    """What an investment account has in cash (OFX 1.6 section 13.9.2.7)."""
    found = header.take("INVBAL.AVAILCASH")
    if found is None:
        return None
    amount = lenient_amount(found.value, context.currency, context.mark)
    if isinstance(amount, Problem):
        return None
    return Balance(amount.minor, amount.currency, None, context.place(found.begin))


def _has_balance_problem(context: Context) -> bool:
    return any(each.code == "statement.balance-invalid" for each in context.problems)


def _same_decimals(
    lines: list[StatementLine], closing: Balance | None, available: Balance | None, context: Context
) -> tuple[list[StatementLine], Balance | None, Balance | None]:
    """All money of a statement in one number of decimals, so that sums are sums."""
    own = context.currency
    counted = [each for each in lines if each.status is not LineStatus.INFORMATION]
    amounts: list[StatementLine | Balance] = [*counted, *(b for b in (closing, available) if b)]
    widest = max((each.currency.exponent for each in amounts), default=own.exponent)
    if widest == own.exponent or not all(each.currency.exponent <= 18 for each in amounts):
        return lines, closing, available
    context.problems.append(
        Problem("record.amount-finer", f"{widest} decimals", f"{own.exponent} for {own.code}")
    )
    context.currency = own.widened(widest)

    def widened(minor: int, currency: Currency) -> tuple[int, Currency]:
        return minor * 10 ** (widest - currency.exponent), currency.widened(widest)

    def balance(each: Balance | None) -> Balance | None:
        if each is None:
            return None
        minor, currency = widened(each.amount_minor, each.currency)
        return replace(each, amount_minor=minor, currency=currency)

    def line(each: StatementLine) -> StatementLine:
        if each.status is LineStatus.INFORMATION:
            return each
        minor, currency = widened(each.amount_minor, each.currency)
        return replace(each, amount_minor=minor, currency=currency)

    return [line(each) for each in lines], balance(closing), balance(available)


def _check_ids(lines: list[StatementLine], context: Context) -> None:
    """Bank ids that are missing, or shared by several records (OFX forbids both)."""
    without = sum(not each.bank_id and each.status is LineStatus.BOOKED for each in lines)
    if without:
        context.problems.append(
            Problem("record.id-missing", f"{without} of {len(lines)} records without FITID")
        )
    first: dict[str, StatementLine] = {}
    seen: Counter[StatementLine] = Counter()
    times = Counter(line.bank_id for line in lines)
    for line in lines:
        if not line.bank_id or times[line.bank_id] == 1:
            continue
        earlier = first.setdefault(line.bank_id, line)
        alike = replace(line, place=NOWHERE)
        seen[alike] += 1
        if earlier is line:
            continue
        repeated = seen[alike] > 1
        found = f"FITID {line.bank_id} as in record {earlier.place.record}"
        code = "record.repeated" if repeated else "record.id-repeated"
        context.problems.append(Problem(code, found, "an id of its own", line.place))
