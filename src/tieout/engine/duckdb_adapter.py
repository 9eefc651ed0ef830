"""All that is particular to DuckDB: a few verbs, and nothing of matching or explaining.

Statements are named files of `sql/`, one each, in the subset that SQLGlot carries to Spark.
"""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

MEMORY_LIMIT = "600MB"
EngineError = duckdb.Error
"""What a verb raises that could not be done."""


def statement(name: str) -> str:
    """The text of a named statement."""
    return (resources.files("tieout.engine") / "sql" / f"{name}.sql").read_text()


class DuckDB:
    """The embedded engine: in memory, spilling to a folder that goes with it."""

    def __init__(
        self, threads: int = 2, memory_limit: str = MEMORY_LIMIT, *, keeps_order: bool = False
    ) -> None:
        """`keeps_order`: rows stay in the order in which they were read, and numbered so."""
        self._spill = TemporaryDirectory(prefix="tieout-")
        self._connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory_limit,
                "temp_directory": str(Path(self._spill.name)),
                "preserve_insertion_order": keeps_order,
            }
        )
        self._connection.execute("set enable_progress_bar=false")

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known under a name."""
        self._connection.register(name, table)

    def step(self, name: str, sql: str, values: Mapping[str, str] | None = None) -> None:
        """Run a statement and keep its rows as a table of that name."""
        made = f"create or replace temp table {name} as {sql}"
        self._connection.execute(made, values).fetchall()

    def append(self, name: str, sql: str, values: Mapping[str, str] | None = None) -> None:
        """Run a statement and put its rows behind those of a table."""
        self._connection.execute(f"insert into {name} {sql}", values).fetchall()

    def columns(self, name: str) -> set[str]:
        """The columns of a table."""
        return set(self._connection.table(name).columns)

    def add_texts(self, name: str, columns: Sequence[str]) -> None:
        """Give a table further columns of text, without a value in any row."""
        for column in columns:
            self._connection.execute(f"alter table {name} add column {column} varchar").fetchall()

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
