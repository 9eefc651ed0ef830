"""The steps in order: read, check, add up, set the plain aside, hand over the rest."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

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
NOMINAL = "nominal.csv"
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
    """Balances of everything, and where what may differ stands."""

    subledger: tuple[Move, ...]
    control: tuple[Move, ...]
    places: Mapping[str, Sequence[int]]
    """By file name: rows of what may differ, counted from 0 after the header, ascending."""
    rows: Mapping[str, int]
    """By file name: how many rows there are."""
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
            if any(_faults(engine, name) for name in ("faults", "repeated_lines")):
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
    """Load what the steps need of the files; False where one lacks columns that it needs."""
    load = engine.step
    for name, ledger, module, sign in frame.ledgers:
        if not _open(engine, folder / name, ENTRY_COLUMNS, {"txn_id", "base_amount"}):
            return False
        named: dict[str, object] = {"file_name": name, "rows_before": 0}
        named |= {"ledger": ledger, "module": module, "sign": sign}
        load("entry_row", statement("entry_row"), named | _money(frame) | _calendar(frame))
        load = engine.append
    needed = {"nominal_id", "journal_id", "debit", "credit"}
    if not _open(engine, folder / NOMINAL, LINE_COLUMNS, needed):
        return False
    engine.step("line", statement("line"), {"rows_before": 0} | _money(frame))
    engine.number("entry", "entry_row")
    return True


def _open(
    engine: DuckDB, path: Path, columns: Sequence[str], needed: AbstractSet[str] = frozenset()
) -> bool:
    """See a file as `raw_file`, with a column of nothing for each that it does not have."""
    return needed <= engine.open_file("raw_file", path, columns)


def _faults(engine: DuckDB, name: str) -> int:
    """What a statement counts."""
    return int(engine.rows(statement(name)).to_pylist()[0]["faults"])


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
    places: dict[str, list[int]] = {NOMINAL: []}
    for file_name, place in _tuples(engine, "odd_places"):
        places.setdefault(file_name, []).append(place)
    places[NOMINAL] = sorted(place for (place,) in _tuples(engine, "odd_line_places"))
    return Triage(
        tuple(Move(*row) for row in _tuples(engine, "subledger_moves")),
        tuple(Move(*row) for row in _tuples(engine, "control_moves")),
        places,
        dict(_tuples(engine, "counts")),
        tuple(_tuples(engine, "unbalanced")),
    )


def _tuples(engine: DuckDB, name: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a named statement."""
    columns = engine.rows(statement(name)).to_pydict().values()
    return zip(*columns, strict=True)
