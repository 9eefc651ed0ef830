"""The generator keeps what it promises: the truth it states is the truth of what it wrote."""

from collections import Counter, defaultdict
from typing import Any

import pyarrow.compute as pc
import pytest

from tieout.engine.result import RECORD_SCHEMA
from tieout.testing.worlds import KINDS, TRUTH_SCHEMA, World, make_world
from tieout.testing.worlds.setting import Density

EXACT_SUMS = {
    *("exact", "recurring", "twin", "card-batch", "deposit", "invoices", "split", "transfer"),
    *("reversal-booked", "duplicated", "pending"),
}
LESS_A_FEE = {"fee-net", "card-batch-net"}
ONE_SIDED = {"transfer-one-sided", "reversal-one-sided"}
SINGLE = {"unmatched", "duplicate", "pending-line"}
assert {*EXACT_SUMS, *LESS_A_FEE, *ONE_SIDED, *SINGLE} == set(KINDS)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(7, 20_000)


def test_same_seed_same_world() -> None:
    first, second, other = make_world(3, 500), make_world(3, 500), make_world(4, 500)
    assert first.left.equals(second.left)
    assert first.right.equals(second.right)
    assert first.truth.equals(second.truth)
    assert not first.left.equals(other.left)


@pytest.mark.parametrize("lines", [40, 1_000])
@pytest.mark.parametrize("accounts", [1, 5])
@pytest.mark.parametrize("density", ["sparse", "normal", "dense"])
def test_every_record_stands_once_in_the_truth(lines: int, accounts: int, density: Density) -> None:
    made = make_world(1, lines, accounts, density=density)
    for side, table in (("left", made.left), ("right", made.right)):
        assert table.schema.equals(RECORD_SCHEMA)
        told = made.truth.filter(pc.equal(made.truth["side"], side))
        assert sorted(told["record_id"].to_pylist()) == sorted(table["record_id"].to_pylist())
        assert len(set(table["record_id"].to_pylist())) == table.num_rows
    assert made.truth.schema.equals(TRUTH_SCHEMA)


def test_sizes_are_as_asked(world: World) -> None:
    assert world.left.num_rows == pytest.approx(20_000, rel=0.06)
    assert world.right.num_rows == pytest.approx(20_000, rel=0.06)


def test_groups_add_up_as_their_kind_says(world: World) -> None:
    amounts = {
        side: dict(zip(t["record_id"].to_pylist(), t["amount_minor"].to_pylist(), strict=True))
        for side, t in (("left", world.left), ("right", world.right))
    }
    sums: dict[int, dict[str, list[int]]] = defaultdict(lambda: {"left": [], "right": []})
    kinds: dict[int, str] = {}
    for row in world.truth.to_pylist():
        sums[row["group_no"]][row["side"]].append(amounts[row["side"]][row["record_id"]])
        assert kinds.setdefault(row["group_no"], row["kind"]) == row["kind"]
    assert set(kinds.values()) == set(KINDS)
    for group_no, kind in kinds.items():
        left, right = sums[group_no]["left"], sums[group_no]["right"]
        if kind in EXACT_SUMS:
            assert sum(left) == sum(right)
            assert left
            assert right
        elif kind in LESS_A_FEE:
            assert 0 < sum(left) < sum(right)
        elif kind in ONE_SIDED:
            assert (sum(left), len(left), right) == (0, 2, [])
        else:
            assert len(left) + len(right) == 1


def test_the_bank_books_nothing_on_weekends(world: World) -> None:
    days = pc.day_of_week(world.left["booked_on"]).to_pylist()
    assert max(days) == 4


def test_twins_are_alike_on_both_sides(world: World) -> None:
    alike: dict[int, list[dict[str, object]]] = defaultdict(list)
    rows = {
        (side, row["record_id"]): row
        for side, table in (("left", world.left), ("right", world.right))
        for row in table.to_pylist()
    }
    twins = world.truth.filter(pc.equal(world.truth["kind"], "twin")).to_pylist()
    for truth in twins:
        row = dict(rows[truth["side"], truth["record_id"]])
        row["record_id"] = row["external_id"] = ""
        alike[truth["alike"] * 2 + (truth["side"] == "left")].append(row)
    for copies in alike.values():
        assert len(copies) >= 2
        assert all(copy == copies[0] for copy in copies)


def test_the_mixture_is_as_described(world: World) -> None:
    pairs = _exact_pairs(world)
    clean = [_digits(p["right_reference"]) in p["left_text"] for p in pairs]
    assert 0.38 < sum(clean) / len(clean) < 0.50
    repeats = Counter(abs(p["amount_minor"]) for p in pairs)
    common = sum(count for count in repeats.values() if count >= 5)
    assert 0.25 < common / len(pairs) < 0.6
    whole = [p["party"].upper() in p["left_text"] for p in pairs if p["party"]]
    assert 0.35 < sum(whole) / len(whole) < 0.8


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _exact_pairs(world: World) -> list[dict[str, Any]]:
    exact = world.truth.filter(pc.equal(world.truth["kind"], "exact")).to_pylist()
    left = {row["record_id"]: row for row in world.left.to_pylist()}
    right = {row["record_id"]: row for row in world.right.to_pylist()}
    of_group = {t["group_no"]: right[t["record_id"]] for t in exact if t["side"] == "right"}
    pairs = []
    for truth in exact:
        if truth["side"] == "left":
            bank, book = left[truth["record_id"]], of_group[truth["group_no"]]
            text = " ".join(bank[name] for name in ("reference", "counterparty", "narrative"))
            told = {"right_reference": book["reference"], "party": book["counterparty"]}
            pairs.append({**bank, **told, "left_text": text})
    return pairs
