"""Options: the groups that could be, each with its evidence, before any is chosen.

Records of both sides are *nodes*: a left position as it is, a right position after all left ones.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Self

import numpy as np

from tieout.engine.groups.records import Floats, Ints
from tieout.engine.ragged import first_of, offsets, spread


class Rule(IntEnum):
    """The rule within the pass that made an option; the names are said to people."""

    NAMED = 0
    NAMED_REMAINDER = 1
    DAY_KIND = 2
    DAY_KIND_MIXED = 3
    DAY = 4
    DAY_PARTY = 5
    REFERENCE = 6
    PARTY_WINDOW = 7
    FEE = 8
    PARTY = 9
    KIND = 10
    ANY = 11
    SEVERAL = 12
    DAY_KIND_BLANK = 13
    RUN = 14
    NAMED_COMPLETED = 15


RULE_WORDS = {
    Rule.NAMED: "named references",
    Rule.NAMED_REMAINDER: "named references with a remainder",
    Rule.NAMED_COMPLETED: "named references and what makes up the rest",
    Rule.DAY_KIND: "whole day of one kind",
    Rule.DAY_KIND_MIXED: "whole day of one kind with refunds",
    Rule.DAY: "whole day",
    Rule.DAY_PARTY: "whole day of one party",
    Rule.REFERENCE: "whole batch of one reference",
    Rule.PARTY_WINDOW: "all of one party within the window",
    Rule.FEE: "whole batch net of a fee",
    Rule.PARTY: "sum search within one party",
    Rule.KIND: "sum search within one kind",
    Rule.ANY: "sum search",
    Rule.DAY_KIND_BLANK: "whole day of one kind and some of unknown kind",
    Rule.RUN: "consecutive numbers",
    Rule.SEVERAL: "several against several of one party",
}

SUGGESTED_ONLY = frozenset({Rule.NAMED_REMAINDER, Rule.SEVERAL})
PARTS = ("amount", "date", "reference", "counterparty", "exclusivity")


@dataclass(frozen=True)
class Options:
    """Columns, one row an option; option i uses `node[start[i]:start[i + 1]]` and its anchor."""

    anchor: Ints
    start: Ints
    node: Ints
    rule: Ints
    amount: Ints
    date: Ints
    reference: Ints
    counterparty: Ints
    exclusivity: Ints
    residual: Ints
    """Left sum minus right sum."""
    look: Ints
    """Options of one anchor with equal looks differ only by equal-looking records."""

    @property
    def weight(self) -> Ints:
        return self.amount + self.date + self.reference + self.counterparty + self.exclusivity

    @property
    def size(self) -> Ints:
        return np.diff(self.start)

    @property
    def option_of(self) -> Ints:
        return np.repeat(np.arange(len(self.anchor)), self.size)

    def __len__(self) -> int:
        """How many options."""
        return len(self.anchor)

    def take(self, keep: Ints) -> Self:
        """These options, in this order."""
        row, place = spread(self.start[keep], self.start[keep + 1])
        made = {
            each.name: getattr(self, each.name)[keep]
            for each in fields(self)
            if each.name not in {"start", "node"}
        }
        return type(self)(**made, start=offsets(row, len(keep)), node=self.node[place])

    @classmethod
    def join(cls, several: list[Self]) -> Self:
        """All options of several tables."""
        made = {
            each.name: np.concatenate([getattr(one, each.name) for one in several])
            for each in fields(cls)
            if each.name != "start"
        }
        sizes = np.concatenate([one.size for one in several])
        return cls(**made, start=np.r_[0, np.cumsum(sizes)].astype(np.int64))

    @classmethod
    def make(cls, anchor: Ints, start: Ints, node: Ints, **columns: Ints | int) -> Self:
        """A table from some columns; the others are 0."""
        made = {}
        for each in fields(cls):
            if each.name in {"anchor", "start", "node"}:
                continue
            value = columns.get(each.name, 0)
            made[each.name] = np.broadcast_to(np.asarray(value, np.int64), len(anchor)).copy()
        return cls(anchor=anchor, start=start, node=node, **made)


def by_weight(options: Options) -> Options:
    """By anchor and falling weight, equal weights by their members: never by what else is there."""
    order = np.lexsort((-options.weight, options.anchor))
    start, size = options.start[:-1], options.size
    tie: Ints = np.cumsum(
        first_of(options.anchor[order]) | first_of(options.weight[order]), dtype=np.int64
    )
    depth = 0
    while True:
        place = np.flatnonzero(np.bincount(tie)[tie] > 1)
        which = order[place]
        if not len(which) or depth > int(size[which].max()):
            return options.take(order)
        inside = depth < size[which]
        member = np.full(len(which), -1, np.int64)
        member[inside] = options.node[start[which[inside]] + depth]
        again = np.lexsort((member, tie[place]))
        order[place] = which[again]
        settled = np.full(len(tie), -1, np.int64)
        settled[place] = member[again]
        tie = np.cumsum(first_of(tie) | first_of(settled), dtype=np.int64)
        depth += 1


def log2_sum(weights: Ints, anchor: Ints, anchors: int) -> Floats:
    """log2 of the summed weights of each anchor's options (-inf: none); exact to rounding."""
    top = np.full(anchors, -np.inf)
    np.maximum.at(top, anchor, weights / 100)
    level = np.where(np.isfinite(top), top, 0)
    total = np.bincount(anchor, np.exp2(weights / 100 - level[anchor]), anchors)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log2(total) + level, np.float64)


def look_of(twin: Ints, option: Ints, node: Ints, options: int) -> Ints:
    """A code per option that is equal for options with equal-looking members."""
    face = np.where(twin[node] >= 0, twin[node] * 2 + 1, node * 2).astype(np.uint64)
    face = (face ^ (face >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    face = (face ^ (face >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    face ^= face >> np.uint64(32)
    out = np.zeros(options, np.uint64)
    np.add.at(out, option, face)
    return out.view(np.int64)
