"""Where the parts of a sum may lie: candidates per anchor, narrowed by party, kind and days.

An *anchor* is one record that may be a sum; its *parts* are records of the other side. Anchors
are taken from either side in turn (a `View`). Lags are always left day minus right day.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.compiled import compiled
from tieout.engine.groups.records import NO_DAY, Bools, FreeRecords, Ints
from tieout.engine.ragged import count_by, dense_both, first_of, in_order, offsets, rising, spread

EXPAND_MAX = 100
"""A window with more records than this is refused before its candidates are listed."""


class Scope(IntEnum):
    """What the candidates of a row have in common beside account, currency and days."""

    PARTY = 0
    KIND = 1
    ANY = 2


@dataclass(frozen=True)
class View:
    """One direction of the search: anchors of one side, parts of the other."""

    direction: int
    """0: one left record is several right ones; 1: the other way round."""
    anchors: FreeRecords
    parts: FreeRecords
    anchor_block: Ints
    part_block: Ints
    low: int
    high: int

    def lag(self, anchor: Ints, part: Ints) -> Ints:
        """Left day minus right day."""
        gap = self.anchors.day[anchor] - self.parts.day[part]
        return gap if self.direction == 0 else -gap


def views(left: FreeRecords, right: FreeRecords, rules: MatchRules) -> tuple[View, View]:
    """Both directions over these records."""
    blocks = dense_both((left.account, right.account), (left.currency, right.currency))
    low, high = group_window(rules)
    return (
        View(0, left, right, blocks[0], blocks[1], low, high),
        View(1, right, left, blocks[1], blocks[0], low, high),
    )


def group_window(rules: MatchRules) -> tuple[int, int]:
    """The lags that members of a searched group may have."""
    return max(rules.lag_days_min, -rules.group_lag_days_max), rules.group_lag_days_max


@dataclass(frozen=True)
class Rows:
    """Searches to do: row i has the candidates `part[start[i]:start[i + 1]]`, in a fixed order."""

    anchor: Ints
    scope: Ints
    kind: Ints
    """Slot of the parts' kind (the last slot: any)."""
    start: Ints
    part: Ints
    refused_anchor: Ints
    """Anchors with more candidates than allowed, and how many."""
    refused_count: Ints

    @property
    def width(self) -> Ints:
        return np.diff(self.start)

    @property
    def row_of(self) -> Ints:
        return np.repeat(np.arange(len(self.anchor)), self.width)


@dataclass(frozen=True)
class Ask:
    """Rows wanted: an anchor each, the slot of its parts' kind, and the lags they may have."""

    anchor: Ints
    kind: Ints
    low: Ints
    high: Ints

    @classmethod
    def whole(cls, view: View, anchor: Ints, slot: int) -> Self:
        """These anchors with one slot and the whole window."""
        return cls(
            anchor,
            np.full(len(anchor), slot, np.int64),
            np.full(len(anchor), view.low, np.int64),
            np.full(len(anchor), view.high, np.int64),
        )

    def take(self, at: Ints) -> Self:
        """These rows of it."""
        return type(self)(self.anchor[at], self.kind[at], self.low[at], self.high[at])


def may_anchor(records: FreeRecords) -> Bools:
    """Records that may be a sum: booked, dated, not nothing."""
    good: Bools = ~records.is_pending & (records.day != NO_DAY) & (records.amount != 0)
    return good


@dataclass(frozen=True)
class Index:
    """Records by group and day: group g has the places `begin[g]` to `begin[g + 1]`."""

    record: Ints
    day: Ints
    begin: Ints

    @classmethod
    def of(cls, record: Ints, group: Ints, day: Ints) -> Self:
        """These records, each of the group and day at its place."""
        order = in_order(group, day)
        begin = np.r_[0, np.cumsum(np.bincount(group))].astype(np.int64)
        return cls(record[order], day[order], begin)

    def between(self, group: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """From where to where the asked groups have records of the asked days."""
        return _between(self.begin, self.day, group, first, last)


@compiled
def _between(begin: Ints, day: Ints, group: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    low, high = np.zeros(len(group), np.int64), np.zeros(len(group), np.int64)
    for ask in range(len(group)):
        if group[ask] + 1 < len(begin):
            from_place, to_place = begin[group[ask]], begin[group[ask] + 1]
            days = day[from_place:to_place]
            low[ask] = from_place + np.searchsorted(days, first[ask])
            high[ask] = from_place + np.searchsorted(days, last[ask] + 1)
    return low, high


def _index(parts: FreeRecords, group: Ints) -> Index:
    """Usable parts by group and sign."""
    part = np.flatnonzero(may_anchor(parts))
    return Index.of(part, _signed(group, parts.amount)[part], parts.day[part])


def _signed(group: Ints, amount: Ints) -> Ints:
    """Groups, and within each those of one sign apart."""
    return group * 2 + (amount > 0)


def _build(view: View, ask: Ask, group: Ints, index: Index) -> tuple[Ints, Ints, Ints]:
    """(row, part) for every part of the asked group and lags, in their order; raw counts."""
    day = view.anchors.day[ask.anchor]
    if view.direction == 0:
        first, last = day - ask.high, day - ask.low
    else:
        first, last = day + ask.low, day + ask.high
    low, high = index.between(group, first, last)
    raw = high - low
    row, place = spread(low, np.where(raw > EXPAND_MAX, low, high))
    return row, index.record[place], raw


def near_parts(view: View, anchor: Ints, amount: Ints, most: int) -> tuple[Ints, Ints]:
    """(row, part) for all usable parts in the anchors' windows with the sign of those amounts.

    An anchor with more than `most` gets none.
    """
    day = view.anchors.day[anchor]
    low, high = (view.low, view.high) if view.direction else (-view.high, -view.low)
    group = _signed(view.anchor_block[anchor], amount)
    index = _index(view.parts, view.part_block)
    begin, end = index.between(group, day + low, day + high)
    row, place = spread(begin, np.where(end - begin > most, begin, end))
    return row, index.record[place]


def _rows(ask: Ask, scope: Scope, flat: tuple[Ints, Ints, Ints], most: int) -> Rows:
    """Rows of two candidates to `most`; the others are dropped or refused."""
    row, part, raw = flat
    width = count_by(row, len(ask.anchor))
    kept = (width >= 2) & (width <= most)
    refused = (width > most) | (raw > EXPAND_MAX)
    number = np.cumsum(kept) - 1
    listed = kept[row]
    total = int(kept.sum())
    return Rows(
        ask.anchor[kept],
        np.full(total, int(scope), np.int64),
        ask.kind[kept],
        offsets(number[row[listed]], total),
        part[listed],
        ask.anchor[refused],
        np.maximum(raw, width)[refused],
    )


def by_party(view: View, ask: Ask, most: int) -> Rows:
    """Candidates of the anchor's own party, either sign."""
    usable = np.flatnonzero(may_anchor(view.parts))
    part, name = _names(view.parts, usable)
    part = usable[part]
    row, own = _names(view.anchors, ask.anchor)
    code_part, code_own = dense_both(
        (view.part_block[part], view.anchor_block[ask.anchor[row]]), (name, own)
    )
    index = Index.of(part, code_part, view.parts.day[part])
    at, found, raw = _build(view, ask.take(row), code_own, index)
    amount, total = view.parts.amount[found], view.anchors.amount[ask.anchor[row]][at]
    same = (amount > 0) == (total > 0)
    # Credit notes: opposite signs, and beside them parts larger than the total.
    mixed = np.bincount(at[~same], minlength=len(row)) > 0
    good = (same & (np.abs(amount) < np.abs(total))) | mixed[at]
    at, found = row[at[good]], found[good]
    order = rising(at * len(view.parts) + found)
    at, found = at[order], found[order]
    once = first_of(at) | first_of(found)
    counted = np.zeros(len(ask.anchor), np.int64)
    np.maximum.at(counted, row, raw)
    return _rows(ask, Scope.PARTY, (at[once], found[once], counted), most)


def _names(records: FreeRecords, at: Ints) -> tuple[Ints, Ints]:
    """(place in `at`, key) for each of the one or two name keys of these records."""
    party, alias = records.party[at], records.alias[at]
    first = np.flatnonzero(party >= 0)
    second = np.flatnonzero((alias >= 0) & (alias != party))
    return np.r_[first, second], np.r_[party[first], alias[second]]


def kind_index(view: View, slots: Ints) -> Index:
    """What `by_kind` looks up parts in; `slots` is the kind slot of every part."""
    return _index(view.parts, view.part_block * 64 + slots)


def by_kind(view: View, ask: Ask, index: Index, most: int) -> Rows:
    """Candidates of the asked kind."""
    return _by_days(view, ask, view.anchor_block[ask.anchor] * 64 + ask.kind, index, most)


def by_any(view: View, ask: Ask, most: int) -> Rows:
    """Candidates of whatever kind."""
    index = _index(view.parts, view.part_block)
    made = _by_days(view, ask, view.anchor_block[ask.anchor], index, most)
    return replace(made, scope=np.full(len(made.anchor), int(Scope.ANY), np.int64))


def _by_days(view: View, ask: Ask, group: Ints, index: Index, most: int) -> Rows:
    """Smaller candidates of the anchor's sign."""
    total = view.anchors.amount[ask.anchor]
    row, part, raw = _build(view, ask, _signed(group, total), index)
    good = np.abs(view.parts.amount)[part] < np.abs(total)[row]
    return _rows(ask, Scope.KIND, (row[good], part[good], raw), most)


def join_rows(several: list[Rows]) -> Rows:
    """One table of rows from several."""
    sizes = np.concatenate([each.width for each in several])
    return Rows(
        np.concatenate([each.anchor for each in several]),
        np.concatenate([each.scope for each in several]),
        np.concatenate([each.kind for each in several]),
        np.r_[0, np.cumsum(sizes)].astype(np.int64),
        np.concatenate([each.part for each in several]),
        np.concatenate([each.refused_anchor for each in several]),
        np.concatenate([each.refused_count for each in several]),
    )
