"""Counts and sums that a message states about itself, checked against its lines.

MT942 has :90D: and :90C:; ING writes them into the last :86:, as `D000001C000002D10,00C20,00` or
`/SUM/1/2/10,00/20,00/` (numbers, then sums, debits first).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tieout.core.errors import NOWHERE, Place, Problem
from tieout.core.money import Currency, Decimals, format_minor
from tieout.core.statements import Direction, StatementLine
from tieout.formats.mt940.entry import read_amount

_FIELD_90 = re.compile(r"\s*(\d{1,5})\s*([A-Z]{3})?\s*([\d.,]*)\s*")
_COMPACT = re.compile(r"\s*D(\d{6})C(\d{6})D([\d.,]+)C([\d.,]+)(?:\s|$)")
_SUM = re.compile(r"\s*/SUM/(\d+)/(\d+)/([\d.,]+)/([\d.,]+)/")


@dataclass(frozen=True, slots=True)
class Control:
    """How many lines of a direction there are, and what they add up to."""

    direction: Direction
    count: int
    total: Decimals | None
    place: Place = NOWHERE


def read_control(tag: str, text: str, place: Place = NOWHERE) -> list[Control]:
    """The controls in a :90C:, :90D: or in the :86: of a statement; none if it has none."""
    if tag != "86":
        found = _FIELD_90.fullmatch(text[:60])
        if not found:
            return []
        direction = Direction.CREDIT if tag == "90C" else Direction.DEBIT
        return [Control(direction, int(found.group(1)), _total(found.group(3)), place)]
    found = _COMPACT.match(text) or _SUM.match(text)
    if not found:
        return []
    debit_count, credit_count, debited, credited = found.groups()
    return [
        Control(Direction.DEBIT, int(debit_count[:9]), _total(debited), place),
        Control(Direction.CREDIT, int(credit_count[:9]), _total(credited), place),
    ]


def _total(text: str) -> Decimals | None:
    amount = read_amount(text)
    return amount if isinstance(amount, Decimals) else None


def check_controls(
    controls: Sequence[Control], lines: Sequence[StatementLine], currency: Currency
) -> list[Problem]:
    """Where the lines read are not what the message states."""
    found: list[Problem] = []
    for control in controls:
        amounts = [each.amount_minor for each in lines if each.direction is control.direction]
        if len(amounts) != control.count:
            found.append(
                Problem(
                    "statement.count-differs",
                    f"{len(amounts)} {control.direction}s",
                    f"{control.count} as stated",
                    control.place,
                )
            )
        stated = control.total.to_minor(currency.exponent) if control.total else None
        if stated is not None and stated != sum(amounts):
            found.append(
                Problem(
                    "statement.total-differs",
                    f"{control.direction}s of {format_minor(sum(amounts), currency.exponent)}",
                    f"{format_minor(stated, currency.exponent)} as stated",
                    control.place,
                )
            )
    return found
