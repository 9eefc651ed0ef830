"""All that is particular to DuckDB: five verbs, and nothing of matching.

Statements are named files of `sql/`, one each, in the subset that SQLGlot carries to Spark.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

MEMORY_LIMIT = "600MB"


def statement(name: str) -> str:
    """The text of a named statement."""
    return (resources.files("tieout.engine") / "sql" / f"{name}.sql").read_text()


class DuckDB:
    """The embedded engine: in memory, spilling to a folder that goes with it."""

    def __init__(self, threads: int = 2, memory_limit: str = MEMORY_LIMIT) -> None:
        self._spill = TemporaryDirectory(prefix="tieout-")
        self._connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory_limit,
                "temp_directory": str(Path(self._spill.name)),
                "preserve_insertion_order": False,
            }
        )
        self._connection.execute("set enable_progress_bar=false")

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known under a name."""
        self._connection.register(name, table)

    def step(self, name: str, sql: str) -> None:
        """Run a statement and keep its rows as a table of that name."""
        self._connection.execute(f"create or replace temp table {name} as {sql}").fetchall()

    def rows(self, sql: str) -> pa.Table:
        """Run a statement and return its rows."""
        return self._connection.sql(sql).to_arrow_table()

    def write(self, name: str, path: Path) -> None:
        """Write a table as Parquet."""
        self._connection.table(name).write_parquet(str(path))

    def drop(self, name: str) -> None:
        """Forget a table."""
        self._connection.execute(f"drop table if exists {name}").fetchall()

    def settings(self, values: Mapping[str, int]) -> None:
        """The one-row table `settings` that statements take their parameters from."""
        self.register("settings", pa.table({key: [value] for key, value in values.items()}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._spill.cleanup()
