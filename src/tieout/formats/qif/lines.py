"""One QIF record to one statement line, with its splits as parts."""

import re
from dataclasses import dataclass, field

from tieout.core.errors import Place, Problem
from tieout.core.money import Currency, DecimalMark
from tieout.core.reading import HeldRecord
from tieout.core.statements import Direction, StatementLine
from tieout.formats.common.fields import tidy
from tieout.formats.common.marks import lenient_amount
from tieout.formats.qif.dates import Order, read_date
from tieout.formats.qif.sections import Record

_TRANSFER = re.compile(r"\[([^\]]+)\]")
_NAMES = {
    "C": "cleared",
    "L": "category",
    "A": "address",
    "F": "reimbursable",
    "Y": "security",
    "I": "price",
    "Q": "quantity",
    "O": "commission",
    "$": "transfer-amount",
}
RAW_MAX = 2000


@dataclass(slots=True)
class Context:
    """What a record needs to know of its file, and where its problems go."""

    currency: Currency
    mark: DecimalMark
    order: Order
    is_investment: bool
    problems: list[Problem] = field(default_factory=list)
    held: list[HeldRecord] = field(default_factory=list)


def read_line(record: Record, number: int, context: Context) -> StatementLine | None:
    """The line; None if its amount cannot be read, then the record is held back."""
    place = Place(record.line, number)
    amount = _amount(record, context, place)
    if isinstance(amount, Problem):
        found = Problem(amount.code, amount.found, amount.expected, Place(record.line, number, "T"))
        context.held.append(HeldRecord(record.raw[:RAW_MAX], found))
        return None
    minor, currency = amount
    day, problem = read_date(record.first("D"), context.order)
    if problem:
        where = Place(record.line, number, "D")
        context.problems.append(Problem(problem.code, problem.found, problem.expected, where))
    parts = _parts(record, context, place)
    split = sum(part.signed_minor for part in parts)
    same = all(part.currency == currency for part in parts)
    if parts and same and split != minor:
        context.problems.append(
            Problem("statement.total-differs", f"parts that add up to {split}", str(minor), place)
        )
    word = record.first("N")
    is_reference = not context.is_investment and any(each.isdigit() for each in word)
    transfer = _TRANSFER.match(record.first("L"))
    return StatementLine(
        amount_minor=abs(minor),
        direction=Direction.DEBIT if minor < 0 else Direction.CREDIT,
        currency=currency,
        booked_on=day,
        references=(word,) if is_reference else (),
        counterparty=tidy(record.first("P")),
        counterparty_account=transfer.group(1).strip() if transfer else "",
        narrative=tidy(" ".join(value for code, value, _ in record.fields if code == "M")),
        kind="" if is_reference else tidy(word),
        parts=parts,
        attributes=_attributes(record, has_parts=bool(parts)),
        place=place,
    )


def _amount(record: Record, context: Context, place: Place) -> tuple[int, Currency] | Problem:
    """T, or U, which Quicken writes beside it; a trade of securities may have neither."""
    text = record.first("T").strip() or record.first("U").strip()
    if not text:
        parts = _parts(record, context, place)
        if parts:
            return sum(part.signed_minor for part in parts), context.currency
        if context.is_investment and record.has("N"):
            return 0, context.currency
    read = lenient_amount(text, context.currency, context.mark)
    if isinstance(read, Problem):
        return read
    if read.problem:
        said = read.problem
        context.problems.append(Problem(said.code, said.found, said.expected, place))
    return read.minor, read.currency


def _parts(record: Record, context: Context, place: Place) -> tuple[StatementLine, ...]:
    """The splits: each S opens one, E is its memo, $ its amount."""
    splits: list[dict[str, str]] = []
    for code, value, _ in record.fields:
        if code == "S":
            splits.append({"S": value})
        elif code in "E$%" and splits and code not in splits[-1]:
            splits[-1][code] = value
    if not splits:
        return ()
    made: list[StatementLine] = []
    for each in splits:
        read = lenient_amount(each.get("$", ""), context.currency, context.mark)
        if isinstance(read, Problem):
            continue
        transfer = _TRANSFER.match(each["S"])
        made.append(
            StatementLine(
                amount_minor=abs(read.minor),
                direction=Direction.DEBIT if read.minor < 0 else Direction.CREDIT,
                currency=read.currency,
                booked_on=None,
                counterparty_account=transfer.group(1).strip() if transfer else "",
                narrative=tidy(each.get("E", "")),
                attributes=(("category", each["S"]),) if each["S"] else (),
                place=place,
            )
        )
    return tuple(made) if len(made) == len(splits) else ()


def _attributes(record: Record, *, has_parts: bool) -> tuple[tuple[str, str], ...]:
    """Everything a line has no field for, under its plain name or its code."""
    known = {"D", "T", "M"} | ({"S", "E", "$"} if has_parts else set())
    once = {"N", "P"}
    kept: list[tuple[str, str]] = []
    for code, value, _ in record.fields:
        if code in once:
            once.remove(code)
        elif code not in known and value and not (code == "U" and value == record.first("T")):
            kept.append((_NAMES.get(code, code), tidy(value)))
    return tuple(kept)
