"""Peers on one instance in one run: precision and recall beside seconds and memory.

Each peer is a script under `peers/` and a process of its own. One that does not install or run
is reported by name with its error. What only survives a smaller instance gets one, of the same
seed, and the row says so; ours runs on each size too.
"""

import json
import sys
from pathlib import Path

from benchmarks.measure import must
from benchmarks.measure import run as run_once

LINES = 100_000
SMALL = 2_000
SECONDS_MAX = 240.0
PEERS = {
    "rapidfuzz": ("rapidfuzz_greedy", LINES, "blocked on account and amount, greedy by text"),
    "datacompy": ("datacompy_keyed", LINES, "keyed on account and amount; no matcher"),
    "fastrecon": ("fastrecon_keyed", LINES, "keyed on account, amount, day; no matcher"),
    "recordlinkage": ("recordlinkage_ecm", LINES, "blocked on account and amount, ECM"),
    "splink": ("splink_matcher", LINES, "two blocking rules, each other's best from 0.0001"),
    "beangulp": ("beangulp_similar", SMALL, "first entry within 5 % and 5 days"),
    "beancount-import": ("beancount_import_matching", SMALL, "first merge proposed"),
}


def run(folder: Path, sizes: tuple[int, ...], peers_python: str) -> dict[str, object]:
    """All peers and ours; nothing is promised here, figures are shown."""
    lines = sizes[0] if sizes else LINES
    instances = {size: folder / str(size) for size in (lines, min(SMALL, lines))}
    rows: list[dict[str, object]] = []
    for size, at in instances.items():
        must([sys.executable, "-m", "benchmarks.instance", "make", str(at), str(size), "2"])
        rows += _ours(at, size)
        print(f"peers: {rows[-2:]}")
    for name, (script, size, how) in PEERS.items():
        used = lines if size == LINES else min(SMALL, lines)
        row = {"name": name, "lines": used, "how": how}
        rows.append(row | _peer(script, instances[used], peers_python or sys.executable))
        print(f"peers: {rows[-1]}")
    return {"rows": rows}


def _ours(folder: Path, lines: int) -> list[dict[str, object]]:
    profile, out = str(folder / "profile.toml"), folder / "answer"
    sides = [str(folder / "left.csv"), str(folder / "right.csv")]
    command = [sys.executable, "-m", "tieout", "match", *sides, "--map-left", profile]
    command += ["--map-right", profile, "--out", str(out), "--json"]
    done = must(command, (0, 1))
    judge = [sys.executable, "-m", "benchmarks.instance", "judge-answer", str(folder), str(out)]
    measured = {"seconds": round(done.seconds, 2), "peak_mb": round(done.peak_mb, 1)}
    how = "whole command, CSV to report; "
    kinds = {"confirmed": ["confirmed"], "confirmed and suggested": []}
    return [
        {"name": "tieout", "lines": lines, "how": how + kind, **measured}
        | json.loads(must([*judge, *status]).out)
        for kind, status in kinds.items()
    ]


def _peer(script: str, folder: Path, python: str) -> dict[str, object]:
    found = folder / "pairs.parquet"
    found.unlink(missing_ok=True)
    done = run_once([python, "-m", f"benchmarks.peers.{script}", str(folder)], SECONDS_MAX)
    if done.code:
        why = f"stopped after {SECONDS_MAX:.0f} s" if done.code == 124 else done.last_words
        return {"error": why}
    judge = [sys.executable, "-m", "benchmarks.instance", "judge-pairs", str(folder), str(found)]
    shares = json.loads(must(judge).out)
    measured = {"seconds": round(done.seconds, 2), "peak_mb": round(done.peak_mb, 1), **shares}
    return measured | ({"said": done.out.strip()[-200:]} if script.startswith("beancount") else {})
