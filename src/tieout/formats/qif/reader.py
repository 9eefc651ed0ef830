"""Sections into statements: one order of dates, one decimal mark, one number of decimals."""

from collections.abc import Mapping
from dataclasses import replace

from tieout.core.errors import InvalidInput, Place, Problem
from tieout.core.money import Currency
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import Statement, StatementLine, continuity, tie
from tieout.formats.common.charset import decode_western
from tieout.formats.common.marks import NO_CURRENCY, mark_by_vote
from tieout.formats.common.source import Source
from tieout.formats.qif.dates import ORDERS, Chosen, choose_order
from tieout.formats.qif.lines import Context, read_line
from tieout.formats.qif.sections import Section, list_name, read_sections

_STATEMENT_KINDS = {"bank": "bank", "cash": "", "card": "card", "investment": "investment"}


def read(source: Source, options: Mapping[str, str]) -> Reading:
    """Read the whole file. Options: `date_order` (mdy, dmy, ymd) and `currency`."""
    decoded = decode_western(source.data())
    sections, stated = read_sections(decoded.text)
    money = [each for each in sections if each.kind]
    if not sections:
        raise InvalidInput("file.damaged", "no QIF record", "!Type:Bank", source.name)
    records = [record for section in money for record in section.records]
    amounts = [v for record in records for code, v, _ in record.fields if code in "TU$"]
    mark = mark_by_vote(amounts)
    chosen = _order([r.first("D") for r in records], options, stated, is_comma=mark == ",")
    code = options.get("currency", "").strip().upper()
    currency = Currency.of(code) if code else NO_CURRENCY
    statements: list[Statement] = []
    held: list[HeldRecord] = []
    number = 0
    for section in money:
        is_investment = section.kind == "investment"
        context = Context(currency, mark, chosen.order, is_investment)
        statements.append(_statement(section, context, number))
        held += context.held
        number += len(section.records)
    problems = [
        *decoded.problems,
        *([chosen.problem] if chosen.problem else []),
        *_set_aside(sections),
        *continuity(statements),
    ]
    if not records:
        problems.append(Problem("file.no-records", "no record of money", "!Type:Bank"))
    return Reading(
        file=source.name,
        format="qif",
        variant="QIF " + ", ".join(dict.fromkeys(each.title or "bare" for each in money)),
        charset=decoded.charset,
        sha256=source.sha256,
        statements=tuple(statements),
        problems=tuple(problems),
        held=tuple(held),
        mapping=(("date_order", chosen.order), ("decimal_mark", mark)),
    )


def _order(texts: list[str], options: Mapping[str, str], stated: str, *, is_comma: bool) -> Chosen:
    asked = options.get("date_order", "").lower()
    if asked in ORDERS:
        return Chosen(asked)
    return choose_order(texts, has_decimal_comma=is_comma, stated=stated)


def _set_aside(sections: list[Section]) -> list[Problem]:
    """Lists of categories and the like, counted so that nothing is passed over in silence."""
    return [
        Problem("record.extra", f"{len(each.records)} {list_name(each)}", "", Place(each.line))
        for each in sections
        if not each.kind and each.records
    ]


def _statement(section: Section, context: Context, number: int) -> Statement:
    lines: list[StatementLine] = []
    for record in section.records:
        number += 1
        line = read_line(record, number, context)
        lines += [line] if line else []
    lines, currency = _same_decimals(lines, context)
    place = Place(section.line)
    account = section.account or _opening_account(section)
    problems = context.problems
    if not account:
        problems.append(Problem("statement.account-missing", "no !Account", "", place))
    problems.append(Problem("statement.balance-missing", "QIF states no balances", "", place))
    for line_number in section.split_at:
        where = Place(line_number)
        problems.append(
            Problem("record.field-invalid", "a record without an end mark before it", "^", where)
        )
    if section.is_cut_off and section.records[-1].fields[-1][0] in "DTU$":
        problems.append(
            Problem(
                "file.truncated",
                "a last record without an end mark",
                "^, so that its last field is whole",
            )
        )
    if context.is_investment and lines:
        said = f"{len(lines)} investment records whose amounts have no sign of their own"
        problems.append(
            Problem("record.direction-unstated", said, "a sign; taken as written", place)
        )
    made = Statement(
        account=" ".join(account.split()),
        currency=None if currency.code == NO_CURRENCY.code else currency,
        lines=lines,
        account_name=section.description,
        kind=_STATEMENT_KINDS.get(section.kind, ""),
        attributes=(("type", section.title),) if section.title else (),
        place=place,
    )
    return replace(made, problems=(*problems, *tie(made)))


def _opening_account(section: Section) -> str:
    """Quicken's first record of an account, `Opening Balance`, is a transfer to itself."""
    for record in section.records[:1]:
        category = record.first("L")
        if record.first("P").lower() == "opening balance" and category.startswith("["):
            return category.strip("[] ")
    return ""


def _same_decimals(
    lines: list[StatementLine], context: Context
) -> tuple[list[StatementLine], Currency]:
    """All lines in one number of decimals, so that sums are sums."""
    widest = max((each.currency.exponent for each in lines), default=context.currency.exponent)
    if widest == context.currency.exponent:
        return lines, context.currency
    found = f"{widest} decimals"
    context.problems.append(Problem("record.amount-finer", found, str(context.currency.exponent)))
    return [_widened(each, widest) for each in lines], context.currency.widened(widest)


def _widened(line: StatementLine, exponent: int) -> StatementLine:
    factor = 10 ** (exponent - line.currency.exponent)
    currency = line.currency.widened(exponent)
    parts = tuple(_widened(each, exponent) for each in line.parts)
    minor = line.amount_minor * factor
    return replace(line, amount_minor=minor, currency=currency, parts=parts)
