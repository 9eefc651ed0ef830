"""Kept work: what the steps found, in a file, and what further rows change of it.

Whether an entry is plainly well posted depends only on what it hangs together with: entries and
lines with its ids, its batch, its reference, or a journal of those. So after rows were added the
steps run again over all that hangs together with them, and over nothing else; sums are added to.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from tieout.engine.duckdb_adapter import DuckDB
from tieout.engine.explain.triage import (
    MEMORY_LIMIT,
    NOMINAL,
    STEPS,
    SUMS,
    Frame,
    Triage,
    counted,
    handed_over,
    read_ledger,
    read_lines,
    register_frame,
    statement,
)

SHARE_MAX = 5
"""Where more than one row in so many hangs together with what is new, all are looked at."""
_RENEWED = ("odd_entry", "odd_line", *SUMS)


def save(engine: DuckDB, path: Path, state: str, starts: pa.Table) -> None:
    """Write what the steps found into a file, with what the caller wants to know of it again.

    Args:
        engine: Where the steps ran.
        path: The file.
        state: What the caller wants to know of it again.
        starts: `file_name`, `place` and `at`: where in bytes each row of a file begins.
    """
    engine.register("state", pa.table({"said": [state]}))
    engine.register("line_start", starts)
    engine.attach("kept", path)
    for name in ("entry", "line", *_RENEWED, "state", "line_start"):
        engine.save("kept", name)
    engine.detach("kept")


def state_of(path: Path) -> str:
    """What `save` was told; raises `EngineError` where the file is none of its own."""
    with DuckDB() as engine:
        engine.attach("kept", path)
        return str(engine.rows(statement("kept_state")).to_pylist()[0]["said"])


def grown(
    path: Path, tails: Path, frame: Frame, starts: pa.Table, state: Callable[[], str]
) -> Triage | None:
    """What the steps say now that rows were added; kept from now on, with a new state.

    Args:
        path: A file of `save`.
        tails: A folder with the files that have grown, each its header and new rows only.
        frame: The same as when it was saved.
        starts: `file_name`, `nth` and `at`: where in bytes each new row of a file begins.
        state: Called when all else is done: what the caller wants to know of it again; blank where
            the files turn out not to have grown only, and nothing is to be kept.

    Returns:
        None where the whole books have to be read: new rows are not as the layout has them, or
        too much hangs together with them.

    Raises:
        EngineError: The file cannot be used.
    """
    with DuckDB(memory_limit=MEMORY_LIMIT, keeps_order=True) as engine:
        register_frame(engine, frame)
        engine.register("read_start", starts)
        engine.attach("kept", path)
        if not _read_tails(engine, tails, frame) or not _gather(engine):
            return None
        for name in STEPS:
            engine.step(name, statement(name))
        for name in _RENEWED:
            engine.step(name, statement(f"{name}_again"))
        said = state()
        if not said:
            return None
        engine.register("state", pa.table({"said": [said]}))
        with engine.transaction():
            engine.append("kept.entry", statement("new_entry_by_name"))
            engine.append("kept.line", statement("new_line_by_name"))
            engine.append("kept.line_start", statement("new_line_start"))
            for name in (*_RENEWED, "state"):
                engine.save("kept", name)
        return replace(handed_over(engine), starts=_starts(engine))


def _starts(engine: DuckDB) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in engine.rows(statement("select_starts")).to_pylist():
        found.setdefault(row["file_name"], []).append(row["at"])
    return found


def _read_tails(engine: DuckDB, tails: Path, frame: Frame) -> bool:
    """New rows as `new_entry` and `new_line`; False where they are not as the layout has them."""
    rows = engine.rows(statement("select_kept_rows")).to_pylist()
    before = {name: 0 for name, *_ in frame.ledgers}
    before |= {row["file_name"]: row["amount"] for row in rows}
    engine.step("entry_row", statement("no_entry"))
    engine.step("line", statement("no_line"))
    for name, *_ in frame.ledgers:
        if (tails / name).exists() and not read_ledger(engine, tails, frame, name, before):
            return False
    if (tails / NOMINAL).exists() and not read_lines(engine, tails, frame, before):
        return False
    for name in ("new_entry", "new_line"):
        engine.step(name, statement(name))
    engine.step("entry", statement("only_new_entry"))
    return not any(counted(engine, name) for name in ("faults", "repeated_lines", "known_lines"))


def _gather(engine: DuckDB) -> bool:
    """Make `entry` and `line` all that hangs together with what is new; False if too much does."""
    engine.step("name", statement("new_names"))
    kept = counted(engine, "kept_counted")
    names = -1
    while names != (names := counted(engine, "names_counted")):
        for near in ("near_entry", "near_line"):
            engine.step(near, statement(near))
        if counted(engine, "near_counted") * SHARE_MAX > kept:
            return False
        engine.step("name", statement("further_names"))
    for gathered in ("entry", "line"):
        engine.step(gathered, statement(f"{gathered}_gathered"))
    return True
