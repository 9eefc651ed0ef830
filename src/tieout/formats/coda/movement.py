"""Movements: records 2.1 to 2.3 with their information records 3.1 to 3.3, as one value.

Febelfin numbers a movement (columns 3 to 6) and its details (7 to 10); detail 0000 is the movement
itself, which moves the money once, the others say what it is made of.
"""

from dataclasses import dataclass, field
from datetime import date

from tieout.core.errors import Problem
from tieout.core.money import Currency, Decimals
from tieout.core.statements import Direction, StatementLine
from tieout.formats.common.exact import implied, minor_in
from tieout.formats.common.fields import date_ddmmyy, tidy
from tieout.formats.common.fixed import FixedRecord

DECIMALS = 3
"""Amounts have fifteen digits, the last three of them decimals."""
_CORRECTIONS = frozenset({"49", "99"})
"""Columns 57 and 58 of record 2.1, in every family: cancellation or correction."""
_R_TRANSACTIONS = frozenset("1234")
"""Column 113 of record 2.2: reject, return, refund, reversal."""


@dataclass(slots=True)
class Movement:
    """A record 2.1 and what belongs to it."""

    first: FixedRecord
    amount: Decimals
    direction: Direction
    booked_on: date | None
    value_on: date | None
    second: FixedRecord | None = None
    third: FixedRecord | None = None
    information: list[FixedRecord] = field(default_factory=list)
    details: list["Movement"] = field(default_factory=list)

    @property
    def sequence(self) -> str:
        """The number of the movement."""
        return self.first.at(3, 6)

    @property
    def is_detail(self) -> bool:
        """Whether it is a part of the movement with the same number."""
        return self.first.at(7, 10).strip("0 ") != ""


def read_signed(sign: str, digits: str, record: FixedRecord) -> Decimals | Problem:
    """The amount, negative for a debit (1)."""
    if sign not in {"0", "1"}:
        return Problem(
            "record.direction-unknown", repr(sign), "0 (credit) or 1 (debit)", record.place()
        )
    amount = implied(digits, DECIMALS)
    if isinstance(amount, Problem):
        return Problem(amount.code, amount.found, amount.expected, record.place())
    return Decimals(-amount.digits, amount.exponent) if sign == "1" else amount


def begin_movement(record: FixedRecord, problems: list[Problem]) -> Movement | Problem:
    """A movement from its record 2.1, or why it cannot be read."""
    signed = read_signed(record.at(32, 32), record.at(33, 47), record)
    if isinstance(signed, Problem):
        return signed
    days = []
    for name, text in (("entry date", record.at(116, 121)), ("value date", record.at(48, 53))):
        day = date_ddmmyy(text)
        if day is None and (name == "entry date" or text.strip("0 ")):
            code = "record.date-invalid" if text.strip("0 ") else "record.date-missing"
            problems.append(Problem(code, f"{name} {text!r}", "DDMMYY", record.place()))
        days.append(day)
    return Movement(
        record,
        Decimals(abs(signed.digits), signed.exponent),
        Direction.DEBIT if record.at(32, 32) == "1" else Direction.CREDIT,
        days[0],
        days[1],
    )


def line_of(movement: Movement, currency: Currency) -> StatementLine:
    """The statement line, with its details as parts."""
    first, second, third = movement.first, movement.second, movement.third
    communication = _communication(movement)
    is_structured = first.at(62, 62) == "1"
    references: list[str] = []
    attributes: list[tuple[str, str]] = []
    if is_structured:
        _structured(communication, references, attributes)
    if second:
        references.append(second.at(64, 98))
        attributes.append(("counterparty_bank", second.at(99, 109)))
        attributes += (
            [
                ("r_transaction", second.at(113, 113).strip("0 ")),
                ("reason", second.at(114, 117)),
                ("category_purpose", second.at(118, 121)),
                ("purpose", second.at(122, 125)),
            ]
            if _is_sepa(second)
            else [("bank_zone", second.at(110, 125))]
        )
    name = tidy(third.at(48, 82)) if third else ""
    account = third.at(11, 44).replace(" ", "") if third else ""
    texts: list[str] = []
    name = _read_information(movement, name, texts, attributes)
    attributes.append(("globalisation", first.at(125, 125).strip("0 ")))
    is_debit_order = is_structured and communication.startswith("127")
    free = [communication[82:144] if is_debit_order else "" if is_structured else communication]
    return StatementLine(
        minor_in(movement.amount, currency),
        movement.direction,
        currency,
        movement.booked_on,
        movement.value_on,
        tidy(first.at(11, 31)),
        tuple(dict.fromkeys(tidy(each) for each in references if is_reference(each))),
        name,
        account if account.strip("0") else "",
        tidy(" ".join([*free, *texts])) or tidy(communication),
        first.at(54, 61).strip(),
        is_reversal=_is_reversal(movement),
        parts=tuple(line_of(each, currency) for each in movement.details),
        attributes=tuple((key, tidy(value)) for key, value in attributes if tidy(value)),
        place=first.place(),
    )


def is_reference(text: str) -> bool:
    """Whether the text is a reference at all."""
    return tidy(text).upper() not in {"", "NOTPROVIDED", "NONREF"} and bool(text.strip("0 "))


def _is_sepa(second: FixedRecord) -> bool:
    """Columns 113 to 125 have their meaning since 2012; before, banks used 110 to 125 freely."""
    return not second.at(110, 112).strip()


def _is_reversal(movement: Movement) -> bool:
    second = movement.second
    return movement.first.at(57, 58) in _CORRECTIONS or bool(
        second and _is_sepa(second) and second.at(113, 113) in _R_TRANSACTIONS
    )


def _communication(movement: Movement) -> str:
    """The text of the three records, columns run on as they stand."""
    second, third = movement.second, movement.third
    return (
        movement.first.at(63, 115)
        + (second.at(11, 63) if second else "")
        + (third.at(83, 125) if third else "")
    )


def _structured(text: str, references: list[str], attributes: list[tuple[str, str]]) -> None:
    """Structured communications: 101 and 102 are a reference, 127 a SEPA direct debit."""
    kind = text[:3]
    attributes.append(("communication_type", kind))
    if kind in {"101", "102"}:
        references.append(text[3:15])
    elif kind == "127":
        references += [text[47:82], text[82:144]]
        attributes += [
            ("creditor_id", text[12:47]),
            ("mandate", text[47:82]),
            ("communication", text[82:144]),
            ("settlement_date", text[3:9]),
            ("direct_debit_type", text[9:12]),
        ]


def _read_information(
    movement: Movement, name: str, texts: list[str], attributes: list[tuple[str, str]]
) -> str:
    """Records 3.1 to 3.3: type 001 is the other party's name and address, else free text."""
    structured = ""
    running: list[str] = []
    for record in movement.information:
        part = record.at(2, 2)
        if part == "1":
            structured = record.at(41, 43) if record.at(40, 40) == "1" else ""
            text = record.at(41, 113)
        else:
            text = record.at(11, 115) if part == "2" else record.at(11, 100)
        if not structured:
            running.append(text)
        elif structured == "001" and part == "1":
            name = name or tidy(record.at(44, 113))
            attributes.append(("name", record.at(44, 113)))
        elif structured == "001":
            attributes.append(("address", text))
        else:
            attributes.append((f"information_{structured}", text[3:] if part == "1" else text))
    if running:
        texts.append("".join(running))
    return name
