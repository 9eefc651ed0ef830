"""One camt `Ntry` as a statement line with its parts, or held back with its reason."""

from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from tieout.core.errors import Place, Problem
from tieout.core.money import Currency, format_minor
from tieout.core.reading import HeldRecord
from tieout.core.statements import Direction, LineStatus, StatementLine
from tieout.formats.camt.details import Details, read_details, without_repeats
from tieout.formats.common.fields import amount_of, date_iso, date_yyyymmdd, tidy
from tieout.formats.common.nodes import Node, child, children, copied, leaves, place_of, text_at
from tieout.formats.common.xml import raw_text

_STATUSES = {
    "": LineStatus.BOOKED,
    "BOOK": LineStatus.BOOKED,
    "PDNG": LineStatus.PENDING,
    "FUTR": LineStatus.PENDING,
    "INFO": LineStatus.INFORMATION,
}


@dataclass(frozen=True)
class Entry:
    """A line or a held record, and what is doubtful about it."""

    line: StatementLine | None
    held: HeldRecord | None = None
    problems: tuple[Problem, ...] = ()


def read_entry(
    source: etree._Element, record: int, account_currency: str, own: tuple[str, str]
) -> Entry:
    """Read one entry; `own` is the statement's account number and owner."""
    element = copied(source)
    place = place_of(element, record)
    found: list[Problem] = []
    amount = _amount(element, account_currency, place)
    if isinstance(amount, Problem):
        return Entry(None, HeldRecord(raw_text(source), amount))
    minor, currency = amount
    details = [
        each for group in children(element, "NtryDtls") for each in children(group, "TxDtls")
    ]
    direction = _direction(text_at(element, "CdtDbtInd")) or _common_direction(details)
    if direction is None and minor:
        given = text_at(element, "CdtDbtInd")
        problem = Problem(
            "record.direction-unknown",
            f"CdtDbtInd {given!r}" if given else "no CdtDbtInd",
            "CRDT or DBIT",
            replace(place, field="CdtDbtInd"),
        )
        return Entry(None, HeldRecord(raw_text(source), problem))
    direction = direction or Direction.CREDIT
    if minor < 0:  # ISO 20022 amounts have no sign; where one is written it means money out
        found.append(Problem("record.field-invalid", f"the amount {minor}", "no sign", place))
        minor, direction = -minor, Direction.DEBIT
    status = _status(element, place, found)
    booked = status is LineStatus.BOOKED
    booked_on = _day(element, "BookgDt", place, found, is_needed=booked)
    value_on = _day(element, "ValDt", place, found, is_needed=False)
    is_reversal = _is_true(text_at(element, "RvslInd"))
    about, more = _about(element)
    _check_batch(about, len(details), place, found)
    whole = read_details(element, direction, own, is_return=is_reversal)
    if len(details) == 1:
        whole = _joined(whole, _read_one(details[0], direction, own, is_return=is_reversal))
        more += _other_amounts(details[0], minor, currency)
    groups = [text_at(each, name) for each in about for name in ("PmtInfId", "MsgId")]
    line = StatementLine(
        amount_minor=minor,
        direction=direction,
        currency=currency,
        booked_on=booked_on,
        value_on=value_on,
        bank_id=whole.bank_id,
        references=without_repeats((*whole.references, *groups)) if groups else whole.references,
        counterparty=whole.counterparty,
        counterparty_account=whole.counterparty_account,
        narrative=whole.narrative,
        kind=whole.kind,
        status=status,
        is_reversal=is_reversal,
        attributes=(*whole.attributes, *more),
        place=place,
    )
    if len(details) > 1:
        line = _with_parts(line, details, own, found)
    return Entry(line, None, tuple(found))


def _about(element: Node) -> tuple[list[Node | None], list[tuple[str, str]]]:
    """The batches of an entry, and what those of its details say beside their ids."""
    batch = [group for group in children(element, "NtryDtls") if "Btch" in group.by_name]
    if not batch and "Btch" not in element.by_name:
        return [], []
    batches = [child(group, "Btch") for group in batch] + children(element, "Btch")
    more = [
        (f"NtryDtls/Btch/{path}", text)
        for each in batch
        for path, text in leaves(child(each, "Btch"), frozenset({"PmtInfId", "MsgId"}))
    ]
    return batches, more


def _with_parts(
    line: StatementLine,
    details: list[Node],
    own: tuple[str, str],
    found: list[Problem],
) -> StatementLine:
    parts: list[StatementLine] = []
    without_amount: list[tuple[str, str]] = []
    for number, detail in enumerate(details, start=1):
        place = place_of(detail, line.place.record)
        amount = _part_amount(detail, line.currency.code)
        if amount is None:
            texts = leaves(detail, frozenset())
            without_amount += [(f"TxDtls {number}/{path}", text) for path, text in texts]
            continue
        minor, currency = amount
        said = _read_one(detail, line.direction, own, is_return=line.is_reversal)
        given = _direction(text_at(detail, "CdtDbtInd")) or line.direction
        parts.append(
            StatementLine(
                amount_minor=abs(minor),
                direction=given if minor >= 0 else given.opposite,
                currency=currency,
                booked_on=line.booked_on,
                value_on=line.value_on,
                bank_id=said.bank_id,
                references=said.references,
                counterparty=said.counterparty,
                counterparty_account=said.counterparty_account,
                narrative=said.narrative,
                kind=said.kind or line.kind,
                status=line.status,
                is_reversal=line.is_reversal,
                attributes=said.attributes,
                place=place,
            )
        )
    if without_amount:
        missing = len(details) - len(parts)
        found.append(
            Problem(
                "record.extra",
                f"{missing} of {len(details)} details of an entry carry no amount",
                "an amount each; what they say is kept with the line",
                line.place,
            )
        )
    signed = sum(part.signed_minor for part in parts)
    if (
        not without_amount
        and {part.currency for part in parts} == {line.currency}
        and signed != line.signed_minor
    ):
        found.append(
            Problem(
                "statement.total-differs",
                f"{len(parts)} details of an entry that add up to "
                f"{format_minor(signed, line.currency.exponent)}",
                format_minor(line.signed_minor, line.currency.exponent),
                line.place,
            )
        )
    return replace(line, parts=tuple(parts), attributes=(*line.attributes, *without_amount))


def _read_one(
    detail: Node, direction: Direction, own: tuple[str, str], *, is_return: bool
) -> Details:
    is_return = is_return or child(detail, "RtrInf") is not None
    return read_details(detail, direction, own, is_return=is_return)


def _joined(whole: Details, one: Details) -> Details:
    """Entry and its single detail: the detail knows more, the entry's own id comes first."""
    narrative = one.narrative
    if whole.narrative and whole.narrative not in narrative:
        narrative = f"{narrative} {whole.narrative}" if narrative else whole.narrative
    kind = whole.kind or one.kind
    ids = (one.bank_id,) if whole.bank_id and one.bank_id != whole.bank_id else ()
    return Details(
        bank_id=whole.bank_id or one.bank_id,
        references=without_repeats((*one.references, *whole.references, *ids)),
        counterparty=one.counterparty or whole.counterparty,
        counterparty_account=one.counterparty_account or whole.counterparty_account,
        narrative=narrative,
        kind=kind,
        attributes=(
            *whole.attributes,
            *((("kind of the detail", one.kind),) if one.kind not in {"", kind} else ()),
            *one.attributes,
        ),
    )


def _other_amounts(detail: Node, minor: int, currency: Currency) -> list[tuple[str, str]]:
    """The amounts of a single detail that say something else than the entry's."""
    amounts = []
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        element = child(detail, *path)
        if element is not None and element.raw.strip():
            code = _code(element) or currency.code
            read = amount_of(element.raw, Currency.of(code))
            if read != (minor, currency):
                amounts.append(("/".join(path), f"{tidy(element.text or '')} {code}"))
    return amounts


def _check_batch(
    batches: list[Node | None], count: int, place: Place, found: list[Problem]
) -> None:
    """A stated number of transactions, where the file also itemises them."""
    stated = [text_at(each, "NbOfTxs") for each in batches]
    if count > 1 and stated and all(text.isdecimal() for text in stated):
        total = sum(int(text[:15]) for text in stated)
        if total != count:
            found.append(
                Problem(
                    "statement.count-differs",
                    f"{count} details of an entry",
                    f"{total} as its batch states",
                    place,
                )
            )


def _amount(element: Node, account_currency: str, place: Place) -> tuple[int, Currency] | Problem:
    amount = child(element, "Amt")
    text = amount.raw if amount is not None else ""
    code = _code(amount) if amount is not None else ""
    read = amount_of(text, Currency.of(code or account_currency or "XXX"))
    if isinstance(read, Problem):
        return replace(read, place=replace(place, field="Amt"))
    return read


def _code(amount: Node) -> str:
    """The currency that an amount states; blanks around it are the writer's."""
    return amount.currency.strip().upper()


def _part_amount(detail: Node, code: str) -> tuple[int, Currency] | None:
    """The amount of a detail, in the entry's currency if any of its amounts is."""
    paths = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"))
    candidates = [amount for path in paths if (amount := child(detail, *path)) is not None]
    candidates.sort(key=lambda amount: (_code(amount) or code) != code)
    for amount in candidates:
        given = _code(amount) or code
        read = amount_of(amount.raw, Currency.of(given))
        if not isinstance(read, Problem):
            return read
    return None


def _direction(text: str) -> Direction | None:
    match text[:1].upper():
        case "C":
            return Direction.CREDIT
        case "D":
            return Direction.DEBIT
        case _:
            return None


def _common_direction(details: list[Node]) -> Direction | None:
    """That of the details, where all agree and the entry itself is silent."""
    given = {_direction(text_at(each, "CdtDbtInd")) for each in details}
    return given.pop() if len(given) == 1 else None


def _is_true(text: str) -> bool:
    return text.lower() in {"true", "1"}


def _status(element: Node, place: Place, found: list[Problem]) -> LineStatus:
    """`BOOK` as text (to version 7) or below `Cd` or `Prtry` (from version 8)."""
    status = child(element, "Sts")
    text = (text_at(status, "Cd") or text_at(status, "Prtry") or text_at(element, "Sts")).upper()
    if text not in _STATUSES:
        found.append(
            Problem(
                "record.field-invalid", f"the status {text[:40]!r}", "BOOK, PDNG or INFO", place
            )
        )
    return _STATUSES.get(text, LineStatus.BOOKED)


def _day(
    element: Node, name: str, place: Place, found: list[Problem], *, is_needed: bool
) -> date | None:
    stamp = child(element, name)
    text = text_at(stamp, "Dt") or text_at(stamp, "DtTm") or text_at(element, name)
    if not text:
        if is_needed:
            where = replace(place, field=name)
            found.append(Problem("record.date-missing", f"no {name}", "a day", where))
        return None
    day = date_iso(text) or date_yyyymmdd(text)
    if day is None:
        found.append(
            Problem(
                "record.date-invalid", repr(text[:40]), "YYYY-MM-DD", replace(place, field=name)
            )
        )
    return day
