"""Large books on disk, and the judge of what `tieout.explain` says of them.

`python -m benchmarks.books_instance make FOLDER DOCUMENTS` writes them, `grow` adds a hundred
postings behind them, `judge FOLDER DOCUMENTS made|grown [KEEP]` explains them in this process,
compares every cell with what was planted, and prints seconds as JSON. A wrong cell ends it.
`again FOLDER DOCUMENTS KEEP` explains and keeps, grows them, and explains again in one process.
"""

import json
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from tieout.core.explain.books import SubLedger
from tieout.core.explain.groups import Share
from tieout.testing.books import Expected, grown_books, large_books, large_world

SEED = 1
ROUNDS = 3


def main(verb: str, folder: str, documents: str, *rest: str) -> None:
    """Make, grow or judge."""
    if verb == "make":
        large_books(SEED, int(documents), Path(folder))
    elif verb == "grow":
        grown_books(SEED, int(documents), Path(folder))
    elif verb == "again":
        again(Path(folder), int(documents), Path(*rest))
    else:
        print(json.dumps(judge(Path(folder), int(documents), *rest)))


def again(folder: Path, documents: int, keep: Path) -> None:
    """What a server or a notebook has, which does not start anew: first, and with 100 postings."""
    first = judge(folder, documents, "made", str(keep))
    grown_books(SEED, documents, folder)
    taken = []
    for number in range(ROUNDS):
        spare = keep.with_name(f"{keep.name}-{number}")
        shutil.copytree(keep, spare)
        taken.append(judge(folder, documents, "grown", str(spare)))
        shutil.rmtree(spare)
    second = {name: median(each[name] for each in taken) for name in ("seconds", "cpu")}
    print(json.dumps({"first": first, "again": {**taken[-1], **second}}))


def judge(folder: Path, documents: int, state: str, keep: str = "") -> dict[str, Any]:
    """Explain, compare each cell with the truth, and say what it took."""
    import tieout

    began, used = time.perf_counter(), time.process_time()
    made = tieout.explain(folder, keep=keep or None)
    taken = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}
    world = large_world(SEED, documents, is_grown=state == "grown")
    count = 0
    for each in made.ledgers:
        own = [known for known in world.expected if known.ledger is each.ledger]
        said = cells(each.ledger, each.explanation.shares, world.count + 1)
        truth = cells(each.ledger, own, world.count + 1)
        wrong = {cell for cell in {*said, *truth} if said.get(cell) != truth.get(cell)}
        if wrong:
            raise RuntimeError(f"{len(wrong)} cells differ from the truth: {sorted(wrong)[:3]}")
        count += len(truth)
    return {**taken, "cells": count, "engine": made.engine, "kept": made.kept}


def cells(
    ledger: SubLedger, shares: Iterable[Share | Expected], count: int
) -> dict[tuple[str, str, str, str, int], int]:
    """Ledger, cause, account, currency and period to what it contributes, without zeros."""
    made: dict[tuple[str, str, str, str, int], int] = defaultdict(int)
    for share in shares:
        place = ledger.value, share.cause, str(share.key), share.currency
        for period in range(share.begins, count if share.ends is None else share.ends):
            made[*place, period] += share.amount_minor
    return {cell: amount for cell, amount in made.items() if amount}


if __name__ == "__main__":
    main(*sys.argv[1:])
