"""The public labelled set of bank transfers: prepared without its leak, and judged.

The set's `unique_id` equals its truth, so both sides are shuffled by a seed and get ids of their
own. `make FOLDER [SEED]` prepares; `judge FOLDER ANSWER` prints F1 and precision of our answer;
`judge-pairs FOLDER PAIRS` those of a peer's pairs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tieout.testing.corpus import corpus_folder

RULES = """# Money arrives up to 22 days later; fees and exchange change amounts by up to 13 %.
lag_days_min = 0
lag_days_max = 22
amount_tolerance_bp = 1300
passes = ["identity", "reference", "amount-date-party"]
"""


def available() -> bool:
    """Whether the set is here."""
    folder = corpus_folder()
    return folder is not None and _file(folder, "origin").is_file()


def _file(folder: Path, side: str) -> Path:
    return folder / "labelled-matches" / f"splink-transactions-{side}.parquet"


def make(folder: Path, seed: int) -> None:
    """Shuffle, number anew, and write for both contestants: CSV for ours, Parquet for Splink."""
    corpus = corpus_folder()
    assert corpus is not None, "the corpus is not here (set TIEOUT_CORPUS to its folder)"
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for name, side, letter in (("left", "destination", "D"), ("right", "origin", "O")):
        table = pq.read_table(_file(corpus, side)).replace_schema_metadata(None)
        table = table.take(pa.array(rng.permutation(table.num_rows)))
        ids = pa.array([f"{letter}{i:06d}" for i in range(table.num_rows)])
        truth = pa.table({"id": ids, "truth": table["ground_truth"]})
        pq.write_table(truth, folder / f"truth-{name}.parquet")
        anonymous = table.drop_columns(["ground_truth", "unique_id"])
        pq.write_table(anonymous.append_column("unique_id", ids), folder / f"{side}.parquet")
        columns = {
            "id": ids,
            "date": table["transaction_date"],
            "amount": pc.cast(pc.round(table["amount"], 2), pa.decimal128(18, 2)),
            "currency": pa.repeat("GBP", table.num_rows),
            "account": pa.repeat("transfers", table.num_rows),
            "narrative": table["memo"],
        }
        pacsv.write_csv(pa.table(columns), folder / f"{name}.csv")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    names = ("id", "date", "amount", "currency", "account", "narrative")
    profile = "\n".join(f'{name} = "{name}"' for name in names)
    (folder / "profile.toml").write_text(profile + "\n", encoding="utf-8")


def truth_of(folder: Path) -> dict[str, dict[str, int]]:
    """Side to record id to truth."""
    tables = {side: pq.read_table(folder / f"truth-{side}.parquet") for side in ("left", "right")}
    return {
        side: dict(zip(table["id"].to_pylist(), table["truth"].to_pylist(), strict=True))
        for side, table in tables.items()
    }


def score(folder: Path, pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Precision, recall and F1 of left-right pairs."""
    truth = truth_of(folder)
    hits = sum(truth["left"][a] == truth["right"][b] for a, b in pairs)
    total = len(truth["left"].keys())
    precision, recall = hits / max(len(pairs), 1), hits / total
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return {
        "pairs": len(pairs),
        "wrong": len(pairs) - hits,
        "precision": round(precision, 6),
        "recall": round(recall, 6),
        "f1": round(f1, 6),
    }


def judge(folder: Path, answer: Path) -> dict[str, object]:
    """Our answer: every record once; F1 of confirmed and suggested, precision of confirmed."""
    groups = pacsv.read_csv(answer / "groups.csv")
    unmatched = pacsv.read_csv(answer / "unmatched.csv")
    truth = truth_of(folder)
    for side, ids in truth.items():
        used = [
            each
            for table in (groups, unmatched)
            for each in table.filter(pc.equal(table["side"], side))["record_id"].to_pylist()
        ]
        assert sorted(used) == sorted(ids), f"the {side} side is not accounted for exactly once"
    sides: dict[str, dict[str, list[str]]] = {"left": {}, "right": {}}
    status_of: dict[str, str] = {}
    columns = (groups[name].to_pylist() for name in ("group_id", "side", "record_id", "status"))
    for group_id, side, record_id, status in zip(*columns, strict=True):
        sides[side].setdefault(group_id, []).append(record_id)
        status_of[group_id] = status
    pairs = [
        (a, b, status)
        for group_id, status in status_of.items()
        for a in sides["left"].get(group_id, [])
        for b in sides["right"].get(group_id, [])
    ]
    confirmed = [(a, b) for a, b, status in pairs if status == "confirmed"]
    return {
        "confirmed": score(folder, confirmed),
        "confirmed_and_suggested": score(folder, [(a, b) for a, b, _ in pairs]),
    }


def main(arguments: list[str]) -> None:
    """Make, or judge and print."""
    verb, folder, *rest = arguments
    if verb == "make":
        make(Path(folder), int((rest or ["1"])[0]))
    elif verb == "judge":
        json.dump(judge(Path(folder), Path(rest[0])), sys.stdout)
    else:
        table = pq.read_table(rest[0])
        ids = zip(table["left_id"].to_pylist(), table["right_id"].to_pylist(), strict=True)
        json.dump(score(Path(folder), list(ids)), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
