"""Splink 5 with settings for bank lines: two blocking rules, the best pairs from 0.0001."""

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.peers.common import main

LAG = "day_l - day_r"
DATE = {
    "output_column_name": "day",
    "comparison_levels": [
        cll.NullLevel("day"),
        *(
            {"sql_condition": f"{LAG} between 0 and {n}", "label_for_charts": f"<={n} days"}
            for n in (1, 3, 7)
        ),
        cll.ElseLevel(),
    ],
}


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """Train without labels, predict."""
    columns = ["record_id", "account", "amount_minor", "day", "text"]
    tables = [each[columns].rename(columns={"record_id": "unique_id"}) for each in (left, right)]
    for table in tables:
        table["name"] = table["text"].str.replace(r"[^A-Z ]", "", regex=True).str.strip()
        table["number"] = table["text"].str.extract(r"(\d{5,8})", expand=False)
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / len(right),
        blocking_rules_to_generate_predictions=[
            block_on("account", "amount_minor"),
            block_on("account", "number"),
        ],
        comparisons=[
            cl.ExactMatch("amount_minor").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("name", [0.9, 0.8, 0.7]),
            cl.ExactMatch("number"),
            DATE,
        ],
        unique_id_column_name="unique_id",
    )
    api = DuckDBAPI()
    names = ("a_bank", "b_books")
    data = [api.register(t, dataset_display_name=n) for t, n in zip(tables, names, strict=True)]
    linker = Linker(data, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("account", "amount_minor")
    )
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("account", "number")
    )
    found = linker.inference.predict(threshold_match_probability=0.0001).as_pandas_dataframe()
    by_weight = found.sort_values("match_weight", ascending=False)
    best = [~by_weight.duplicated(f"unique_id_{side}") for side in "lr"]
    found = by_weight[best[0] & best[1]]
    return list(zip(found["unique_id_l"], found["unique_id_r"], strict=True))


if __name__ == "__main__":
    main(find)
