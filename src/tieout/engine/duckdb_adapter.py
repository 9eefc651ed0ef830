"""All that is particular to DuckDB: a few verbs, and nothing of matching or explaining.

Statements are named files of `sql/`, one each, in the subset that SQLGlot carries to Spark.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

MEMORY_LIMIT = "600MB"
PIECE_ROWS = 122_880
"""Rows of an Arrow table that one thread reads: as many as DuckDB's own tables have in a piece."""
_FILE = """read_csv('{place}', all_varchar = true, header = true, delim = ',', quote = '"',
    escape = '"', nullstr = '', strict_mode = true)"""
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
        """Make an Arrow table known under a name, in pieces: two threads share those out."""
        pieces = table.to_batches(max_chunksize=PIECE_ROWS)
        self._connection.register(name, pa.Table.from_batches(pieces, table.schema))

    def step(self, name: str, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Run a statement and keep its rows as a table of that name."""
        made = f"create or replace temp table {name} as {sql}"
        self._connection.execute(made, values).fetchall()

    def append(self, name: str, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Run a statement and put its rows behind those of a table."""
        self._connection.execute(f"insert into {name} {sql}", values).fetchall()

    def open_file(self, name: str, path: Path, columns: Sequence[str]) -> set[str]:
        """See a comma separated file under a name, as text; returns the columns that it has.

        Each of `columns` that it does not have is there without a value, but for `party`: whether
        that is there says something.
        """
        place = str(path).replace("'", "''")
        file = _FILE.format(place=place)
        known = set(self._connection.sql(f"from {file} limit 0").columns)
        absent = [each for each in columns if each not in known | {"party"}]
        said = ", ".join(["*", *(f"cast(null as varchar) as {each}" for each in absent)])
        seen = f"create or replace temp view {name} as select {said} from {file}"  # noqa: S608  a path
        self._connection.execute(seen).fetchall()
        return known

    def number(self, name: str, table: str) -> None:
        """See a table under another name with `row_id`, which tells its rows apart."""
        made = f"create or replace temp view {name} as"
        seen = f"{made} select *, rowid as row_id from {table}"  # noqa: S608  names of our own
        self._connection.execute(seen).fetchall()

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a statement and return its rows."""
        return self._connection.sql(sql, params=values).to_arrow_table()

    def attach(self, name: str, path: Path) -> None:
        """Open a database file under a name; it is made where there is none."""
        place = str(path).replace("'", "''")
        self._connection.execute(f"attach '{place}' as {name}").fetchall()

    def detach(self, name: str) -> None:
        """Close a database file, with all that was written."""
        self._connection.execute(f"detach {name}").fetchall()

    def save(self, place: str, name: str) -> None:
        """Write a table into an attached database, in the place of one of its name."""
        made = f"create or replace table {place}.{name} as"
        self._connection.execute(f"{made} select * from {name}").fetchall()  # noqa: S608  ours

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is there, or nothing is."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

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
        self.close()

    def close(self) -> None:
        """Let go of all that is held; once more does no harm."""
        self._connection.close()
        self._spill.cleanup()
