"""What the report adds up: rows and amounts by their keys, against the obvious."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tieout.files.bridge import sums_by

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["left", "right"]),
        st.sampled_from(["no candidate", "ambiguous", ""]),
        st.integers(-(2**53), 2**53),
    )
)


@given(ROWS)
def test_rows_and_amounts_add_up_by_their_keys(rows: list[tuple[str, str, int]]) -> None:
    """Exactly, beyond what a float can hold; a combination nobody has is not there."""
    sides, reasons, amounts = ([row[at] for row in rows] for at in range(3))
    table = pa.table(
        {
            "side": pa.array(sides, pa.string()),
            "reason": pa.array(reasons, pa.string()),
            "minor": pa.array(amounts, pa.int64()),
        }
    )
    expected: dict[tuple[str, ...], tuple[int, ...]] = {}
    for side, reason, amount in rows:
        count, total = expected.get((side, reason), (0, 0))
        expected[side, reason] = count + 1, total + amount
    assert sums_by(table, ["side", "reason"], ["minor"]) == expected
