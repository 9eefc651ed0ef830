"""Competing options chosen together: each record once, the greatest total evidence.

Options that share a record are connected. Each connected component is enumerated exactly: all
ways to give every anchor one of its options or none, no record twice. That gives the way of
greatest evidence and, over all ways, the probability of each option. A component too large for
that falls back to a mean-field estimate, which the result names.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.groups.options import Options, log2_sum
from tieout.engine.groups.records import Bools, Floats, Ints
from tieout.engine.ragged import components, first_of, rank_in, starts

LISTED = 12
"""Options of one anchor that take part; the weight of the others counts against them."""
STEPS_MAX = 2_000
"""Steps of one component's enumeration."""
ANCHORS_MAX = 14
"""A component with more anchors than this is not enumerated."""
FLOOR = -700
"""Options below this weight (hundredths of a bit) take no part."""
BEHIND = 1000
"""And so do options that much behind the best of their anchor."""
SUGGEST_MIN = 0.2
"""An option is proposed at all only above this probability."""


@dataclass(frozen=True)
class Choice:
    """The chosen options (positions in the table given) with their probabilities."""

    option: Ints
    posterior: Floats
    runner_up: Ints
    """The best other-looking option of the same anchor, -1: none."""
    exact: Bools
    fallbacks: int
    """Components that were too large for enumeration."""


def choose(options: Options, rest: Floats, nodes: int) -> Choice:
    """Choose among all options; `rest` is the unlisted weight against each node as an anchor."""
    order = np.lexsort((np.arange(len(options)), -options.weight, options.anchor))
    table = options.take(order)
    weight = table.weight
    first = np.repeat(starts(table.anchor), np.diff(np.r_[starts(table.anchor), len(table)]))
    listed = (rank_in(table.anchor) < LISTED) & (weight >= FLOOR)
    listed &= weight >= weight[first] - BEHIND
    unlisted = ~listed
    against = 1 + rest
    np.add.at(against, table.anchor[unlisted], np.exp2(np.minimum(weight[unlisted], 90_000) / 100))
    keep = np.flatnonzero(listed)
    if not len(keep):
        none = np.zeros(0, np.int64)
        return Choice(none, np.zeros(0), none, np.zeros(0, np.bool_), 0)
    part = table.take(keep)
    component = _components(part, nodes)
    posterior, best, exact, fallbacks = _solve(part, component, np.log2(against))
    posterior = _by_look(part, posterior)
    best = _add_suggestions(part, posterior, best)
    chosen = np.flatnonzero(best & (posterior >= SUGGEST_MIN))
    rival = _runner_up(table, keep[chosen])  # one too weak to be weighed is a rival all the same
    return Choice(
        order[keep[chosen]],
        posterior[chosen],
        np.where(rival >= 0, order[rival], -1),
        exact[chosen],
        fallbacks,
    )


def _components(part: Options, nodes: int) -> Ints:
    """The component of every option."""
    return components(np.repeat(part.anchor, part.size), part.node, nodes)[part.anchor]


def _solve(part: Options, component: Ints, against: Floats) -> tuple[Floats, Bools, Bools, int]:
    """Probability of every option, whether it is in the best way, whether that is exact."""
    weight = part.weight
    total = np.logaddexp2(log2_sum(weight, part.anchor, len(against)), against)
    posterior = np.exp2(weight / 100 - total[part.anchor])
    best = first_of(part.anchor) & (weight > 0)
    exact = np.ones(len(part), np.bool_)
    order = np.argsort(component, kind="stable")
    begin = starts(component[order])
    end = np.r_[begin[1:], len(order)]
    anchor = part.anchor[order]
    several = np.flatnonzero(anchor[begin] != anchor[end - 1])
    hard: list[Ints] = []
    for at in several.tolist():
        mine = order[begin[at] : end[at]]
        answer = _enumerate(part, mine, weight, against)
        if answer is None:
            hard.append(mine)
            continue
        posterior[mine], best[mine] = answer
    if hard:
        mine = np.sort(np.concatenate(hard))
        posterior[mine], best[mine] = _mean_field(part, mine, weight, against)
        exact[mine] = False
    return posterior, best, exact, len(hard)


def _enumerate(
    part: Options, mine: Ints, weight: Ints, against: Floats
) -> tuple[Floats, Bools] | None:
    """All ways of one component, or None when they are too many."""
    bit: dict[int, int] = {}
    masks = []
    for option in mine.tolist():
        mask = 0
        for node in (
            int(part.anchor[option]),
            *part.node[part.start[option] : part.start[option + 1]].tolist(),
        ):
            mask |= 1 << bit.setdefault(node, len(bit))
        masks.append(mask)
    anchors = part.anchor[mine]
    begin = starts(anchors).tolist()
    if len(begin) > ANCHORS_MAX:
        return None
    groups = [range(a, b) for a, b in zip(begin, [*begin[1:], len(mine)], strict=True)]
    groups.sort(key=lambda group: (len(group), group.start))
    # weights relative to each anchor's best, so that no power overflows
    level = [max(float(weight[mine[g[0]]]) / 100, float(against[anchors[g[0]]])) for g in groups]
    none = [
        2 ** (float(against[anchors[g[0]]]) - top) for g, top in zip(groups, level, strict=True)
    ]
    bits = weight[mine].tolist()
    mass = [2 ** (bits[o] / 100 - top) for g, top in zip(groups, level, strict=True) for o in g]
    place = {o: at for at, o in enumerate(o for g in groups for o in g)}
    walk = _Walk(groups, masks, bits, none, {o: mass[place[o]] for o in place})
    if not walk.run():
        return None
    posterior = np.array([walk.share.get(o, 0.0) for o in range(len(mine))]) / walk.whole
    best = np.zeros(len(mine), np.bool_)
    best[list(walk.best)] = True
    return posterior, best


class _Walk:
    """Depth-first over anchors: each takes one of its options or none, no record twice."""

    def __init__(
        self,
        groups: list[range],
        masks: list[int],
        bits: list[int],
        none: list[float],
        mass: dict[int, float],
    ) -> None:
        self.groups, self.masks, self.bits, self.none, self.mass = groups, masks, bits, none, mass
        self.share: dict[int, float] = {}
        self.whole = 0.0
        self.best: tuple[int, ...] = ()
        self.best_bits = 0
        self.steps = 0

    def run(self) -> bool:
        """Walk all ways; False when they are too many."""
        self._down(0, 0, 0, 1.0, ())
        return self.steps <= STEPS_MAX

    def _down(self, depth: int, used: int, bits: int, mass: float, taken: tuple[int, ...]) -> float:
        """The summed weight of all ways below; adds to each option's share on the way back."""
        self.steps += 1
        if self.steps > STEPS_MAX:
            return 0.0
        if depth == len(self.groups):
            if bits > self.best_bits:
                self.best_bits, self.best = bits, taken
            self.whole += mass
            return mass
        below = self._down(depth + 1, used, bits, mass * self.none[depth], taken)
        for option in self.groups[depth]:
            if used & self.masks[option]:
                continue
            here = self._down(
                depth + 1,
                used | self.masks[option],
                bits + self.bits[option],
                mass * self.mass[option],
                (*taken, option),
            )
            self.share[option] = self.share.get(option, 0.0) + here
            below += here
        return below


def _mean_field(part: Options, mine: Ints, weight: Ints, against: Floats) -> tuple[Floats, Bools]:
    """Each option discounted by how much others claim its records; then greedily the best."""
    table = part.take(mine)
    bits = weight[mine] / 100
    option = np.r_[table.option_of, np.arange(len(table))]
    node = np.r_[table.node, table.anchor]
    share = np.exp2(
        bits
        - np.logaddexp2(log2_sum(weight[mine], table.anchor, len(against)), against)[table.anchor]
    )
    own_key = table.anchor[option] * np.int64(len(against)) + node
    _, own = np.unique(own_key, return_inverse=True)
    worth = bits
    for _ in range(30):
        claim = np.bincount(node, share[option], len(against))
        mine_claim = np.bincount(own, share[option])
        others = np.clip(claim[node] - mine_claim[own], 0, 1 - 1e-6)
        worth = bits + np.bincount(option, np.log2(1 - others), len(table))
        total = np.logaddexp2(
            log2_sum(np.rint(100 * worth).astype(np.int64), table.anchor, len(against)), against
        )
        share = 0.5 * share + 0.5 * np.minimum(np.exp2(worth - total[table.anchor]), 1.0)
    best = np.zeros(len(table), np.bool_)
    _greedy(table, np.argsort(-share, kind="stable"), best, set())
    best &= worth > 0
    return share, best


def _greedy(table: Options, order: Ints, best: Bools, used: set[int]) -> None:
    for option in order.tolist():
        nodes = {int(table.anchor[option])}
        nodes.update(table.node[table.start[option] : table.start[option + 1]].tolist())
        if used.isdisjoint(nodes):
            best[option] = True
            used |= nodes


def _by_look(part: Options, posterior: Floats) -> Floats:
    """Options of one anchor that look equal share their probability."""
    order = np.lexsort((part.look, part.anchor))
    new = first_of(part.anchor[order]) | first_of(part.look[order])
    group = np.empty(len(part), np.int64)
    group[order] = np.cumsum(new) - 1
    return np.asarray(np.minimum(np.bincount(group, posterior)[group], 1.0), np.float64)


def _add_suggestions(part: Options, posterior: Floats, best: Bools) -> Bools:
    """Where nothing is chosen, the likeliest option whose records are free."""
    out = best.copy()
    used = np.zeros(max(int(part.anchor.max()), int(part.node.max())) + 1, np.bool_)
    used[part.anchor[best]] = True
    used[part.node[best[part.option_of]]] = True
    blocked = np.bincount(part.option_of, used[part.node], len(part)) > 0
    free = ~used[part.anchor] & ~blocked & (posterior >= SUGGEST_MIN)
    at = np.flatnonzero(free)
    at = at[np.lexsort((at, -posterior[at]))]
    _greedy(part, at, out, set())
    return out


def _runner_up(table: Options, chosen: Ints) -> Ints:
    """The best option of the same anchor that does not look like the chosen one."""
    at = np.searchsorted(table.anchor, table.anchor[chosen], "left")
    end = np.searchsorted(table.anchor, table.anchor[chosen], "right")
    rival = np.full(len(chosen), -1, np.int64)
    sought = np.arange(len(chosen))
    while len(sought):
        is_other = table.look[at[sought]] != table.look[chosen[sought]]
        rival[sought[is_other]] = at[sought[is_other]]
        sought = sought[~is_other]
        at[sought] += 1
        sought = sought[at[sought] < end[sought]]
    return rival
