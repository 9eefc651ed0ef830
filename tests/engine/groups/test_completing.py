"""What named parts lack of their sum is made up by others, or stays open."""

from itertools import combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status
from tieout.engine.groups import FoundGroup, FreeRecords, find_groups, learn_groups
from tieout.engine.groups.completing import SAME_PARTY, SIZES, Named, completed_options
from tieout.engine.groups.options import Rule
from tieout.engine.groups.scopes import views
from tieout.engine.groups.weights import start_weights

pytestmark = pytest.mark.usefixtures("both_ways")

RULES = MatchRules()


def side(*records: tuple[int, int], names: dict[int, int] | None = None) -> FreeRecords:
    """Records of (day, amount) in one account; `names` says which token a record names."""
    names, size = names or {}, len(records)
    return FreeRecords.of(
        idx=list(range(size)),
        account=[0] * size,
        day=[day for day, _ in records],
        amount=[amount for _, amount in records],
        token_row=list(names),
        token=list(names.values()),
    )


def found(left: FreeRecords, right: FreeRecords) -> FoundGroup:
    groups = find_groups(left, right, RULES, learn_groups(left, right, RULES)).groups
    assert len(groups) == 1, groups
    return groups[0]


@pytest.mark.req("R020")
def test_the_bank_cut_off_the_number_of_two_instalments() -> None:
    bank = side(
        (103, 148_677), (106, 104_952), (104, 114_325), (105, 81_096), (104, 9_001),
        names={0: 7, 1: 7},
    )  # fmt: skip
    group = found(bank, side((100, 449_050), names={0: 7}))
    assert (group.left, group.made_by, group.solutions) == ((0, 1, 2, 3), Pass.SPLIT, 1)
    assert group.residual_minor == 0
    assert "the others make up what those lack" in group.reason


@pytest.mark.req("R020")
def test_a_payment_names_one_invoice_and_settles_another_as_well() -> None:
    books = side((96, 341_717), (99, 55_619), (98, 20_020), (101, 9_999), names={0: 7})
    group = found(side((102, 397_336), names={0: 7}), books)
    assert (group.right, group.made_by, group.status) == ((0, 1), Pass.BATCH, Status.CONFIRMED)


def test_what_several_records_could_make_up_is_not_confirmed() -> None:
    books = side((96, 341_717), (99, 55_619), (101, 55_619), (98, 20_020), names={0: 7})
    group = found(side((102, 397_336), names={0: 7}), books)
    assert (group.status, group.solutions) == (Status.SUGGESTED, 2)
    assert group.posterior <= 0.5


def test_what_nothing_makes_up_stays_open() -> None:
    books = side((96, 200_000), (97, 141_717), (99, 50_000), (98, 20_020), names={0: 7, 1: 7})
    group = found(side((102, 397_336), names={0: 7}), books)
    assert (group.right, group.residual_minor) == ((0, 1), 55_619)
    assert (group.status, group.residual_cause) == (Status.SUGGESTED, ResidualCause.REMAINDER)


PARTS = st.lists(
    st.tuples(st.integers(-9, 20), st.integers(1, 8), st.sampled_from([-1, 5, 6])),
    min_size=2,
    max_size=8,
)


@given(PARTS, st.integers(1, 30), st.sampled_from([-1, 1]), st.integers(0, 1))
def test_every_set_that_makes_up_the_rest_is_told_with_its_share(
    parts: list[tuple[int, int, int]], lacking: int, sign: int, direction: int
) -> None:
    other = FreeRecords.of(
        idx=list(range(len(parts))),
        account=[0] * len(parts),
        day=[day for day, _, _ in parts],
        amount=[sign * amount for _, amount, _ in parts],
        party=[party for *_, party in parts],
    )
    whole = sign * (parts[0][1] + lacking)
    anchor = FreeRecords.of(idx=[0], account=[0], day=[5], amount=[whole], party=[5])
    both = (anchor, other) if direction == 0 else (other, anchor)
    view = views(*both, RULES)[direction]
    named = Named(np.array([0]), np.array([0, 1]), np.array([0]))
    weights = start_weights(*both, RULES, 0)
    options, _ = completed_options(view, named, weights, 10_000)

    kin = {5, parts[0][2]} - {-1}
    near = [
        at for at in range(1, len(parts)) if _is_near(view.low, view.high, parts[at][0], direction)
    ]
    value = {at: SAME_PARTY if parts[at][2] in kin else 1.0 for at in near}
    expected = {}
    for size in range(1, len(SIZES)):
        every = sum(prod(value[at] for at in some) for some in combinations(near, size))
        for some in combinations(near, size):
            if sum(parts[at][1] for at in some) == lacking:
                share = SIZES[size] * prod(value[at] for at in some) / every
                expected[0, *some] = 100 * np.log2(share)
    told = {
        tuple(sorted(options.node[begin:end].tolist())): int(worth)
        for begin, end, worth in zip(
            options.start[:-1],
            options.start[1:],
            options.counterparty + options.exclusivity,
            strict=True,
        )
    }
    assert told.keys() == expected.keys()
    assert all(abs(told[each] - expected[each]) <= 1 for each in told)
    assert set(options.rule.tolist()) <= {int(Rule.NAMED_COMPLETED)}


def _is_near(low: int, high: int, day: int, direction: int) -> bool:
    return low <= (5 - day if direction == 0 else day - 5) <= high
