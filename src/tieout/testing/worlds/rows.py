"""Rows of a world before they get their text: whole columns of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Method(IntEnum):
    """How money moved; decides the boilerplate of the bank and the word of the books."""

    TRANSFER_IN = 0
    TRANSFER_OUT = 1
    CARD_PURCHASE = 2
    DIRECT_DEBIT = 3
    CHEQUE_OUT = 4
    CHEQUE_DEPOSIT = 5
    CARD_SETTLEMENT = 6
    BANK_FEE = 7
    INTEREST = 8
    OWN_TRANSFER = 9


INCOMING = (Method.TRANSFER_IN, Method.CHEQUE_DEPOSIT, Method.CARD_SETTLEMENT, Method.INTEREST)

KINDS = (
    "exact",
    "recurring",
    "twin",
    "card-batch",
    "card-batch-net",
    "deposit",
    "invoices",
    "split",
    "fee-net",
    "transfer",
    "transfer-one-sided",
    "reversal-booked",
    "reversal-one-sided",
    "pending",
    "pending-line",
    "duplicate",
    "duplicated",
    "unmatched",
)
"""What a truth group is.

`exact` and `recurring` are plain pairs; `twin` pairs have copies alike on both sides;
`card-batch` is a day's card receipts in one settlement (`-net`: less a fee); `deposit` is 2 to 12
cheques banked together; `invoices` one payment of several invoices; `split` one book entry paid in
parts; `fee-net` a receipt less a fee; `transfer` one leg of a transfer between own accounts;
`-one-sided` two bank lines that cancel and never reached the books; `reversal-booked` one of the
two pairs of a booked reversal; `pending` the posted line and its book entry, `pending-line` the
pending line before it; `duplicated` a pair whose book entry was keyed twice, `duplicate` the second
keying; `unmatched` a record that has no partner.
"""


@dataclass
class Rows:
    """Rows of one side. All arrays have one length."""

    account: Ints
    day: Ints
    amount: Ints
    party: Ints
    method: Ints
    group: Ints
    kind: Ints
    link: Ints
    """On the left: the right row whose reference the line may carry; -1 for none."""
    copy_of: Ints
    """The row of this side whose wording is repeated; most rows are their own."""
    alike_day: Ints
    """The day by which rows count as alike: the original's for a double keying."""
    serial: Ints
    """Order in which the books give out reference numbers: days times 1000."""
    contract: Ints
    """A fixed reference number (recurring payments); -1 for one of its own."""
    is_pending: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """How many rows."""
        return len(self.account)

    def take(self, picked: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Self:
        """The picked rows, as they are: `link` and `copy_of` still speak of the old places."""
        return type(self)(*(getattr(self, each.name)[picked] for each in fields(self)))


def rows(  # noqa: PLR0913, PLR0917  a row has as many columns as this
    kind: str | Ints,
    account: Ints,
    day: Ints,
    amount: Ints,
    party: Ints,
    method: Ints,
    group: Ints,
    *,
    link: Ints | None = None,
) -> Rows:
    """Rows with the usual defaults; `group` is numbered from 0 within its scenario."""
    count = len(account)
    none = np.full(count, -1, np.int64)
    code = np.full(count, KINDS.index(kind), np.int64) if isinstance(kind, str) else kind
    return Rows(
        account=account,
        day=day,
        amount=amount,
        party=party,
        method=method,
        group=group,
        kind=code,
        link=none if link is None else link,
        copy_of=np.arange(count),
        alike_day=day,
        serial=day * 1000,
        contract=none.copy(),
        is_pending=np.zeros(count, np.bool_),
    )


def no_rows() -> Rows:
    """No row at all."""
    empty = np.zeros(0, np.int64)
    return rows("unmatched", empty, empty, empty, empty, empty, empty)


def join(parts: Sequence[Rows]) -> Rows:
    """Rows under one another, `copy_of` and `link` left as they are."""
    return Rows(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rows)))


def stack(scenarios: Sequence[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    """All scenarios in one world: groups, links and copies are numbered anew."""
    group_base = left_base = right_base = 0
    for left, right in scenarios:
        left.link = np.where(left.link >= 0, left.link + right_base, -1)
        left.copy_of = left.copy_of + left_base
        right.copy_of = right.copy_of + right_base
        highest = max(left.group.max(initial=-1), right.group.max(initial=-1))
        left.group = left.group + group_base
        right.group = right.group + group_base
        group_base += int(highest) + 1
        left_base += len(left)
        right_base += len(right)
    lefts, rights = zip(*scenarios, strict=True)
    return join(lefts), join(rights)


def in_order(rng: np.random.Generator, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Both sides by day, in no particular order within one; links and copies follow."""
    orders = [np.lexsort((rng.random(len(side)), side.day)) for side in (left, right)]
    places = [np.empty(len(order), np.int64) for order in orders]
    for order, place in zip(orders, places, strict=True):
        place[order] = np.arange(len(order))
    left, right = left.take(orders[0]), right.take(orders[1])
    left.copy_of, right.copy_of = places[0][left.copy_of], places[1][right.copy_of]
    if len(right):
        left.link = np.where(left.link >= 0, places[1][np.maximum(left.link, 0)], -1)
    return left, right
