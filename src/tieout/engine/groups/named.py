"""Named sums: a record whose text names several records of the other side that sum to it."""

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.groups.completing import Named, completed_options
from tieout.engine.groups.options import Options, Rule
from tieout.engine.groups.records import Bools, FreeRecords, Ints
from tieout.engine.groups.scopes import Rows, Scope, View
from tieout.engine.groups.searched import Found, flat_members, search
from tieout.engine.groups.sums import FULL, WIDTH_MAX
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import count_by, dense_both, meeting, offsets, runs, spread, starts

COMMON = 20
"""A token on more records of a side than this names none of them."""
NAMED = 500
"""Hundredths of a bit for a named record that is in the sum."""
UNUSED = -300
"""And for one that is named but not in it."""
REMAINDER = -50
"""For all that a payment names when it does not equal their sum: no surer than not."""


def _naming(view: View, common: int) -> Named:
    """For every anchor the parts it names by tokens that so many records of a side carry, at most.

    An anchor has one to 63 parts.
    """
    anchors, parts = view.anchors, view.parts
    mine, theirs = dense_both(
        (view.anchor_block[anchors.token_row], view.part_block[parts.token_row]),
        (anchors.token, parts.token),
    )
    top = max(int(mine.max(initial=-1)), int(theirs.max(initial=-1))) + 1
    few = (count_by(mine, top) <= common) & (count_by(theirs, top) <= common)
    use = few[mine] & _bookable(anchors)[anchors.token_row]
    ask, code = anchors.token_row[use], mine[use]
    able = np.flatnonzero(_bookable(parts)[parts.token_row])
    order, low, high = meeting(code, theirs[able])
    row, place = spread(low, high)
    anchor, part = ask[row], parts.token_row[able[order[place]]]
    order, once = runs(anchor, part)
    anchor, part = anchor[order[once]], part[order[once]]
    keep = count_by(anchor, len(anchors))[anchor] <= WIDTH_MAX
    anchor, part = anchor[keep], part[keep]
    begin = starts(anchor)
    return Named(anchor[begin], np.r_[begin, len(anchor)].astype(np.int64), part)


def named_rows(view: View, slot: int) -> Rows:
    """For every anchor that names two parts or more: those parts."""
    named = _naming(view, COMMON)
    named = named.take(np.flatnonzero(np.diff(named.start) > 1))
    none = np.zeros(0, np.int64)
    return Rows(
        named.anchor,
        np.full(len(named.anchor), int(Scope.PARTY), np.int64),
        np.full(len(named.anchor), slot, np.int64),
        named.start,
        named.part,
        none,
        none,
    )


def _bookable(records: FreeRecords) -> Bools:
    good: Bools = ~records.is_pending & (records.amount != 0)
    return good


def named_options(
    view: View, weights: GroupWeights, rules: MatchRules, budget: int, *, wide: bool
) -> tuple[Options, int]:
    """Sums over named records, whole or in part; a remainder where none is exact.

    If `wide`, also what others make up of it; and of what a single part lacks that is named by a
    token no other record has.
    """
    rows = named_rows(view, weights.any_slot)
    found = search(view, rows, max(rules.group_size_max, FULL), budget)
    surprise = weights.surprise(view.direction, view.anchors, rows.anchor)
    amount = np.rint(100 * surprise).astype(np.int64)
    start, part = flat_members(found, np.arange(len(found.row)))
    size = found.size
    exact = Options.make(
        rows.anchor[found.row],
        start,
        part,
        rule=int(Rule.NAMED),
        amount=amount[found.row],
        reference=NAMED * size + UNUSED * (rows.width[found.row] - size),
    )
    whole, rest = _whole(view, rows, found)
    wholes = Options.make(
        rows.anchor[whole],
        *_of_rows(rows, whole),
        rule=int(Rule.NAMED),
        amount=amount[whole],
        reference=NAMED * rows.width[whole],
    )
    remainders = Options.make(
        rows.anchor[rest],
        *_of_rows(rows, rest),
        rule=int(Rule.NAMED_REMAINDER),
        reference=REMAINDER,
        residual=_gap(view, rows)[rest],
    )
    made, work = [exact, wholes, remainders], found.work
    if wide:
        single = _naming(view, 1)
        single = single.take(np.flatnonzero(np.diff(single.start) == 1))
        unsolved = np.flatnonzero(count_by(found.row, len(rows.anchor)) == 0)
        for named in (single, Named(rows.anchor, rows.start, rows.part).take(unsolved)):
            completed, more = completed_options(view, named, weights, budget)
            made, work = [*made, completed], work + more
    return Options.join(made), work


def _of_rows(rows: Rows, which: Ints) -> tuple[Ints, Ints]:
    row, place = spread(rows.start[which], rows.start[which + 1])
    return offsets(row, len(which)), rows.part[place]


def _gap(view: View, rows: Rows) -> Ints:
    """Left sum minus right sum when all named parts are taken."""
    total = np.zeros(len(rows.anchor), np.int64)
    np.add.at(total, rows.row_of, view.parts.amount[rows.part])
    gap = view.anchors.amount[rows.anchor] - total
    return gap if view.direction == 0 else -gap


def _whole(view: View, rows: Rows, found: Found) -> tuple[Ints, Ints]:
    """Rows too wide for the search whose whole sum fits, and rows to offer with a remainder."""
    gap = _gap(view, rows)
    solved = count_by(found.row, len(rows.anchor)) > 0
    whole = np.flatnonzero((gap == 0) & ~solved)
    total = np.abs(view.anchors.amount[rows.anchor])
    rest = np.flatnonzero((gap != 0) & ~solved & (2 * np.abs(gap) <= total))
    return whole, rest
