"""The whole search: options of every kind of evidence, chosen together, in a few rounds.

A round proposes and chooses. The first takes what is certain within a party or a batch; the last
searches the rest, among all of a kind too, and also takes what is only likely, as suggestions.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass
from tieout.engine.groups.batches import TYPES, batch_bits, buckets, exact_hits, fee_hits
from tieout.engine.groups.choose import Choice, choose
from tieout.engine.groups.named import named_options
from tieout.engine.groups.options import SUGGESTED_ONLY, Options, Rule, by_weight, look_of
from tieout.engine.groups.records import Bools, Floats, FreeRecords, GroupsFound, Ints
from tieout.engine.groups.say import Round, Told, answer, tell
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
from tieout.engine.groups.searched import (
    Found,
    cells,
    depth,
    flat_members,
    hundredths,
    search,
    solved,
    unsearched,
    weigh,
)
from tieout.engine.groups.several import several_options
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import dense_both, first_of, offsets, spread, sum_by
from tieout.engine.workers import over

WORK_PER_SECOND = 20_000_000
"""Partial sums that two slow cores form in a second: turns the budget's seconds into work."""
SHARDS = 6
"""About so many pieces of the records are searched apart: enough for threads to share,"""
SHARD_MIN = 10_000
"""but not of fewer records than this, where small steps would cost more than long ones,"""
SHARD_MAX = 45_000
"""nor of more, where accounts are small: that bounds the memory."""
WORTH_SEARCHING = 0.008
"""Scopes and kinds whose learned share of sums is below this are not searched."""


@dataclass(frozen=True)
class Setting:
    """What stays the same over the rounds."""

    rules: MatchRules
    weights: GroupWeights


@dataclass
class Ledger:
    """What the rounds and shards add up."""

    work: int = 0
    fallbacks: int = 0
    unsearched: int = 0


def find_groups(
    left: FreeRecords, right: FreeRecords, rules: MatchRules, weights: GroupWeights
) -> GroupsFound:
    """Groups among these records, shard by shard: no sum reaches beyond its (account, currency)."""
    ledger, told = Ledger(), []
    rounds = partial(_rounds, setting=Setting(rules, weights))
    for each, mine in over(rounds, _shards(left, right)):
        told.append(each)
        ledger.work += mine.work
        ledger.fallbacks += mine.fallbacks
        ledger.unsearched += mine.unsearched
    return answer(told, weights, rules, (ledger.work, ledger.fallbacks, ledger.unsearched))


def _shards(left: FreeRecords, right: FreeRecords) -> list[tuple[FreeRecords, FreeRecords]]:
    """The records of both sides in whole (account, currency) blocks, the largest first.

    Threads share them: so none is left with a large one at the end.
    """
    blocks = dense_both((left.account, right.account), (left.currency, right.currency))
    count = np.bincount(np.concatenate(blocks))
    size = np.clip(count.sum() // SHARDS, SHARD_MIN, SHARD_MAX)
    shard = (np.cumsum(count) - 1) // size
    made = []
    for number in np.argsort(-np.bincount(shard, count), kind="stable").tolist():
        one, two = (np.flatnonzero(shard[each] == number) for each in blocks)
        if len(one) and len(two):
            made.append((left.take(one), right.take(two)))
    return made


def _rounds(sides: tuple[FreeRecords, FreeRecords], setting: Setting) -> tuple[Told, Ledger]:
    """The rounds of one shard."""
    left, right = sides
    free = [np.arange(len(left)), np.arange(len(right))]
    active = np.ones(len(left) + len(right), np.bool_)
    ledger, told = Ledger(), Told(left, right, setting.rules)
    for last in (False, True):
        one, two = left.take(free[0]), right.take(free[1])
        nodes = np.r_[free[0], free[1] + len(left)]
        options, rest, refused, again = _propose(
            (one, two), setting, active[nodes], ledger, wide=last
        )
        choice = choose(options, rest, len(nodes))
        ledger.fallbacks += choice.fallbacks
        sure = _sure(options, choice, setting.rules)
        taken = np.zeros(len(nodes), np.bool_)
        accept = np.ones(len(sure), np.bool_) if last else sure
        picked = choice.option[accept]
        taken[options.anchor[picked]] = True
        taken[options.take(picked).node] = True
        tell(Round(told, options, nodes, len(one)), choice, np.flatnonzero(accept), sure)
        active[nodes] = again
        if last:
            told.refuse(nodes, refused, taken, options)
        free = [free[0][~taken[: len(one)]], free[1][~taken[len(one) :]]]
    return told, ledger


def _sure(options: Options, choice: Choice, rules: MatchRules) -> Bools:
    suggested = np.isin(options.rule[choice.option], [int(each) for each in SUGGESTED_ONLY])
    return (choice.posterior >= rules.group_posterior_min) & ~suggested


def _propose(
    sides: tuple[FreeRecords, FreeRecords],
    setting: Setting,
    active: Bools,
    ledger: Ledger,
    *,
    wide: bool,
) -> tuple[Options, Floats, tuple[Ints, Ints], Bools]:
    """Options of both directions on nodes; unlisted weight; refused nodes; who to ask again.

    Within their party the `active` are asked; if `wide`, everyone among all of a kind as well.
    """
    (left, right), rules, weights = sides, setting.rules, setting.weights
    total = len(left) + len(right)
    rest = np.zeros(total)
    again = np.zeros(total, np.bool_)
    made, refused, counts = [], [], []
    budget = int(rules.group_seconds_max * WORK_PER_SECOND)
    for view in views(left, right, rules):
        wanted = Pass.BATCH if view.direction == 0 else Pass.SPLIT
        if wanted not in rules.passes:
            continue
        shift = (0, len(left)) if view.direction == 0 else (len(left), 0)
        mine = active[shift[0] : shift[0] + len(view.anchors)]
        several = [_batch_options(view, weights, rules)]
        named, work = named_options(view, weights, rules, budget, wide=wide)
        several += [named, several_options(view, weights)]
        asked = may_anchor(view.anchors)
        rows, wholes = _rows(view, weights, rules, np.flatnonzero(mine & asked))
        if wide:
            rows = join_rows([rows, *_wide_rows(view, weights, rules, np.flatnonzero(asked))])
        rows, most = _hopeful(rows, depth(view, rows, weights))
        found = search(view, rows, np.minimum(most, rules.group_size_max), budget)
        ledger.work += work + found.work
        ledger.unsearched += int((found.limit == 0).sum())
        searched, unlisted = _searched_options(view, found, weights)
        several += [searched, wholes]
        options = Options.join(several)
        made.append(_on_nodes(options, shift, len(view.parts)))
        rest[shift[0] : shift[0] + len(view.anchors)] += unlisted
        refused.append(rows.refused_anchor + shift[0])
        counts.append(rows.refused_count)
        open_rows = (found.count > 0) | (found.limit == 0)
        ask = np.r_[rows.anchor[open_rows], rows.refused_anchor]
        again[ask + shift[0]] = True
    if not made:
        none = np.zeros(0, np.int64)
        empty = Options.make(none, np.zeros(1, np.int64), none)
        return empty, rest, (none, none), again
    options = _once(Options.join(made))
    twin = np.r_[
        np.where(left.twin >= 0, left.twin, -1),
        np.where(right.twin >= 0, right.twin + left.twin.max(initial=0) + 1, -1),
    ]
    look = look_of(twin, options.option_of, options.node, len(options))
    both = np.concatenate(refused), np.concatenate(counts)
    return replace(options, look=look), rest, both, again


def _on_nodes(options: Options, shift: tuple[int, int], parts: int) -> Options:
    """From positions in a view to nodes; a node past the parts is a second anchor."""
    node = np.where(options.node < parts, options.node + shift[1], options.node - parts + shift[0])
    return replace(options, anchor=options.anchor + shift[0], node=node)


def _once(options: Options) -> Options:
    """One option for each anchor and set of parts, the best supported; in a total order."""
    none = np.full(int(options.node.max(initial=0)) + 1, -1, np.int64)
    exact = look_of(none, options.option_of, options.node, len(options))
    order = np.lexsort((options.rule, -options.weight, exact, options.anchor))
    once = first_of(options.anchor[order]) | first_of(exact[order])
    return by_weight(options.take(order[once]))


def _batch_options(view: View, weights: GroupWeights, rules: MatchRules) -> Options:
    made = buckets(view, weights)
    hits = [exact_hits(view, made)]
    if Pass.FEE_NET in rules.passes:
        hits.append(fee_hits(view, made, weights.fees))
    out = []
    for each in hits:
        amount, date, exclusive = batch_bits(view, made, each, weights)
        row, place = spread(made.start[each.bucket], made.start[each.bucket + 1])
        types = np.array([int(rule) for rule in TYPES])
        gap = view.anchors.amount[each.anchor] - made.total[each.bucket]
        fee = each.fee >= 0
        out.append(
            Options.make(
                each.anchor,
                offsets(row, len(each.anchor)),
                made.part[place],
                rule=np.where(fee, int(Rule.FEE), types[made.type[each.bucket]]),
                amount=hundredths(amount),
                date=hundredths(date),
                exclusivity=hundredths(exclusive),
                residual=gap if view.direction == 0 else -gap,
            )
        )
    return Options.join(out)


def _rows(
    view: View, weights: GroupWeights, rules: MatchRules, anchor: Ints
) -> tuple[Rows, Options]:
    """The searches worth doing within a party; and all of one where that is too much to search."""
    slot = weights.slots(view.anchors.kind)[anchor]
    top = weights.any_slot
    worth = weights.prior[view.direction, Scope.PARTY, slot, top] >= WORTH_SEARCHING
    rows = by_party(view, Ask.whole(view, anchor[worth], top), EXPAND_MAX)
    narrow = _narrow(rows, rules.group_candidates_max)
    return narrow, _whole_party(view, rows, weights, rules)


def _wide_rows(view: View, weights: GroupWeights, rules: MatchRules, anchor: Ints) -> list[Rows]:
    """The searches worth doing among all of a kind, and of any kind."""
    most = rules.group_candidates_max
    slot = weights.slots(view.anchors.kind)[anchor]
    prior = weights.prior[view.direction]
    first, last = (each[view.direction] for each in weights.lag_limits())
    top = weights.any_slot
    made = []
    slots = weights.slots(view.parts.kind)
    if len(np.unique(slots)) > 1:
        who, kind = np.nonzero(prior[Scope.KIND, slot] >= WORTH_SEARCHING)
        cell = Scope.KIND, slot[who], kind
        ask = Ask(anchor[who], kind, first[cell], last[cell])
        made.append(by_kind(view, ask, kind_index(view, slots), most))
    who = np.flatnonzero(prior[Scope.ANY, slot, top] >= WORTH_SEARCHING)
    ask = Ask.whole(view, anchor[who], top)
    cell = Scope.ANY, slot[who], ask.kind
    made.append(by_any(view, replace(ask, low=first[cell], high=last[cell]), most))
    return made


def _hopeful(rows: Rows, most: Ints) -> tuple[Rows, Ints]:
    """The rows in which a sum could be believed, and how deep to look; the others are refused."""
    keep, over = np.flatnonzero(most >= 2), np.flatnonzero(most < 2)
    return _kept(rows, keep, over), most[keep]


def _narrow(wide: Rows, most: int) -> Rows:
    return _kept(wide, np.flatnonzero(wide.width <= most), np.flatnonzero(wide.width > most))


def _kept(rows: Rows, keep: Ints, over: Ints) -> Rows:
    row, place = spread(rows.start[keep], rows.start[keep + 1])
    return Rows(
        rows.anchor[keep],
        rows.scope[keep],
        rows.kind[keep],
        offsets(row, len(keep)),
        rows.part[place],
        np.r_[rows.refused_anchor, rows.anchor[over]],
        np.r_[rows.refused_count, rows.width[over]],
    )


def _whole_party(view: View, wide: Rows, weights: GroupWeights, rules: MatchRules) -> Options:
    """Rows whose parts, all together, are the anchor, where that is more than is searched."""
    total = np.zeros(len(wide.anchor), np.int64)
    np.add.at(total, wide.row_of, view.parts.amount[wide.part])
    hit = np.flatnonzero(
        (total == view.anchors.amount[wide.anchor]) & (wide.width > rules.group_size_max)
    )
    row, place = spread(wide.start[hit], wide.start[hit + 1])
    anchor = wide.anchor[hit]
    slot = weights.slots(view.anchors.kind)[anchor]
    sort = TYPES.index(Rule.PARTY_WINDOW)
    share = weights.batch_prior[view.direction, sort, slot, weights.any_slot]
    surprise = weights.surprise(view.direction, view.anchors, anchor)
    return Options.make(
        anchor,
        offsets(row, len(hit)),
        wide.part[place],
        rule=int(Rule.PARTY_WINDOW),
        amount=hundredths(surprise),
        counterparty=hundredths(np.log2(share / (1 - share))),
    )


def _searched_options(view: View, found: Found, weights: GroupWeights) -> tuple[Options, Floats]:
    """Options of the searched sums; per anchor the weight of what was not searched."""
    capped = found.rows.anchor[found.capped]
    found = solved(found)
    evidence = weigh(view, found, weights)
    rows = found.rows
    start, part = flat_members(found, np.arange(len(found.row)))
    scope = rows.scope[found.row]
    names = np.array([int(Rule.PARTY), int(Rule.KIND), int(Rule.ANY)])
    cell = cells(view, rows, weights)
    mine = weights.prior[cell]
    wide = weights.prior[cell[0], int(Scope.ANY), cell[2], weights.any_slot]
    better = hundredths(np.log2(mine / (1 - mine)) - np.log2(wide / (1 - wide)))[found.row]
    party = np.where(scope == Scope.PARTY, better, 0)
    options = Options.make(
        rows.anchor[found.row],
        start,
        part,
        rule=names[scope],
        amount=evidence.amount,
        date=evidence.date,
        reference=evidence.reference,
        counterparty=party,
        exclusivity=evidence.exclusivity - party,
    )
    unlisted = sum_by(rows.anchor, unsearched(view, found, weights), len(view.anchors))
    unlisted[capped] = np.inf
    return options, unlisted
