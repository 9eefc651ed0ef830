"""Suggested pairs in doubt are chosen again by their chances; nothing else moves."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.matching.records import Record
from tieout.core.matching.rules import MatchRules
from tieout.engine.evidence import Edges, Text
from tieout.engine.learning import Weights
from tieout.engine.likelier import CHANCE_MIN, Believed, Contested, chosen_again, with_belief
from tieout.engine.naming import of_names
from tieout.engine.policy import Pairs, Scored
from tieout.engine.population import populations
from tieout.engine.text import Flags, Ints
from tieout.testing.matching import table_of

SIZE = 4
ALL = [(left, right) for left in range(SIZE) for right in range(SIZE)]
MONDAY = date(2025, 3, 3)

edges_ = Edges(
    np.array([left for left, _ in ALL]),
    np.array([right for _, right in ALL]),
    (np.zeros(len(ALL), np.uint8),) * 4,
    np.zeros(len(ALL), np.int64),
    np.zeros(len(ALL), np.bool_),
)
weighed = Scored(edges_, np.full(len(ALL), 100), Weights(0, 0, ((0,),) * 4, ("",) * 4, 1))


def suggested(edge: Ints, posterior: list[float]) -> Pairs:
    none, zero = np.zeros(len(edge), np.bool_), np.zeros(len(edge), np.int64)
    columns = {"made_by": np.full(len(edge), 2), "score": zero, "exclusivity": zero, "ties": zero}
    return Pairs(
        edge=edge,
        confirmed=none,
        held=none,
        posterior=np.array(posterior),
        rival=zero - 1,
        twins=zero + 1,
        **columns,
    )


def free_of(pairs: Pairs, taken: list[tuple[bool, bool]]) -> tuple[Flags, Flags]:
    free = np.array(taken).T.copy()
    for side, key in zip(free, (edges_.left, edges_.right), strict=True):
        side[key[pairs.edge]] = False
    return free[0], free[1]


chances = st.lists(st.floats(0, 1), min_size=len(ALL), max_size=len(ALL))
records = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=SIZE, max_size=SIZE)
firsts = st.permutations(range(SIZE)).flatmap(lambda p: st.integers(1, SIZE).map(lambda n: p[:n]))


@given(firsts, chances, records)
def test_the_new_choice_is_likelier_and_takes_nothing_from_others(
    first: list[int], chance: list[float], taken: list[tuple[bool, bool]]
) -> None:
    old = np.array([left * SIZE + right for left, right in enumerate(first)])
    likely = np.array(chance)
    pairs = suggested(old, [0.0] * len(old))
    free = free_of(pairs, taken)
    before = [each.copy() for each in free]
    doubtful = old[likely[old] < 0.5]
    contested = Contested(np.arange(len(ALL)), likely, doubtful)
    told = Believed(old, likely[old], contested)
    new = chosen_again(weighed, with_belief(pairs, told), told, free, MatchRules())
    left, right = edges_.left[new.edge], edges_.right[new.edge]
    assert len(set(left.tolist())) == len(set(right.tolist())) == len(new.edge)
    assert left.tolist() == sorted(left.tolist())
    sure = np.setdiff1d(old, doubtful)
    assert set(sure.tolist()) <= set(new.edge.tolist())
    made = np.setdiff1d(new.edge, old)
    assert (likely[made] >= CHANCE_MIN).all()
    doubted = [set(key[doubtful].tolist()) for key in (edges_.left, edges_.right)]
    for key, was, now, mine in zip((edges_.left, edges_.right), before, free, doubted, strict=True):
        assert all(was[at] or at in mine for at in key[made].tolist())
        assert not now[key[new.edge]].any()
        assert (now <= (was | np.isin(np.arange(SIZE), list(mine)))).all()
    if len(doubtful):
        counted = likely * (likely >= CHANCE_MIN - 1e-6)
        assert counted[new.edge].sum() >= counted[old].sum() - 1e-4


def test_a_shifted_chain_is_found_again() -> None:
    """Each of three payments was given the entry of the next; one entry was left over."""
    old = np.array([1, SIZE + 2, 2 * SIZE + 3])
    chance = np.full(len(ALL), 0.001)
    chance[[0, SIZE + 1, 2 * SIZE + 2]] = 0.97
    pairs = suggested(old, [0.9] * 3)
    free = np.array([False, False, False, True]), np.array([True, False, False, False])
    told = Believed(old, chance[old], Contested(np.arange(len(ALL)), chance, old))
    new = chosen_again(weighed, with_belief(pairs, told), told, free, MatchRules())
    assert new.edge.tolist() == [0, SIZE + 1, 2 * SIZE + 2]
    assert new.posterior.tolist() == [0.97] * 3
    assert not new.confirmed.any()
    assert free[0].tolist() == [False, False, False, True]
    assert free[1].tolist() == [False, False, False, True]


def line(name: str, text: str) -> Record:
    return Record(
        record_id=name,
        amount_minor=100,
        currency="EUR",
        booked_on=MONDAY + timedelta(days=1),
        account="A",
        counterparty=text,
    )


def test_who_names_nobody_contradicts_nobody() -> None:
    """Right are pairs with a line that says what most lines say; never one of two names."""
    count = 200
    letters = [chr(97 + n % 26) + chr(97 + n // 26) for n in range(count)]
    names = [f"{each}trop {each[::-1]}wick" for each in letters]
    left = [line(f"l{n:03}", names[n] if n % 2 else "MOBILE LONDON") for n in range(count)]
    right = [line(f"r{n:03}", names[-1 - n]) for n in range(count)]
    sides = populations(table_of(left), table_of(right), MatchRules(), {})
    at = np.arange(count)
    text = np.full(count, Text.CONFLICT, np.uint8)
    worth = of_names((at, at), text, np.where(at % 2, 0.01, 0.9), sides)
    assert worth[::2].min() > 50
    assert worth[1::2].max() < -50


@pytest.mark.parametrize("right", [Text.NAME, Text.WORD])
def test_a_name_found_whole_elsewhere_is_not_damaged_here(right: Text) -> None:
    """Some records have a damaged name and one candidate, some a candidate of either kind.

    Where of the latter none was right whose name agrees in part only, the next of its kind loses.
    """
    records = np.concatenate((np.repeat(np.arange(600), 2), np.arange(600, 900)))
    either = np.tile([Text.NAME, Text.WORD], 300)
    text = np.concatenate((either, np.full(600, Text.NAME), np.full(300, Text.WORD)))
    chance = np.concatenate((np.where(either == right, 0.98, 0.02), [0.5] * 600, [0.98] * 300))
    sides = populations(table_of([line("l", "A")]), table_of([line("r", "B")]), MatchRules(), {})
    worth = of_names((records, np.arange(1_500)), text.astype(np.uint8), chance, sides)
    damaged = np.arange(1_500) % 2 * (np.arange(1_500) < 600) > 0
    assert (worth[~damaged] == 0).all()
    assert (worth[damaged] < -300).all() == (right is Text.NAME)
