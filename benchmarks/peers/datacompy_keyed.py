"""datacompy, keyed on account and amount; duplicates pair by position, as it does by design."""

import datacompy
import pandas as pd

from benchmarks.peers.common import main


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """The rows that it joins."""
    columns = ["account", "amount_minor", "record_id"]
    a = left.sort_values("day")[columns].rename(columns={"record_id": "l"})
    b = right.sort_values("day")[columns].rename(columns={"record_id": "r"})
    compare = getattr(datacompy, "PandasCompare", None) or datacompy.Compare
    compared = compare(a, b, join_columns=["account", "amount_minor"])
    both = compared.intersect_rows
    names = [
        next(n for n in both.columns if n in {each, f"{each}_df1", f"{each}_df2"}) for each in "lr"
    ]
    if len(names) == 2:
        return list(zip(both[names[0]], both[names[1]], strict=True))
    raise RuntimeError(f"no ids among the joined columns {list(both.columns)}")


if __name__ == "__main__":
    main(find)
