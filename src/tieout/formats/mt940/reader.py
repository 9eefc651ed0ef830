"""Tagged fields into statements: what belongs together, in which currency, with which checks."""

import re
from dataclasses import dataclass, field, replace

from tieout.core.errors import InvalidInput, Place, Problem
from tieout.core.money import Currency, Decimals
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import (
    Balance,
    LineStatus,
    Statement,
    StatementLine,
    continuity,
    tie,
)
from tieout.formats.common.exact import (
    NO_CURRENCY,
    currency_for,
    extend_held,
    minor_in,
)
from tieout.formats.common.fields import date_yymmdd, tidy
from tieout.formats.common.repeats import repeats
from tieout.formats.common.source import Source, Text
from tieout.formats.mt940.controls import Control, check_controls, read_control
from tieout.formats.mt940.details import (
    IBAN,
    Details,
    details_of_numbered,
    is_no_reference,
    parse_details,
    parse_numbered,
)
from tieout.formats.mt940.entry import Entry, parse_entry, read_amount
from tieout.formats.mt940.fields import Field, split_fields

_BALANCE = re.compile(r"\s*(R?[CD]R?)?\s*(\d{6}|\D{0,8})\s*([A-Z]{3})?\s*([-+]?[\d.,' ]+)\s*")
_BALANCE_MAX = 60
_FLOOR = re.compile(r"\s*([A-Z]{3})")
_ACCOUNT_CURRENCY = re.compile(r"(.*[\d\s])([A-Z]{3})")


@dataclass(slots=True)
class _Balance:
    """A balance before its currency is settled."""

    amount: Decimals
    code: str
    day: str
    place: Place
    is_intermediate: bool


@dataclass(slots=True)
class _Item:
    """A :61: and the texts that follow it."""

    entry: Entry
    place: Place
    raw: str
    texts: list[str] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Message:
    """A statement while its fields come in."""

    place: Place
    account: str = ""
    number: str = ""
    name: str = ""
    codes: list[str] = field(default_factory=list)
    opening: _Balance | None = None
    closing: _Balance | None = None
    available: _Balance | None = None
    items: list[_Item] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    last: _Item | HeldRecord | None = None
    """What the next :86: speaks of; None for the statement itself."""


class _Assembly:
    """Takes the fields in order and hands them to the message they belong to."""

    def __init__(self) -> None:
        self.messages: list[_Message] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []

    def take(self, each: Field) -> None:
        place = Place(line=each.line, field=f":{each.tag}:")
        if self._begins_message(each):
            self.messages.append(_Message(place))
        message = self.messages[-1]
        match each.tag:
            case "61":
                self._take_entry(each, message, place)
            case "86":
                self._take_text(each, message, place)
            case "NS":
                self._take_numbered(each, message)
            case "90C" | "90D":
                self._take_control(read_control(each.tag, each.text, place), each, message, place)
            case "25" | "25P":
                _take_account(each, message)
            case "28" | "28C":
                message.number = "".join(each.text.split())
            case "34F":
                message.attributes.append(("floor_limit", tidy(each.text)))
                message.codes += [found.group(1) for found in [_FLOOR.match(each.text)] if found]
            case "60" | "60F" | "60M" | "62" | "62F" | "62M" | "64" | "65" | "65F" | "65M":
                self._take_balance(each, message, place)
            case _:
                named = {"20": "reference", "21": "related_reference", "13D": "made_at"}
                message.attributes.append((named.get(each.tag, f"tag_{each.tag}"), tidy(each.text)))

    def _begins_message(self, each: Field) -> bool:
        if not self.messages:
            return True
        now = self.messages[-1]
        begun = bool(now.opening or now.closing or now.items)
        match each.tag:
            case "20":
                return True
            case "25" | "25P":
                return bool(now.account) and (begun or bool(now.number))
            case "60" | "60F" | "60M":
                return begun
            case "61":
                return each.after_end
        return False

    def _take_entry(self, each: Field, message: _Message, place: Place) -> None:
        entry = parse_entry(each.lines, place)
        if isinstance(entry, Problem):
            held = HeldRecord(f":61:{each.text}".strip(), entry)
            self.held.append(held)
            message.last = held
            return
        item = _Item(entry, place, each.text)
        message.items.append(item)
        message.last = item

    def _take_text(self, each: Field, message: _Message, place: Place) -> None:
        match message.last:
            case _Item() as item:
                item.texts += each.lines
            case HeldRecord() if extend_held(self.held, f":86:{each.text}"):
                pass
            case HeldRecord():
                found = f"a text too long to keep: {tidy(each.text[:200])[:60]!r}"
                self.problems.append(Problem("record.extra", found, place=place))
            case None if message.closing is None and message.opening is None:
                found = repr(tidy(each.text)[:60])
                self.problems.append(
                    Problem("record.extra", f"a text without an entry: {found}", place=place)
                )
            case None:
                message.attributes.append(("information", tidy(each.text)))
                message.controls += read_control("86", each.text, place)

    def _take_numbered(self, each: Field, message: _Message) -> None:
        if isinstance(message.last, _Item):
            message.last.numbered += each.lines
            return
        for code, texts in parse_numbered(each.lines).items():
            text = tidy(" ".join(texts))
            if code == "22":
                message.name = text
            elif text:
                message.attributes.append((f"line_{code}", text))

    def _take_control(
        self, controls: list[Control], each: Field, message: _Message, place: Place
    ) -> None:
        message.last = None
        message.controls += controls
        if not controls:
            found = f":{each.tag}:{tidy(each.text)[:40]}"
            self.problems.append(
                Problem("record.field-invalid", found, "a count, a currency, a sum", place)
            )

    def _take_balance(self, each: Field, message: _Message, place: Place) -> None:
        message.last = None
        balance = _read_balance(each, place)
        if isinstance(balance, Problem):
            message.problems.append(balance)
            return
        message.codes += [balance.code] if balance.code else []
        match each.tag[:2]:
            case "60":
                message.opening = balance
            case "62":
                message.closing = balance
            case "64" if message.available is None:
                message.available = balance
            case _:
                text = f"{tidy(each.text)}"
                message.attributes.append(("forward_available", text))


def _take_account(each: Field, message: _Message) -> None:
    text = tidy(each.text)
    found = _ACCOUNT_CURRENCY.fullmatch(text)
    message.account = "".join(text.split())
    if found:
        message.attributes.append(("account_currency", found.group(2)))


def _read_balance(each: Field, place: Place) -> _Balance | Problem:
    found = _BALANCE.fullmatch(each.lines[0][:_BALANCE_MAX])
    if found is None or not (found.group(1) or found.group(2).isdigit()):
        return Problem(
            "statement.balance-invalid",
            f":{each.tag}:{tidy(each.text)[:40]}",
            "C or D, a date, a currency, an amount",
            place,
        )
    mark, day, code, digits = found.groups()
    amount = read_amount(digits)
    if isinstance(amount, Problem):
        return Problem("statement.balance-invalid", amount.found, amount.expected, place)
    # A reversed credit (RC) is a debit and the other way round; no mark at all is a credit.
    negative = (mark or "C").replace("R", "") == "D"
    if (mark or "").startswith("R"):
        negative = not negative
    signed = Decimals(-amount.digits if negative else amount.digits, amount.exponent)
    return _Balance(signed, code or "", day, place, each.tag.endswith("M"))


def read_text(source: Source, decoded: Text) -> Reading:
    """The whole reading of a file's text."""
    split = split_fields(decoded.text)
    if not split.fields:
        raise InvalidInput(
            "file.unknown-format", "no SWIFT field", "fields such as :20: and :61:", source.name
        )
    assembly = _Assembly()
    for each in split.fields:
        assembly.take(each)
    statements = tuple(
        _statement(message)
        for message in assembly.messages
        if message.items or message.opening or message.closing or message.account
    )
    problems = [*decoded.problems, *assembly.problems, *_strays(split.strays)]
    problems += _broken_off(assembly.messages[-1], decoded.text)
    if not statements and not assembly.held:
        problems.append(Problem("file.no-records", "no statement", "at least one"))
    tags = {each.tag for each in split.fields}
    intraday = bool(tags & {"34F", "13D", "90C", "90D"}) and not tags & {"60F", "62F"}
    return Reading(
        source.name,
        "mt940",
        "MT942" if intraday else "MT940",
        decoded.charset,
        source.sha256,
        statements,
        problems=(*problems, *continuity(statements)),
        held=tuple(assembly.held),
    )


def _broken_off(last: _Message, text: str) -> list[Problem]:
    """A file that ends after lines of a statement, with neither its balance nor the end mark."""
    if not last.opening or last.closing or not last.items or text.rstrip().endswith(("-", "-}")):
        return []
    return [Problem("file.truncated", "no :62: at the end", "a closing balance", last.place)]


def _strays(strays: list[tuple[int, str]]) -> list[Problem]:
    if not strays:
        return []
    line, text = strays[0]
    found = f"{len(strays)} lines outside of any statement, the first {tidy(text)[:60]!r}"
    return [Problem("record.extra", found, "a field such as :61:", Place(line=line))]


def _statement(message: _Message) -> Statement:
    account, codes = message.account, list(message.codes)
    given = dict(message.attributes).get("account_currency", "")
    if given and (given in codes or (not codes and Currency.of(given).is_iso)):
        account = account.removesuffix(given)
        codes = codes or [given]
    code = codes[0] if codes else NO_CURRENCY
    balances = [each for each in (message.opening, message.closing, message.available) if each]
    currency = currency_for(
        code, [each.amount for each in balances] + [each.entry.amount for each in message.items]
    )

    def balance(raw: _Balance | None) -> Balance | None:
        if raw is None:
            return None
        return Balance(minor_in(raw.amount, currency), currency, date_yymmdd(raw.day), raw.place)

    opening, closing = balance(message.opening), balance(message.closing)
    lines = tuple(_line(item, account, currency) for item in message.items)
    doubts = [
        *message.problems,
        *_doubts(message, account, codes),
        *(problem for item in message.items for problem in item.entry.problems),
        *repeats(lines),
        *check_controls(message.controls, lines, currency),
    ]
    statement = Statement(
        account,
        currency if codes else None,
        lines,
        opening,
        closing,
        balance(message.available),
        message.number,
        opening.on if opening else None,
        closing.on if closing else None,
        message.name,
        "bank",
        (),
        tuple(message.attributes),
        message.place,
    )
    return replace(statement, problems=(*doubts, *tie(statement)))


def _doubts(message: _Message, account: str, codes: list[str]) -> list[Problem]:
    """What is missing or does not fit in the statement's own fields."""
    place, found = message.place, []
    if not account:
        found.append(Problem("statement.account-missing", "no :25:", "an account", place))
    if not codes:
        found.append(Problem("match.no-currency", "no field with a currency", "one", place))
    if len(set(codes)) > 1:
        several = " and ".join(sorted(set(codes)))
        found.append(Problem("record.currency-differs", several, "one currency a statement", place))
    if not message.controls and not (message.opening and message.closing):
        given = [":60:" if message.opening else "", ":62:" if message.closing else ""]
        found.append(
            Problem(
                "statement.balance-missing",
                f"only {''.join(given)}" if any(given) else "neither :60: nor :62:",
                "an opening and a closing balance",
                place,
            )
        )
    for each in (message.opening, message.closing):
        if each and date_yymmdd(each.day) is None:
            found.append(
                Problem("record.date-invalid", repr(each.day), "a balance's YYMMDD", each.place)
            )
        if each and not each.code:
            found.append(
                Problem(
                    "statement.balance-invalid",
                    "a balance without a currency",
                    f"{codes[0]} is taken" if codes else "a currency",
                    each.place,
                )
            )
    return found


def _line(item: _Item, account: str, currency: Currency) -> StatementLine:
    entry = item.entry
    details = Details()
    if item.texts:
        details = parse_details(item.texts, account)
    elif item.numbered:
        details = details_of_numbered(item.numbered)
    own = entry.reference if not is_no_reference(entry.reference) else ""
    references = dict.fromkeys(each for each in (own, *details.references) if each)
    attributes = [("reference", entry.reference)] if entry.reference and not own else []
    attributes += [("funds_code", entry.funds_code)] if entry.funds_code else []
    attributes += [("supplementary", tidy(each)) for each in entry.supplementary]
    if item.texts and item.numbered:
        attributes.append(("numbered", tidy(" ".join(item.numbered))))
    more = tidy(" ".join(entry.supplementary))
    counterparty_account = details.counterparty_account
    if not counterparty_account and IBAN.fullmatch(more):
        counterparty_account = more
    return StatementLine(
        minor_in(entry.amount, currency),
        entry.direction,
        currency,
        entry.booked_on,
        entry.value_on,
        entry.bank_id if not is_no_reference(entry.bank_id) else "",
        tuple(references),
        details.counterparty or tidy(entry.name),
        counterparty_account,
        details.narrative or more,
        entry.kind,
        LineStatus.PENDING if entry.is_expected else LineStatus.BOOKED,
        entry.is_reversal,
        (),
        (*attributes, *details.attributes),
        item.place,
    )
