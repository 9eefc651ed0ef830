"""Competing options against the obvious: each anchor takes any of its options or none."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.engine.groups.choose import SUGGEST_MIN, choose
from tieout.engine.groups.options import Options

NODES = 14
ANCHORS = 4

parts = st.frozensets(st.integers(ANCHORS, NODES - 1), min_size=2, max_size=4)
one_anchor = st.dictionaries(parts, st.integers(-200, 700), max_size=4)
worlds = st.lists(one_anchor, min_size=ANCHORS, max_size=ANCHORS)


def table(world: list[dict[frozenset[int], int]]) -> Options:
    rows = [(at, sorted(nodes), w) for at, each in enumerate(world) for nodes, w in each.items()]
    sizes = [len(row[1]) for row in rows]
    return Options.make(
        np.array([row[0] for row in rows], np.int64),
        np.r_[0, np.cumsum(sizes)].astype(np.int64),
        np.array([node for row in rows for node in row[1]], np.int64),
        amount=np.array([row[2] for row in rows], np.int64),
        look=np.arange(len(rows)),
    )


def ways(options: Options) -> list[tuple[frozenset[int], int]]:
    """Each allowed way, with its total weight."""
    by_anchor: list[list[int | None]] = [[None] for _ in range(ANCHORS)]
    for at in range(len(options)):
        by_anchor[int(options.anchor[at])].append(at)
    weight = options.weight
    found = []
    for way in product(*by_anchor):
        taken = [each for each in way if each is not None]
        nodes = [
            n for each in taken for n in options.node[options.start[each] : options.start[each + 1]]
        ]
        if len(nodes) == len(set(nodes)):
            found.append((frozenset(taken), sum(int(weight[each]) for each in taken)))
    return found


@settings(max_examples=60, deadline=None)
@given(world=worlds)
def test_posteriors_and_the_best_way_equal_brute_force(
    world: list[dict[frozenset[int], int]],
) -> None:
    options = table(world)
    choice = choose(options, np.zeros(NODES), NODES)
    allowed = ways(options)
    whole = sum(2 ** (bits / 100) for _, bits in allowed)
    for option, posterior in zip(choice.option, choice.posterior, strict=True):
        mine = sum(2 ** (bits / 100) for taken, bits in allowed if int(option) in taken)
        assert posterior == pytest.approx(mine / whole, abs=1e-9)
        assert posterior >= SUGGEST_MIN
    most = max(bits for _, bits in allowed)
    best = [taken for taken, bits in allowed if bits == most]
    if len(best) == 1:  # what is left out of the best way is too unlikely to propose
        missing = best[0] - {int(each) for each in choice.option}
        for option in missing:
            mine = sum(2 ** (bits / 100) for taken, bits in allowed if option in taken)
            assert mine / whole < SUGGEST_MIN + 1e-9


@settings(max_examples=30, deadline=None)
@given(world=worlds)
def test_no_record_is_used_twice(world: list[dict[frozenset[int], int]]) -> None:
    options = table(world)
    chosen = options.take(choose(options, np.zeros(NODES), NODES).option)
    used = [*chosen.anchor.tolist(), *chosen.node.tolist()]
    assert len(used) == len(set(used))


def test_unlisted_weight_counts_against_an_option() -> None:
    options = table([{frozenset({5, 6}): 300}, {}, {}, {}])
    rest = np.zeros(NODES)
    rest[0] = 7.0
    choice = choose(options, rest, NODES)
    assert choice.posterior.tolist() == [pytest.approx(8 / 16)]
