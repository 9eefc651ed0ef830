"""Open items: invoices, credits and payments, what clears them, and how old the rest is.

Amounts are signed in the sub-ledger's own sense: an invoice is positive, a credit note or a
payment negative. An allocation takes the same amount from one positive and one negative item, so
it never moves a total. At a cut-off an allocation counts only if it and both of its items are
dated on or before that day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tieout.core.money import Currency


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice, credit or payment of one party, as it stood when it was booked."""

    item_id: str
    party: str
    amount_minor: int
    """Signed: positive is owed (an invoice), negative takes away (a credit, a payment)."""
    currency: Currency
    dated_on: date
    due_on: date | None = None
    reference: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of one item applied to another, on a day."""

    positive_id: str
    negative_id: str
    amount_minor: int
    """What it takes from either item; more than zero."""
    allocated_on: date

    def __post_init__(self) -> None:
        """Refuse an allocation of nothing, or of an item to itself."""
        if self.amount_minor <= 0:
            raise ValueError(f"an allocation is of more than zero: {self.amount_minor}")
        if self.positive_id == self.negative_id:
            raise ValueError(f"{self.positive_id} cannot be allocated to itself")


@dataclass(frozen=True, slots=True)
class Clearing:
    """Items that close one another, and what remains as a new item (None if nothing does)."""

    allocations: tuple[Allocation, ...]
    residual_minor: int
    """Signed: what the items together leave."""
    residual: OpenItem | None


def left_open(
    items: Iterable[OpenItem],
    allocations: Iterable[Allocation] = (),
    cut_off_on: date | None = None,
) -> dict[str, int]:
    """What is left of each item at the cut-off (now, if none is given), signed; cleared ones at 0.

    Raises ValueError where allocations take more than an item has, join two items of one sign,
    of two currencies or parties, or name an item that is not there.
    """
    known = {item.item_id: item for item in items}
    counted = {
        key: item
        for key, item in known.items()
        if cut_off_on is None or item.dated_on <= cut_off_on
    }
    left = {key: item.amount_minor for key, item in counted.items()}
    taken: dict[str, int] = {}
    for allocation in allocations:
        for item in _pair(known, allocation):
            taken[item.item_id] = taken.get(item.item_id, 0) + allocation.amount_minor
            if taken[item.item_id] > abs(item.amount_minor):
                raise ValueError(
                    f"{item.item_id} of {item.amount_minor} is over-allocated: "
                    f"{taken[item.item_id]} is taken from it"
                )
        if allocation.positive_id not in counted or allocation.negative_id not in counted:
            continue
        if cut_off_on is None or allocation.allocated_on <= cut_off_on:
            left[allocation.positive_id] -= allocation.amount_minor
            left[allocation.negative_id] += allocation.amount_minor
    return left


def allocate(
    one: OpenItem,
    other: OpenItem,
    allocated_on: date,
    earlier: Sequence[Allocation] = (),
    amount_minor: int | None = None,
) -> Allocation:
    """Apply one item to another: all that both have left, or the given part of it."""
    positive, negative = (one, other) if one.amount_minor > 0 else (other, one)
    touched = [
        each
        for each in earlier
        if {each.positive_id, each.negative_id} & {positive.item_id, negative.item_id}
    ]
    most = min(
        abs(item.amount_minor)
        - sum(
            each.amount_minor
            for each in touched
            if item.item_id in {each.positive_id, each.negative_id}
        )
        for item in (positive, negative)
    )
    wanted = most if amount_minor is None else amount_minor
    if wanted > most:
        raise ValueError(f"{wanted} is more than the {most} that both items have left")
    made = Allocation(positive.item_id, negative.item_id, wanted, allocated_on)
    _pair({positive.item_id: positive, negative.item_id: negative}, made)
    return made


def clear(
    items: Sequence[OpenItem],
    cleared_on: date,
    residual_id: str,
    earlier: Sequence[Allocation] = (),
) -> Clearing:
    """Let items of one party and currency close one another, the oldest first.

    All items are used up but for one: what remains stands in `residual`, a new item due with the
    item it is left of. The old item is closed by it, as a clearing with a residual does.
    """
    if len({(item.party, item.currency) for item in items}) > 1:
        raise ValueError("items that clear one another are of one party and one currency")
    left = {item.item_id: item.amount_minor for item in items}
    for allocation in earlier:
        for key, sign in ((allocation.positive_id, -1), (allocation.negative_id, 1)):
            if key in left:
                left[key] += sign * allocation.amount_minor
    ordered = sorted(items, key=lambda item: (item.due_on or item.dated_on, item.item_id))
    positives = [item for item in ordered if item.amount_minor > 0]
    negatives = [item for item in ordered if item.amount_minor < 0]
    made: list[Allocation] = []
    for positive in positives:
        for negative in negatives:
            amount = min(left[positive.item_id], -left[negative.item_id])
            if amount > 0:
                made.append(Allocation(positive.item_id, negative.item_id, amount, cleared_on))
                left[positive.item_id] -= amount
                left[negative.item_id] += amount
    residual_minor = sum(left.values())
    rest = next((item for item in reversed(ordered) if left[item.item_id]), None)
    residual = None
    if rest is not None:
        residual = OpenItem(
            residual_id,
            rest.party,
            residual_minor,
            rest.currency,
            cleared_on,
            rest.due_on,
            rest.reference or rest.item_id,
            rest.account,
        )
    return Clearing(tuple(made), residual_minor, residual)


@dataclass(frozen=True, slots=True)
class AgeingBucket:
    """A span of days past due, both bounds included; None is without bound."""

    name: str
    days_min: int | None
    days_max: int | None

    def __contains__(self, days: int) -> bool:
        return (self.days_min is None or days >= self.days_min) and (
            self.days_max is None or days <= self.days_max
        )


UNALLOCATED = AgeingBucket("unallocated", None, None)
"""The column of credits and payments that no item has taken yet."""


def ageing_buckets(bounds: Sequence[int] = (0, 30, 60, 90)) -> tuple[AgeingBucket, ...]:
    """Buckets that leave no day out: `(0, 30)` is up to 0 days past due, 1-30, and over 30."""
    if not bounds or any(one >= two for one, two in pairwise(bounds)):
        raise ValueError(f"bounds go up: {list(bounds)}")
    first = "current" if bounds[0] == 0 else f"to {bounds[0]}"
    made = [AgeingBucket(first, None, bounds[0])]
    for low, high in pairwise(bounds):
        made.append(AgeingBucket(f"{low + 1}-{high}", low + 1, high))
    return (*made, AgeingBucket(f"over {bounds[-1]}", bounds[-1] + 1, None))


@dataclass(frozen=True, slots=True)
class AgeingRule:
    """How a report ages: by which buckets, from which date, and whether credits age too."""

    buckets: tuple[AgeingBucket, ...] = ageing_buckets()
    by_due_date: bool = True
    """From the due date where there is one; else from the item's own date."""
    ages_credits: bool = False
    """Whether credits and payments stand in the bucket of their age, not under `UNALLOCATED`."""


def aged(
    items: Sequence[OpenItem],
    allocations: Sequence[Allocation],
    cut_off_on: date,
    rule: AgeingRule | None = None,
) -> dict[tuple[str, str, AgeingBucket], int]:
    """What was open at the cut-off, by (party, currency code, bucket).

    The sums of all buckets are the sub-ledger's balance at that day, whatever the allocations.
    """
    ageing = rule or AgeingRule()
    left = left_open(items, allocations, cut_off_on)
    totals: dict[tuple[str, str, AgeingBucket], int] = {}
    for item in items:
        amount = left.get(item.item_id, 0)
        if not amount:
            continue
        due = item.due_on if ageing.by_due_date and item.due_on is not None else item.dated_on
        days = (cut_off_on - due).days
        bucket = next((span for span in ageing.buckets if days in span), None)
        if amount < 0 and not ageing.ages_credits:
            bucket = UNALLOCATED
        if bucket is None:
            raise ValueError(f"no bucket holds {days} days past due")
        key = item.party, item.currency.code, bucket
        totals[key] = totals.get(key, 0) + amount
    return totals


def _pair(known: Mapping[str, OpenItem], allocation: Allocation) -> tuple[OpenItem, OpenItem]:
    """The two items of an allocation, if it may join them."""
    for key in (allocation.positive_id, allocation.negative_id):
        if key not in known:
            raise ValueError(f"an allocation names the item {key}, which is not there")
    positive, negative = known[allocation.positive_id], known[allocation.negative_id]
    if positive.amount_minor <= 0 or negative.amount_minor >= 0:
        raise ValueError(
            f"{positive.item_id} of {positive.amount_minor} and {negative.item_id} of "
            f"{negative.amount_minor} do not have the signs that an allocation joins"
        )
    if (positive.currency, positive.party) != (negative.currency, negative.party):
        raise ValueError(
            f"{positive.item_id} and {negative.item_id} are not of one party and currency"
        )
    return positive, negative
