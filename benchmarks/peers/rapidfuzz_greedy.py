"""rapidfuzz, blocked on account and amount within the window, best text first."""

import pandas as pd
from rapidfuzz import fuzz

from benchmarks.peers.common import WINDOW, main


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """Greedy: the best-scored pair first, each record once."""
    columns = ["record_id", "account", "amount_minor", "day", "text"]
    both = left[columns].merge(right[columns], on=["account", "amount_minor"], suffixes=("", "_r"))
    lag = both["day"] - both["day_r"]
    both = both[(lag >= WINDOW[0]) & (lag <= WINDOW[1])].copy()
    pairs = zip(both["text"], both["text_r"], strict=True)
    both["score"] = [fuzz.token_set_ratio(a, b) for a, b in pairs]
    both = both.sort_values(["score", "record_id", "record_id_r"], ascending=[False, True, True])
    used: set[str] = set()
    found = []
    for a, b in zip(both["record_id"], both["record_id_r"], strict=True):
        if a not in used and b not in used:
            used.update((a, b))
            found.append((a, b))
    return found


if __name__ == "__main__":
    main(find)
