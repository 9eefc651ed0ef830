"""The engine's answer as Arrow tables: what the doors write, show and return."""

from dataclasses import dataclass, field

import pyarrow as pa

from tieout.core.matching.records import RECORD_COLUMNS, ColumnType

_ARROW: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "date": pa.date32(),
    "bool": pa.bool_(),
}

WORD = pa.dictionary(pa.int32(), pa.string())
"""Text of which a table has few different values, or the same in many rows."""

RECORD_SCHEMA = pa.schema(
    [pa.field(name, _ARROW[kind], nullable=kind == "date") for name, kind in RECORD_COLUMNS.items()]
)

GROUPS_SCHEMA = pa.schema(
    [
        ("group_id", pa.string()),
        ("side", WORD),
        ("record_id", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", WORD),
        ("pass", WORD),
        ("status", WORD),
        ("score", pa.int64()),
        ("reason", WORD),
    ]
)
"""One row a member; sorted by group, side, record."""

MATCHES_SCHEMA = pa.schema(
    [
        ("group_id", pa.string()),
        ("pass", WORD),
        ("rule", WORD),
        ("status", WORD),
        ("account", WORD),
        ("currency", WORD),
        ("left_count", pa.int64()),
        ("right_count", pa.int64()),
        ("left_minor", pa.int64()),
        ("right_minor", pa.int64()),
        ("residual_minor", pa.int64()),
        ("residual_cause", WORD),
        ("score", pa.int64()),
        ("score_amount", pa.int64()),
        ("score_date", pa.int64()),
        ("score_reference", pa.int64()),
        ("score_counterparty", pa.int64()),
        ("score_exclusivity", pa.int64()),
        ("posterior", pa.float64()),
        ("solutions", pa.int64()),
        ("runner_up", pa.string()),
        ("runner_up_score", pa.int64()),
        ("reason", pa.string()),
    ]
)
"""One row a group."""

UNMATCHED_SCHEMA = pa.schema(
    [
        ("side", WORD),
        ("record_id", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", WORD),
        ("reason", WORD),
        ("nearest_id", pa.string()),
        ("nearest_score", pa.int64()),
        ("account", WORD),
        ("booked_on", pa.date32()),
        ("detail", pa.string()),
    ]
)
"""One row a record; sorted by side, record."""


@dataclass(frozen=True)
class MatchResult:
    """The answer of a run. Scores are hundredths of a bit, amounts minor units."""

    groups: pa.Table
    matches: pa.Table
    unmatched: pa.Table
    summary: dict[str, object] = field(default_factory=dict)
    """`counts`, `sums`, `identity` per account and currency, `passes`, `engine`, `parameters`,
    `learned` (windows and weights), `notes`, `seconds` by stage."""
