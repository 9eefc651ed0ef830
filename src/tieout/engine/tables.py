"""The result tables: pairs from arrays, other groups from values, all in one deterministic order.

Group ids count the groups in the order of their first record, so the same input in any order
gives the same ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Corruption
from tieout.core.matching.records import Side
from tieout.core.matching.words import ResidualCause, Status, UnmatchedReason
from tieout.engine.evidence import STARTS
from tieout.engine.groups import FoundGroup
from tieout.engine.policy import PASSES, Pairs, Scored
from tieout.engine.population import Populations, numbered
from tieout.engine.ragged import first_rows, in_order
from tieout.engine.reasons import money_column, pair_phrase
from tieout.engine.result import GROUPS_SCHEMA, MATCHES_SCHEMA, UNMATCHED_SCHEMA
from tieout.engine.text import Flags, Ints
from tieout.engine.workers import beside, over

BLOCK_ROWS = 131_072


@dataclass(frozen=True)
class PairColumns:
    """What the tables say of pairs, a value a pair."""

    left: Ints
    right: Ints
    columns: dict[str, Any]
    """Arrow columns; of words, their places in the lists of words. The tables use them up."""


def pair_columns(sides: Populations, scored: Scored, pairs: Pairs) -> PairColumns:
    """The columns of `MATCHES_SCHEMA` that pairs fill, beside ids and sums."""
    edges = scored.edges
    left, right = edges.left[pairs.edge], edges.right[pairs.edge]
    amount, date, reference, counterparty = scored.parts(pairs.edge)
    has_rival = pairs.rival >= 0
    first, second = sides.left.amount[left], sides.right.amount[right]
    runner_up, reason = beside(
        lambda: _rival_ids(sides, scored, pairs, left),
        lambda: _pair_reasons(sides, scored, pairs, left, right),
    )
    return PairColumns(
        left,
        right,
        {
            "pass": pairs.made_by,
            "rule": (first != second).astype(np.int64),
            "status": np.where(
                pairs.confirmed,
                STATUSES.index(Status.CONFIRMED),
                STATUSES.index(Status.SUGGESTED),
            ),
            "residual_cause": np.where(
                first == second,
                CAUSES.index(ResidualCause.NONE),
                CAUSES.index(ResidualCause.TOLERANCE),
            ),
            "score": pa.array(pairs.score),
            "score_amount": pa.array(amount),
            "score_date": pa.array(date),
            "score_reference": pa.array(reference),
            "score_counterparty": pa.array(counterparty),
            "score_exclusivity": pa.array(pairs.score - amount - date - reference - counterparty),
            "posterior": pa.array(pairs.posterior),
            "solutions": pa.array(1 + pairs.ties),
            "runner_up": runner_up,
            "runner_up_score": pa.array(_at(scored.value, pairs.rival, has_rival)),
            "reason": reason,
        },
    )  # fmt: skip


def coded(codes: Ints, names: Sequence[str]) -> pa.Array:
    """A column of few words, from the place of each in a list."""
    words = pa.array([str(name) for name in names], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), words)


def _at(values: Ints, index: Ints, known: Flags) -> Ints:
    result = np.zeros(len(index), dtype=np.int64)
    result[known] = values[index[known]]
    return result


def _rival_ids(sides: Populations, scored: Scored, pairs: Pairs, left: Ints) -> pa.Array:
    """The id of the record by which the best rival edge differs from the pair."""
    known = pairs.rival >= 0
    rival = np.where(known, pairs.rival, 0)
    ids = pa.concat_arrays([sides.left.ids, sides.right.ids])
    edge_left, edge_right = (
        _at(scored.edges.left, rival, known),
        _at(scored.edges.right, rival, known),
    )
    index = np.where(edge_left == left, edge_right + sides.left.size, edge_left)
    return pc.fill_null(ids.take(pa.array(index, mask=~known)), "")


def _pair_reasons(
    sides: Populations, scored: Scored, pairs: Pairs, left: Ints, right: Ints
) -> pa.ChunkedArray:
    """Why each pair was made; in blocks, since sentences are the most that is held."""
    edges = scored.edges
    columns = (
        pairs.made_by,
        edges.lag[pairs.edge],
        edges.levels[2][pairs.edge].astype(np.int64),
        edges.levels[3][pairs.edge].astype(np.int64) // STARTS,
        pairs.twins,
        pairs.ties,
    )
    which = numbered(*columns)
    first = first_rows(which)
    distinct = np.stack([column[first] for column in columns], axis=1)
    phrases = [
        pair_phrase(
            PASSES[int(row[0])],
            int(row[1]),
            (int(row[2]), int(row[3])),
            twins=int(row[4]),
            ties=int(row[5]),
        )
        for row in distinct
    ]
    spelt = pa.array(phrases, pa.string())

    def said(begin: int) -> pa.Array:
        here = slice(begin, begin + BLOCK_ROWS)
        amounts = _amounts(sides, left[here], right[here])
        phrase = spelt.take(pa.array(which[here]))
        return pc.binary_join_element_wise(*amounts, "; ", phrase, "")

    blocks = over(said, range(0, len(left), BLOCK_ROWS))
    return pa.chunked_array(blocks, pa.string())


def _amounts(
    sides: Populations, left: Ints, right: Ints
) -> tuple[pa.Array, pa.Array | str, pa.Array]:
    """The amounts of pairs, which are of one currency, as text, and what stands between them."""
    one, other = sides.left.amount[left], sides.right.amount[right]
    currency = sides.left.currency[left]
    text = money_column(one, currency, sides.units)
    at = np.flatnonzero(one != other)
    if not len(at):
        return text, " = ", text
    different = pa.array(one != other)
    against = money_column(other[at], currency[at], sides.units)
    joint = pc.if_else(different, " against ", " = ")
    return text, joint, pc.replace_with_mask(text, different, against)


def result_tables(
    sides: Populations, pairs: PairColumns, others: Sequence[FoundGroup]
) -> tuple[pa.Table, pa.Table, "Members"]:
    """`groups` and `matches`, in the order of group ids; and the members by index."""
    count = len(pairs.left)
    keys = np.concatenate(
        (
            pairs.left,
            np.array(
                [g.left[0] if g.left else sides.left.size + g.right[0] for g in others],
                dtype=np.int64,
            ),
        )
    )
    order = in_order(keys)
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = np.arange(len(keys))
    columns, (members, ids, accounts) = beside(
        lambda: _match_columns(sides, pairs, others, keys),
        lambda: (
            _members(pairs, others, number, count),
            _group_ids(len(keys)),
            _account_names(sides).take(pa.array(keys)),
        ),
    )
    columns["account"] = accounts
    names = tuple(columns)
    at = pa.array(order)
    taken = dict(zip(names, over(lambda name: columns.pop(name).take(at), names), strict=True))
    group, side, index = members
    sums = _member_sums(sides, members, len(keys))
    left_count, right_count, left_minor, right_minor = sums
    residual = left_minor - right_minor
    taken |= {
        "group_id": ids,
        "left_count": pa.array(left_count),
        "right_count": pa.array(right_count),
        "left_minor": pa.array(left_minor),
        "right_minor": pa.array(right_minor),
        "residual_minor": pa.array(residual),
    }
    matches = pa.table({name: taken[name] for name in MATCHES_SCHEMA.names}, schema=MATCHES_SCHEMA)
    place = index + side * sides.left.size
    at = pa.array(group)
    made: dict[str, Callable[[], pa.Array]] = {
        "record_id": lambda: pa.concat_arrays([sides.left.ids, sides.right.ids]).take(
            pa.array(place)
        ),
        "group_id": lambda: ids.take(at),
        "side": lambda: coded(side, tuple(Side)),
        "amount_minor": lambda: pa.array(
            np.concatenate((sides.left.amount, sides.right.amount))[place]
        ),
        "currency": lambda: coded(_currencies(sides)[place], sides.currencies),
        "pass": lambda: taken["pass"].take(at),
        "status": lambda: taken["status"].take(at),
        "score": lambda: taken["score"].take(at),
        "reason": lambda: pa.DictionaryArray.from_arrays(at.cast(pa.int32()), taken["reason"]),
    }
    cells = dict(zip(made, over(lambda name: made[name](), made), strict=True))
    groups = pa.table({name: cells[name] for name in GROUPS_SCHEMA.names}, schema=GROUPS_SCHEMA)
    return groups, matches, members


def _group_ids(count: int) -> pa.Array:
    width = max(6, len(str(count)))
    digits = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise("g", digits, "")


Members = tuple[Ints, Ints, Ints]


def _members(pairs: PairColumns, others: Sequence[FoundGroup], number: Ints, count: int) -> Members:
    """Group, side and index of every member, sorted."""
    group = [number[:count], number[:count]]
    side = [np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64)]
    index = [pairs.left, pairs.right]
    for place, each in ((0, "left"), (1, "right")):
        sizes = [len(getattr(g, each)) for g in others]
        group.append(np.repeat(number[count:], sizes))
        side.append(np.full(sum(sizes), place, dtype=np.int64))
        index.append(np.array([i for g in others for i in getattr(g, each)], dtype=np.int64))
    groups, sides, indices = (np.concatenate(x) for x in (group, side, index))
    order = in_order(groups, sides, indices)
    return groups[order], sides[order], indices[order]


def _currencies(sides: Populations) -> Ints:
    """The currency of each record of both sides, left first."""
    return np.concatenate((sides.left.currency, sides.right.currency))


def _member_sums(sides: Populations, members: Members, count: int) -> tuple[Ints, Ints, Ints, Ints]:
    group, side, index = members
    result = []
    for place, population in enumerate((sides.left, sides.right)):
        here = np.flatnonzero(side == place)
        result.append(np.bincount(group[here], minlength=count).astype(np.int64))
        sums = np.zeros(count, dtype=np.int64)
        # A group's members stand together: its sum is that of a stretch, exact in integers.
        first = np.flatnonzero(np.diff(group[here], prepend=-1))
        if len(here):
            sums[group[here[first]]] = np.add.reduceat(population.amount[index[here]], first)
        result.append(sums)
    return result[0], result[2], result[1], result[3]


def _match_columns(
    sides: Populations, pairs: PairColumns, others: Sequence[FoundGroup], first: Ints
) -> dict[str, pa.Array]:
    """All but the account; `first` is the first record of each group, counted from the left's."""
    rules = ("equal amount", "within tolerance", *sorted({g.rule for g in others}))
    rule_of = {rule: place for place, rule in enumerate(rules)}
    words: dict[str, tuple[Sequence[str], list[int]]] = {
        "pass": (PASSES, [PASSES.index(g.made_by) for g in others]),
        "rule": (rules, [rule_of[g.rule] for g in others]),
        "status": (STATUSES, [STATUSES.index(g.status) for g in others]),
        "residual_cause": (CAUSES, [CAUSES.index(g.residual_cause) for g in others]),
    }
    rows: dict[str, list[object]] = {
        "score": [g.score for g in others],
        "score_amount": [g.parts.amount for g in others],
        "score_date": [g.parts.date for g in others],
        "score_reference": [g.parts.reference for g in others],
        "score_counterparty": [g.parts.counterparty for g in others],
        "score_exclusivity": [g.parts.exclusivity for g in others],
        "posterior": [g.posterior for g in others],
        "solutions": [g.solutions for g in others],
        "runner_up": [_runner_up(sides, g) for g in others],
        "runner_up_score": [g.runner_up_score for g in others],
        "reason": [g.reason for g in others],
    }
    columns: dict[str, pa.Array] = {}
    for name, values in rows.items():
        kind = MATCHES_SCHEMA.field(name).type
        mine = pairs.columns.pop(name).cast(kind)
        pieces = mine.chunks if isinstance(mine, pa.ChunkedArray) else [mine]
        columns[name] = pa.concat_arrays([*pieces, pa.array(values, kind)])
    for name, (names, codes) in words.items():
        both = np.concatenate((pairs.columns[name], np.array(codes, dtype=np.int64)))
        columns[name] = coded(both, names)
    columns["currency"] = coded(_currencies(sides)[first], sides.currencies)
    return columns


def _account_names(sides: Populations) -> pa.Array:
    """The account of each record of both sides, left first, as words."""
    tables = [side.table["account"].combine_chunks() for side in (sides.left, sides.right)]
    return pa.concat_arrays(tables).dictionary_encode()


def _runner_up(sides: Populations, group: FoundGroup) -> str:
    ids = [sides.left.ids[i].as_py() for i in group.runner_up_left]
    ids += [sides.right.ids[i].as_py() for i in group.runner_up_right]
    return " ".join(ids)


STATUSES, CAUSES, REASONS = tuple(Status), tuple(ResidualCause), tuple(UnmatchedReason)


class Details:
    """A sentence for each of so many records, written piece by piece; the last one counts."""

    def __init__(self, count: int) -> None:
        self._written: list[pa.Array] = [pa.array([""], pa.string())]
        self._place = np.zeros(count, dtype=np.int64)
        self._size = 1

    def put(self, at: Ints, sentences: pa.Array | str) -> None:
        """Sentences for those records, or one for all of them."""
        if isinstance(sentences, str):
            self._written.append(pa.array([sentences]))
            self._place[at] = self._size
            self._size += 1
        else:
            self._written.append(sentences)
            self._place[at] = self._size + np.arange(len(at))
            self._size += len(at)

    def column(self) -> pa.Array:
        """All of them, in the order of the records."""
        return pa.concat_arrays(self._written).take(pa.array(self._place))


@dataclass(frozen=True)
class UnmatchedColumns:
    """The unmatched records of one side, by index, with what is said of them."""

    index: Ints
    reason: Ints
    """Its place in `REASONS`."""
    detail: "Details"
    nearest: Ints
    """Index in the other side, or -1."""
    nearest_score: Ints


def unmatched_table(
    sides: Populations, left: UnmatchedColumns, right: UnmatchedColumns
) -> pa.Table:
    """`unmatched`, sorted by side and record."""
    parts = []
    accounts = pa.concat_arrays(
        [
            side.table["account"].combine_chunks().take(pa.array(columns.index))
            for side, columns in ((sides.left, left), (sides.right, right))
        ]
    ).dictionary_encode()
    for place, (mine, other, columns) in enumerate(
        ((sides.left, sides.right, left), (sides.right, sides.left, right))
    ):
        index = pa.array(columns.index)
        known = columns.nearest >= 0
        nearest = pa.array(np.where(known, columns.nearest, 0), mask=~known)
        parts.append(
            pa.table(
                {
                    "side": coded(np.full(len(columns.index), place), tuple(Side)),
                    "record_id": mine.ids.take(index),
                    "amount_minor": mine.table["amount_minor"].combine_chunks().take(index),
                    "currency": coded(mine.currency[columns.index], sides.currencies),
                    "reason": coded(columns.reason, REASONS),
                    "nearest_id": pc.fill_null(other.ids.take(nearest), ""),
                    "nearest_score": pa.array(columns.nearest_score),
                    "account": accounts.slice(place * len(left.index), len(columns.index)),
                    "booked_on": mine.table["booked_on"].combine_chunks().take(index),
                    "detail": columns.detail.column(),
                },
                schema=UNMATCHED_SCHEMA,
            )
        )
    return pa.concat_tables(parts).combine_chunks()


def check_answer(
    sides: Populations,
    members: Members,
    missing: tuple[UnmatchedColumns, UnmatchedColumns],
) -> list[dict[str, object]]:
    """The identity per account and currency; `Corruption` unless every record is used once."""
    _, member_side, member = members
    pools = max((int(s.pool.max(initial=-1)) for s in (sides.left, sides.right)), default=-1) + 1
    sums: dict[str, Ints] = {}
    for place, (side, rest) in enumerate(zip((sides.left, sides.right), missing, strict=True)):
        grouped = member[member_side == place]
        uses = np.bincount(np.concatenate((grouped, rest.index)), minlength=side.size)
        if len(uses) != side.size or (uses != 1).any():
            raise Corruption(
                "match.identity-broken",
                f"{int((uses != 1).sum())} records not used exactly once",
                "every record in one group or unmatched",
                str(side.side),
            )
        for name, index in (
            ("total", np.arange(side.size)),
            ("grouped", grouped),
            ("free", rest.index),
        ):
            total = np.zeros(pools, dtype=np.int64)
            np.add.at(total, side.pool[index], side.amount[index])
            sums[f"{side.side}_{name}"] = total
    lines: list[dict[str, object]] = []
    is_there = np.zeros(pools, dtype=np.bool_)
    for side in (sides.left, sides.right):
        is_there[side.pool] = True
    for pool in np.flatnonzero(is_there).tolist():
        residual = int(sums["left_grouped"][pool] - sums["right_grouped"][pool])
        account, currency = divmod(pool, len(sides.currencies))
        line = {
            "left_minor": int(sums["left_total"][pool]),
            "right_minor": int(sums["right_total"][pool]),
            "residual_minor": residual,
            "unmatched_left_minor": int(sums["left_free"][pool]),
            "unmatched_right_minor": int(sums["right_free"][pool]),
        }
        rest_minor = residual + line["unmatched_left_minor"] - line["unmatched_right_minor"]
        if line["left_minor"] - line["right_minor"] != rest_minor:
            raise Corruption("match.identity-broken", str(line), "left - right explained in full")
        lines.append(
            {"account": sides.accounts[account], "currency": sides.currencies[currency], **line}
        )
    return lines
