"""Ours against Splink on Splink's own set of bank transfers, in one run, ids shuffled.

Timed are whole processes: `tieout match` from CSV to all its outputs, and Splink's documented
demo from Parquet to its predictions. Splink's one-to-one clustering runs once more, untimed, so
that its quality stands beside ours.
"""

import json
import sys
from pathlib import Path

from benchmarks import transactions
from benchmarks.measure import alternate, must, peak_mb, ratio, seconds
from benchmarks.measure import run as run_once

SCRIPT = "benchmarks.peers.splink_demo"
F1_MIN = 0.998
PRECISION_MIN = 0.999
RATIO_MAX = 1.2
PEAK_MB_MAX = 1_000.0


def run(folder: Path, rounds: int, peers_python: str) -> dict[str, object]:
    """Measure both; say which promises hold."""
    if not transactions.available():
        print("splink_transactions: skipped, the labelled set is not here (set TIEOUT_CORPUS)")
        return {"skipped": "the labelled set is not here"}
    python, at = sys.executable, str(folder)
    must([python, "-m", "benchmarks.transactions", "make", at])
    out = folder / "answer"
    profile = str(folder / "profile.toml")
    ours = [python, "-m", "tieout", "match", str(folder / "left.csv"), str(folder / "right.csv")]
    ours += ["--map-left", profile, "--map-right", profile]
    ours += ["--rules", str(folder / "rules.toml"), "--out", str(out), "--json"]
    theirs = [peers_python or python, "-m", SCRIPT, at]
    tried = run_once(theirs)
    commands = {"tieout": ours} if tried.code else {"tieout": ours, "splink": theirs}
    runs = alternate(commands, rounds)
    judged = must([python, "-m", "benchmarks.transactions", "judge", at, str(out)])
    quality = json.loads(judged.out)
    result: dict[str, object] = {
        "tieout": {"seconds": seconds(runs["tieout"]), "peak_mb": peak_mb(runs["tieout"])}
        | quality,
    }
    best, sure = quality["confirmed_and_suggested"]["f1"], quality["confirmed"]["precision"]
    holds = {
        f"F1 >= {F1_MIN}": best >= F1_MIN,
        f"precision of confirmed >= {PRECISION_MIN}": sure >= PRECISION_MIN,
        f"under {PEAK_MB_MAX} MB": peak_mb(runs["tieout"]) < PEAK_MB_MAX,
    }
    print(f"splink_transactions: ours F1 {best}, precision of confirmed {sure}")
    if tried.code:
        result["splink"] = {"error": tried.last_words}
        print(f"splink_transactions: Splink did not run: {tried.last_words}")
    else:
        against = round(ratio(runs["tieout"], runs["splink"]), 2)
        splink = {"seconds": seconds(runs["splink"]), "peak_mb": peak_mb(runs["splink"])}
        result |= {"ratio": against, "splink": splink | _clusters(folder, theirs)}
        holds[f"at most {RATIO_MAX} times Splink's demo"] = against <= RATIO_MAX
        print(f"splink_transactions: {against} times Splink's seconds; Splink {result['splink']}")
    return result | {"holds": holds}


def _clusters(folder: Path, command: list[str]) -> dict[str, object]:
    """The quality of Splink's pairs and of its one-to-one clustering."""
    must([*command, "cluster"])
    quality = {}
    for path in sorted(folder.glob("splink-*.parquet")):
        made = [sys.executable, "-m", "benchmarks.transactions", "judge-pairs"]
        judged = must([*made, str(folder), str(path)])
        quality[path.stem.removeprefix("splink-")] = json.loads(judged.out)
    return quality
