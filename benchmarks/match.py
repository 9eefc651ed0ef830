"""Whole `tieout match` on CSV files, as a ratio to the bare equi-join of the same files.

Both run as processes of their own, in turn. The answer is judged against the truth before any
figure is believed: a partition, an identity, and the same bytes in every round.
"""

import hashlib
import json
import sys
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import (
    Measured,
    alternate,
    cpu_ratio,
    cpu_seconds,
    must,
    peak_mb,
    ratio,
    seconds,
)
from tieout.core.matching.rules import MatchRules

SIZES = (10_000, 100_000, 1_000_000)
RATIO_MAX = 6.0
PEAK_MB_MAX = 1_500.0
GROWTH_MAX = 1.5
COST = "microseconds_per_line"
PRECISION_MIN = {100_000: 0.9999, 1_000_000: 0.9995}
RECALL_MIN = {100_000: 0.98, 1_000_000: 0.97}


def run(folder: Path, sizes: tuple[int, ...] = (), rounds: int = 3) -> dict[str, object]:
    """Measure every size; say which promises hold."""
    rows = [_size(folder / str(lines), lines, rounds) for lines in sizes or SIZES]
    growth = {
        f"{small['lines']}-{large['lines']}": round(_number(large, COST) / _number(small, COST), 3)
        for small, large in pairwise(rows)
    }
    return {"rows": rows, "growth_of_cost_per_line": growth, "holds": _holds(rows, growth)}


def _size(folder: Path, lines: int, rounds: int) -> dict[str, object]:
    python = sys.executable
    must([python, "-m", "benchmarks.instance", "make", str(folder), str(lines)])
    left, right = str(folder / "left.csv"), str(folder / "right.csv")
    profile, out = str(folder / "profile.toml"), folder / "answer"
    rules = MatchRules()
    window = [str(rules.lag_days_min), str(rules.lag_days_max)]
    ours = [python, "-m", "tieout", "match", left, right, "--map-left", profile]
    ours += ["--map-right", profile, "--out", str(out), "--json"]
    join = [python, "-m", "benchmarks.equi_join", left, right, *window]
    runs: dict[str, list[Measured]] = {"tieout": [], "join": []}
    answers = set()
    for _ in range(rounds):
        for name, done in alternate({"tieout": ours, "join": join}, 1).items():
            runs[name] += done
        answers.add(hashlib.sha256((out / "groups.csv").read_bytes()).hexdigest()[:16])
    if len(answers) > 1:
        raise RuntimeError(f"{lines} lines: different answers to the same question: {answers}")
    summary = json.loads(runs["tieout"][-1].out)
    judged = must([python, "-m", "benchmarks.instance", "judge", str(folder), str(out)])
    quality = json.loads(judged.out)
    row = {
        "lines": lines,
        "seconds": seconds(runs["tieout"]),
        "join_seconds": seconds(runs["join"]),
        "ratio": round(ratio(runs["tieout"], runs["join"]), 2),
        "cpu_seconds": cpu_seconds(runs["tieout"]),
        "join_cpu_seconds": cpu_seconds(runs["join"]),
        "cpu_ratio": round(cpu_ratio(runs["tieout"], runs["join"]), 2),
        "peak_mb": peak_mb(runs["tieout"]),
        "join_peak_mb": peak_mb(runs["join"]),
        "microseconds_per_line": round(seconds(runs["tieout"]) * 1e6 / (2 * lines), 2),
        "joined_pairs": int(runs["join"][0].out),
        "answer": answers.pop(),
        "stages": summary.get("seconds", {}),
        "quality": quality,
    }
    print(
        f"match {lines:,}: {row['seconds']} s, {row['ratio']} times the join, {row['peak_mb']} MB, "
        f"precision {quality['precision']:.6f}, recall {quality['recall']:.4f}"
    )
    return row


def _holds(rows: list[dict[str, object]], growth: dict[str, float]) -> dict[str, bool]:
    """Each promise, by name, and whether these figures keep it."""
    holds = {}
    for row in rows:
        lines = int(str(row["lines"]))
        quality = row["quality"]
        assert isinstance(quality, dict)
        if lines in PRECISION_MIN:
            precise, found = PRECISION_MIN[lines], RECALL_MIN[lines]
            holds[f"{lines}: confirmed precision >= {precise}"] = quality["precision"] >= precise
            holds[f"{lines}: recall >= {found}"] = quality["recall"] >= found
        holds[f"{lines}: at most {RATIO_MAX} times the join"] = _number(row, "ratio") <= RATIO_MAX
        if lines >= 1_000_000:
            holds[f"{lines}: under {PEAK_MB_MAX} MB"] = _number(row, "peak_mb") < PEAK_MB_MAX
    if (name := "100000-1000000") in growth:
        holds[f"cost per line grows at most {GROWTH_MAX} times"] = growth[name] <= GROWTH_MAX
    return holds


def _number(row: dict[str, object], name: str) -> float:
    return float(str(row[name]))
