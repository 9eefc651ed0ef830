"""Learning the weights from the free records themselves, without labels.

A sample of anchors, chosen by a hash of their index so that the order of input changes nothing,
is searched once. Then the model of `weights.py` is fitted by expectation and maximisation over the
listed solutions: whatever is no sum counts for the starting values.
"""

from dataclasses import replace

import numpy as np

from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.engine.groups.batches import (
    TYPES,
    BatchHits,
    Buckets,
    batch_bits,
    buckets,
    exact_hits,
    near,
)
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
from tieout.engine.ragged import count_by, first_of
from tieout.engine.workers import over

SAMPLE = 1500
"""Anchors of each side that are searched for learning."""
LEARN_WORK = 8_000_000
"""Partial sums that learning may form for each side and scope."""
ROUNDS = 5
FEES_MAX = 4
USUAL = (-1, 6)
"""Lags that are tried where the whole window is too full."""
FEE_CANDIDATES = 1500
LEAN = 20.0
"""How many anchors the starting values are worth."""


def learn_groups(left: FreeRecords, right: FreeRecords, rules: MatchRules) -> GroupWeights:
    """The weights of the group search for these records; order of input does not matter."""
    weights = start_weights(left, right, rules, len(TYPES))
    both = views(left, right, rules)
    notes: list[str] = []
    whole = over(lambda view: _batches(view, weights), both)
    for view, (made, hits) in zip(both, whole, strict=True):
        if not weights.fees:
            shapes = _learn_fees(view, made, rules)
            weights = replace(weights, fees=weights.fees + shapes)
            notes += [_fee_words(view, each) for each in shapes]
        weights = _learn_batches(view, made, hits, weights)
    searched = over(lambda view: _searched(view, weights, rules), both)
    for view, found in zip(both, searched, strict=True):
        weights = _learn_sums(view, *found, weights)
    return replace(weights, notes=tuple(notes))


def _batches(view: View, weights: GroupWeights) -> tuple[Buckets, BatchHits]:
    made = buckets(view, weights)
    return made, exact_hits(view, made)


def _sample(view: View, most: int) -> Ints:
    anchor = np.flatnonzero(may_anchor(view.anchors))
    if len(anchor) <= most:
        return anchor
    mixed = view.anchors.idx[anchor].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    return np.sort(anchor[np.argsort(mixed, kind="stable")[:most]])


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
    total = np.logaddexp2(log2_sum(weight, anchor, anchors), 0)
    return np.asarray(np.exp2(weight / 100 - total[anchor]), np.float64)


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


def _searched(view: View, weights: GroupWeights, rules: MatchRules) -> tuple[Found, Ints]:
    """The sums of the sample, and the rows refused for each cell."""
    rows, refused = sample_rows(view, weights, min(EXPAND_MAX, 40))
    one_block = replace(view, anchor_block=np.zeros(len(view.anchors), np.int64))
    return search(one_block, rows, rules.group_size_max, LEARN_WORK), refused


def _learn_sums(view: View, found: Found, refused: Ints, weights: GroupWeights) -> GroupWeights:
    cell = cells(view, found.rows, weights)
    shape = weights.prior.shape
    flat = np.ravel_multi_index(tuple(np.broadcast_arrays(*cell)), shape)
    tried = np.bincount(flat[found.limit > 0], minlength=weights.prior.size) + refused
    found = solved(found)
    if not len(found.row):
        none = np.zeros(0)
        return _refit(view, found, none, tried, weights)
    narrowest = _narrowest(found)
    for _ in range(ROUNDS):
        evidence = weigh(view, found, weights)
        share = narrowest * _shares(evidence.total, found.rows.anchor[found.row], len(view.anchors))
        weights = _refit(view, found, share, tried, weights)
    return replace(weights, gap=_fit_gaps(view, found, share, weights))


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
    view: View, found: Found, share: Floats, searched: Ints, weights: GroupWeights
) -> GroupWeights:
    rows = found.rows
    cell = cells(view, rows, weights)
    shape = weights.prior.shape
    flat = np.ravel_multi_index(tuple(np.broadcast_arrays(*cell)), shape)
    cell_count = int(np.prod(shape))
    hit = np.bincount(flat[found.row], share, cell_count)
    start = np.empty(shape)
    for scope, value in PRIOR.items():
        start[:, scope] = value
    start[:, Scope.KIND] /= max(1, len(weights.kinds))
    prior = (hit + LEAN * start.ravel()) / (searched + LEAN)
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


def _learn_fees(view: View, made: Buckets, rules: MatchRules) -> tuple[FeeShape, ...]:
    """Percents and fixed amounts that several batches agree on, the best supported first.

    Every (percent, fixed) of the grid gets a vote from each batch that some record of the other
    side fits; a shape must beat what chance alone gives many times over.
    """
    bucket, fee, gross, count = _fee_candidates(view, made, rules)
    shapes: list[FeeShape] = []
    least = max(4.0, 0.01 * len(np.unique(bucket)))
    while len(bucket) >= 4 and len(shapes) < FEES_MAX:
        votes, percent, fixed, each, mean = max(
            _vote(bucket, fee, gross, count if each else np.ones_like(count), rules)
            for each in (False, True)
        )
        if votes < max(least, mean + 8 * np.sqrt(mean) + 3):
            break
        shapes.append(FeeShape("learned", percent, fixed))
        per = count if each else np.ones_like(count)
        explained = np.abs(fee - (gross * percent + 5000) // 10000 - fixed * per) <= 1
        keep = ~np.isin(bucket, bucket[explained])
        bucket, fee, gross, count = bucket[keep], fee[keep], gross[keep], count[keep]
    return tuple(shapes)


def _vote(
    bucket: Ints, fee: Ints, gross: Ints, per: Ints, rules: MatchRules
) -> tuple[int, int, int, bool, float]:
    """(votes, percent, fixed, whether fixed is for each record, mean votes) of the best shape."""
    percents = np.arange(rules.fee_percent_bp_max + 1)
    left_over = fee[:, None] - (gross[:, None] * percents + 5000) // 10000
    fixed = (left_over + per[:, None] // 2) // per[:, None]
    good = (fixed >= 0) & (fixed <= rules.fee_fixed_minor_max)
    good &= np.abs(left_over - fixed * per[:, None]) <= 1
    good &= (percents > 0) | (fixed > 0)
    row, percent = np.nonzero(good)
    code = fixed[row, percent] * len(percents) + percent
    times = int(bucket.max()) + 1
    voted = np.sort(code * times + bucket[row])
    votes = count_by(
        voted[first_of(voted)] // times, len(percents) * (rules.fee_fixed_minor_max + 1)
    )
    top = int(np.argmax(votes))
    mean = float(votes.mean())
    return int(votes[top]), top % len(percents), top // len(percents), bool((per > 1).any()), mean


def _fee_candidates(view: View, made: Buckets, rules: MatchRules) -> tuple[Ints, Ints, Ints, Ints]:
    chosen = (made.type == 0) & (made.total > 0)
    at = np.flatnonzero(chosen)
    if len(at) > SAMPLE:
        mixed = at.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        at = np.sort(at[np.argsort(mixed, kind="stable")[:SAMPLE]])
    worth = np.zeros(len(made.block), np.bool_)
    worth[at] = True
    most = made.total * rules.fee_percent_bp_max // 10000 + rules.fee_fixed_minor_max
    if view.direction == 0:
        bucket, anchor = near(view, made, made.total - most, made.total - 1, worth)
    else:
        bucket, anchor = near(view, made, made.total + 1, made.total + most, worth)
    fee = np.abs(made.total[bucket] - view.anchors.amount[anchor])
    times = count_by(bucket, len(made.block))[bucket]
    keep = np.sort(np.lexsort((fee, bucket, times))[:FEE_CANDIDATES])  # the least ambiguous
    bucket, fee = bucket[keep], fee[keep]
    return bucket, fee, made.total[bucket], made.count[bucket]


def _fee_words(view: View, shape: FeeShape) -> str:
    side = "right" if view.direction == 0 else "left"
    return (
        f"Fee learned from whole batches of the {side} side: "
        f"{shape.percent_bp / 100:.2f} % plus {shape.fixed_minor} minor units."
    )
