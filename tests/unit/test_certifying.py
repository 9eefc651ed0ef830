"""Who signs a ledger's period: any order of steps, and what later figures do to what was signed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.errors import AccessDenied, Conflict, TieoutError
from tieout.core.explain.certifying import (
    FOLLOWS,
    SIGNED,
    SYSTEM,
    AutomaticRule,
    ClosingPolicy,
    ClosingState,
    ClosingStep,
    PeriodFigures,
    Risk,
    Taken,
    Timeliness,
    due_on,
    require_closing_step,
    require_policy,
    state_of,
    timeliness,
    why_not_automatic,
    why_suspended,
)

AGREES = PeriodFigures(10_000, 10_000, 0, 0, is_closed=True)
LOW = ClosingPolicy(risk=Risk.LOW, automatic=AutomaticRule.AGREES)
attempts = st.lists(
    st.tuples(st.sampled_from(ClosingStep), st.integers(min_value=1, max_value=3)), max_size=14
)


def played(attempted: list[tuple[ClosingStep, int]]) -> list[Taken]:
    """The steps that are let through, in order."""
    taken: list[Taken] = []
    for step, person in attempted:
        try:
            require_closing_step(taken, step, person, "AR 1")
        except TieoutError:
            continue
        taken.append(Taken(step, person))
    return taken


@given(attempts)
def test_whatever_is_tried_nobody_reviews_or_certifies_what_they_prepared(
    attempted: list[tuple[ClosingStep, int]],
) -> None:
    taken = played(attempted)
    for at, each in enumerate(taken):
        assert state_of(taken[:at]) in FOLLOWS[each.step]
        if each.step in {ClosingStep.REVIEWED, ClosingStep.CERTIFIED}:
            preparers = [one.member_id for one in taken[:at] if one.step is ClosingStep.PREPARED]
            assert each.member_id != preparers[-1]


@given(attempts)
def test_a_certified_period_was_prepared_and_reviewed_since_it_was_last_open(
    attempted: list[tuple[ClosingStep, int]],
) -> None:
    taken = played(attempted)
    if state_of(taken) is ClosingState.CERTIFIED:
        assert [each.step for each in taken[-3:]] == [
            ClosingStep.PREPARED,
            ClosingStep.REVIEWED,
            ClosingStep.CERTIFIED,
        ]


@pytest.mark.parametrize("step", ClosingStep)
def test_a_step_out_of_order_says_what_would_come_before_it(step: ClosingStep) -> None:
    for state in frozenset(ClosingState) - FOLLOWS[step]:
        taken = [Taken(ClosingStep(state), 1)] if state is not ClosingState.NOT_STARTED else []
        with pytest.raises(Conflict, match=f"a period that is {state}"):
            require_closing_step(taken, step, 2, "AR 1")


def test_the_preparer_is_told_that_another_person_is_needed() -> None:
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        require_closing_step([Taken(ClosingStep.PREPARED, 1)], ClosingStep.REVIEWED, 1, "AR 1")


def pence(minor: int) -> str:
    return f"{minor}p"


def test_a_period_is_prepared_within_its_policy_only() -> None:
    policy = ClosingPolicy(unexplained_minor=500, evidence_minor=10_000)
    require_policy(policy, replace(AGREES, unexplained_minor=500), (), "AR 1", pence)
    with pytest.raises(Conflict, match=r"501p unexplained.*at most 500p"):
        require_policy(policy, replace(AGREES, unexplained_minor=501), (), "AR 1", pence)
    with pytest.raises(Conflict, match="no evidence about SL1, SL2"):
        require_policy(policy, AGREES, ("SL1", "SL2"), "AR 1", pence)


@pytest.mark.req("R084")
@pytest.mark.parametrize(
    ("policy", "figures", "why"),
    [
        (LOW, AGREES, ""),
        (ClosingPolicy(risk=Risk.LOW), AGREES, "automatic certification is off"),
        (replace(LOW, risk=Risk.HIGH), AGREES, "the risk is high"),
        (LOW, replace(AGREES, is_closed=False), "the period is not closed"),
        (LOW, replace(AGREES, control_minor=9_999), "the ledgers do not agree"),
        (LOW, replace(AGREES, item_count=2), "2 items offset one another"),
    ],
    ids=["agrees", "off", "risk", "open", "differs", "offsets"],
)
def test_the_rule_certifies_or_says_why_it_does_not(
    policy: ClosingPolicy, figures: PeriodFigures, why: str
) -> None:
    assert why_not_automatic(policy, figures, []) == why


def test_the_rule_never_signs_in_place_of_a_person_who_has_signed() -> None:
    by_rule = [Taken(ClosingStep.CERTIFIED, SYSTEM)]
    assert why_not_automatic(LOW, AGREES, by_rule) == "it is certified"
    suspended = [*by_rule, Taken(ClosingStep.SUSPENDED, SYSTEM)]
    assert why_not_automatic(LOW, AGREES, suspended) == ""
    prepared = [Taken(ClosingStep.PREPARED, 7), Taken(ClosingStep.SUSPENDED, SYSTEM)]
    assert "a person has signed it" in why_not_automatic(LOW, AGREES, prepared)


figures = st.builds(
    PeriodFigures,
    st.integers(-3, 3),
    st.integers(-3, 3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.booleans(),
)
runs = st.lists(figures, min_size=4, max_size=4).map(lambda several: dict(enumerate(several)))


@given(runs, runs, st.integers(0, 3))
def test_what_is_signed_holds_exactly_while_all_it_rests_on_is_the_same(
    then: dict[int, PeriodFigures], now: dict[int, PeriodFigures], period: int
) -> None:
    same = all(
        (then[each].sub_ledger_minor, then[each].control_minor)
        == (now[each].sub_ledger_minor, now[each].control_minor)
        and (now[each].is_closed or not then[each].is_closed)
        for each in range(period + 1)
    )
    same &= then[period].unexplained_minor == now[period].unexplained_minor
    assert (why_suspended(period, then, now, pence) == "") is same


@given(runs, runs, st.integers(0, 2))
def test_what_suspends_a_balance_suspends_all_later_periods(
    then: dict[int, PeriodFigures], now: dict[int, PeriodFigures], period: int
) -> None:
    now = {
        number: replace(each, unexplained_minor=then[number].unexplained_minor)
        for number, each in now.items()
    }
    if why_suspended(period, then, now, pence):
        assert why_suspended(period + 1, then, now, pence)


def test_a_period_that_the_books_no_longer_have_suspends() -> None:
    assert why_suspended(1, {1: AGREES}, {}, pence) == "period 1 is no longer in the books"


def test_a_period_is_due_some_days_after_its_end() -> None:
    due = due_on(date(2026, 9, 30), ClosingPolicy(due_days=10))
    assert due == date(2026, 10, 10)
    assert timeliness(due, None, due) is Timeliness.DUE
    assert timeliness(due, None, date(2026, 10, 11)) is Timeliness.OVERDUE
    assert timeliness(due, due, date(2027, 1, 1)) is Timeliness.ON_TIME
    assert timeliness(due, date(2026, 10, 11), date(2027, 1, 1)) is Timeliness.LATE


def test_every_state_is_that_of_a_step_and_leads_on() -> None:
    assert {each.value for each in ClosingStep} == {each.value for each in ClosingState} - {
        ClosingState.NOT_STARTED.value
    }
    assert all(any(state in FOLLOWS[step] for step in ClosingStep) for state in ClosingState)
    assert all(state.is_signed == (state in SIGNED) for state in ClosingState)
