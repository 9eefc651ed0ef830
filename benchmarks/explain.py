"""Whole `tieout explain` on large books, as a ratio to DuckDB reading and summing the same files.

Both run as processes of their own, in turn. The cells of the answer are compared with what was
planted, at every size and again when a hundred postings have been added; then the books are
explained again from what the first run kept.
"""

import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median

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

SIZES = (250_000, 500_000, 1_000_000)
RATIO_MAX = 8.0
PEAK_MB_MAX = 3_000.0
GROWTH_MAX = 2.2
AGAIN_MAX = 0.1
PROMISED = 500_000


def run(folder: Path, sizes: tuple[int, ...] = (), rounds: int = 3) -> dict[str, object]:
    """Measure every size; say which promises hold."""
    rows = [_size(folder / str(size), size, rounds) for size in sizes or SIZES]
    growth = {
        f"{small['documents']}-{large['documents']}": round(
            _number(large, "cpu_seconds") / _number(small, "cpu_seconds"), 2
        )
        for small, large in pairwise(rows)
        if _number(large, "documents") == 2 * _number(small, "documents")
    }
    return {"rows": rows, "growth_at_twice_the_size": growth, "holds": _holds(rows, growth)}


def _size(folder: Path, documents: int, rounds: int) -> dict[str, object]:
    python = sys.executable
    instance = [python, "-m", "benchmarks.books_instance"]
    must([*instance, "make", str(folder), str(documents)])
    ours = [python, "-m", "tieout", "explain", str(folder)]
    bare = [python, "-m", "benchmarks.read_and_sum", str(folder)]
    runs = alternate({"tieout": ours, "bare": bare}, rounds)
    judged = json.loads(must([*instance, "judge", str(folder), str(documents), "made"]).out)
    row: dict[str, object] = {
        "documents": documents,
        "rows": int(runs["bare"][0].out),
        "seconds": seconds(runs["tieout"]),
        "cpu_seconds": cpu_seconds(runs["tieout"]),
        "bare_seconds": seconds(runs["bare"]),
        "bare_cpu_seconds": cpu_seconds(runs["bare"]),
        "ratio": round(ratio(runs["tieout"], runs["bare"]), 2),
        "cpu_ratio": round(cpu_ratio(runs["tieout"], runs["bare"]), 2),
        "peak_mb": peak_mb(runs["tieout"]),
        "inside_seconds": round(judged["seconds"], 3),
        "cells": judged["cells"],
        "engine": judged["engine"],
        "again": _again(folder, documents, ours, instance),
    }
    print(
        f"explain {documents:,}: {row['seconds']} s ({row['cpu_seconds']} s of processor time), "
        f"{row['ratio']} ({row['cpu_ratio']}) times the bare sum, {row['peak_mb']} MB, "
        f"{row['cells']} cells right; again {row['again']}"
    )
    shutil.rmtree(folder)
    return row


def _again(folder: Path, documents: int, ours: list[str], instance: list[str]) -> dict[str, object]:
    """Keep what a first run found, add a hundred postings, and explain again.

    Once in one process, as a server does it, which makes the postings; then as whole commands.
    """
    keep = folder.with_name(f"{folder.name}-kept")
    inside = json.loads(must([*instance, "again", str(folder), str(documents), str(keep)]).out)
    grown: list[Measured] = []
    spare = folder.with_name(f"{folder.name}-spare")
    for _ in range(3):
        shutil.copytree(keep, spare)
        grown.append(must([*ours, "--keep", str(spare)], (1,)))
        shutil.rmtree(spare)
    shutil.rmtree(keep)
    first = must([*ours, "--keep", str(keep)], (1,))
    shutil.rmtree(keep)
    within = {name: inside["again"][name] / inside["first"][name] for name in ("seconds", "cpu")}
    return {
        "first_seconds": round(first.seconds, 3),
        "first_cpu_seconds": round(first.cpu_seconds, 3),
        "seconds": seconds(grown),
        "cpu_seconds": cpu_seconds(grown),
        "share": round(median(each.seconds for each in grown) / first.seconds, 3),
        "cpu_share": round(cpu_seconds(grown) / first.cpu_seconds, 3),
        "inside_first_seconds": round(inside["first"]["seconds"], 3),
        "inside_seconds": round(inside["again"]["seconds"], 3),
        "inside_share": round(within["seconds"], 3),
        "inside_cpu_share": round(within["cpu"], 3),
        "cells": inside["again"]["cells"],
        "kept": inside["again"]["kept"],
    }


def _holds(rows: list[dict[str, object]], growth: dict[str, float]) -> dict[str, bool]:
    """Each promise, by name, and whether these figures keep it."""
    holds = {}
    for row in rows:
        documents = int(_number(row, "documents"))
        if documents < PROMISED:
            continue
        again = row["again"]
        assert isinstance(again, dict)
        holds[f"{documents}: at most {RATIO_MAX} times the bare sum"] = (
            _number(row, "ratio") <= RATIO_MAX
        )
        if documents == PROMISED:
            holds[f"{documents}: under {PEAK_MB_MAX} MB"] = _number(row, "peak_mb") < PEAK_MB_MAX
        what = f"{documents}: again after 100 postings at under {AGAIN_MAX} of the first run"
        holds[f"{what}, within one process"] = again["inside_share"] < AGAIN_MAX
        holds[f"{what}, as whole commands"] = again["share"] < AGAIN_MAX
    for sizes, cost in growth.items():
        holds[f"{sizes}: twice the books cost at most {GROWTH_MAX} times"] = cost <= GROWTH_MAX
    return holds


def _number(row: dict[str, object], name: str) -> float:
    return float(str(row[name]))
