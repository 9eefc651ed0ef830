"""One camt `Stmt`, `Rpt` or `Ntfctn` as statements: account, balances, lines, stated totals."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from tieout.core.errors import Problem
from tieout.core.money import Currency, format_minor
from tieout.core.reading import HeldRecord
from tieout.core.statements import Balance, Statement, StatementLine, tie
from tieout.formats.camt.details import account_number, party_name
from tieout.formats.camt.entry import read_entry
from tieout.formats.common import nodes
from tieout.formats.common.fields import amount_of, date_iso, tidy
from tieout.formats.common.nodes import node_of
from tieout.formats.common.repeats import repeats
from tieout.formats.common.xml import child, children, leaves, place_of, text_at

DECIMALS_MAX = 5
"""ISO 20022 amounts have at most five; a balance with more is a float that was printed."""


@dataclass(frozen=True)
class Stated:
    """A balance as the file states it."""

    code: str
    balance: Balance


@dataclass(frozen=True)
class Section:
    """What one section of a file gives: a statement per currency, problems, held records."""

    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    held: tuple[HeldRecord, ...]
    records: int


def read_section(
    element: etree._Element,
    entry_elements: list[etree._Element],
    first_record: int,
    header: tuple[tuple[str, str], ...],
) -> Section:
    """Read one section; records are numbered on from `first_record`."""
    account = child(element, "Acct")
    holder = node_of(account)
    own = (account_number(holder), party_name(nodes.child(holder, "Ownr")))
    problems: list[Problem] = []
    stated = _balances(element, problems)
    code = _currency_code(element, stated)
    entries = [
        read_entry(each, first_record + index, code, own)
        for index, each in enumerate(entry_elements)
    ]
    problems += [problem for entry in entries for problem in entry.problems]
    lines = [entry.line for entry in entries if entry.line is not None]
    held = tuple(entry.held for entry in entries if entry.held is not None)
    problems += _check_totals(element, lines, len(held))
    problems += repeats(lines)
    place = place_of(element)
    if not own[0]:
        problems.append(Problem("statement.account-missing", "no Acct/Id", "an IBAN", place))
    base = Statement(
        account=own[0],
        currency=Currency.of(code) if code else None,
        lines=(),
        number=text_at(element, "LglSeqNb")
        or text_at(element, "ElctrncSeqNb")
        or text_at(element, "Id"),
        begins_on=_span_day(element, "Fr"),
        ends_on=_span_day(element, "To"),
        account_name=tidy(text_at(account, "Nm")) or own[1],
        attributes=(*header, *_attributes(element, stated)),
        place=place,
    )
    statements = _by_currency(base, stated, lines, code, problems)
    return Section(statements, tuple(problems), held, len(entries))


def _by_currency(
    base: Statement,
    stated: list[Stated],
    lines: list[StatementLine],
    code: str,
    problems: list[Problem],
) -> tuple[Statement, ...]:
    """The statement in the account's currency, and one for each other currency met in it."""
    groups: dict[str, list[StatementLine]] = defaultdict(list)
    groups[code] = []
    for line in lines:
        groups[line.currency.code].append(line)
    statements = []
    for currency_code, group in groups.items():
        if currency_code != code:
            problems.append(
                Problem(
                    "record.currency-differs",
                    f"{len(group)} lines in {currency_code}",
                    f"{code}, the currency of the account",
                    group[0].place,
                )
            )
        of_currency = [each for each in stated if each.balance.currency.code == currency_code]
        statements.append(_one_currency(base, of_currency, group, currency_code))
    return tuple(statements)


def _one_currency(
    base: Statement, stated: list[Stated], lines: list[StatementLine], code: str
) -> Statement:
    """A statement whose lines and balances are all counted in the same minor unit."""
    opening, closing, available = _chosen(stated)
    balances = [each for each in (opening, closing, available) if each is not None]
    exponent = max(
        Currency.of(code).exponent if code else 2,
        0,
        *(line.currency.exponent for line in lines),
        *(balance.currency.exponent for balance in balances),
    )
    currency = Currency(code, exponent) if code else None
    problems: list[Problem] = []
    if currency and not currency.is_iso:
        problems.append(Problem("record.currency-unknown", repr(code), "ISO 4217", base.place))
    if opening is None or closing is None:
        missing = [n for n, b in (("opening", opening), ("closing", closing)) if b is None]
        problems.append(
            Problem("statement.balance-missing", f"no {' and no '.join(missing)} balance", "both",
                    base.place)
        )  # fmt: skip
    begins_on = base.begins_on
    if opening and (not lines or any(each.code == "OPBD" for each in stated)):
        begins_on = begins_on or opening.on  # PRCD is dated the day before
    ends_on = base.ends_on or (closing.on if closing else None)
    statement = replace(
        base,
        currency=currency,
        lines=tuple(_finer(line, exponent) for line in lines),
        opening=_widened(opening, exponent),
        closing=_widened(closing, exponent),
        available=_widened(available, exponent),
        begins_on=begins_on,
        ends_on=ends_on,
    )
    return replace(statement, problems=(*problems, *tie(statement)))


def _finer(line: StatementLine, exponent: int) -> StatementLine:
    if line.currency.exponent == exponent:
        return line
    factor = 10 ** (exponent - line.currency.exponent)
    currency = line.currency.widened(exponent)
    return replace(line, amount_minor=line.amount_minor * factor, currency=currency)


def _widened(balance: Balance | None, exponent: int) -> Balance | None:
    if balance is None:
        return None
    factor = 10 ** (exponent - balance.currency.exponent)
    currency = balance.currency.widened(exponent)
    return replace(balance, amount_minor=balance.amount_minor * factor, currency=currency)


def _balances(element: etree._Element, problems: list[Problem]) -> list[Stated]:
    """All balances that can be read, in file order."""
    found = []
    for each in children(element, "Bal"):
        place = place_of(each)
        kind = child(each, "Tp", "CdOrPrtry")
        code = text_at(kind, "Cd").upper() or tidy(text_at(kind, "Prtry")) or text_at(each, "Tp")
        amount = child(each, "Amt")
        text = (amount.text or "") if amount is not None else ""
        currency = (amount.get("Ccy") or "").strip().upper() if amount is not None else ""
        currency = currency or text_at(element, "Acct", "Ccy") or "XXX"
        read = amount_of(text, Currency.of(currency))
        if isinstance(read, Problem) or read[1].exponent > max(
            DECIMALS_MAX, Currency.of(currency).exponent
        ):
            problems.append(
                Problem("statement.balance-invalid", f"{code} {text[:40]!r}",
                        f"a number with at most {DECIMALS_MAX} decimals", place)
            )  # fmt: skip
            continue
        minor, wide = read
        if text_at(each, "CdtDbtInd")[:1].upper() == "D" and minor > 0:
            minor = -minor
        day = date_iso(text_at(each, "Dt", "Dt") or text_at(each, "Dt", "DtTm"))
        found.append(Stated(code, Balance(minor, wide, day, place)))
    return found


def _chosen(stated: list[Stated]) -> tuple[Balance | None, Balance | None, Balance | None]:
    """Opening, closing and available balance among those stated.

    Pages of a long statement and intraday reports open and close with `ITBD`, whose place or
    date says which it is.
    """
    by_code: dict[str, list[Balance]] = defaultdict(list)
    for each in stated:
        by_code[each.code].append(each.balance)
    interim = sorted(by_code["ITBD"], key=lambda balance: balance.on or date.min)
    opening = next(iter(by_code["OPBD"] or by_code["PRCD"]), None)
    closing = by_code["CLBD"][-1] if by_code["CLBD"] else None
    if closing is None and interim and (opening is not None or len(interim) > 1):
        closing = interim.pop()
    if opening is None and interim and (closing is not None):
        opening = interim.pop(0)
    if closing is None and interim:
        closing = interim.pop()
    available = next((by_code[code][-1] for code in ("CLAV", "ITAV") if by_code[code]), None)
    return opening, closing, available


def _currency_code(element: etree._Element, stated: list[Stated]) -> str:
    """The account's own, else that of the balances, else that of the first entry."""
    own = text_at(element, "Acct", "Ccy").upper()
    if own:
        return own
    for code in ("CLBD", "OPBD", "PRCD", "ITBD"):
        for each in stated:
            if each.code == code:
                return each.balance.currency.code
    for entry in children(element, "Ntry"):
        amount = child(entry, "Amt")
        if amount is not None and amount.get("Ccy"):
            return str(amount.get("Ccy")).strip().upper()
    return stated[0].balance.currency.code if stated else ""


def _span_day(element: etree._Element, end: str) -> date | None:
    span = child(element, "FrToDt")
    return date_iso(text_at(span, f"{end}DtTm") or text_at(span, f"{end}Dt"))


def _attributes(element: etree._Element, stated: list[Stated]) -> tuple[tuple[str, str], ...]:
    """Everything else of the section, balances in the words of the file included."""
    consumed = frozenset(
        {"Ntry", "Bal", "FrToDt", "Acct/Id/IBAN", "Acct/Ccy", "Acct/Nm", "LglSeqNb"}
    )
    balances = [
        (f"Bal {each.code}", f"{each.balance} {each.balance.on or ''}".strip()) for each in stated
    ]
    return (*balances, *leaves(element, consumed))


def _check_totals(element: etree._Element, lines: list[StatementLine], held: int) -> list[Problem]:
    """`TxsSummry` against what was read. Some banks count the details instead of the entries."""
    summary = child(element, "TxsSummry")
    place = replace(place_of(element), field="TxsSummry")
    groups = {
        "TtlNtries": lines,
        "TtlCdtNtries": [line for line in lines if line.signed_minor > 0],
        "TtlDbtNtries": [line for line in lines if line.signed_minor < 0],
    }
    found = []
    for name, group in groups.items():
        total = child(summary, name)
        count = text_at(total, "NbOfNtries")
        details = sum(max(len(line.parts), 1) for line in group)
        if count.isdecimal() and not (
            len(group) <= int(count[:15]) <= len(group) + held or int(count[:15]) == details
        ):
            found.append(
                Problem("statement.count-differs", f"{len(group)} entries",
                        f"{count} as {name} states", place)
            )  # fmt: skip
        text = text_at(total, "Sum")
        if text and not held and len({line.currency for line in group}) == 1:
            currency = group[0].currency
            read = amount_of(text, currency)
            got = sum(line.amount_minor for line in group)
            if read not in ((got, currency), (-got, currency)):
                found.append(
                    Problem("statement.total-differs", format_minor(got, currency.exponent),
                            f"{text} as {name} states", place)
                )  # fmt: skip
    return found
