"""Splink 5 on its transactions set, with its documented demo's settings.

Left out is only the demo's rule that blocks on the id, which is the truth; and predictions start
at 0.01, since the demo's 0.001 needs more than 20 GB for the clustering that follows.
"""

import sys
from pathlib import Path

import duckdb
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SAME_MEMO_START = """and substr(l.memo, 1, 3) = substr(r.memo, 1, 3)
and l.amount / r.amount > 0.7 and l.amount / r.amount < 1.3"""
ROUNDED = "round(l.amount / 2, 0) * 2 = round({right} / 2, 0) * 2"
BLOCKING = [
    "strftime(l.transaction_date, '%Y%m') = strftime(r.transaction_date, '%Y%m') "
    + SAME_MEMO_START,
    "strftime(l.transaction_date + 15, '%Y%m') = strftime(r.transaction_date, '%Y%m') "
    + SAME_MEMO_START,
    block_on("substr(memo, 1, 9)"),
    ROUNDED.format(right="r.amount")
    + " and yearweek(r.transaction_date) = yearweek(l.transaction_date)",
    ROUNDED.format(right="(r.amount + 1)")
    + " and yearweek(r.transaction_date) = yearweek(l.transaction_date + 4)",
]
WITHIN = (
    "transaction_date_r - transaction_date_l <= {n} and transaction_date_r >= transaction_date_l"
)
ROOM = "6GB"
AMOUNT = {
    "output_column_name": "amount",
    "comparison_levels": [
        cll.NullLevel("amount"),
        cll.ExactMatchLevel("amount"),
        *(cll.PercentageDifferenceLevel("amount", each) for each in (0.01, 0.03, 0.1, 0.3)),
        cll.ElseLevel(),
    ],
}
DATE = {
    "output_column_name": "transaction_date",
    "comparison_levels": [
        cll.NullLevel("transaction_date"),
        *(
            {"sql_condition": WITHIN.format(n=n), "label_for_charts": f"<={n} days"}
            for n in (1, 4, 10, 30)
        ),
        cll.ElseLevel(),
    ],
}


def main(folder: Path, *, cluster: bool) -> None:
    """Train, predict; on demand cluster one to one."""
    origin = pd.read_parquet(folder / "origin.parquet")
    destination = pd.read_parquet(folder / "destination.parquet")
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / len(origin),
        blocking_rules_to_generate_predictions=BLOCKING,
        comparisons=[AMOUNT, cl.LevenshteinAtThresholds("memo", [2, 6, 10]), DATE],
        retain_intermediate_calculation_columns=True,
    )
    # Clustering, which is not timed, would take all of a machine's memory for its tables.
    api = (
        DuckDBAPI(connection=duckdb.connect(config={"memory_limit": ROOM}))
        if cluster
        else DuckDBAPI()
    )
    tables = [
        api.register(origin, dataset_display_name="__ori"),
        api.register(destination, dataset_display_name="_dest"),
    ]
    linker = Linker(tables, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("memo"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("amount"))
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    if not cluster:
        return
    pairs = predicted.as_pandas_dataframe()
    pairs = pairs.rename(columns={"unique_id_l": "right_id", "unique_id_r": "left_id"})
    likely = pairs[pairs["match_probability"] >= 0.5]
    likely[["left_id", "right_id"]].to_parquet(folder / "splink-pairs_at_0.5.parquet")
    for threshold in (0.5, 0.01):
        clusters = linker.clustering.cluster_using_single_best_links(
            predicted,
            duplicate_free_datasets=["__ori", "_dest"],
            threshold_match_probability=threshold,
        ).as_pandas_dataframe()
        sides = dict(list(clusters.groupby("source_dataset")))
        joined = sides["_dest"].merge(sides["__ori"], on="cluster_id", suffixes=("_d", "_o"))
        named = joined.rename(columns={"unique_id_d": "left_id", "unique_id_o": "right_id"})
        path = folder / f"splink-one_to_one_at_{threshold}.parquet"
        named[["left_id", "right_id"]].to_parquet(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), cluster="cluster" in sys.argv[2:])
