"""fastrecon, keyed on account, amount and day.

It compares keyed tables and returns counts, no pairs; pairs are derived from the same key, by
position, and must be as many as it says agree at most.
"""

import sys
from pathlib import Path

import fastrecon
import pandas as pd

from benchmarks.peers.common import sides, write

KEY = ["account", "amount_minor", "day"]


def keyed_pairs(left: pd.DataFrame, right: pd.DataFrame, folder: Path) -> list[tuple[str, str]]:
    """Compare by key; the rows whose key is on both sides."""
    paths = []
    for name, table in (("left", left), ("right", right)):
        keyed = table.drop_duplicates(KEY)[[*KEY, "currency"]]
        path = folder / f"fastrecon-{name}.parquet"
        keyed.to_parquet(path)
        paths.append(fastrecon.ParquetFile(str(path)))
    result = fastrecon.compare(paths[0], paths[1], keys=KEY)
    if result.error:
        raise RuntimeError(result.error)
    columns = [*KEY, "record_id"]
    a, b = left.drop_duplicates(KEY)[columns], right.drop_duplicates(KEY)[columns]
    both = a.merge(b, on=KEY, suffixes=("", "_r"))
    common = result.row_count_left - result.missing_in_right
    if len(both) != common:
        raise RuntimeError(f"{len(both)} keys are common, fastrecon says {common}")
    return list(zip(both["record_id"], both["record_id_r"], strict=True))


if __name__ == "__main__":
    at = Path(sys.argv[1])
    write(at, keyed_pairs(*sides(at), at))
