"""How good an answer is, measured against a world's truth.

Definitions, used by the gates, the benchmarks and the documentation alike:

- A **proposed group** is a group of the result, confirmed or suggested. As each record is in one
  group at most, a suggested group is its records' first suggestion.
- A **truth group** is a group of the truth with two records or more.
- A proposed group is **right** when its members are exactly those of a truth group. Records that
  are alike in everything but their id may stand for one another; a truth group can make only one
  proposed group right. Pending lines are left out on both sides: whether an engine puts a pending
  line aside or beside its posted line is its own choice.
- **Confirmed precision** is the share of confirmed groups that are right.
- **Recall** is the share of truth groups that some confirmed group, or some proposed one, got
  right. Recall by record weighs each truth group by its records, by pair by its left-right pairs.
- A **pair** is one left and one right record of a group. Pair-wise precision and recall count a
  batch with one wrong record as mostly right; group-wise they count it as wrong.
- **By kind** a proposed group counts under the truth kind of its first record, left before right.
- **Calibration**: proposed groups by the posterior they state, against the share that is right.
"""

import itertools
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tieout.engine.result import MatchResult
from tieout.testing.worlds import KINDS, World

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

BIN_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.99, 0.999, 1.0)


@dataclass(frozen=True, slots=True)
class KindQuality:
    """One kind of truth."""

    kind: str
    truth: int
    """Truth groups of this kind."""
    found_confirmed: int
    """Of them, those that a confirmed group got right."""
    found: int
    """Of them, those that a confirmed or suggested group got right."""
    confirmed: int
    """Confirmed groups whose first record is of this kind."""
    confirmed_wrong: int
    suggested: int
    suggested_wrong: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Groups whose stated posterior lies from `low` up to `high`."""

    low: float
    high: float
    count: int
    said: float
    """The mean posterior stated."""
    right: float
    """The share that is right."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What `evaluate` measured; shares are between 0 and 1."""

    truth_groups: int
    confirmed: int
    confirmed_wrong: int
    suggested: int
    suggested_wrong: int
    precision: float
    """Confirmed groups that are right."""
    recall_confirmed: float
    recall: float
    """Truth groups that are confirmed, or suggested first."""
    recall_by_record: float
    pair_precision: float
    """Confirmed pairs that are right."""
    pair_recall: float
    """Truth pairs in a confirmed or suggested group."""
    pair_f1: float
    """Of confirmed and suggested pairs together."""
    kinds: tuple[KindQuality, ...]
    calibration: tuple[Bin, ...]
    wrong_ids: tuple[str, ...]
    """The first confirmed groups that are wrong, to look at."""

    def as_data(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """A few lines for a person."""
        head = (
            f"precision {self.precision:.6f} ({self.confirmed_wrong} of {self.confirmed} wrong), "
            f"recall {self.recall_confirmed:.4f} confirmed, {self.recall:.4f} with first "
            f"suggestions ({self.recall_by_record:.4f} by record); pairs: precision "
            f"{self.pair_precision:.6f}, recall {self.pair_recall:.4f}, F1 {self.pair_f1:.4f}"
        )
        lines = [
            f"  {k.kind:20}{k.truth:9} truth, {k.found_confirmed:9} confirmed, {k.found:9} found; "
            f"wrong {k.confirmed_wrong} of {k.confirmed} confirmed, "
            f"{k.suggested_wrong} of {k.suggested} suggested"
            for k in self.kinds
        ]
        bins = [
            f"  posterior {b.low:.3f}-{b.high:.3f}: {b.count:8}, said {b.said:.4f}, "
            f"right {b.right:.4f}"
            for b in self.calibration
            if b.count
        ]
        return "\n".join([head, *lines, *bins])


@dataclass(frozen=True)
class _Members:
    """Records in groups, sorted by group; groups are numbered from 0 without gaps."""

    group: Ints
    is_left: Bools
    alike: Ints
    kind: Ints
    count: int

    def marks(self) -> Hashes:
        """A 64-bit mark per record: equal for records that may stand for one another."""
        return _mix((self.alike * 2 + self.is_left).astype(np.uint64))

    def signatures(self) -> Hashes:
        """A 64-bit mark per group: the sum of its members', so it does not depend on order."""
        total = np.zeros(self.count, np.uint64)
        np.add.at(total, self.group, self.marks())
        return total

    def sizes(self) -> Ints:
        return np.bincount(self.group, minlength=self.count)

    def pairs(self) -> Hashes:
        """A mark per left-right pair."""
        pairs, _ = self.pairs_and_groups()
        return pairs

    def pairs_and_groups(self) -> tuple[Hashes, Ints]:
        """A mark per left-right pair, and the group it stands in."""
        marks = self.marks()
        left, right = np.nonzero(self.is_left)[0], np.nonzero(~self.is_left)[0]
        right_group = self.group[right]
        starts = np.searchsorted(right_group, self.group[left], "left")
        counts = np.searchsorted(right_group, self.group[left], "right") - starts
        turn = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        partner = right[np.repeat(starts, counts) + turn]
        own = np.repeat(left, counts)
        return _mix(marks[own] * np.uint64(3) + marks[partner]), self.group[own]


def evaluate(world: World, result: MatchResult) -> Quality:
    """Measure a result against the truth. Raises when the result is not a partition."""
    check_identity(world, result)
    truth = world.truth.filter(pc.not_equal(world.truth["kind"], "pending-line"))
    told, told_kind = _told(truth)
    proposed, group_row = _proposed(world, result)
    is_confirmed = _confirmed(result)[group_row]
    posterior = _posterior(result)[group_row]
    order = np.lexsort((-posterior, ~is_confirmed))
    right, hits = _judge(told.signatures(), proposed.signatures(), order)
    sure = proposed.signatures()[is_confirmed]
    _, confirmed_hits = _judge(told.signatures(), sure, np.arange(len(sure)))
    sizes = told.sizes()
    truth_pairs = told.pairs()
    pairs, pair_group = proposed.pairs_and_groups()
    pair_right = np.isin(pairs, truth_pairs)
    pair_confirmed = is_confirmed[pair_group]
    pair_recall = _share(int(pair_right.sum()), len(truth_pairs))
    pair_any = _share(int(pair_right.sum()), len(pairs))
    kind = _first_kind(proposed)
    wrong = np.nonzero(is_confirmed & ~right)[0]
    return Quality(
        truth_groups=told.count,
        confirmed=int(is_confirmed.sum()),
        confirmed_wrong=len(wrong),
        suggested=int((~is_confirmed).sum()),
        suggested_wrong=int((~is_confirmed & ~right).sum()),
        precision=_share(int((is_confirmed & right).sum()), int(is_confirmed.sum())),
        recall_confirmed=_share(int(confirmed_hits.sum()), told.count),
        recall=_share(int(hits.sum()), told.count),
        recall_by_record=_share(int(sizes[hits].sum()), int(sizes.sum())),
        pair_precision=_share(int((pair_right & pair_confirmed).sum()), int(pair_confirmed.sum())),
        pair_recall=pair_recall,
        pair_f1=2 * pair_recall * pair_any / max(pair_recall + pair_any, 1e-12),
        kinds=_by_kind(told_kind, hits, confirmed_hits, kind, is_confirmed, right),
        calibration=calibrate(posterior, right),
        wrong_ids=tuple(
            result.matches["group_id"].take(pa.array(group_row[wrong][:20])).to_pylist()
        ),
    )


def check_identity(world: World, result: MatchResult) -> None:
    """Assert guarantees 1, 2 and 8: each record once, and the difference adds up per currency."""
    over: dict[str, int] = {}
    for side, table, sign in (("left", world.left, 1), ("right", world.right, -1)):
        grouped = result.groups.filter(pc.equal(result.groups["side"], side))
        free = result.unmatched.filter(pc.equal(result.unmatched["side"], side))
        used = pa.concat_arrays(
            [*grouped["record_id"].chunks, *free["record_id"].chunks, pa.array([], pa.string())]
        )
        missing = pc.sum(pc.is_null(pc.index_in(table["record_id"], used))).as_py() or 0
        assert missing == 0, f"{missing} {side} records are nowhere"
        assert len(used) == table.num_rows, f"{len(used)} uses of {table.num_rows} {side} records"
        for part, way in ((table, sign), (free, -sign)):
            for currency, amount in _sums(part, "amount_minor"):
                over[currency] = over.get(currency, 0) + way * amount
    for currency, amount in _sums(result.matches, "residual_minor"):
        over[currency] = over.get(currency, 0) - amount
    assert not any(over.values()), f"left over: {over}"


def calibrate(posterior: npt.NDArray[np.float64], right: Bools) -> tuple[Bin, ...]:
    """Stated posteriors against the share that is right."""
    bins = []
    for low, high in itertools.pairwise(BIN_EDGES):
        inside = (posterior >= low) & ((posterior < high) | (high == 1.0))
        count = int(inside.sum())
        said = float(posterior[inside].mean()) if count else 0.0
        bins.append(Bin(low, high, count, said, _share(int(right[inside].sum()), count)))
    return tuple(bins)


def _told(truth: pa.Table) -> tuple[_Members, Ints]:
    """The truth's groups of two or more, and the kind of each."""
    number = truth["group_no"].to_numpy()
    kind = pc.index_in(truth["kind"], pa.array(KINDS)).to_numpy().astype(np.int64)
    kept = np.bincount(number)[number] > 1
    numbers, group = np.unique(number[kept], return_inverse=True)
    is_left = pc.equal(truth["side"], "left").to_numpy(zero_copy_only=False)[kept]
    members = _members(group, is_left, truth["alike"].to_numpy()[kept], kind[kept], len(numbers))
    group_kind = np.zeros(len(numbers), np.int64)
    group_kind[members.group] = members.kind
    return members, group_kind


def _proposed(world: World, result: MatchResult) -> tuple[_Members, Ints]:
    """The result's groups without pending lines, and each one's row in `matches`."""
    is_left = pc.equal(result.groups["side"], "left").to_numpy(zero_copy_only=False)
    alike, kind = np.zeros((2, result.groups.num_rows), np.int64)
    for side, mine in (("left", is_left), ("right", ~is_left)):
        truth = world.truth.filter(pc.equal(world.truth["side"], side))
        ids = result.groups["record_id"].filter(pa.array(mine))
        at = pc.index_in(ids, truth["record_id"].combine_chunks())
        assert not at.null_count, f"{at.null_count} {side} ids are unknown"
        row = at.to_numpy()
        alike[mine] = truth["alike"].to_numpy()[row]
        kinds = pc.index_in(truth["kind"], pa.array(KINDS)).to_numpy()
        kind[mine] = kinds[row]
    found = pc.index_in(result.groups["group_id"], result.matches["group_id"].combine_chunks())
    assert not found.null_count, f"{found.null_count} members of groups that matches does not list"
    kept = kind != KINDS.index("pending-line")
    rows, group = np.unique(found.to_numpy()[kept], return_inverse=True)
    return _members(group, is_left[kept], alike[kept], kind[kept], len(rows)), rows


def _members(group: Ints, is_left: Bools, alike: Ints, kind: Ints, count: int) -> _Members:
    order = np.lexsort((~is_left, group))
    return _Members(group[order], is_left[order], alike[order], kind[order], count)


def _judge(told: Hashes, proposed: Hashes, order: Ints) -> tuple[Bools, Bools]:
    """Which proposed groups are right, and which truth groups they hit; each is hit once."""
    truth_order = np.argsort(told, kind="stable")
    sorted_told = told[truth_order]
    sorted_at = np.lexsort((_inverse(order), proposed))
    marks = proposed[sorted_at]
    rank = np.arange(len(marks)) - np.searchsorted(marks, marks, "left")
    place = np.searchsorted(sorted_told, marks, "left") + rank
    is_right = place < np.searchsorted(sorted_told, marks, "right")
    right = np.zeros(len(proposed), np.bool_)
    right[sorted_at] = is_right
    hits = np.zeros(len(told), np.bool_)
    hits[truth_order[place[is_right]]] = True
    return right, hits


def _inverse(order: Ints) -> Ints:
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place


def _first_kind(members: _Members) -> Ints:
    starts = np.searchsorted(members.group, np.arange(members.count))
    return members.kind[starts]


def _by_kind(  # noqa: PLR0913, PLR0917  six parallel arrays
    told_kind: Ints, hits: Bools, sure: Bools, kind: Ints, is_confirmed: Bools, right: Bools
) -> tuple[KindQuality, ...]:
    def count(kinds: Ints, picked: Bools) -> Ints:
        return np.bincount(kinds[picked], minlength=len(KINDS))

    columns = (
        count(told_kind, np.ones(len(told_kind), np.bool_)),
        count(told_kind, sure),
        count(told_kind, hits),
        count(kind, is_confirmed),
        count(kind, is_confirmed & ~right),
        count(kind, ~is_confirmed),
        count(kind, ~is_confirmed & ~right),
    )
    table = np.stack(columns, axis=1).tolist()
    return tuple(KindQuality(n, *row) for n, row in zip(KINDS, table, strict=True) if any(row))


def _confirmed(result: MatchResult) -> Bools:
    is_confirmed: Bools = pc.equal(result.matches["status"], "confirmed").to_numpy()
    return is_confirmed.astype(np.bool_)


def _posterior(result: MatchResult) -> npt.NDArray[np.float64]:
    posterior: npt.NDArray[np.float64] = result.matches["posterior"].to_numpy()
    return posterior


def _sums(table: pa.Table, column: str) -> list[tuple[str, int]]:
    summed = table.group_by("currency").aggregate([(column, "sum")])
    return list(
        zip(summed["currency"].to_pylist(), summed[f"{column}_sum"].to_pylist(), strict=True)
    )


def _mix(number: Hashes) -> Hashes:
    """SplitMix64: spreads numbers over 64 bits so that sums tell multisets apart."""
    z = number + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
