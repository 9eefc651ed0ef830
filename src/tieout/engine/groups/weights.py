"""The learned weights of the group search, and their starting values.

A sum is believed as far as this model of how sums come about says so:

* an anchor is a sum of parts of one scope and kind with probability `prior`;
* then it has k parts with probability `size[k]`;
* and of all subsets of k candidates, one is the truth in proportion to the product of `lag` over
  its members.

All are arrays over cells [direction, scope, kind slot of the anchor, kind slot of the parts].
"""

from dataclasses import dataclass

import numpy as np

from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.engine.groups.amounts import AmountModel, learn_amounts
from tieout.engine.groups.records import Floats, FreeRecords, Ints
from tieout.engine.groups.scopes import Scope, group_window

KINDS_MAX = 14
PRIOR = {Scope.PARTY: 0.10, Scope.KIND: 0.05, Scope.ANY: 0.02}
BATCH_PRIOR = 0.05
GAPS = np.array([1, 2, 3, 5, 9, 17, 65, 257], np.int64)
"""Where the bins of the gap between the numbers of two neighbouring parts begin."""
GAP_START = np.array([0, 100, 70, 50, 20, 0, -20, -40, -60], np.int64)


@dataclass(frozen=True)
class GroupWeights:
    """What `learn_groups` found; the same for every account, so that work can be split."""

    kinds: Ints
    """The kinds that have a slot of their own (from 1 on); slot 0 is none, the last is any."""
    low: int
    high: int
    amounts: tuple[AmountModel, AmountModel]
    """Of anchors from the left, and from the right."""
    prior: Floats
    lag: Floats
    size: Floats
    mass: Floats
    """How many groups each cell has learned from."""
    batch_prior: Floats
    """[direction, batch type, slot, slot]"""
    batch_lag: Floats
    """[direction, slot of the anchor, lag]: sums to one."""
    gap: Ints
    """Hundredths of a bit per bin of `GAPS`, for two parts that are neighbours by number."""
    fees: tuple[FeeShape, ...]
    notes: tuple[str, ...] = ()

    @property
    def any_slot(self) -> int:
        return len(self.kinds) + 1

    def slots(self, kind: Ints) -> Ints:
        """The slot of each kind."""
        return slot_of(self.kinds, kind)

    def surprise(
        self, direction: int, records: FreeRecords, at: Ints, amounts: Ints | None = None
    ) -> Floats:
        """Bits: how rare these amounts (else their own) are among the kinds of those records."""
        amounts = records.amount[at] if amounts is None else amounts
        slots = self.slots(records.kind[at])
        return -self.amounts[direction].log2_density(amounts, slots)

    def lag_limits(self) -> tuple[Ints, Ints]:
        """Per cell the lags worth searching: all until enough groups have shown theirs."""
        worth = (self.lag >= 0.03 * self.lag.max(axis=-1, keepdims=True)) | (self.mass < 15)[
            ..., None
        ]
        first = np.argmax(worth, axis=-1)
        last = worth.shape[-1] - 1 - np.argmax(worth[..., ::-1], axis=-1)
        return first + self.low, last + self.low


def slot_of(kinds: Ints, kind: Ints) -> Ints:
    """The slot of each kind, where `kinds` have slots of their own; kinds are small numbers."""
    if not len(kinds):
        return np.zeros(len(kind), np.int64)
    top = int(kinds[-1]) + 1
    slot = np.zeros(top + 1, np.int64)
    slot[kinds] = np.arange(1, len(kinds) + 1)
    return slot[np.minimum(np.where(kind < 0, top, kind), top)]


def start_weights(
    left: FreeRecords, right: FreeRecords, rules: MatchRules, types: int
) -> GroupWeights:
    """Weights before any sum is learned."""
    kinds = np.concatenate([left.kind, right.kind])
    found, times = np.unique(kinds[kinds >= 0], return_counts=True)
    table = np.sort(found[np.lexsort((found, -times))[:KINDS_MAX]])
    slots = len(table) + 2
    one, two = (
        learn_amounts(each.amount, slot_of(table, each.kind), slots) for each in (left, right)
    )
    low, high = group_window(rules)
    profile = start_profile(low, high)
    size = start_sizes(rules.group_size_max)
    prior = np.empty((2, len(Scope), slots, slots))
    for scope, value in PRIOR.items():
        prior[:, scope] = value
    prior[:, Scope.KIND] /= max(1, len(table))
    shape = prior.shape
    return GroupWeights(
        kinds=table,
        low=low,
        high=high,
        amounts=(one, two),
        prior=prior,
        lag=np.broadcast_to(profile, (*shape, len(profile))).copy(),
        size=np.broadcast_to(size, (*shape, len(size))).copy(),
        mass=np.zeros(shape),
        batch_prior=np.full((2, types, slots, slots), BATCH_PRIOR),
        batch_lag=np.broadcast_to(profile / profile.sum(), (2, slots, len(profile))).copy(),
        gap=GAP_START,
        fees=rules.fee_shapes,
    )


def start_profile(low: int, high: int) -> Floats:
    """Money mostly arrives in the week after the books; a little outside."""
    lag = np.arange(low, high + 1)
    outside = np.maximum(np.maximum(-lag, lag - 5), 0)
    return np.asarray(np.exp2(-outside / 2), np.float64)


def start_sizes(most: int) -> Floats:
    """Small groups are commoner: the share of k parts goes with 1/k."""
    size = np.zeros(most + 1)
    size[2:] = 1 / np.arange(2, most + 1)
    return np.asarray(size / size.sum(), np.float64)
