"""recordlinkage's unsupervised ECM classifier, blocked on account and amount."""

import pandas as pd
import recordlinkage

from benchmarks.peers.common import main


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """Candidates by block, three comparisons, the classifier's matches."""
    a, b = left.set_index("record_id"), right.set_index("record_id")
    index = recordlinkage.Index()
    index.block(left_on=["account", "amount_minor"], right_on=["account", "amount_minor"])
    candidates = index.index(a, b)
    comparison = recordlinkage.Compare()
    comparison.string("text", "text", method="qgram", threshold=0.3, label="text")
    comparison.numeric("day", "day", method="linear", offset=3, scale=4, label="day")
    features = comparison.compute(candidates, a, b)
    features["day"] = (features["day"] > 0).astype(int)
    features["close"] = [
        int(0 <= a_day - b_day <= 2)
        for a_day, b_day in zip(
            a.loc[candidates.get_level_values(0), "day"],
            b.loc[candidates.get_level_values(1), "day"],
            strict=True,
        )
    ]
    matches = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(features)
    return [(str(x), str(y)) for x, y in matches]


if __name__ == "__main__":
    main(find)
