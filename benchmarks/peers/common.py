"""What the peers' scripts share: reading the instance, writing the pairs, the peer's own words."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

WINDOW = (0, 7)
"""Days from book to bank that peers are told; it covers every lag of the generator's pairs."""


def sides(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both sides, with the whole text in one column and days as numbers."""
    tables = []
    for name in ("left", "right"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        parts = [table[each] for each in ("counterparty", "reference", "narrative")]
        table["text"] = (parts[0] + " " + parts[1] + " " + parts[2]).str.upper().str.strip()
        table["booked_on"] = pd.to_datetime(table["booked_on"])
        table["day"] = (table["booked_on"] - pd.Timestamp("1970-01-01")).dt.days
        tables.append(table)
    return tables[0], tables[1]


def write(folder: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """The pairs found."""
    made = pd.DataFrame(list(pairs), columns=["left_id", "right_id"])
    made.to_parquet(folder / "pairs.parquet")


def main(find: Callable[[pd.DataFrame, pd.DataFrame], Iterable[tuple[str, str]]]) -> None:
    """Run a peer on the folder named on the command line."""
    folder = Path(sys.argv[1])
    write(folder, find(*sides(folder)))
