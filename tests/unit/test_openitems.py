"""Open items: allocations move no total and take no more than there is; ageing leaves none out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.money import Currency
from tieout.core.openitems import (
    UNALLOCATED,
    AgeingRule,
    Allocation,
    OpenItem,
    aged,
    ageing_buckets,
    allocate,
    clear,
    left_open,
)

EUR = Currency.of("EUR")
START = date(2026, 1, 1)
AMOUNTS = st.integers(-10_000, 10_000).filter(bool)


def item(key: str, amount: int, day: int = 0, due: int | None = None) -> OpenItem:
    due_on = None if due is None else START + timedelta(days=due)
    return OpenItem(key, "Harbour Tea", amount, EUR, START + timedelta(days=day), due_on)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[OpenItem], list[Allocation]]:
    """Items, and allocations made one by one, each of what the two items still have."""
    items = [
        item(f"i{at}", amount, draw(st.integers(0, 200)), draw(st.integers(0, 260)))
        for at, amount in enumerate(draw(st.lists(AMOUNTS, max_size=8)))
    ]
    made: list[Allocation] = []
    positives = [each for each in items if each.amount_minor > 0]
    negatives = [each for each in items if each.amount_minor < 0]
    for _ in range(draw(st.integers(0, 8)) if positives and negatives else 0):
        one, two = draw(st.sampled_from(positives)), draw(st.sampled_from(negatives))
        left = left_open(items, made)
        most = min(left[one.item_id], -left[two.item_id])
        if most > 0:
            day = START + timedelta(days=draw(st.integers(0, 300)))
            made.append(allocate(one, two, day, made, draw(st.integers(1, most))))
    return items, made


@given(ledgers(), st.integers(0, 300))
def test_allocation_moves_no_total_at_any_cut_off(
    ledger: tuple[list[OpenItem], list[Allocation]], days: int
) -> None:
    items, allocations = ledger
    cut_off_on = START + timedelta(days=days)
    left = left_open(items, allocations, cut_off_on)
    assert sum(left.values()) == sum(
        each.amount_minor for each in items if each.dated_on <= cut_off_on
    )


@given(ledgers())
def test_no_item_is_taken_below_nothing(
    ledger: tuple[list[OpenItem], list[Allocation]],
) -> None:
    items, allocations = ledger
    left = left_open(items, allocations)
    for each in items:
        assert left[each.item_id] * (1 if each.amount_minor > 0 else -1) >= 0
        assert abs(left[each.item_id]) <= abs(each.amount_minor)


@given(ledgers(), st.integers(0, 300), st.booleans(), st.booleans())
def test_ageing_buckets_add_up_to_the_balance(
    ledger: tuple[list[OpenItem], list[Allocation]],
    days: int,
    by_due_date: bool,  # noqa: FBT001  given by hypothesis
    ages_credits: bool,  # noqa: FBT001  given by hypothesis
) -> None:
    items, allocations = ledger
    cut_off_on = START + timedelta(days=days)
    rule = AgeingRule(by_due_date=by_due_date, ages_credits=ages_credits)
    table = aged(items, allocations, cut_off_on, rule)
    assert sum(table.values()) == sum(left_open(items, allocations, cut_off_on).values())


@given(st.lists(st.integers(-30, 400), min_size=1, max_size=6, unique=True), st.integers(-500, 900))
def test_every_day_is_in_exactly_one_bucket(bounds: list[int], days: int) -> None:
    assert sum(days in bucket for bucket in ageing_buckets(sorted(bounds))) == 1


@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_clearing_uses_up_one_side_and_names_the_rest(amounts: list[int]) -> None:
    items = [item(f"i{at}", amount) for at, amount in enumerate(amounts)]
    clearing = clear(items, START, "rest")
    left = left_open(items, clearing.allocations)
    assert clearing.residual_minor == sum(amounts) == sum(left.values())
    assert min(left.values()) >= 0 or max(left.values()) <= 0
    assert (clearing.residual is None) == (clearing.residual_minor == 0)
    if clearing.residual is not None:
        assert clearing.residual.amount_minor == clearing.residual_minor


def test_an_invoice_paid_in_part_stays_open_with_the_rest() -> None:
    invoice, payment = item("INV-1", 10_000, due=30), item("PAY-1", -4_000, day=20)
    part = allocate(invoice, payment, START + timedelta(days=20))
    assert left_open([invoice, payment], [part]) == {"INV-1": 6_000, "PAY-1": 0}


def test_a_retrospective_report_undoes_later_allocations() -> None:
    invoice, payment = item("INV-1", 10_000, due=30), item("PAY-1", -10_000, day=50)
    whole = allocate(invoice, payment, START + timedelta(days=50))
    at = START + timedelta(days=45)
    table = aged([invoice, payment], [whole], at)
    assert {key[2].name: amount for key, amount in table.items()} == {"1-30": 10_000}


def test_half_an_allocation_is_never_counted() -> None:
    invoice, payment = item("INV-1", 100, day=0), item("PAY-1", -100, day=9)
    early = Allocation("INV-1", "PAY-1", 100, START)
    assert left_open([invoice, payment], [early], START) == {"INV-1": 100}


def test_credits_stand_in_their_own_column() -> None:
    table = aged([item("CN-1", -50)], [], START)
    assert table == {("Harbour Tea", "EUR", UNALLOCATED): -50}


def test_over_allocation_is_refused() -> None:
    invoice, payment = item("INV-1", 100), item("PAY-1", -300)
    first = allocate(invoice, payment, START)
    with pytest.raises(ValueError, match="more than the 0"):
        allocate(invoice, payment, START, [first], 1)
    with pytest.raises(ValueError, match="over-allocated"):
        left_open([invoice, payment], [first, first])


def test_two_currencies_are_never_allocated_to_one_another() -> None:
    invoice = item("INV-1", 100)
    payment = OpenItem("PAY-1", "Harbour Tea", -100, Currency.of("USD"), START)
    with pytest.raises(ValueError, match="one party and currency"):
        allocate(invoice, payment, START)
