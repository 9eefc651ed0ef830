"""Whether a probability means what it says, and what must hold whatever the records are."""

from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Status
from tieout.engine.groups import FoundGroup, FreeRecords, GroupsFound, find_groups, learn_groups

RULES = MatchRules()


@dataclass(frozen=True)
class Instances:
    """Many small worlds, one an account: a deposit each, some of them no sum at all."""

    left: FreeRecords
    right: FreeRecords
    truth: dict[int, tuple[int, ...]]


def instances(seed: int, count: int) -> Instances:
    random = np.random.default_rng(seed)
    prices = random.integers(1, 60, 40) * 500
    account: list[int] = []
    day: list[int] = []
    amount: list[int] = []
    deposits: list[int] = []
    truth: dict[int, tuple[int, ...]] = {}
    for at in range(count):
        size = int(random.integers(6, 38))
        parts = int(random.integers(2, min(size, 9)))
        priced = random.random(size) < 0.4
        mine = np.where(priced, random.choice(prices, size), random.integers(300, 40_000, size))
        days = 100 - random.integers(0, 9, size)
        days[:parts] = 100 - np.minimum(random.geometric(0.5, parts), 8)
        is_sum = random.random() < 0.7
        base = len(amount)
        order = random.permutation(size)
        total = mine[:parts].sum() if is_sum else int(mine[:parts].sum() + random.integers(1, 900))
        account += [at] * size
        day += days[order].tolist()
        amount += mine[order].tolist()
        deposits.append(int(total))
        truth[at] = tuple((base + np.flatnonzero(order < parts)).tolist()) if is_sum else ()
    left = FreeRecords.of(
        idx=np.arange(count), account=np.arange(count), amount=deposits, day=[100] * count
    )
    right = FreeRecords.of(idx=np.arange(len(amount)), account=account, amount=amount, day=day)
    return Instances(left, right, truth)


def check_calibration(seed: int, count: int) -> None:
    world = instances(seed, count)
    weights = learn_groups(world.left, world.right, RULES)
    found = find_groups(world.left, world.right, RULES, weights)
    bins: dict[int, list[tuple[float, bool]]] = {}
    for group in found.groups:
        right = len(group.left) == 1 and group.right == world.truth[group.left[0]]
        at = 10 if group.posterior >= 0.97 else int(group.posterior * 5)
        bins.setdefault(at, []).append((group.posterior, right))
    assert len(found.groups) > count // 4
    for at, members in bins.items():
        said = float(np.mean([each[0] for each in members]))
        observed = float(np.mean([each[1] for each in members]))
        noise = 2.5 * float(np.sqrt(said * (1 - said) / len(members)))
        assert abs(said - observed) <= 0.1 + noise, (at, said, observed, len(members))
        if at == 10:
            assert observed >= 0.985, (observed, len(members))


def test_posteriors_are_calibrated_over_a_thousand_instances() -> None:
    check_calibration(7, 1_000)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_posteriors_are_calibrated_over_many_instances(seed: int) -> None:
    check_calibration(100 + seed, 3_000)


records = st.lists(
    st.tuples(
        st.integers(0, 1),  # account
        st.integers(100, 108),  # day
        st.integers(-40, 40).map(lambda n: n * 250),  # amount
        st.integers(-1, 2),  # party
        st.integers(-1, 1),  # kind
        st.integers(-1, 3),  # token
    ),
    max_size=14,
)


def side(rows: list[tuple[int, int, int, int, int, int]], order: list[int]) -> FreeRecords:
    """The rows as records; `order` says which index each has."""
    ranked = [rows[each] for each in order]
    named = [at for at, each in enumerate(ranked) if each[5] >= 0]
    return FreeRecords.of(
        idx=np.arange(len(ranked)) * 3,
        account=[each[0] for each in ranked],
        day=[each[1] for each in ranked],
        amount=[each[2] for each in ranked],
        party=[each[3] for each in ranked],
        kind=[each[4] for each in ranked],
        token_row=named,
        token=[ranked[at][5] for at in named],
    )


def search(left: FreeRecords, right: FreeRecords) -> GroupsFound:
    return find_groups(left, right, RULES, learn_groups(left, right, RULES))


@settings(max_examples=20, deadline=None)
@given(left=records, right=records)
def test_each_record_is_used_once_and_sums_are_what_they_say(
    left: list[tuple[int, int, int, int, int, int]],
    right: list[tuple[int, int, int, int, int, int]],
) -> None:
    one, two = side(left, list(range(len(left)))), side(right, list(range(len(right))))
    found = search(one, two)
    for used, known in (
        ([each for group in found.groups for each in group.left], one),
        ([each for group in found.groups for each in group.right], two),
    ):
        assert len(used) == len(set(used))
        assert set(used) <= set(known.idx.tolist())
    for group in found.groups:
        gap = sum(int(one.amount[each // 3]) for each in group.left)
        gap -= sum(int(two.amount[each // 3]) for each in group.right)
        assert gap == group.residual_minor
        assert len({int(one.account[each // 3]) for each in group.left}) == 1
        assert group.status is Status.SUGGESTED or group.posterior >= RULES.group_posterior_min
        assert group.score == group.parts.total


def test_accounts_may_be_split_over_workers() -> None:
    world = instances(3, 60)
    weights = learn_groups(world.left, world.right, RULES)
    whole = find_groups(world.left, world.right, RULES, weights)
    parts: list[FoundGroup] = []
    for turn in range(3):
        mine = [np.flatnonzero(each.account % 3 == turn) for each in (world.left, world.right)]
        left, right = world.left.take(mine[0]), world.right.take(mine[1])
        parts += find_groups(left, right, RULES, weights).groups
    assert tuple(sorted(parts, key=lambda each: each.left)) == whole.groups


def test_the_order_of_flat_tokens_changes_nothing() -> None:
    random = np.random.default_rng(2)
    rows = [
        (0, int(d), int(a) * 100, -1, -1, int(t))
        for d, a, t in zip(
            random.integers(100, 104, 12), random.integers(1, 40, 12), random.integers(0, 4, 12),
            strict=True,
        )
    ]  # fmt: skip
    left, right = side(rows[:4], [0, 1, 2, 3]), side(rows[4:], list(range(8)))
    back = {each.name: getattr(right, each.name) for each in fields(right)}
    back["token_row"], back["token"] = back["token_row"][::-1], back["token"][::-1]
    assert search(left, right) == search(left, FreeRecords(**back))


def crowd(seed: int, sums: int) -> Instances:
    """A year of one account, with records of many kinds: few sums among many that are none."""
    random = np.random.default_rng(seed)
    prices = random.integers(1, 90, 60) * 250
    kinds, lines = 8, 6_000

    def drawn(count: int) -> tuple[list[int], list[int], list[int]]:
        priced = random.random(count) < 0.4
        amount = np.where(priced, random.choice(prices, count), random.integers(300, 60_000, count))
        days, kind = random.integers(0, 365, count), random.integers(0, kinds, count)
        return amount.tolist(), days.tolist(), kind.tolist()

    amounts, days, kind = drawn(lines)
    totals, total_days, total_kind = drawn(lines // 2)
    truth: dict[int, tuple[int, ...]] = {}
    for _ in range(sums):
        parts, day = int(random.integers(2, 4)), int(random.integers(0, 360))
        own = [int(each) for each in random.integers(300, 60_000, parts)]
        truth[len(totals)] = tuple(range(len(amounts), len(amounts) + parts))
        amounts += own
        days += [day] * parts
        kind += [0] * parts
        totals.append(sum(own))
        total_days.append(day + 1)
        total_kind.append(1)
    left = FreeRecords.of(
        idx=np.arange(len(totals)), account=np.zeros(len(totals)), amount=totals, day=total_days,
        kind=total_kind,
    )  # fmt: skip
    right = FreeRecords.of(
        idx=np.arange(len(amounts)), account=np.zeros(len(amounts)), amount=amounts, day=days,
        kind=kind,
    )  # fmt: skip
    return Instances(left, right, truth)


@pytest.mark.parametrize(("seed", "sums"), [(1, 0), (2, 0), (3, 150), (4, 150)])
def test_a_crowd_teaches_no_habit_that_accidents_explain(seed: int, sums: int) -> None:
    world = crowd(seed, sums)
    found = search(world.left, world.right).groups
    wrong = [each for each in found if world.truth.get(each.left[0]) != each.right]
    assert len(wrong) <= 20, "half a hundred were proposed before accidents were counted"
    assert sum(each.status is Status.CONFIRMED for each in wrong) <= 1
    assert len(found) - len(wrong) >= 0.15 * sums
