"""The steps in order: read, check, add up, set the plain aside, hand over the rest."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa

from tieout.core.explain.books import EntryKind
from tieout.engine.duckdb_adapter import DuckDB, EngineError
from tieout.engine.explain.frame import NOMINAL, Frame, Move, Triage

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
SUMS = ("moves", "unbalanced", "counted_rows")
"""Tables of what is added up, made like the steps."""


def triage(
    folder: Path, frame: Frame, keep: Callable[[DuckDB, Triage], None] | None = None
) -> Triage | None:
    """Run the steps over a folder; None where a file is not as the layout has it.

    The plain reader then reads it instead, and names what is wrong. `keep` is given the engine
    and what it found when all is done.
    """
    try:
        with DuckDB(memory_limit=MEMORY_LIMIT, keeps_order=True) as engine:
            register_frame(engine, frame)
            if not _read(engine, folder, frame):
                return None
            if any(counted(engine, name) for name in ("faults", "repeated_lines")):
                return None
            for name in (*STEPS, *SUMS):
                engine.step(name, statement(name))
            found = _handed_over(engine)
            if keep is not None:
                keep(engine, found)
            return found
    except EngineError:
        return None


def statement(name: str) -> str:
    """The text of a named statement."""
    return (resources.files("tieout.engine.explain") / "sql" / f"{name}.sql").read_text()


def _read(engine: DuckDB, folder: Path, frame: Frame) -> bool:
    """Load what the steps need of the files; False where one lacks columns that it needs."""
    nothing: dict[str, int] = {}
    for name, *_ in frame.ledgers:
        if not read_ledger(engine, folder, frame, name, nothing):
            return False
        nothing = nothing or {name: 0}
    engine.number("entry", "entry_row")
    return read_lines(engine, folder, frame, {})


def read_ledger(
    engine: DuckDB, folder: Path, frame: Frame, name: str, before: Mapping[str, int]
) -> bool:
    """Put the entries of one file into `entry_row`, behind those that are there.

    Args:
        engine: The engine.
        folder: Where the file is.
        frame: The small files.
        name: The file.
        before: How many rows stand before the file's first; nothing at all starts `entry_row` anew.
    """
    if not _open(engine, folder / name, ENTRY_COLUMNS, {"txn_id", "base_amount"}):
        return False
    ledger = next(each for each in frame.ledgers if each[0] == name)
    named: dict[str, object] = dict(
        zip(("file_name", "ledger", "module", "sign"), ledger, strict=True)
    )
    named |= {"rows_before": before.get(name, 0)} | _money(frame) | _calendar(frame)
    load = engine.append if before else engine.step
    load("entry_row", statement("entry_row"), named)
    return True


def read_lines(engine: DuckDB, folder: Path, frame: Frame, before: Mapping[str, int]) -> bool:
    """Put the lines of the nominal file into `line`."""
    needed = {"nominal_id", "journal_id", "debit", "credit"}
    if not _open(engine, folder / NOMINAL, LINE_COLUMNS, needed):
        return False
    values = {"rows_before": before.get(NOMINAL, 0)} | _money(frame)
    engine.step("line", statement("line"), values)
    return True


def _open(engine: DuckDB, path: Path, columns: Sequence[str], needed: AbstractSet[str]) -> bool:
    """See a file as `raw_file`, with a column of nothing for each that it does not have."""
    return needed <= engine.open_file("raw_file", path, columns)


def counted(engine: DuckDB, name: str) -> int:
    """What a statement counts."""
    return int(engine.rows(statement(name)).to_pylist()[0]["amount"])


def register_frame(engine: DuckDB, frame: Frame) -> None:
    """Make the small tables known."""
    for name, table in _given(frame).items():
        engine.register(name, pa.table(table))


def _given(frame: Frame) -> dict[str, dict[str, object]]:
    """The small tables that the statements join with."""
    _, ledgers, modules, signs = zip(*frame.ledgers, strict=True)
    return {
        "ledgers": {
            "ledger": list(ledgers),
            "module": list(modules),
            "sign": list(signs),
        },
        "days": {"period": [period for _, period in frame.days]},
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


def _money(frame: Frame) -> dict[str, object]:
    """How amounts of the base currency are read."""
    exponent = frame.exponents[frame.base_currency]
    scale = {"scale": 10**exponent, "step": _step_of(exponent)}
    return {"base_currency": frame.base_currency, **scale}


def _calendar(frame: Frame) -> dict[str, object]:
    """Which period each day is in."""
    periods = [period for _, period in frame.days]
    first, last = frame.days[0][0].isoformat(), frame.days[-1][0].isoformat()
    bounds = {"first_day": first, "last_day": last, "after_last": max(periods) + 1}
    return {**bounds, "periods": periods}


def _step_of(exponent: int) -> int:
    """How many ten-thousandths the smallest unit of a currency is."""
    return int(10 ** max(4 - exponent, 0))


def _handed_over(engine: DuckDB) -> Triage:
    """What the steps have found."""
    places: dict[str, list[int]] = {}
    for row in _found(engine, "odd_places"):
        places.setdefault(row["file_name"], []).append(row["place"])
    moves: dict[str, list[Move]] = {"subledger": [], "control": []}
    for side, *move in (row.values() for row in _found(engine, "select_moves")):
        moves[side].append(Move(*move))
    return Triage(
        tuple(moves["subledger"]),
        tuple(moves["control"]),
        places,
        {row["file_name"]: row["amount"] for row in _found(engine, "select_counted_rows")},
        tuple((*row.values(),) for row in _found(engine, "select_unbalanced")),
    )


def _found(engine: DuckDB, name: str) -> list[dict[str, Any]]:
    """The rows of a named statement."""
    found: list[dict[str, Any]] = engine.rows(statement(name)).to_pylist()
    return found
