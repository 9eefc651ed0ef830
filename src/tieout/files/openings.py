"""Opening entries of the books: a balance brought forward is no booking of the statement.

Such an entry stays unmatched, since nothing of the other side is its pair; its detail says what
it is, so that nobody looks for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pyarrow.compute as pc

from tieout.core.reading import Reading
from tieout.core.statements import Statement
from tieout.engine.result import UNMATCHED_SCHEMA, MatchResult

DETAIL = "It is the balance that the other side's statement opens with, not a booking."


def explain_openings(
    result: MatchResult,
    readings: tuple[Reading | None, Reading | None],
    exponents: Mapping[str, int],
) -> MatchResult:
    """The result with a word at each unmatched record that is a statement's opening balance."""
    unmatched = result.unmatched
    at = UNMATCHED_SCHEMA.get_field_index("detail")
    for side, reading in (("right", readings[0]), ("left", readings[1])):
        for code, amount_minor, begins_on in _openings(reading, exponents):
            here = pc.and_(pc.equal(unmatched["side"], side), pc.equal(unmatched["currency"], code))
            here = pc.and_(here, pc.equal(unmatched["amount_minor"], amount_minor))
            here = pc.and_(here, pc.less_equal(unmatched["booked_on"], begins_on))
            if pc.any(here).as_py():
                detail = pc.if_else(
                    pc.fill_null(here, fill_value=False), DETAIL, unmatched["detail"]
                )
                unmatched = unmatched.set_column(at, UNMATCHED_SCHEMA.field(at), detail)
    return replace(result, unmatched=unmatched)


def _openings(
    reading: Reading | None, exponents: Mapping[str, int]
) -> Iterator[tuple[str, int, date]]:
    """Currency, amount and first day of each statement that opens with a balance."""
    for statement in (reading.statements if reading else ())[:1000]:
        opening, first = statement.opening, _first_day(statement)
        if opening is None or not opening.amount_minor or first is None:
            continue
        code = opening.currency.code
        factor = 10 ** (exponents.get(code, opening.currency.exponent) - opening.currency.exponent)
        yield code, opening.amount_minor * factor, first


def _first_day(statement: Statement) -> date | None:
    """The day a statement begins on, as it says or as its first and last line show."""
    if statement.begins_on or not len(statement.lines):
        return statement.begins_on
    days = (statement.lines[0].booked_on, statement.lines[-1].booked_on)
    return min((day for day in days if day), default=None)
