"""The steps in order: read, check, add up, set the plain aside, hand over the rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import pyarrow as pa

from tieout.core.explain.books import EntryKind
from tieout.engine.duckdb_adapter import DuckDB, EngineError

MEMORY_LIMIT = "1500MB"
ENTRY_COLUMNS = (
    *("txn_id", "party", "type", "reference", "transaction_date", "due_date", "entry_date"),
    *("allocation_date", "currency", "doc_amount", "rate", "base_amount", "tax_amount"),
    *("control_account", "control_cost_centre", "control_department", "related_id"),
    *("batch_id", "void_date"),
)
LINE_COLUMNS = (
    *("nominal_id", "journal_id", "status", "account", "cost_centre", "department", "period"),
    *("posting_date", "transaction_date", "entry_date", "source", "source_id", "line_no"),
    *("line_count", "reference", "narrative", "currency", "doc_amount", "debit", "credit"),
)
STEPS = (
    "by_id",
    "repeated",
    "touched",
    "corrected",
    "whole_batch",
    "loose",
    "by_reference",
    "odd_entry",
    "odd_id",
    "odd_line",
)
"""After `entry` and `line`, each a table of its name made by the statement of its name."""


@dataclass(frozen=True)
class Frame:
    """What the small files say, in the shapes that the steps join with."""

    base_currency: str
    exponents: Mapping[str, int]
    """Decimals of every currency that may occur."""
    ledgers: Sequence[tuple[str, str, str, int]]
    """File name, ledger, its module, and 1 where a debit increases it, else -1."""
    days: Sequence[tuple[date, int]]
    """Every day of the calendar, in order, with the period that it belongs to."""
    counted: Sequence[tuple[str, str]]
    """Ledger and account key as text."""
    accounts: Sequence[str]
    """Account keys of the chart as text."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a ledger or its counted accounts gain in a period, in base minor units."""

    ledger: str
    key: str
    currency: str
    period: int
    amount_minor: int


@dataclass(frozen=True)
class Triage:
    """Balances of everything, and the rows of what may differ."""

    subledger: tuple[Move, ...]
    control: tuple[Move, ...]
    entry_rows: Mapping[str, list[tuple[int, dict[str, str]]]]
    """By file name: line in the file, and cells by column."""
    line_rows: list[tuple[int, dict[str, str]]]
    unbalanced: tuple[tuple[str, int, int], ...]
    """Journal, debits less credits in base minor units, line of its first in the file."""


def triage(folder: Path, frame: Frame) -> Triage | None:
    """Run the steps over a folder; None where a file is not as the layout has it.

    The plain reader then reads it instead, and names what is wrong.
    """
    try:
        with DuckDB(memory_limit=MEMORY_LIMIT, keeps_order=True) as engine:
            for name, table in _given(frame).items():
                engine.register(name, pa.table(table))
            if not _read(engine, folder, frame):
                return None
            for name in ("entry", "line"):
                engine.step(name, statement(name))
            if engine.rows(statement("faults")).to_pylist() != [{"faults": 0}]:
                return None
            for name in STEPS:
                engine.step(name, statement(name))
            return _handed_over(engine)
    except EngineError:
        return None


def statement(name: str) -> str:
    """The text of a named statement."""
    return (resources.files("tieout.engine.explain") / "sql" / f"{name}.sql").read_text()


def _read(engine: DuckDB, folder: Path, frame: Frame) -> bool:
    """Load the files as text; False where one lacks the columns that it needs."""
    load = engine.step
    for name, *_ in frame.ledgers:
        if not _load(engine, folder / name, "raw_file", ENTRY_COLUMNS):
            return False
        load("raw_entries", statement("ledger_rows"), {"file_name": name})
        load = engine.append
    engine.drop("raw_file")
    return _load(engine, folder / "nominal.csv", "raw_nominal", LINE_COLUMNS)


def _load(engine: DuckDB, path: Path, name: str, columns: Sequence[str]) -> bool:
    """Load one file, with a column of nothing for each that it does not have."""
    engine.step(name, statement("file"), {"path": str(path)})
    known = engine.columns(name)
    engine.add_texts(name, [each for each in columns if each not in known | {"party"}])
    needed = {"txn_id", "base_amount"}, {"nominal_id", "journal_id", "debit", "credit"}
    return any(each <= known for each in needed)


def _given(frame: Frame) -> dict[str, dict[str, object]]:
    """The small tables that the statements join with."""
    exponent = frame.exponents[frame.base_currency]
    files, ledgers, modules, signs = zip(*frame.ledgers, strict=True)
    return {
        "settings": {
            "base_currency": [frame.base_currency],
            "scale": pa.array([10**exponent], pa.int64()),
            "step": pa.array([_step_of(exponent)], pa.int64()),
            "first_day": [frame.days[0][0].isoformat()],
            "after_last": [max(period for _, period in frame.days) + 1],
        },
        "ledgers": {
            "file_name": list(files),
            "ledger": list(ledgers),
            "module": list(modules),
            "sign": list(signs),
        },
        "days": {
            "day": [day.isoformat() for day, _ in frame.days],
            "period": [period for _, period in frame.days],
        },
        "counted": {
            "ledger": pa.array([ledger for ledger, _ in frame.counted], pa.string()),
            "key": pa.array([key for _, key in frame.counted], pa.string()),
        },
        "accounts": {"key": pa.array(frame.accounts, pa.string())},
        "currencies": {
            "code": list(frame.exponents),
            "step": pa.array(map(_step_of, frame.exponents.values()), pa.int64()),
        },
        "kinds": {"kind": [kind.value for kind in EntryKind]},
    }


def _step_of(exponent: int) -> int:
    """How many ten-thousandths the smallest unit of a currency is."""
    return int(10 ** max(4 - exponent, 0))


def _handed_over(engine: DuckDB) -> Triage:
    entry_rows: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for row in _rows(engine, "odd_entry_rows"):
        entry_rows.setdefault(row["file_name"], []).append((int(row["line"]), row))
    line_rows = [(int(row["line"]), row) for row in _rows(engine, "odd_line_rows")]
    subledger, control, unbalanced = (
        [tuple(row.values()) for row in engine.rows(statement(name)).to_pylist()]
        for name in ("subledger_moves", "control_moves", "unbalanced")
    )
    return Triage(
        tuple(Move(*row) for row in subledger),
        tuple(Move(*row) for row in control),
        entry_rows,
        line_rows,
        tuple((journal, minor, line) for journal, minor, line in unbalanced),
    )


def _rows(engine: DuckDB, name: str) -> Iterator[dict[str, str]]:
    """Rows of a named statement by column, blank where there is nothing."""
    for batch in engine.rows(statement(name)).to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield {column: "" if cell is None else str(cell) for column, cell in row.items()}
