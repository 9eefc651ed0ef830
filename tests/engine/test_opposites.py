"""Transfers and reversals are believed as far as accidents on the same records leave room."""

from datetime import date, timedelta

import numpy as np
import pytest

from tieout.core.matching.records import Record
from tieout.core.matching.words import Pass, Status
from tieout.engine import match
from tieout.testing.matching import answer_of, table_of

FIRST = date(2025, 3, 3)
NOBODYS = [
    Record(record_id="x", amount_minor=123, currency="EUR", booked_on=FIRST, account="A"),
    Record(record_id="y", amount_minor=456, currency="EUR", booked_on=FIRST, account="B"),
]
"""The other side, where nothing of this ever came."""


def line(name: str, amount: int, day: int, account: str, text: str = "") -> Record:
    return Record(
        record_id=name,
        amount_minor=amount,
        currency="EUR",
        booked_on=FIRST + timedelta(days=day),
        account=account,
        narrative=text,
    )


def test_a_transfer_each_week_under_one_name_is_confirmed_each_week() -> None:
    left = [
        each
        for week in range(12)
        for each in (
            line(f"out-{week}", -50_000, 7 * week, "A", "SAVINGS PLAN"),
            line(f"in-{week}", 50_000, 7 * week + 1, "B", "SAVINGS PLAN"),
        )
    ]
    groups = answer_of(match(table_of(left), table_of(NOBODYS))).groups
    assert {each.left_ids for each in groups} == {(f"in-{i}", f"out-{i}") for i in range(12)}
    assert {(each.made_by, each.status) for each in groups} == {(Pass.TRANSFER, Status.CONFIRMED)}


@pytest.mark.parametrize("seed", range(5))
def test_among_accidents_few_are_proposed_and_the_planted_stand_out(seed: int) -> None:
    draw = np.random.default_rng(seed)
    prices = draw.integers(1_000, 90_000, 250)
    left = [
        line(f"{account}{i}", sign * int(draw.choice(prices)), int(draw.integers(0, 365)), account)
        for account, sign in (("A", -1), ("B", 1))
        for i in range(1500)
    ]
    planted = {(f"from{i}", f"to{i}") for i in range(60)}
    for i in range(60):
        amount, day = int(draw.integers(100_000, 900_000)), int(draw.integers(0, 365))
        left += [line(f"from{i}", -amount, day, "A"), line(f"to{i}", amount, day, "B")]
    groups = answer_of(match(table_of(left), table_of(NOBODYS))).groups
    said = {tuple(sorted(each.left_ids)): each.posterior for each in groups}
    assert planted <= set(said)
    assert all(each.status is Status.SUGGESTED for each in groups)
    right = np.array([pair in planted for pair in said])
    posterior = np.array(list(said.values()))
    assert abs(posterior.mean() - right.mean()) < 0.15
    assert (~right).sum() < 40, "by accident hundreds of such pairs meet within five days"


@pytest.mark.parametrize("seed", range(3))
def test_books_that_rest_at_weekends_have_no_more_transfers_on_one_day(seed: int) -> None:
    draw = np.random.default_rng(seed)
    prices = draw.integers(1_000, 90_000, 2000)
    workdays = [day for day in range(364) if day % 7 < 5]
    left = [
        line(f"{account}{i}", sign * int(draw.choice(prices)), int(draw.choice(workdays)), account)
        for account, sign in (("A", -1), ("B", 1))
        for i in range(5000)
    ]
    groups = answer_of(match(table_of(left), table_of(NOBODYS))).groups
    assert not groups, "hundreds meet on one day, and two fifths more than a day apart"


def test_two_strangers_paid_alike_do_not_cast_doubt_on_a_transfer_without_names() -> None:
    draw = np.random.default_rng(1)
    letters = list("BCDFGHKLMNPRST")
    prices = draw.integers(1_000, 90_000, 250)
    left = [
        line(
            f"{account}{i}",
            sign * int(draw.choice(prices)),
            int(draw.integers(0, 365)),
            account,
            "".join(draw.choice(letters, 7)),
        )
        for account, sign in (("A", -1), ("B", 1))
        for i in range(1500)
    ]
    planted = {(f"from{i}", f"to{i}") for i in range(20)}
    for i in range(20):
        amount, day = int(draw.integers(100_000, 900_000)), int(draw.integers(0, 365))
        left += [line(f"from{i}", -amount, day, "A"), line(f"to{i}", amount, day, "B")]
    groups = answer_of(match(table_of(left), table_of(NOBODYS))).groups
    said = {tuple(sorted(each.left_ids)): each.posterior for each in groups}
    assert all(said[pair] > 0.9 for pair in planted)
    assert len([pair for pair in said if pair not in planted]) < 20


def test_what_came_back_under_one_name_is_likely_where_nothing_else_does() -> None:
    left = [
        line("paid", -7_990, 0, "A", "NORTHGATE GYM"),
        line("back", 7_990, 9, "A", "NORTHGATE GYM"),
    ]
    [group] = answer_of(match(table_of(left), table_of(NOBODYS))).groups
    assert (group.made_by, group.status) == (Pass.REVERSAL, Status.SUGGESTED)
    assert group.posterior > 0.9
