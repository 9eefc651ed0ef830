"""Learning the weights from the free records themselves, without labels.

A sample of anchors, chosen by a hash of their index so that the order of input changes nothing,
is searched once. Then the model of `weights.py` is fitted by expectation and maximisation over the
listed solutions: whatever is no sum counts for the starting values.
"""

from dataclasses import dataclass, replace

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.groups.batches import (
    TYPES,
    BatchHits,
    Buckets,
    batch_bits,
    buckets,
    exact_hits,
)
from tieout.engine.groups.learning_fees import fee_words, learn_fees
from tieout.engine.groups.options import log2_sum, look_of
from tieout.engine.groups.records import Floats, FreeRecords, Ints
from tieout.engine.groups.scopes import (
    EXPAND_MAX,
    Ask,
    Rows,
    Scope,
    View,
    by_any,
    by_kind,
    by_party,
    join_rows,
    kind_index,
    may_anchor,
    views,
)
from tieout.engine.groups.searched import Found, cells, gaps, search, solved, weigh
from tieout.engine.groups.weights import (
    BATCH_PRIOR,
    PRIOR,
    GroupWeights,
    start_profile,
    start_sizes,
    start_weights,
)
from tieout.engine.ragged import first_of, in_order, shuffled
from tieout.engine.workers import over

SAMPLE = 1500
"""Anchors of each side that are searched for learning."""
LEARN_WORK = 8_000_000
"""Partial sums that learning may form for each side and scope."""
ROUNDS = 5
USUAL = (-1, 6)
"""Lags that are tried where the whole window is too full."""
LEAN = 20.0
"""How many anchors the starting values are worth."""
EXCHANGES = 3
"""How many others of its kind an anchor is offered the amount of."""
AS_OFTEN_MAX = 4.0
"""Accidents are scaled up at most so far where few anchors found another amount."""


def learn_groups(left: FreeRecords, right: FreeRecords, rules: MatchRules) -> GroupWeights:
    """The weights of the group search for these records; order of input does not matter."""
    weights = start_weights(left, right, rules, len(TYPES))
    both = views(left, right, rules)
    notes: list[str] = []
    whole = over(lambda view: _batches(view, weights), both)
    false = over(lambda view: _exchanged(view, weights), both)
    for view, other, (made, hits) in zip(both, false, whole, strict=True):
        if not weights.fees:
            shapes = learn_fees((view, other), made, rules)
            weights = replace(weights, fees=weights.fees + shapes)
            notes += [fee_words(view, each) for each in shapes]
        weights = _learn_batches(view, made, hits, weights)
    searched = over(lambda view: _searched(view, weights, rules), [*both, *false])
    for found, accidental in zip(searched[:2], searched[2:], strict=True):
        weights = _learn_sums(found, accidental, weights)
    return replace(weights, notes=tuple(notes))


def _batches(view: View, weights: GroupWeights) -> tuple[Buckets, BatchHits]:
    made = buckets(view, weights)
    return made, exact_hits(view, made)


def _sample(view: View, most: int) -> Ints:
    anchor = np.flatnonzero(may_anchor(view.anchors))
    if len(anchor) <= most:
        return anchor
    chosen = np.argpartition(shuffled(view.anchors.idx[anchor]), most)[:most]
    return np.sort(anchor[chosen])


def _learn_batches(
    view: View, made: Buckets, hits: BatchHits, weights: GroupWeights
) -> GroupWeights:
    slot = weights.slots(view.anchors.kind)
    kind = made.kind[hits.bucket]
    asked = np.bincount(slot[may_anchor(view.anchors)], minlength=weights.any_slot + 1)
    gap = view.anchors.day[hits.anchor] - made.day[hits.bucket]
    lag = np.clip(gap if view.direction == 0 else -gap, weights.low, weights.high) - weights.low
    start = start_profile(weights.low, weights.high)
    start /= start.sum()
    for _ in range(ROUNDS):
        bits = sum(batch_bits(view, made, hits, weights))
        share = _shares(np.rint(100 * bits).astype(np.int64), hits.anchor, len(view.anchors))
        prior = np.zeros_like(weights.batch_prior[0])
        np.add.at(prior, (made.type[hits.bucket], slot[hits.anchor], kind), share)
        prior = (prior + LEAN * BATCH_PRIOR) / (asked[None, :, None] + LEAN)
        profile = np.zeros_like(weights.batch_lag[0])
        np.add.at(profile, (slot[hits.anchor], lag), share)
        common = _norm(profile.sum(0) + LEAN * start)
        profile = (profile + LEAN * common) / (profile.sum(1) + LEAN)[:, None]
        both_prior, both_lag = weights.batch_prior.copy(), weights.batch_lag.copy()
        both_prior[view.direction] = np.clip(prior, 1e-4, 0.9)
        both_lag[view.direction] = profile
        weights = replace(weights, batch_prior=both_prior, batch_lag=both_lag)
    return weights


def _norm(values: Floats) -> Floats:
    return np.asarray(values / values.sum(), np.float64)


def _shares(weight: Ints, anchor: Ints, anchors: int) -> Floats:
    """The probability of each option of an anchor, against each other and no sum at all."""
    total = np.logaddexp2(log2_sum(weight, anchor, anchors)[anchor], 0)
    return np.asarray(np.exp2(weight / 100 - total), np.float64)


def sample_rows(view: View, weights: GroupWeights, most: int) -> tuple[Rows, Ints]:
    """The rows that learning searches, all scopes of a sample of anchors; refused ones per cell.

    Where the whole window has too many candidates, the days that are usual are tried.
    """
    ask = Ask.whole(view, _sample(view, SAMPLE), weights.any_slot)
    slot, slots = weights.slots(view.anchors.kind), weights.slots(view.parts.kind)
    refused = np.zeros(weights.prior.shape, np.int64)
    made = [by_party(view, ask, most)]
    present = np.unique(slots).tolist()
    index = kind_index(view, slots)
    for kind in present if len(present) > 1 else []:
        same = replace(ask, kind=np.full(len(ask.anchor), kind, np.int64))
        rows = by_kind(view, same, index, most)
        again = np.isin(ask.anchor, rows.refused_anchor)
        usual = replace(
            same.take(np.flatnonzero(again)),
            low=np.full(int(again.sum()), max(view.low, USUAL[0]), np.int64),
            high=np.full(int(again.sum()), min(view.high, USUAL[1]), np.int64),
        )
        fewer = by_kind(view, usual, index, most)
        np.add.at(refused[view.direction, Scope.KIND, :, kind], slot[fewer.refused_anchor], 1)
        made += [rows, fewer]
    made.append(by_any(view, ask, most))
    np.add.at(refused[view.direction, Scope.ANY, :, -1], slot[made[-1].refused_anchor], 1)
    return join_rows(made), refused.ravel()


def _exchanged(view: View, weights: GroupWeights) -> View:
    """The same anchors, each with the amount of another of its kind from outside its window.

    Whatever sums to such an amount does so by accident. An anchor that finds no other has none.
    """
    anchors = view.anchors
    slot = weights.slots(anchors.kind)
    key = (slot * (int(anchors.currency.max(initial=0)) + 1) + anchors.currency) * 2
    key += anchors.amount > 0
    usable = np.flatnonzero(may_anchor(anchors))
    order = usable[np.argsort(shuffled(anchors.idx[usable]))]
    order = order[in_order(key[order])]
    amount = np.zeros(len(anchors), np.int64)
    for turn in range(1, EXCHANGES + 1):
        other = np.roll(order, -turn)
        fits = (key[other] == key[order]) & (amount[order] == 0)
        fits &= np.abs(anchors.day[other] - anchors.day[order]) > view.high - view.low
        amount[order[fits]] = anchors.amount[other[fits]]
    return replace(view, anchors=replace(anchors, amount=amount))


@dataclass(frozen=True)
class _Sample:
    """What the search of a sample of anchors found."""

    view: View
    found: Found
    """Of the rows that have sums."""
    tried: Ints
    """Searches for each cell, refused ones included."""
    narrowest: Floats

    def shares(self, weights: GroupWeights) -> Floats:
        """The probability of each sum found, under these weights."""
        if not len(self.found.row):
            return np.zeros(0)
        anchor = self.found.rows.anchor[self.found.row]
        total = weigh(self.view, self.found, weights).total
        return self.narrowest * _shares(total, anchor, len(self.view.anchors))

    def hits(self, share: Floats, weights: GroupWeights) -> Floats:
        """How many sums each cell has, by those probabilities."""
        flat = _flat_cells(self.view, self.found.rows, weights)
        return np.bincount(flat[self.found.row], share, weights.prior.size).astype(np.float64)


def _searched(view: View, weights: GroupWeights, rules: MatchRules) -> _Sample:
    rows, refused = sample_rows(view, weights, min(EXPAND_MAX, 40))
    one_block = replace(view, anchor_block=np.zeros(len(view.anchors), np.int64))
    found = search(one_block, rows, rules.group_size_max, LEARN_WORK)
    flat = _flat_cells(view, rows, weights)[found.limit > 0]
    tried = np.bincount(flat, minlength=weights.prior.size) + refused
    found = solved(found)
    return _Sample(view, found, tried, _narrowest(found) if len(found.row) else np.zeros(0))


def _flat_cells(view: View, rows: Rows, weights: GroupWeights) -> Ints:
    cell = np.broadcast_arrays(*cells(view, rows, weights))
    return np.ravel_multi_index(tuple(cell), weights.prior.shape)


def _learn_sums(true: _Sample, false: _Sample, weights: GroupWeights) -> GroupWeights:
    """The weights under which what is found is likeliest, less what is found by accident."""
    share = np.zeros(0)
    as_often = np.minimum(true.tried / np.maximum(false.tried, 1), AS_OFTEN_MAX)
    for _ in range(ROUNDS if len(true.found.row) else 1):
        share = true.shares(weights)
        accidents = as_often * false.hits(false.shares(weights), weights)
        accidents += np.sqrt(accidents)  # they come in more and less
        weights = _refit(true, share, accidents, weights)
    if not len(true.found.row):
        return weights
    return replace(weights, gap=_fit_gaps(true.view, true.found, share, weights))


def _narrowest(found: Found) -> Floats:
    """1 for the narrowest scope that finds a set of an anchor, 0 for the wider ones.

    What a party's own search finds is no reason to search its kind as well.
    """
    anchor = found.rows.anchor[found.row]
    none = np.full(int(found.part.max(initial=0)) + 1, -1, np.int64)
    same = look_of(none, found.member_of, found.part, len(found.row))
    order = np.lexsort((found.rows.scope[found.row], same, anchor))
    first = first_of(anchor[order]) | first_of(same[order])
    out = np.zeros(len(order))
    out[order[first]] = 1.0
    return out


def _fit_gaps(view: View, found: Found, share: Floats, weights: GroupWeights) -> Ints:
    """How much likelier a gap of numbers is within true groups than within accidental ones."""
    member, gap = gaps(view, found)
    bins = len(weights.gap)
    inside = np.bincount(gap, share[member], bins)
    outside = np.bincount(gap, 1 - share[member], bins)
    start = np.exp2(weights.gap / 200)
    inside = (inside + LEAN * start) / (inside.sum() + LEAN * start.sum())
    outside = (outside + LEAN / start) / (outside.sum() + LEAN * (1 / start).sum())
    bits: Ints = np.rint(100 * np.log2(inside / outside)).astype(np.int64)
    return bits


def _refit(
    sample: _Sample, share: Floats, accidents: Floats, weights: GroupWeights
) -> GroupWeights:
    view, found = sample.view, sample.found
    shape = weights.prior.shape
    flat = _flat_cells(view, found.rows, weights)
    cell_count = weights.prior.size
    hit = np.maximum(sample.hits(share, weights) - accidents, 0)
    start = np.empty(shape)
    for scope, value in PRIOR.items():
        start[:, scope] = value
    start[:, Scope.KIND] /= max(1, len(weights.kinds))
    prior = (hit + LEAN * start.ravel()) / (sample.tried + LEAN)
    here = np.arange(cell_count) // (cell_count // 2) == view.direction
    return replace(
        weights,
        prior=np.where(here, np.clip(prior, 1e-4, 0.9), weights.prior.ravel()).reshape(shape),
        mass=np.where(here, hit, weights.mass.ravel()).reshape(shape),
        lag=_fit_lags(view, found, share, flat, weights),
        size=_fit_sizes(view, found, share, flat, weights),
    )


def _fit_lags(view: View, found: Found, share: Floats, flat: Ints, weights: GroupWeights) -> Floats:
    """How much likelier a candidate of each lag is a member; smoothed towards the direction's."""
    rows = found.rows
    lags = weights.lag.shape[-1]
    shape = weights.lag.shape
    member_row = found.row[found.member_of]
    clip = weights.low, weights.high
    lag = np.clip(view.lag(rows.anchor[member_row], found.part), *clip) - weights.low
    size = int(np.prod(shape))
    inside = np.bincount(flat[member_row] * lags + lag, share[found.member_of], size)
    row = rows.row_of
    every = np.clip(view.lag(rows.anchor[row], rows.part), *clip) - weights.low
    taken = np.bincount(found.row, share * found.size, len(rows.anchor))
    chance = taken / np.maximum(rows.width, 1)
    exposed = np.bincount(flat[row] * lags + every, chance[row], size)
    inside, exposed = inside.reshape(shape), exposed.reshape(shape)
    start = start_profile(weights.low, weights.high)
    axes = (1, 2)
    total_in = inside[view.direction].sum(axis=axes)
    total_out = exposed[view.direction].sum(axis=axes)
    common = (total_in + 2 * start) / (total_out + 2)
    fitted = (inside[view.direction] + 4 * common[:, None, None]) / (exposed[view.direction] + 4)
    out = weights.lag.copy()
    out[view.direction] = np.clip(fitted, 1e-3, None)
    return out


def _fit_sizes(
    view: View, found: Found, share: Floats, flat: Ints, weights: GroupWeights
) -> Floats:
    shape = weights.size.shape
    sizes = shape[-1]
    seen = np.bincount(flat[found.row] * sizes + found.size, share, int(np.prod(shape)))
    mine = seen.reshape(shape)[view.direction]
    start = start_sizes(sizes - 1)
    fitted = mine + LEAN / 2 * start
    out = weights.size.copy()
    out[view.direction] = fitted / fitted.sum(axis=-1, keepdims=True)
    return out
