"""A deposit that many sets of payments would fit is not matched, and says so."""

from datetime import date

import pyarrow as pa

from tieout.core.matching.words import UnmatchedReason
from tieout.engine import match
from tieout.engine.result import RECORD_SCHEMA


def _side(rows: list[tuple[str, int, int]]) -> pa.Table:
    columns = [
        {
            "record_id": name,
            "account": "bank",
            "currency": "EUR",
            "amount_minor": amount,
            "booked_on": date(2026, 3, day),
            "value_on": None,
            "external_id": "",
            "reference": "",
            "counterparty": "",
            "narrative": "",
            "kind": "",
            "is_pending": False,
        }
        for name, amount, day in rows
    ]
    return pa.Table.from_pylist(columns, schema=RECORD_SCHEMA)


def test_a_sum_with_many_solutions_is_refused_with_its_reason() -> None:
    deposit = _side([("deposit", 100_00, 5)])
    # Twenty pairs of different amounts make 100.00: nothing tells which of them was paid in.
    pairs = [(f"{n}-{part}", amount, 4) for n in range(21, 41) for part, amount in
             (("less", n * 100), ("more", 100_00 - n * 100))]  # fmt: skip
    result = match(deposit, _side(pairs))
    assert result.matches.num_rows == 0
    (said,) = [row for row in result.unmatched.to_pylist() if row["side"] == "left"]
    assert said["reason"] == UnmatchedReason.TOO_MANY
    assert "not decidable: 40 candidates" in said["detail"]


def test_the_same_deposit_is_explained_where_one_set_alone_fits() -> None:
    deposit = _side([("deposit", 100_03, 5)])
    parts = _side([("a", 61_01, 4), ("b", 39_02, 4), ("c", 17_55, 4)])
    result = match(deposit, parts)
    (group,) = result.matches.to_pylist()
    assert (group["left_count"], group["right_count"]) == (1, 2)
    assert [row["record_id"] for row in result.unmatched.to_pylist()] == ["c"]
