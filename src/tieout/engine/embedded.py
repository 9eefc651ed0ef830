"""The embedded back end: candidates by DuckDB from named statements, compared on arrays."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa

from tieout.core.matching.records import Side
from tieout.core.matching.rules import MatchRules
from tieout.engine.assignment import Choice, assign
from tieout.engine.compare import reference_levels, text_levels
from tieout.engine.compiled import compiled
from tieout.engine.duckdb_adapter import DuckDB, statement
from tieout.engine.evidence import TextEvidence, chance_pairs, is_tolerant, rarity_level
from tieout.engine.population import ANY_ACCOUNT, NO_DAY, Population, Populations
from tieout.engine.ragged import rising
from tieout.engine.text import Flags, Ints
from tieout.engine.workers import beside

RARE_PAIRS = 16
"""A reference that could tie more pairs of records than this is common."""
CROWD_LEAST = 4_096
CROWD_RATIO = 48
"""An amount may make so many pairs, or so many a record; beyond, its window is narrowed."""


_PAIRS = ("pairs_exact", "pairs_crowded", "pairs_reference", "pairs_identity")
_STEPS = (
    "amount_counts",
    "crowded_amounts",
    "crowded_lags",
    "crowded_left",
    "rare_tokens",
    "rare_pairs",
    "rare_left",
    "rare_references",
    "identity_left",
)


def record_table(side: Population, rules: MatchRules) -> pa.Table:
    """What statements see of a side: integers only.

    `stretch` numbers stretches of days as long as the window of the rules: the days that a left
    record reaches lie in `stretch` and the next, a right record is in its own.
    """
    length = rules.lag_days_max - rules.lag_days_min + 1
    reach = rules.lag_days_max if side.side is Side.LEFT else 0
    return pa.table(
        {
            "idx": np.arange(side.size),
            "pool": side.pool,
            "currency": side.currency,
            "any_account": (side.account == ANY_ACCOUNT).astype(np.int64),
            "amount": side.amount,
            "day": side.day,
            "external": side.external,
            "initial": np.maximum(side.text.name_key(1), 0),
            "bucket": bucket(side.amount, rules),
            "stretch": (side.day - reach) // length,
        }
    )


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
    """DuckDB over the registered populations; see `duckdb_adapter` for all that is its own.

    It is opened while the populations are made.
    """

    name = "duckdb"

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._opening = self._worker.submit(DuckDB)

    def close(self) -> None:
        """Let go of what was opened; after candidates were found nothing is left to let go of."""
        self._worker.shutdown()
        if not self._opening.exception():
            self._opening.result().close()

    def candidates(self, sides: Populations, rules: MatchRules) -> TextEvidence:
        """All candidate pairs with the levels of reference, text and rarity."""
        names = list(_PAIRS)
        if sides.has_any_account:
            names.append("pairs_any_account")
        if is_tolerant(rules):
            names.append("pairs_tolerance")
        with self._opening.result() as engine:
            chance, _ = beside(
                partial(chance_pairs, sides, rules), partial(_register, engine, sides, rules)
            )
            for name in _STEPS:
                engine.step(name, statement(name))
            found = engine.rows(" union all ".join(f"({statement(name)})" for name in names))
            rare = engine.rows("select l, r from rare_references")
            crowded = engine.rows(statement("crowded_records"))
        return _evidence(sides, found, rare, crowded, chance)

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


def _evidence(
    sides: Populations,
    found: pa.Table,
    rare: pa.Table,
    crowded: pa.Table,
    chance: tuple[Ints, Ints],
) -> TextEvidence:
    """The pairs, each once, with their levels; a pair found twice has its most common amount."""
    size = max(sides.right.size, 1)
    key = _ints(found["l"]) * size + _ints(found["r"])
    key, many = _each_once(key, _ints(found["pairs"]), rising(key))
    left, right = np.divmod(key, size)
    rare_keys = np.sort(_ints(rare["l"]) * size + _ints(rare["r"]))
    texts = sides.left.text, sides.right.text
    chance_keys = chance[0] * size + chance[1]
    is_left = _ints(crowded["side"]) == 0
    index = _ints(crowded["idx"])
    return TextEvidence(
        left,
        right,
        reference_levels(*texts, (left, right), _among(key, rare_keys)),
        text_levels(*texts, left, right),
        rarity_level(many),
        chance,
        reference_levels(*texts, chance, _among(chance_keys, rare_keys)),
        text_levels(*texts, *chance),
        crowded_left=np.sort(index[is_left]),
        crowded_right=np.sort(index[~is_left]),
    )


def _ints(column: pa.ChunkedArray) -> Ints:
    """A column of its own, which may be written: loops are compiled for those alone."""
    values: Ints = column.to_numpy().astype(np.int64, copy=False)
    return np.require(values, requirements="W")


@compiled
def _each_once(key: Ints, many: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Each key once, in that order, with the greatest number that stands with it."""
    keys, most = np.empty_like(key), np.empty_like(many)
    size = 0
    for place in order:
        if size and keys[size - 1] == key[place]:
            most[size - 1] = max(most[size - 1], many[place])
        else:
            keys[size], most[size] = key[place], many[place]
            size += 1
    return keys[:size], most[:size]


@compiled
def _among(key: Ints, known: Ints) -> Flags:
    """Which keys are among the known; both rise."""
    found = np.zeros(len(key), dtype=np.bool_)
    at = 0
    for place in range(len(key)):
        while at < len(known) and known[at] < key[place]:
            at += 1
        found[place] = at < len(known) and known[at] == key[place]
    return found
