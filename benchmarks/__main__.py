"""`python -m benchmarks [NAME…]`: run benchmarks, keep their figures, write the table of them.

Each result is a JSON file with the machine described. `--peers-python` names the interpreter that
has the peers of requirements-bench.txt when it is another one. `--table` only writes
docs/benchmarks.md from the results that are there.
"""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks import explain, match, peers_side_by_side, readers, server, splink_transactions
from benchmarks.measure import machine
from benchmarks.table import PAGE, RESULTS, page

NAMES = ("match", "splink_transactions", "peers", "readers", "server", "explain")


def main() -> int:
    """Run what is named (all by default); 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--sizes", default="", help="lines a side, e.g. 10000,100000")
    parser.add_argument("--rounds", type=int, default=3, help="alternating runs of each command")
    parser.add_argument("--json", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--work", type=Path, help="folder for files (else a temporary one)")
    parser.add_argument("--peers-python", default="", help="interpreter that has the peers")
    parser.add_argument("--table", action="store_true", help=f"only write {PAGE.name}")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {NAMES}")
    kept = True
    for name in () if asked.table else asked.names or NAMES:
        with tempfile.TemporaryDirectory() as spare:
            kept &= _run(name, (asked.work or Path(spare)) / name, asked)
    if asked.table or asked.json == RESULTS:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(RESULTS), encoding="utf-8")
    return 0 if kept else 1


def _run(name: str, folder: Path, asked: argparse.Namespace) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    sizes = tuple(int(each) for each in asked.sizes.split(",") if each)
    described = machine()
    match name:
        case "match":
            result = match.run(folder, sizes, asked.rounds)
        case "splink_transactions":
            result = splink_transactions.run(folder, asked.rounds, asked.peers_python)
        case "peers":
            result = peers_side_by_side.run(folder, sizes, asked.peers_python)
        case "explain":
            result = explain.run(folder, sizes, asked.rounds)
        case "server":
            result = server.run(folder, sizes)
        case _:
            result = readers.run(folder, sizes, asked.rounds)
    asked.json.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"benchmark": name, "machine": described, **result}, indent=1)
    (asked.json / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    holds = result.get("holds", {})
    assert isinstance(holds, dict)
    for promise, is_kept in holds.items():
        print(f"  {'holds ' if is_kept else 'BROKEN'} {promise}")
    return all(holds.values())


if __name__ == "__main__":
    raise SystemExit(main())
