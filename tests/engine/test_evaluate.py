"""The measure itself, on worlds and answers small enough to judge by eye."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from tieout.engine.result import (
    GROUPS_SCHEMA,
    MATCHES_SCHEMA,
    RECORD_SCHEMA,
    UNMATCHED_SCHEMA,
    MatchResult,
)
from tieout.testing.quality import calibrate, check_identity, evaluate
from tieout.testing.worlds import TRUTH_SCHEMA, World, make_world

Truth = tuple[int, str, str, int]  # group, record, kind, amount; the side is the id's first letter


def world_of(*truths: Truth, alike: tuple[tuple[str, ...], ...] = ()) -> World:
    """A world of these records; `alike` names classes of records that are alike."""
    number = {each: i for i, members in enumerate(alike) for each in members}
    sides: dict[str, list[dict[str, object]]] = {"L": [], "R": []}
    told = []
    for i, (group_no, record_id, kind, amount) in enumerate(truths):
        sides[record_id[0]].append(
            {
                **dict.fromkeys(RECORD_SCHEMA.names, ""),
                "record_id": record_id,
                "currency": "GBP",
                "amount_minor": amount,
                "booked_on": date(2025, 1, 1),
                "value_on": None,
                "is_pending": kind == "pending-line",
            }
        )
        side = "left" if record_id[0] == "L" else "right"
        alike_no = number.get(record_id, 100 + i)
        told.append((group_no, side, record_id, kind, alike_no))
    truth = [dict(zip(TRUTH_SCHEMA.names, each, strict=True)) for each in told]
    left, right = (pa.Table.from_pylist(sides[each], schema=RECORD_SCHEMA) for each in "LR")
    return World(left, right, pa.Table.from_pylist(truth, schema=TRUTH_SCHEMA))


def answer(world: World, *groups: tuple[str, str, float]) -> MatchResult:
    """(status, ids separated by blanks, posterior) per group; all else is unmatched."""
    records = world.left.to_pylist() + world.right.to_pylist()
    amounts = {row["record_id"]: row["amount_minor"] for row in records}
    currencies = {row["record_id"]: row["currency"] for row in records}
    members, matches, used = [], [], set()
    for i, (status, text, posterior) in enumerate(groups):
        ids = text.split()
        used.update(ids)
        signed = [amounts[each] * (1 if each[0] == "L" else -1) for each in ids]
        matches.append(
            {
                **dict.fromkeys(MATCHES_SCHEMA.names, None),
                "group_id": f"g{i}",
                "status": status,
                "currency": currencies[ids[0]],
                "posterior": posterior,
                "residual_minor": sum(signed),
            }
        )
        members += [
            {
                **dict.fromkeys(GROUPS_SCHEMA.names, None),
                "group_id": f"g{i}",
                "side": "left" if each[0] == "L" else "right",
                "record_id": each,
                "currency": currencies[each],
                "amount_minor": amounts[each],
            }
            for each in ids
        ]
    free = [
        {
            **dict.fromkeys(UNMATCHED_SCHEMA.names, None),
            "side": "left" if each[0] == "L" else "right",
            "record_id": each,
            "currency": currencies[each],
            "amount_minor": amount,
        }
        for each, amount in amounts.items()
        if each not in used
    ]
    return MatchResult(
        pa.Table.from_pylist(members, schema=GROUPS_SCHEMA),
        pa.Table.from_pylist(matches, schema=MATCHES_SCHEMA),
        pa.Table.from_pylist(free, schema=UNMATCHED_SCHEMA),
    )


PAIRS = world_of(
    (0, "L1", "exact", 10),
    (0, "R1", "exact", 10),
    (1, "L2", "exact", 10),
    (1, "R2", "exact", 10),
    (2, "L3", "exact", 30),
    (2, "R3", "exact", 30),
    (3, "L4", "unmatched", 40),
)


def test_all_right() -> None:
    quality = evaluate(
        PAIRS,
        answer(
            PAIRS, ("confirmed", "L1 R1", 1), ("confirmed", "L2 R2", 1), ("confirmed", "L3 R3", 1)
        ),
    )
    assert (quality.precision, quality.recall, quality.recall_confirmed) == (1.0, 1.0, 1.0)
    assert (quality.pair_precision, quality.pair_recall, quality.pair_f1) == (1.0, 1.0, 1.0)
    assert quality.truth_groups == 3


def test_a_swap_makes_two_wrong() -> None:
    quality = evaluate(
        PAIRS,
        answer(
            PAIRS, ("confirmed", "L1 R2", 1), ("confirmed", "L2 R1", 1), ("confirmed", "L3 R3", 1)
        ),
    )
    assert quality.confirmed_wrong == 2
    assert quality.precision == pytest.approx(1 / 3)
    assert quality.recall == pytest.approx(1 / 3)
    assert set(quality.wrong_ids) == {"g0", "g1"}


def test_a_suggestion_counts_for_recall_and_not_for_precision() -> None:
    quality = evaluate(PAIRS, answer(PAIRS, ("confirmed", "L1 R1", 1), ("suggested", "L2 R2", 0.5)))
    assert quality.precision == 1.0
    assert quality.recall_confirmed == pytest.approx(1 / 3)
    assert quality.recall == pytest.approx(2 / 3)


def test_matching_what_has_no_partner_is_wrong() -> None:
    quality = evaluate(PAIRS, answer(PAIRS, ("confirmed", "L4 R3", 1)))
    assert (quality.confirmed, quality.confirmed_wrong) == (1, 1)
    (unmatched,) = (each for each in quality.kinds if each.kind == "unmatched")
    assert (unmatched.truth, unmatched.confirmed_wrong) == (0, 1)


def test_twins_may_stand_for_one_another_but_not_for_others() -> None:
    twins = world_of(
        (0, "L1", "twin", 10),
        (0, "R1", "twin", 10),
        (1, "L2", "twin", 10),
        (1, "R2", "twin", 10),
        (2, "L3", "exact", 10),
        (2, "R3", "exact", 10),
        alike=(("L1", "L2"), ("R1", "R2")),
    )
    swapped = answer(twins, ("confirmed", "L1 R2", 1), ("confirmed", "L2 R1", 1))
    assert evaluate(twins, swapped).precision == 1.0
    assert evaluate(twins, swapped).pair_precision == 1.0
    strange = answer(twins, ("confirmed", "L3 R2", 1), ("confirmed", "L2 R3", 1))
    assert evaluate(twins, strange).precision == 0.0


def test_a_truth_group_makes_only_one_proposal_right() -> None:
    keyed_twice = world_of(
        (0, "L1", "duplicated", 10),
        (0, "R1", "duplicated", 10),
        (1, "R2", "duplicate", 10),
        (2, "L2", "unmatched", 10),
        alike=(("L1", "L2"), ("R1", "R2")),
    )
    both = answer(keyed_twice, ("suggested", "L1 R2", 0.9), ("confirmed", "L2 R1", 1))
    quality = evaluate(keyed_twice, both)
    assert (quality.precision, quality.suggested_wrong, quality.recall) == (1.0, 1, 1.0)


def test_a_batch_with_one_stranger_is_a_wrong_group_of_mostly_right_pairs() -> None:
    batch = world_of(
        (0, "L1", "deposit", 60),
        *((0, f"R{i}", "deposit", 10 * i) for i in (1, 2, 3)),
        (1, "R4", "unmatched", 30),
    )
    quality = evaluate(batch, answer(batch, ("confirmed", "L1 R1 R2 R4", 0.98)))
    assert (quality.precision, quality.recall, quality.recall_by_record) == (0.0, 0.0, 0.0)
    assert quality.pair_precision == pytest.approx(2 / 3)
    assert quality.pair_recall == pytest.approx(2 / 3)


@pytest.mark.parametrize("members", ["L1 R1", "L1 L2 R1"])
def test_a_pending_line_may_stand_beside_its_posted_line_or_not(members: str) -> None:
    pending = world_of(
        (0, "L1", "pending", 12), (0, "R1", "pending", 12), (1, "L2", "pending-line", 10)
    )
    quality = evaluate(pending, answer(pending, ("confirmed", members, 1)))
    assert (quality.precision, quality.recall) == (1.0, 1.0)


def test_two_bank_lines_that_cancel_are_a_group() -> None:
    one_sided = world_of((0, "L1", "transfer-one-sided", 5), (0, "L2", "transfer-one-sided", -5))
    assert evaluate(one_sided, answer(one_sided, ("suggested", "L1 L2", 0.9))).recall == 1.0
    assert evaluate(one_sided, answer(one_sided)).recall == 0.0


def test_an_answer_that_loses_a_record_is_not_measured() -> None:
    whole = answer(PAIRS, ("confirmed", "L1 R1", 1))
    lossy = MatchResult(whole.groups, whole.matches, whole.unmatched.slice(1))
    with pytest.raises(AssertionError, match="1 left records are nowhere"):
        evaluate(PAIRS, lossy)


def test_an_answer_that_uses_a_record_twice_is_not_measured() -> None:
    twice = answer(PAIRS, ("confirmed", "L1 R1", 1), ("suggested", "L1 R2", 0.2))
    with pytest.raises(AssertionError, match="uses of 4 left records"):
        evaluate(PAIRS, twice)


def test_a_swallowed_residual_is_not_measured() -> None:
    whole = answer(PAIRS, ("confirmed", "L4 R3", 1))
    zero = pa.array([0], pa.int64())
    at = whole.matches.column_names.index("residual_minor")
    swallowed = whole.matches.set_column(at, MATCHES_SCHEMA.field(at), zero)
    with pytest.raises(AssertionError, match="left over"):
        check_identity(PAIRS, MatchResult(whole.groups, swallowed, whole.unmatched))


def test_calibration_counts_what_was_said_and_what_was_right() -> None:
    bins = calibrate(np.array([0.95, 0.95, 1.0]), np.array([True, False, True]))
    middle = next(each for each in bins if each.low == 0.9)
    assert (middle.count, middle.right) == (2, 0.5)
    assert middle.said == pytest.approx(0.95)
    assert (bins[-1].count, bins[-1].right) == (1, 1.0)


def test_the_truth_itself_is_perfect_and_its_measure_is_not_blind() -> None:
    world = make_world(5, 3_000)
    by_group: dict[int, list[str]] = {}
    for row in world.truth.to_pylist():
        by_group.setdefault(row["group_no"], []).append(row["record_id"])
    groups = [ids for ids in by_group.values() if len(ids) > 1]
    perfect = answer(world, *(("confirmed", " ".join(ids), 1.0) for ids in groups))
    quality = evaluate(world, perfect)
    assert (quality.precision, quality.recall, quality.pair_f1) == (1.0, 1.0, 1.0)
    assert all(each.found == each.truth for each in quality.kinds)


def test_wrong_partners_of_a_whole_world_are_all_seen() -> None:
    world = make_world(5, 3_000, accounts=1)
    exact = [row for row in world.truth.to_pylist() if row["kind"] == "exact"]
    left = {row["group_no"]: row["record_id"] for row in exact if row["side"] == "left"}
    right = {row["group_no"]: row["record_id"] for row in exact if row["side"] == "right"}
    groups = list(left)
    shifted = zip(groups, groups[1:] + groups[:1], strict=True)
    swapped = answer(world, *(("confirmed", f"{left[a]} {right[b]}", 1.0) for a, b in shifted))
    assert evaluate(world, swapped).confirmed_wrong == len(groups)
