"""Small worlds for tests of matching: records to tables, and results back to plain values."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from tieout.core.matching.records import Record, Side
from tieout.core.matching.result import MatchAnswer, MatchGroup, ScoreParts, Unmatched
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason
from tieout.engine.result import RECORD_SCHEMA, MatchResult


def table_of(records: Iterable[Record]) -> pa.Table:
    """Records as the engine takes them."""
    return pa.Table.from_pylist([asdict(each) for each in records], schema=RECORD_SCHEMA)


def answer_of(result: MatchResult) -> MatchAnswer:
    """A result as plain values, to prove its invariants on."""
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in result.groups.to_pylist():
        members[row["group_id"], row["side"]].append(row["record_id"])
    groups = tuple(
        MatchGroup(
            left_ids=tuple(members[row["group_id"], Side.LEFT]),
            right_ids=tuple(members[row["group_id"], Side.RIGHT]),
            made_by=Pass(row["pass"]),
            rule=row["rule"],
            status=Status(row["status"]),
            score=row["score"],
            parts=ScoreParts(
                row["score_amount"],
                row["score_date"],
                row["score_reference"],
                row["score_counterparty"],
                row["score_exclusivity"],
            ),
            posterior=row["posterior"],
            residual_minor=row["residual_minor"],
            residual_cause=ResidualCause(row["residual_cause"]),
            currency=row["currency"],
            solutions=row["solutions"],
            runner_up=row["runner_up"],
            runner_up_score=row["runner_up_score"],
            reason=row["reason"],
        )
        for row in result.matches.to_pylist()
    )
    unmatched = tuple(
        Unmatched(
            Side(row["side"]),
            row["record_id"],
            UnmatchedReason(row["reason"]),
            row["detail"],
            row["nearest_id"],
            row["nearest_score"],
        )
        for row in result.unmatched.to_pylist()
    )
    return MatchAnswer(groups, unmatched)


PARTIES = ("", "Acme Ltd", "ACME LIMITED", "Acme Lmited", "Müller & Söhne", "Zenith Corporation")
TEXTS = (
    "",
    "POS purchase",
    "inv 2024-0031",
    "invoice 20240031",
    "chq 000731",
    "Zenith 20240031 X9Y8Z7W6",
)
REFERENCES = ("", "731", "INV-2024-0031", "100234", "10023")


@st.composite
def sides(draw: st.DrawFn, most: int = 7) -> tuple[list[Record], list[Record]]:
    """Two sides full of equal amounts, twins and near misses."""
    accounts = draw(st.sampled_from([("",), ("A",), ("A", "B"), ("A", "B", "")]))
    return draw(_side("l", accounts, most)), draw(_side("r", accounts, most))


@st.composite
def _side(draw: st.DrawFn, name: str, accounts: tuple[str, ...], most: int) -> list[Record]:
    records = []
    for number in range(draw(st.integers(0, most))):
        day = draw(st.none() | st.integers(0, 14))
        records.append(
            Record(
                record_id=f"{name}{number}",
                amount_minor=draw(st.sampled_from([1000, 1000, 2500, 2510, -1000, 0])),
                currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
                booked_on=None if day is None else date(2024, 3, 1) + timedelta(days=day),
                account=draw(st.sampled_from(accounts)),
                external_id=draw(st.sampled_from(["", "", "x1", "x2"])),
                reference=draw(st.sampled_from(REFERENCES)),
                counterparty=draw(st.sampled_from(PARTIES)),
                narrative=draw(st.sampled_from(TEXTS)),
                is_pending=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return records
