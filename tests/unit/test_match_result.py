"""A result is refused unless every record is in it once and the totals meet."""

from dataclasses import replace
from datetime import date

import pytest

from tieout.core.errors import Corruption
from tieout.core.matching.records import Record, Side
from tieout.core.matching.result import (
    MatchAnswer,
    MatchGroup,
    ScoreParts,
    Unmatched,
    check_result,
)
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason

DAY = date(2026, 9, 1)
LEFT = [Record("a", 98, "EUR", DAY), Record("b", 5, "EUR", DAY)]
RIGHT = [Record("x", 100, "EUR", DAY)]
FEE = MatchGroup(
    left_ids=("a",),
    right_ids=("x",),
    made_by=Pass.FEE_NET,
    rule="2 %",
    status=Status.SUGGESTED,
    score=0,
    parts=ScoreParts(),
    posterior=0.5,
    residual_minor=-2,
    residual_cause=ResidualCause.FEE,
    currency="EUR",
    solutions=1,
    runner_up="",
    runner_up_score=0,
    reason="net of a fee",
)
ALONE = Unmatched(Side.LEFT, "b", UnmatchedReason.NO_CANDIDATE, "nothing near")


@pytest.mark.req("R083", "R119")
def test_a_whole_result_passes() -> None:
    check_result(LEFT, RIGHT, MatchAnswer((FEE,), (ALONE,)))


@pytest.mark.parametrize(
    "broken",
    [
        MatchAnswer((FEE,), ()),
        MatchAnswer((FEE,), (ALONE, ALONE)),
        MatchAnswer((FEE, FEE), (ALONE,)),
        MatchAnswer((FEE,), (ALONE, replace(ALONE, record_id="nobody"))),
        MatchAnswer((replace(FEE, residual_minor=0),), (ALONE,)),
        MatchAnswer((replace(FEE, left_ids=("a", "b")),), (ALONE,)),
    ],
    ids=["lost", "unmatched twice", "used twice", "invented", "residual swallowed", "both"],
)
def test_a_broken_result_is_withheld(broken: MatchAnswer) -> None:
    with pytest.raises(Corruption):
        check_result(LEFT, RIGHT, broken)
