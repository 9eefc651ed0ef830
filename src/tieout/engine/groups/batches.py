"""Whole batches: all parts of one day, party or reference that sum to one record.

A whole batch is one hypothesis and not one of millions of subsets, so its sum proves much even
where a search would prove nothing. Also net of a fee whose shape is known or was learned.
"""

from dataclasses import dataclass, replace

import numpy as np

from tieout.core.matching.rules import FeeShape
from tieout.engine.compiled import compiled
from tieout.engine.groups.options import Rule
from tieout.engine.groups.records import Bools, Floats, Ints
from tieout.engine.groups.scopes import EXPAND_MAX, Index, View, may_anchor
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import (
    dense_both,
    first_of,
    in_order,
    meeting,
    offsets,
    runs,
    spread,
    starts,
)

TYPES = (
    Rule.DAY_KIND,
    Rule.DAY_KIND_MIXED,
    Rule.DAY,
    Rule.DAY_PARTY,
    Rule.REFERENCE,
    Rule.PARTY_WINDOW,
    Rule.FEE,
    Rule.DAY_KIND_BLANK,
    Rule.RUN,
)
BLANK, RUN = 7, 8
RUN_MAX = 12
BLANKS_MAX = 8
RUN_CHANCES = 32
"""About how many runs of numbers lie in a window: so many sums each anchor is compared with."""
ENDING_BITS = 20
"""Most sums that no anchor has are told by their last bits alone."""
RUN_GAP = 40
"""Numbers further apart than this are not consecutive."""


@dataclass(frozen=True)
class Buckets:
    """Whole batches: bucket i holds `part[start[i]:start[i + 1]]`."""

    block: Ints
    type: Ints
    kind: Ints
    """Slot of the common kind, or the last slot."""
    day: Ints
    """The last day of its parts."""
    total: Ints
    start: Ints
    part: Ints
    chances: Ints
    """How many alternatives this one was picked from (1: it is the only one of its kind)."""

    @property
    def count(self) -> Ints:
        return np.diff(self.start)


def buckets(view: View, weights: GroupWeights) -> Buckets:
    """Every whole batch of two records or more."""
    parts = view.parts
    usable = may_anchor(parts)
    slot = weights.slots(parts.kind)
    sign = (parts.amount > 0).astype(np.int64)
    whole = np.flatnonzero(usable)
    party = np.flatnonzero(usable & (parts.party >= 0))
    block, day = view.part_block, parts.day
    made = [
        _gather(view, 0, whole, slot, (block, day, parts.kind, sign)),
        _gather(view, 1, whole, slot, (block, day, parts.kind)),
        _gather(view, 2, whole, slot, (block, day, sign)),
        _gather(view, 3, party, slot, (block, day, parts.party, sign)),
        _tokens(view, slot, usable),
    ]
    made[1] = _only(made[1], ~_uniform(made[1], sign))
    made[2] = _only(made[2], ~_uniform(made[2], parts.kind))
    made += [_with_blanks(view, made[0]), _runs(view)]
    return _join(made, weights.any_slot)


def _gather(
    view: View, kind_of_batch: int, part: Ints, slot: Ints, key: tuple[Ints, ...]
) -> Buckets:
    order, begin = runs(*(each[part] for each in key))
    return _from_runs(view, kind_of_batch, part[order], slot, begin)


def _tokens(view: View, slot: Ints, usable: Bools) -> Buckets:
    """Parts that share a reference token, but not with nearly everything."""
    parts = view.parts
    keep = usable[parts.token_row]
    part, token = parts.token_row[keep], parts.token[keep]
    order, once = runs(view.part_block[part], token, part)
    part, token = part[order[once]], token[order[once]]
    new = first_of(view.part_block[part]) | first_of(token)
    return _from_runs(view, 4, part, slot, np.flatnonzero(new))


def _with_blanks(view: View, whole: Buckets) -> Buckets:
    """Each day of one kind with one or two of that day's records of unknown kind beside it."""
    parts = view.parts
    blank = np.flatnonzero(may_anchor(parts) & (parts.kind < 0))
    sign = (parts.amount > 0).astype(np.int64)
    known = np.flatnonzero(whole.kind > 0)
    first = whole.part[whole.start[known]]
    mine, theirs = dense_both(
        (view.part_block[first], view.part_block[blank]),
        (parts.day[first], parts.day[blank]),
        (sign[first], sign[blank]),
    )
    order, low, high = meeting(mine, theirs)
    blank = blank[order]
    high = np.where(high - low <= BLANKS_MAX, high, low)
    bucket, one = spread(low, high)
    pair, two = spread(one + 1, high[bucket])
    base = known[np.r_[bucket, bucket[pair]]]
    extra = np.r_[
        parts.amount[blank[one]], parts.amount[blank[one[pair]]] + parts.amount[blank[two]]
    ]
    row, place = spread(whole.start[base], whole.start[base + 1])
    many = len(bucket)
    added_row = np.r_[np.arange(len(base)), many + np.arange(len(pair))]
    added = blank[np.r_[one, one[pair], two]]
    flat_row, flat = np.r_[row, added_row], np.r_[whole.part[place], added]
    order = in_order(flat_row, flat)
    size = (high - low)[np.r_[bucket, bucket[pair]]]
    return Buckets(
        whole.block[base],
        np.full(len(base), BLANK, np.int64),
        whole.kind[base],
        whole.day[base],
        whole.total[base] + extra,
        offsets(flat_row[order], len(base)),
        flat[order],
        size + size * (size - 1) // 2,
    )


def _runs(view: View) -> Buckets:
    """Two to twelve records whose numbers follow each other, where some anchor has their sum."""
    parts = view.parts
    part = np.flatnonzero(may_anchor(parts) & (parts.number >= 0))
    part = part[in_order(view.part_block[part], parts.number[part])]
    block, number, amount = view.part_block[part], parts.number[part], parts.amount[part]
    far = (block[1:] != block[:-1]) | (number[1:] - number[:-1] > RUN_GAP)
    far |= (amount[1:] > 0) != (amount[:-1] > 0)
    chain = np.r_[0, np.cumsum(far)] if len(part) else part
    length, begin = np.nonzero(_likely_runs(amount, chain, view.anchors.amount))
    before = np.r_[0, np.cumsum(amount)]
    real = np.isin(before[begin + length] - before[begin], view.anchors.amount)
    low, high = begin[real], (begin + length)[real]
    row, place = spread(low, high)
    member = part[place[in_order(row, part[place])]]
    made = _from_runs(view, RUN, member, np.zeros(len(view.parts), np.int64), starts(row))
    if not len(low):
        return made
    earliest = np.minimum.reduceat(parts.day[made.part], made.start[:-1])
    near_days = made.day - earliest <= view.high - view.low
    return _only(replace(made, chances=np.full(len(made.block), RUN_CHANCES)), near_days)


@compiled
def _likely_runs(amount: Ints, chain: Ints, wanted: Ints) -> Bools:
    """[length, begin]: whether so many of one chain have a sum that ends like a wanted amount."""
    last_bits = (1 << ENDING_BITS) - 1
    ending = np.zeros(1 << ENDING_BITS, np.bool_)
    for each in wanted:
        ending[each & last_bits] = True
    likely = np.zeros((RUN_MAX + 1, len(amount)), np.bool_)
    for begin in range(len(amount)):
        total = amount[begin]
        for end in range(begin + 1, min(begin + RUN_MAX, len(amount))):
            if chain[end] != chain[begin]:
                break
            total += amount[end]
            likely[end + 1 - begin, begin] = ending[total & last_bits]
    return likely


def _from_runs(view: View, kind_of_batch: int, part: Ints, slot: Ints, begin: Ints) -> Buckets:
    """Batches of the parts from one `begin` to the next, ascending, where these are several."""
    size = np.diff(np.r_[begin, len(part)])
    part = part[np.repeat(size >= 2, size)]
    start = np.r_[0, np.cumsum(size[size >= 2])].astype(np.int64)
    first = start[:-1]
    many = len(first)
    if not many:
        none = np.zeros(0, np.int64)
        return Buckets(none, none, none, none, none, start, none, none)
    low = np.minimum.reduceat(slot[part], first)
    high = np.maximum.reduceat(slot[part], first)
    return Buckets(
        view.part_block[part[first]],
        np.full(many, kind_of_batch, np.int64),
        np.where(low == high, low, -1),
        np.maximum.reduceat(view.parts.day[part], first),
        np.add.reduceat(view.parts.amount[part], first),
        start,
        part,
        np.ones(many, np.int64),
    )


def _uniform(made: Buckets, value: Ints) -> Bools:
    """Buckets whose parts all have one value."""
    if not len(made.block):
        return np.zeros(0, np.bool_)
    mine = value[made.part]
    first = made.start[:-1]
    same = np.minimum.reduceat(mine, first) == np.maximum.reduceat(mine, first)
    return np.asarray(same, np.bool_)


def _only(made: Buckets, keep: Bools) -> Buckets:
    at = np.flatnonzero(keep)
    row, place = spread(made.start[at], made.start[at + 1])
    return Buckets(
        made.block[at],
        made.type[at],
        made.kind[at],
        made.day[at],
        made.total[at],
        offsets(row, len(at)),
        made.part[place],
        made.chances[at],
    )


def _join(several: list[Buckets], any_slot: int) -> Buckets:
    kind = np.concatenate([each.kind for each in several])
    sizes = np.concatenate([each.count for each in several])
    return Buckets(
        np.concatenate([each.block for each in several]),
        np.concatenate([each.type for each in several]),
        np.where(kind < 0, any_slot, kind),
        np.concatenate([each.day for each in several]),
        np.concatenate([each.total for each in several]),
        np.r_[0, np.cumsum(sizes)].astype(np.int64),
        np.concatenate([each.part for each in several]),
        np.concatenate([each.chances for each in several]),
    )


@dataclass(frozen=True)
class BatchHits:
    """Anchors that equal a batch: the anchor's residual is the fee, negative, or nothing."""

    anchor: Ints
    bucket: Ints
    fee: Ints
    """Which fee shape, -1: none."""
    spread: Ints
    """How many amounts the fee's slack lets through."""


def exact_hits(view: View, made: Buckets) -> BatchHits:
    """Anchors of just the amount of a batch, within the window."""
    anchor = np.flatnonzero(may_anchor(view.anchors))
    code, asked = dense_both(
        (view.anchor_block[anchor], made.block), (view.anchors.amount[anchor], made.total)
    )
    index = Index.of(anchor, code, view.anchors.day[anchor])
    low, high = index.between(asked, *_anchor_days(view, made.day))
    bucket, place = spread(low, np.where(high - low > EXPAND_MAX, low, high))
    none = np.full(len(bucket), -1, np.int64)
    return BatchHits(index.record[place], bucket, none, np.ones(len(bucket), np.int64))


def _anchor_days(view: View, day: Ints) -> tuple[Ints, Ints]:
    """First and last day of anchors for batches of these days."""
    if view.direction == 0:
        return day + view.low, day + view.high
    return day - view.high, day - view.low


def fee_of(shape: FeeShape, total: Ints, count: Ints, *, each: bool) -> Ints:
    """The fee of batches, the fixed part taken once or for each record; half rounds up."""
    percent = (np.abs(total) * shape.percent_bp + 5000) // 10000
    times = count if each else np.ones_like(count)
    return percent + shape.fixed_minor * times


def fee_hits(view: View, made: Buckets, shapes: tuple[FeeShape, ...]) -> BatchHits:
    """Anchors that are a batch less a fee of one of the shapes."""
    out = []
    for number, shape in enumerate(shapes):
        for each in (False, True) if shape.fixed_minor else (False,):
            fee = fee_of(shape, made.total, made.count, each=each)
            expected = made.total - fee if view.direction == 0 else made.total + fee
            slack = shape.slack_minor + (np.sqrt(made.count) / 2).astype(np.int64)
            worth = (fee > 0) & (made.total > 0)
            bucket, anchor = near(view, made, expected - slack, expected + slack, worth)
            real = view.anchors.amount[anchor] != made.total[bucket]
            bucket, anchor = bucket[real], anchor[real]
            shape_no = np.full(len(bucket), number, np.int64)
            out.append(BatchHits(anchor, bucket, shape_no, 2 * slack[bucket] + 1))
    none = np.zeros(0, np.int64)
    if not out:
        return BatchHits(none, none, none, none)
    return BatchHits(
        np.concatenate([one.anchor for one in out]),
        np.concatenate([one.bucket for one in out]),
        np.concatenate([one.fee for one in out]),
        np.concatenate([one.spread for one in out]),
    )


def near(view: View, made: Buckets, least: Ints, most: Ints, worth: Bools) -> tuple[Ints, Ints]:
    """(bucket, anchor) with the anchor's amount within [least, most] and its day in the window."""
    anchor = np.flatnonzero(may_anchor(view.anchors))
    order = in_order(view.anchor_block[anchor], view.anchors.amount[anchor])
    anchor = anchor[order]
    amount = view.anchors.amount[anchor]
    begin = np.searchsorted(view.anchor_block[anchor], made.block, "left")
    end = np.searchsorted(view.anchor_block[anchor], made.block, "right")
    low, high = begin.copy(), begin.copy()
    for block in np.unique(made.block).tolist():
        mine = np.flatnonzero(made.block == block)
        run = amount[begin[mine[0]] : end[mine[0]]]
        low[mine] += np.searchsorted(run, least[mine], "left")
        high[mine] += np.searchsorted(run, most[mine], "right")
    high = np.where(worth & (high - low <= EXPAND_MAX), high, low)
    bucket, place = spread(low, high)
    found = anchor[place]
    first, last = _anchor_days(view, made.day)
    day = view.anchors.day[found]
    inside = (day >= first[bucket]) & (day <= last[bucket])
    return bucket[inside], found[inside]


def batch_bits(
    view: View, made: Buckets, hits: BatchHits, weights: GroupWeights
) -> tuple[Floats, Floats, Floats]:
    """(amount, date, exclusivity) in bits of every hit, against 'the anchor is no sum'."""
    amount = weights.surprise(view.direction, view.anchors, hits.anchor)
    slot = weights.slots(view.anchors.kind)[hits.anchor]
    kind = made.kind[hits.bucket]
    sort = np.where(hits.fee >= 0, TYPES.index(Rule.FEE), made.type[hits.bucket])
    share = weights.batch_prior[view.direction, sort, slot, kind]
    gap = view.anchors.day[hits.anchor] - made.day[hits.bucket]
    lag = np.clip(gap if view.direction == 0 else -gap, weights.low, weights.high) - weights.low
    even = 1 / weights.batch_lag.shape[-1]
    date = weights.batch_lag[view.direction, slot, lag] / even
    exclusive = np.log2(share / (1 - share) * even / hits.spread / made.chances[hits.bucket])
    return amount, np.log2(np.maximum(date, 1e-4)), exclusive
