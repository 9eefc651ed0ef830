"""A reading as one side of a match: the same records however its lines are kept."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput
from tieout.core.reading import Reading
from tieout.files.matching import match
from tieout.files.records import SideRecords, same_count, side_of
from tieout.formats.common.source import Source
from tieout.formats.delimited import reader

HEADER = "id,account,date,amount,currency,text,payee,status,reference,invoice number"
PROFILE = {
    **{name: name for name in ("id", "account", "date", "amount", "currency", "status")},
    "narrative": "text",
    "counterparty": "payee",
    "reference": "reference + invoice number",
    "date_form": "y-m-d",
    "decimal_mark": ".",
}
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["T1", "T2", "#3", "", "U"]) | st.integers(10, 10**6).map(str),
        st.sampled_from(["A1", "B 2", "C3", ""]),
        st.sampled_from(["2025-01-31", "2025-02-28", "2024-02-29", "2025-03-01 10:15", "soon"]),
        st.sampled_from(
            ["1.00", "-2.50", "0.125", "1,234.50", "(5)", "7-", "-.5", "5.", "+3", "0.123456"]
        )
        | st.integers(-(10**9), 10**9).map(lambda minor: f"{minor / 100:.2f}"),
        st.sampled_from(["EUR", "JPY", "usd", "€", ""]),
        st.sampled_from(["Pay", "  two  blanks ", "Größe № 5", "opening balance", "Café\u00a0X"]),
        st.sampled_from(["", "Müller", "a  b", "Saldo końcowe"]),
        st.sampled_from(["booked", "pending", "failed"]),
        st.sampled_from(["", "R 1", "R2"]),
        st.sampled_from(["", "INV 7"]),
    ),
    min_size=1,
    max_size=40,
)
CERTAIN = ("T9", "A1", "2025-01-02", "12.34", "EUR", "Pay", "Smith", "booked", "R9", "I9")


def reading_of(rows: Sequence[Sequence[str]], *, as_columns: bool) -> Reading:
    text = "\n".join([HEADER, *(",".join(f'"{c}"' for c in row) for row in rows)]) + "\n"
    source = Source("t.csv", text.encode())
    if as_columns:
        return reader.read(source, PROFILE, fast_bytes=0, small=0)
    return reader.read(source, PROFILE, fast_bytes=10**9, small=10**9)


def mixed(reading: Reading) -> Reading:
    """Every second statement's lines as plain values."""
    return replace(
        reading,
        statements=tuple(
            replace(each, lines=tuple(each.lines)) if at % 2 else each
            for at, each in enumerate(reading.statements)
        ),
    )


def in_order(side: SideRecords) -> pa.Table:
    return side.table.sort_by("record_id").combine_chunks()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=80)
@given(ROWS)
def test_records_are_the_same_however_lines_are_kept(rows: list[tuple[str, ...]]) -> None:
    rows = [CERTAIN, *rows, CERTAIN]
    as_columns = reading_of(rows, as_columns=True)
    plain = side_of(reading_of(rows, as_columns=False), "left")
    for reading in (as_columns, mixed(as_columns)):
        side = side_of(reading, "left")
        assert in_order(side).equals(in_order(plain))
        assert side.exponents == plain.exponents
        assert side.set_aside == plain.set_aside
        assert side.problems == plain.problems


def test_voided_rows_are_set_aside_and_counted() -> None:
    rows = [CERTAIN, ("T8", *CERTAIN[1:7], "failed", *CERTAIN[8:]), ("T7", *CERTAIN[1:])]
    side = side_of(reading_of(rows, as_columns=True), "left")
    assert (side.set_aside, side.table["record_id"].to_pylist()) == (1, ["T9", "T7"])


def test_amounts_of_a_widened_currency_keep_their_value() -> None:
    fine = reading_of([CERTAIN, ("T8", "B2", CERTAIN[2], "0.125", *CERTAIN[4:])], as_columns=True)
    coarse = reading_of([CERTAIN], as_columns=True)
    left, right = same_count(side_of(fine, "left"), side_of(coarse, "right"))
    assert sorted(left.table["amount_minor"].to_pylist()) == [125, 12340]
    assert right.table["amount_minor"].to_pylist() == [12340]


def test_a_table_of_many_accounts_stays_one_holding() -> None:
    rows = [(f"T{at}", f"A{at % 300}", *CERTAIN[2:]) for at in range(3000)]
    reading = reading_of(rows, as_columns=True)
    assert len(reading.statements) == 300
    assert len({id(getattr(each.lines, "holding", None)) for each in reading.statements}) == 1
    side = side_of(reading, "left")
    assert side.table["record_id"].to_pylist() == [f"T{at}" for at in range(3000)]
    assert pc.sum(side.table["amount_minor"]).as_py() == 3000 * 1234


def test_a_table_with_an_id_twice_is_refused_by_name() -> None:
    """Whoever brings a table of their own is told which id, and what was opened is closed."""
    table = pa.table(
        {
            "record_id": ["a", "b", "a", "c"],
            "amount_minor": [100, 200, 300, 400],
            "booked_on": pa.array([date(2026, 9, 1)] * 4),
        }
    )
    with (
        warnings.catch_warnings(action="error"),
        pytest.raises(InvalidInput, match="the id a twice") as refused,
    ):
        match(table, table)
    assert refused.value.code == "table.id-repeated"
