"""Large books on disk, and the judge of what `tieout.explain` says of them.

`python -m benchmarks.books_instance make FOLDER DOCUMENTS` writes them, `grow` adds a hundred
postings behind them, `judge FOLDER DOCUMENTS made|grown [KEEP]` explains them in this process,
compares every cell with what was planted, and prints seconds as JSON. A wrong cell ends it.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tieout.core.explain.books import SubLedger
from tieout.core.explain.groups import Share
from tieout.testing.books import Expected, grown_books, large_books, large_world

SEED = 1


def main(verb: str, folder: str, documents: str, *rest: str) -> None:
    """Make, grow or judge."""
    if verb == "make":
        large_books(SEED, int(documents), Path(folder))
    elif verb == "grow":
        grown_books(SEED, int(documents), Path(folder))
    else:
        judge(Path(folder), int(documents), *rest)


def judge(folder: Path, documents: int, state: str, keep: str = "") -> None:
    """Explain, compare each cell with the truth, and print what it took."""
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
    print(json.dumps({**taken, "cells": count, "engine": made.engine, "kept": made.kept}))


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
