"""Decisions: which are in force, and what stands against a new one."""

from hypothesis import given
from hypothesis import strategies as st

from tieout.core.decisions import Decided, Verdict, in_force, standing_against

records = st.lists(st.integers(1, 6).map(lambda n: (f"r{n}", n)), max_size=3).map(tuple)


@st.composite
def rows(draw: st.DrawFn) -> list[Decided]:
    """Decisions as they may come, each undo naming an earlier one."""
    made: list[Decided] = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        undoes = draw(st.none() | st.sampled_from(made)) if made else None
        if undoes is not None and undoes.verdict is not Verdict.UNDO:
            made.append(Decided(number, Verdict.UNDO, undoes=undoes.decision_id))
        else:
            verdict = draw(st.sampled_from([Verdict.CONFIRM, Verdict.REJECT]))
            made.append(Decided(number, verdict, draw(records), draw(records)))
    return made


@given(rows())
def test_what_is_undone_is_not_in_force_and_everything_else_is(decisions: list[Decided]) -> None:
    undone = {each.undoes for each in decisions}
    held = {each.decision_id for each in in_force(decisions)}
    for each in decisions:
        expected = each.verdict is not Verdict.UNDO and each.decision_id not in undone
        assert (each.decision_id in held) is expected


@given(rows(), records)
def test_only_confirmations_that_hold_a_record_stand_against_it(
    decisions: list[Decided], left: tuple[tuple[str, int], ...]
) -> None:
    wanted = frozenset(("left", name) for name, _ in left)
    against = standing_against(decisions, wanted)
    assert all(each.verdict is Verdict.CONFIRM and each.records & wanted for each in against)
    left_out = set(in_force(decisions)) - set(against)
    assert not any(each.verdict is Verdict.CONFIRM and each.records & wanted for each in left_out)


def test_left_and_right_records_of_one_name_are_two_records() -> None:
    decided = Decided(1, Verdict.CONFIRM, left=(("7", 5),))
    assert not standing_against([decided], frozenset({("right", "7")}))
