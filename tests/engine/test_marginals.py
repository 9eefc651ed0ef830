"""Chances summed over all choices are what the plain sum over every choice says."""

from dataclasses import dataclass
from itertools import combinations
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tieout.engine.marginals import HABIT, OPEN_MAX, RECURS, UNKNOWN, UNUSUAL, Lags, chances
from tieout.engine.ragged import components

USUAL = np.array([0.5, 0.3, 0.2])
SIDE = 5


@dataclass(frozen=True)
class Pair:
    """A pair that may be chosen: its records, its odds in hundredths of a bit, its lag's number."""

    left: int
    right: int
    value: int
    lag: int


def chances_of(pairs: list[Pair], days: list[int]) -> list[float]:
    columns = [
        np.array([getattr(each, name) for each in pairs]) for name in Pair.__dataclass_fields__
    ]
    left, right, value, lag = columns
    found = chances((left, right), value, Lags(lag, USUAL[None], 0 * lag), np.array(days))
    return [float(each) for each in found]


def summed(pairs: list[Pair]) -> list[float]:
    """The same for one component, by going through every choice under every habit."""
    habits: list[tuple[float, int | None]] = [(1 - RECURS, None)]
    habits += [(RECURS * share, lag) for lag, share in enumerate(USUAL.tolist())]
    total, inside = 0.0, [0.0] * len(pairs)
    for belief, habit in habits:
        odds = [2 ** (each.value / 100) * fit(each.lag, habit) for each in pairs]
        for size in range(SIDE + 1):
            for choice in combinations(range(len(pairs)), size):
                lefts, rights = ({getattr(pairs[i], end) for i in choice} for end in SIDES)
                if len(lefts) == len(rights) == size:
                    weight = belief * float(np.prod([odds[i] for i in choice]))
                    total += weight
                    for i in choice:
                        inside[i] += weight
    return [each / total for each in inside]


SIDES = ("left", "right")


def fit(lag: int, habit: int | None) -> float:
    """How much more often pairs of this lag are seen where that habit holds."""
    if habit is None or lag == UNKNOWN:
        return 1.0
    return 1 - HABIT + (HABIT / float(USUAL[habit]) if lag == habit else 0.0)


def parted(pairs: list[Pair]) -> list[list[Pair]]:
    """The components."""
    left, right = (np.array([getattr(each, end) for each in pairs]) for end in SIDES)
    label = components(left, right + SIDE, 2 * SIDE)[left].tolist()
    return [
        [each for each, its in zip(pairs, label, strict=True) if its == number]
        for number in sorted(set(label))
    ]


records = st.integers(0, SIDE - 1)
made = st.builds(Pair, records, records, st.integers(-500, 1_500), st.integers(UNKNOWN, 2))
several = st.lists(made, min_size=1, max_size=9, unique_by=lambda each: (each.left, each.right))
days = st.lists(st.integers(0, 3), min_size=SIDE, max_size=SIDE)


@given(several, days)
@example([Pair(0, 0, 3_000, 0), Pair(1, 0, 3_000, 1), Pair(1, 1, 3_000, 1)], [0, 1, 2, 3, 3])
def test_chances_are_the_share_of_all_choices(pairs: list[Pair], days: list[int]) -> None:
    found = dict(zip(pairs, chances_of(pairs, days), strict=True))
    for part in parted(pairs):
        if len(part) == 1:
            odds = 2 ** (part[0].value / 100)
            assert found[part[0]] == pytest.approx(odds / (1 + odds))
        else:
            assert [found[each] for each in part] == pytest.approx(summed(part), abs=1e-9)


@given(several, days, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_changes_nothing(
    pairs: list[Pair], days: list[int], random: object
) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = dict(zip(pairs, chances_of(pairs, days), strict=True))
    again = dict(zip(shuffled, chances_of(shuffled, days), strict=True))
    assert again == found


def test_what_is_all_but_impossible_is_nobodys_rival() -> None:
    pairs = [Pair(0, 0, 300, 0), Pair(0, 1, -601, 0)]
    alone, unlikely = chances_of(pairs, [0])
    assert alone == pytest.approx(8 / 9)
    assert unlikely < 2**-6


@pytest.mark.parametrize("value", [-200, 0, 400])
def test_a_crowd_too_wide_to_be_summed_is_still_near_its_sum(value: int) -> None:
    size = OPEN_MAX + 2
    pairs = [Pair(left, right, value, 0) for left in range(size) for right in range(size)]
    found = chances_of(pairs, [0] * size)
    odds = 2 ** (value / 100)
    fewer, all_ = (
        sum(comb(n, k) ** 2 * factorial(k) * odds**k for k in range(n + 1))
        for n in (size - 1, size)
    )
    assert found == pytest.approx([odds * fewer / all_] * size**2, abs=0.01)


def test_a_chain_is_not_believed_to_be_shifted_because_every_link_looks_better() -> None:
    """Of two lags one is six times as common; a weekly payment that has the other keeps it.

    Each link of the shifted chain is six times as likely as a true one, but for one reason all.
    """
    usual = np.array([0.85, 0.15])
    week = np.arange(12)
    left, right = np.append(week, week[:-1]), np.append(week, week[1:])
    lag = np.repeat([1, 0], [12, 11])
    value = np.where(lag == 1, 900, 1_150)
    found = chances((left, right), value, Lags(lag, usual[None], 0 * lag), 7 * week)
    assert found[:12].min() > 0.9
    assert found[12:].max() < 0.1


def test_one_pair_is_no_habit() -> None:
    pairs = [Pair(0, 0, 700, UNUSUAL), Pair(0, 1, 950, 0)]
    found = chances_of(pairs, [0])
    assert found == pytest.approx(summed(pairs))
    assert found[1] > found[0]
