"""Which sign-off may follow: a table of all that can be in force, and a walk at random."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.decisions import Figures, Signed, SignOffStep, require_step
from tieout.core.errors import TieoutError

DAY = date(2026, 9, 30)
PREPARED, REVIEWED = SignOffStep.PREPARED, SignOffStep.REVIEWED


def signed(
    number: int, step: SignOffStep, *, member: int = 1, run: int = 1, suspended: bool = False
) -> Signed:
    return Signed(number, step, run, DAY, member, Figures(), is_suspended=suspended)


def allowed(several: list[Signed], step: SignOffStep, *, member: int, run: int = 1) -> bool:
    try:
        require_step(several, step, run_id=run, cut_off_on=DAY, member_id=member)
    except TieoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("several", "step", "member", "run", "answer"),
    [
        ([], PREPARED, 1, 1, True),
        ([], REVIEWED, 2, 1, False),
        ([signed(1, PREPARED)], PREPARED, 2, 2, False),
        ([signed(1, PREPARED)], REVIEWED, 2, 1, True),
        ([signed(1, PREPARED)], REVIEWED, 1, 1, False),
        ([signed(1, PREPARED)], REVIEWED, 2, 2, False),
        ([signed(1, PREPARED), signed(2, REVIEWED, member=2)], REVIEWED, 3, 1, False),
        ([signed(1, PREPARED, suspended=True)], REVIEWED, 2, 1, False),
        ([signed(1, PREPARED, suspended=True)], PREPARED, 1, 2, True),
    ],
)  # fmt: skip
def test_the_next_step(
    several: list[Signed], step: SignOffStep, member: int, run: int, *, answer: bool
) -> None:
    assert allowed(several, step, member=member, run=run) is answer


def test_another_cut_off_stands_on_its_own() -> None:
    other = Signed(1, PREPARED, 1, date(2026, 8, 31), 1, Figures())
    assert allowed([other], PREPARED, member=1)
    assert not allowed([other], REVIEWED, member=2)


@given(st.lists(st.tuples(st.sampled_from(["sign", "suspend"]), st.sampled_from(SignOffStep),
                          st.integers(1, 3), st.integers(1, 2)), max_size=25))  # fmt: skip
def test_at_most_one_of_each_step_is_in_force_and_never_by_one_person(
    moves: list[tuple[str, SignOffStep, int, int]],
) -> None:
    kept: list[Signed] = []
    for what, step, member, run in moves:
        if what == "suspend":
            kept = [signed(each.sign_off_id, each.step, member=each.member_id, run=each.run_id,
                           suspended=True) for each in kept]  # fmt: skip
        elif allowed(kept, step, member=member, run=run):
            kept.append(signed(len(kept) + 1, step, member=member, run=run))
        standing = {each.step: each for each in kept if not each.is_suspended}
        assert len(standing) == sum(not each.is_suspended for each in kept)
        if REVIEWED in standing:
            assert standing[REVIEWED].member_id != standing[PREPARED].member_id
            assert standing[REVIEWED].run_id == standing[PREPARED].run_id
