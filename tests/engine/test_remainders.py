"""What leaves a remainder is believed as far as what others make up elsewhere lets it."""

import pytest

from tieout.core.matching.result import ScoreParts
from tieout.core.matching.words import Pass, ResidualCause, Status
from tieout.engine.groups import FoundGroup
from tieout.engine.groups.options import RULE_WORDS, Rule
from tieout.engine.later import remainders_believed


def group(rule: Rule, residual: int, status: Status = Status.SUGGESTED) -> FoundGroup:
    return FoundGroup(
        left=(0,),
        right=(0,),
        made_by=Pass.BATCH,
        rule=RULE_WORDS[rule],
        status=status,
        score=0,
        parts=ScoreParts(),
        posterior=0.5,
        residual_minor=residual,
        residual_cause=ResidualCause.REMAINDER if residual else ResidualCause.NONE,
        reason="",
    )


OPEN = group(Rule.NAMED_REMAINDER, 1_250)
MADE_UP = group(Rule.NAMED_COMPLETED, 0, Status.CONFIRMED)


@pytest.mark.parametrize(
    ("still_open", "made_up", "believed"),
    [(1, 0, 0.6), (20, 0, 0.917), (6, 160, 0.2), (296, 2237, 0.165), (20, 90, 0.5)],
)
def test_where_the_rest_is_mostly_made_up_what_is_open_is_mostly_not_real(
    still_open: int, made_up: int, believed: float
) -> None:
    groups = remainders_believed([OPEN] * still_open + [MADE_UP] * made_up)
    assert {round(each.posterior, 3) for each in groups[:still_open]} == {believed}
    assert groups[still_open:] == [MADE_UP] * made_up


def test_a_known_fee_is_no_remainder() -> None:
    fee = group(Rule.FEE, 35, Status.CONFIRMED)
    assert remainders_believed([fee, OPEN])[0] == fee
