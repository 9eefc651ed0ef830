"""What came nearest to a record without a partner, by its amount and then by its day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching.records import Record, Side
from tieout.engine import match
from tieout.engine.unmatched import CLOSE_DAYS, NEIGHBOURS
from tieout.testing.matching import table_of

pytestmark = pytest.mark.usefixtures("both_ways")
ROWS = st.lists(
    st.tuples(st.sampled_from(("EUR", "GBP")), st.integers(1, 60), st.integers(0, 120)),
    max_size=NEIGHBOURS,
)
Rows = list[tuple[str, int, int]]


def _records(name: str, rows: Rows, shift: int) -> list[Record]:
    """Amounts of the left side are even, of the right side odd: no pair is a candidate."""
    return [
        Record(f"{name}{row}", 2 * amount + shift, currency, date(2026, 1, 1) + timedelta(day))
        for row, (currency, amount, day) in enumerate(rows)
    ]


def _distance(one: Record, other: Record) -> tuple[int, int, str]:
    assert one.booked_on
    assert other.booked_on
    gap = abs(one.amount_minor - other.amount_minor)
    apart = abs((one.booked_on - other.booked_on).days)
    return gap + (10**9 if apart > CLOSE_DAYS else 0), apart, other.record_id


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_the_nearest_is_of_the_same_pool_and_near_in_time(left: Rows, right: Rows) -> None:
    sides = {Side.LEFT: _records("l", left, 0), Side.RIGHT: _records("r", right, 1)}
    by_id = {each.record_id: each for side in sides.values() for each in side}
    result = match(*(table_of(side) for side in sides.values()))
    for row in result.unmatched.to_pylist():
        mine = by_id[row["record_id"]]
        others = sides[Side.RIGHT if row["side"] == "left" else Side.LEFT]
        near = [each for each in others if each.currency == mine.currency]
        nearest = min((_distance(mine, each) for each in near), default=(0, 0, ""))
        assert row["nearest_id"] == nearest[2]
