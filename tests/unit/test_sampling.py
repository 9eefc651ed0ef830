"""A sample is drawn by nobody's choice, the same by whoever draws it, and as large as asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.errors import AccessDenied, Conflict, InvalidInput
from tieout.core.explain.sampling import (
    SamplePlan,
    Verdict,
    draw,
    place_of,
    require_look,
    require_looked_at,
)

SEED = bytes(range(32))
TEN = {f"SL{number}": number * 100 for number in range(1, 11)}
populations = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 10**12), max_size=60)
plans = st.builds(
    SamplePlan,
    st.integers(0, 100),
    st.integers(0, 40),
    st.none() | st.integers(0, 10**12),
)
seeds = st.binary(min_size=32, max_size=32)


def test_all_above_an_amount_and_a_share_of_the_rest_by_the_order_of_their_hashes() -> None:
    drawn = draw(TEN, SamplePlan(percent=30, most=25, above_minor=850), SEED)
    assert [(each.name, each.is_above) for each in drawn.cases[:2]] == [
        ("SL10", True),
        ("SL9", True),
    ]
    rest = [name for name in TEN if name not in {"SL9", "SL10"}]
    by_chance = sorted(rest, key=lambda name: place_of(SEED, name))[:3]  # 30 % of 8, rounded up
    assert [each.name for each in drawn.cases[2:]] == by_chance
    assert (drawn.population_count, drawn.population_minor) == (10, 5_500)


def test_an_order_worked_out_once_stays_what_it_is() -> None:
    """Published, so that anybody can check their own program against it."""
    assert place_of(SEED, "SL1").hex() == (
        "f8af967ad256a30a86ae8e59d13c88ffdd8e291080d9ad5a1923a29880e0a5ed"
    )
    drawn = draw(TEN, SamplePlan(percent=30), SEED)
    assert [each.name for each in drawn.cases] == ["SL6", "SL4", "SL8"]


def test_at_most_so_many_by_chance_and_none_where_nothing_is_asked_for() -> None:
    assert len(draw(TEN, SamplePlan(percent=100, most=4), SEED).cases) == 4
    assert draw(TEN, SamplePlan(), SEED).cases == ()
    assert draw({}, SamplePlan(percent=100), SEED).cases == ()


@given(populations, plans, seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_population_changes_nothing(
    population: dict[str, int], plan: SamplePlan, seed: bytes, chance: object
) -> None:
    names = list(population)
    chance.shuffle(names)  # type: ignore[attr-defined]
    again = draw({name: population[name] for name in names}, plan, seed)
    assert again == draw(population, plan, seed)


@given(populations, plans, seeds)
def test_whatever_is_above_is_in_and_the_share_of_the_rest_is_reached(
    population: dict[str, int], plan: SamplePlan, seed: bytes
) -> None:
    drawn = draw(population, plan, seed)
    names = [each.name for each in drawn.cases]
    assert len(set(names)) == len(names)
    above = {
        name
        for name, size in population.items()
        if plan.above_minor is not None and size > plan.above_minor
    }
    assert {each.name for each in drawn.cases if each.is_above} == above
    rest_count = len(population) - len(above)
    by_chance_count = len(names) - len(above)
    assert by_chance_count <= plan.most
    if by_chance_count < plan.most:
        assert by_chance_count * 100 >= rest_count * plan.percent
        assert max(by_chance_count - 1, 0) * 100 <= rest_count * plan.percent


@given(populations, st.integers(1, 100), seeds)
def test_a_case_outside_the_sample_stands_behind_all_that_were_drawn(
    population: dict[str, int], percent: int, seed: bytes
) -> None:
    drawn = [each.name for each in draw(population, SamplePlan(percent, 1_000), seed).cases]
    behind = [place_of(seed, name) for name in population if name not in set(drawn)]
    if drawn and behind:
        assert max(place_of(seed, name) for name in drawn) <= min(behind)


def test_another_seed_draws_others() -> None:
    many = {f"case {number}": 100 for number in range(200)}
    plan = SamplePlan(percent=10)
    assert draw(many, plan, SEED) != draw(many, plan, bytes(32))


def test_what_is_left_to_look_at_is_counted_and_named() -> None:
    require_looked_at((), "AR 3")
    with pytest.raises(Conflict, match="7 sampled cases are not looked at: a, b, c, d, e and 2"):
        require_looked_at("abcdefg", "AR 3")
    with pytest.raises(Conflict, match="1 sampled case is not looked at: a,"):
        require_looked_at("a", "AR 3")
    with pytest.raises(Conflict, match="prepared before a sample was asked for"):
        require_looked_at(None, "AR 3")


def test_the_preparer_does_not_look_and_what_is_wrong_says_why() -> None:
    require_look(Verdict.RIGHT, "", 1, 2)
    require_look(Verdict.WRONG, "the amount", 1, 2)
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        require_look(Verdict.RIGHT, "", 1, 1)
    with pytest.raises(InvalidInput, match="no comment"):
        require_look(Verdict.WRONG, " ", 1, 2)
