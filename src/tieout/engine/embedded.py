"""The embedded back end: candidates and text evidence by DuckDB, from named statements."""

import numpy as np
import pyarrow as pa

from tieout.core.matching.rules import MatchRules
from tieout.engine.assignment import Choice, assign
from tieout.engine.duckdb_adapter import DuckDB, statement
from tieout.engine.evidence import TextEvidence, rarity_level
from tieout.engine.population import ANY_ACCOUNT, NO_DAY, Population, Populations
from tieout.engine.text import LEFT_ABSENT, Ints

RARE_PAIRS = 16
"""A reference that could tie more pairs of records than this is common."""
CROWD_LEAST = 4_096
CROWD_RATIO = 48
"""An amount may make so many pairs, or so many a record; beyond, its window is narrowed."""


_STEPS = (
    "amount_counts",
    "crowded_lags",
    "rare_tokens",
    "rare_pairs",
    "rare_left",
    "rare_references",
    "identity_left",
)


def record_table(side: Population, rules: MatchRules) -> pa.Table:
    """What statements see of a side: integers, and the beginnings of names."""
    columns = {
        "idx": pa.array(np.arange(side.size)),
        "pool": pa.array(side.pool),
        "currency": pa.array(side.currency),
        "any_account": pa.array((side.account == ANY_ACCOUNT).astype(np.int64)),
        "amount": pa.array(side.amount),
        "day": pa.array(side.day),
        "external": pa.array(side.external),
        "initial": pa.array(np.maximum(side.text.columns["name_1"].to_numpy(), LEFT_ABSENT)),
        "bucket": pa.array(bucket(side.amount, rules)),
    }
    return pa.table(columns | side.text.columns)


def bucket(amount: Ints, rules: MatchRules) -> Ints:
    """Numbers such that amounts within the tolerance are in the same bucket or a neighbour."""
    size = np.abs(amount).astype(np.float64)
    absolute = float(rules.amount_tolerance_minor)
    share = min(rules.amount_tolerance_bp, 9_000) / 10_000.0
    # Steps of the absolute tolerance below the crossing, of the relative one above it.
    crossing = absolute / share if share else np.inf
    low = np.minimum(size, crossing) / (absolute or 1.0)
    if share:
        crossing = max(crossing, 1.0)
        low += np.log(np.maximum(size, crossing) / crossing) / -np.log1p(-share)
    steps: Ints = np.floor(low).astype(np.int64)
    return steps


class Embedded:
    """DuckDB over the registered populations; see `duckdb_adapter` for all that is its own."""

    name = "duckdb"

    def candidates(
        self, sides: Populations, rules: MatchRules, chance: tuple[Ints, Ints]
    ) -> TextEvidence:
        """All candidate pairs with the levels of reference, text and rarity."""
        with DuckDB() as engine:
            _register(engine, sides, rules)
            for name in _STEPS:
                engine.step(name, statement(name))
            engine.register("chance_pairs", pa.table({"l": chance[0], "r": chance[1]}))
            names = [
                "pairs_chance",
                "pairs_exact",
                "pairs_crowded",
                "pairs_reference",
                "pairs_identity",
            ]
            if sides.has_any_account:
                names.append("pairs_any_account")
            if rules.amount_tolerance_minor or rules.amount_tolerance_bp:
                names.append("pairs_tolerance")
            engine.step("candidates", " union all ".join(f"({statement(n)})" for n in names))
            found = engine.rows(statement("evidence"))
            crowded = engine.rows(statement("crowded_records"))
        return _evidence(found, crowded)

    def assign(self, left: Ints, right: Ints, value: Ints) -> Choice:
        """Dominance first, then an exact choice by component."""
        return assign(left, right, value)


def _register(engine: DuckDB, sides: Populations, rules: MatchRules) -> None:
    for name, side in (("left", sides.left), ("right", sides.right)):
        engine.register(f"{name}_records", record_table(side, rules))
        tokens = {"idx": pa.array(side.text.token_row), "token": pa.array(side.text.token)}
        engine.register(f"{name}_tokens", pa.table(tokens))
    engine.settings(
        {
            "lag_min": rules.lag_days_min,
            "lag_max": rules.lag_days_max,
            "no_day": NO_DAY,
            "rare_pairs": RARE_PAIRS,
            "left_size": sides.left.size,
            "right_size": sides.right.size,
            "crowd_least": CROWD_LEAST,
            "crowd_ratio": CROWD_RATIO,
            "tolerance_minor": rules.amount_tolerance_minor,
            "tolerance_bp": rules.amount_tolerance_bp,
        }
    )


def _evidence(found: pa.Table, crowded: pa.Table) -> TextEvidence:
    columns = {name: found[name].to_numpy().astype(np.int64) for name in found.column_names}
    by_chance = columns["pairs"] < 0
    chance_reference, chance_text = columns["reference"][by_chance], columns["text"][by_chance]
    columns = {name: column[~by_chance] for name, column in columns.items()}
    left, right = columns["l"], columns["r"]
    order = np.lexsort((-columns["pairs"], right, left))
    first = np.ones(len(order), dtype=np.bool_)
    ordered_left, ordered_right = left[order], right[order]
    first[1:] = (ordered_left[1:] != ordered_left[:-1]) | (ordered_right[1:] != ordered_right[:-1])
    kept = order[first]
    is_left = crowded["side"].to_numpy() == 0
    index = crowded["idx"].to_numpy().astype(np.int64)
    return TextEvidence(
        left[kept],
        right[kept],
        columns["reference"][kept],
        columns["text"][kept],
        rarity_level(columns["pairs"][kept]),
        chance_reference,
        chance_text,
        crowded_left=np.sort(index[is_left]),
        crowded_right=np.sort(index[~is_left]),
    )
