"""An instance on disk: a world as the files a person would have, and the judge of an answer.

`python -m benchmarks.instance make FOLDER LINES [SEED] [DENSITY]` writes `left.csv`, `right.csv`,
their profile, and the world as Parquet. `judge FOLDER ANSWER` reads the outputs of `tieout match`
and prints the quality as JSON; `judge-pairs FOLDER PAIRS` judges a peer's left-right pairs, and
`judge-answer FOLDER ANSWER [STATUS]` those in the groups of `tieout match`.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tieout.engine.result import (
    GROUPS_SCHEMA,
    MATCHES_SCHEMA,
    RECORD_SCHEMA,
    UNMATCHED_SCHEMA,
    MatchResult,
)
from tieout.testing.quality import evaluate
from tieout.testing.worlds import TRUTH_SCHEMA, World, make_world

if TYPE_CHECKING:
    from tieout.testing.worlds.setting import Density

COLUMNS = {
    "id": "record_id",
    "account": "account",
    "currency": "currency",
    "date": "booked_on",
    "amount": "amount",
    "reference": "reference",
    "counterparty": "counterparty",
    "narrative": "narrative",
    "kind": "kind",
    "status": "status",
}
"""Heading of the file to column of the world."""


def write_world(world: World, folder: Path) -> None:
    """The world as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("left", world.left), ("right", world.right)):
        pq.write_table(table, folder / f"{name}.parquet")
        pacsv.write_csv(as_file(table), folder / f"{name}.csv")
    pq.write_table(world.truth, folder / "truth.parquet")
    lines = [f'{name} = "{name}"' for name in COLUMNS]
    (folder / "profile.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_file(table: pa.Table) -> pa.Table:
    """A side as a bank or a bookkeeping program would export it: decimal amounts, no inner ids."""
    digits = pc.utf8_lpad(pc.cast(pc.abs(table["amount_minor"]), pa.string()), 3, "0")
    sign = pc.if_else(pc.less(table["amount_minor"], 0), "-", "")
    whole = pc.utf8_slice_codeunits(digits, 0, -2)
    amount = pc.binary_join_element_wise(sign, whole, ".", pc.utf8_slice_codeunits(digits, -2), "")
    sent = pc.if_else(pc.starts_with(table["external_id"], "E2E"), table["external_id"], "")
    both = pc.binary_join_element_wise(table["reference"], sent, " ")
    status = pc.if_else(table["is_pending"], "pending", "booked")
    wide = table.append_column("amount", amount).append_column("status", status)
    at = RECORD_SCHEMA.get_field_index("reference")
    wide = wide.set_column(at, "reference", pc.utf8_trim_whitespace(both))
    return pa.table({heading: wide[name] for heading, name in COLUMNS.items()})


def read_world(folder: Path) -> World:
    """The world that `write_world` wrote."""
    left, right, truth = (
        pq.read_table(folder / f"{name}.parquet") for name in ("left", "right", "truth")
    )
    return World(left.cast(RECORD_SCHEMA), right.cast(RECORD_SCHEMA), truth.cast(TRUTH_SCHEMA))


def read_answer(folder: Path) -> MatchResult:
    """The tables that `tieout match --out` wrote."""
    tables = [
        pacsv.read_csv(
            folder / f"{name}.csv",
            convert_options=pacsv.ConvertOptions(
                column_types=schema, include_columns=schema.names, strings_can_be_null=False
            ),
        ).unify_dictionaries()
        for name, schema in (
            ("groups", GROUPS_SCHEMA),
            ("matches", MATCHES_SCHEMA),
            ("unmatched", UNMATCHED_SCHEMA),
        )
    ]
    return MatchResult(*tables)


def judge_pairs(world: World, pairs: pa.Table) -> dict[str, float]:
    """Precision and recall of left-right pairs (`left_id`, `right_id`), alike records exchanged."""
    sides = {
        side: world.truth.filter(pc.equal(world.truth["side"], side)) for side in ("left", "right")
    }
    told = sides["left"].join(sides["right"], "group_no", join_type="inner", right_suffix="_right")
    told = told.filter(pc.not_equal(told["kind"], "pending-line"))
    right_pairs = set(zip(told["alike"].to_pylist(), told["alike_right"].to_pylist(), strict=True))
    one_to_one = told.filter(pc.is_in(told["kind"], pa.array(["exact", "recurring", "twin"])))
    plain = set(
        zip(one_to_one["alike"].to_pylist(), one_to_one["alike_right"].to_pylist(), strict=True)
    )
    alike = {
        side: dict(zip(t["record_id"].to_pylist(), t["alike"].to_pylist(), strict=True))
        for side, t in sides.items()
    }
    found = [
        (alike["left"][a], alike["right"][b])
        for a, b in zip(pairs["left_id"].to_pylist(), pairs["right_id"].to_pylist(), strict=True)
    ]
    hits = [each for each in found if each in right_pairs]
    unique = set(hits)
    return {
        "pairs": len(found),
        "precision": round(len(hits) / max(len(found), 1), 6),
        "recall": round(len(unique) / len(right_pairs), 6),
        "recall_plain": round(len(unique & plain) / len(plain), 6),
    }


def pairs_of(result: MatchResult, status: str) -> pa.Table:
    """Every left-right pair of the groups of that status (of all, when it is empty)."""
    groups = result.groups.select(["group_id", "side", "record_id"])
    if status:
        kept = result.matches.filter(pc.equal(result.matches["status"], status))
        groups = groups.filter(pc.is_in(groups["group_id"], kept["group_id"].combine_chunks()))
    left, right = (groups.filter(pc.equal(groups["side"], each)) for each in ("left", "right"))
    both = left.join(right, "group_id", join_type="inner", right_suffix="_right")
    return pa.table({"left_id": both["record_id"], "right_id": both["record_id_right"]})


def main(arguments: list[str]) -> None:
    """Make, or judge and print."""
    verb, folder, *rest = arguments
    if verb == "make":
        lines, seed, density = (
            int(rest[0]),
            int((rest[1:] or ["1"])[0]),
            (rest[2:] or ["normal"])[0],
        )
        write_world(make_world(seed, lines, density=cast("Density", density)), Path(folder))
        return
    world = read_world(Path(folder))
    if verb == "judge":
        quality = evaluate(world, read_answer(Path(rest[0])))
        json.dump(quality.as_data(), sys.stdout)
    elif verb == "judge-answer":
        pairs = pairs_of(read_answer(Path(rest[0])), (rest[1:] or [""])[0])
        json.dump(judge_pairs(world, pairs), sys.stdout)
    else:
        json.dump(judge_pairs(world, pq.read_table(rest[0])), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
