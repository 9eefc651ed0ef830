"""Parquet files: columns by name as in a mapping, read by row group and never as objects."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tieout.core.errors import InvalidInput
from tieout.core.reading import Reading
from tieout.formats.common.guess import guess
from tieout.formats.common.ledger import Facts
from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import TableProfile, checked
from tieout.formats.common.rows import Findings, PlainRows, schema
from tieout.formats.common.source import Source
from tieout.formats.common.tables import finished
from tieout.formats.common.vector import VectorRows

SAMPLE = 300
BATCH = 65_536
COLUMNS_MAX = 500


def read(source: Source, options: Mapping[str, str]) -> Reading:
    """Read all row groups; columns are found by their names as in a CSV header."""
    settings = {
        name: value for name, value in checked(options, source.name).items() if name != "header_row"
    }
    try:
        with source.open() as stream:
            return _read(parquet.ParquetFile(stream), settings, source)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(
            "file.damaged", f"{error}"[:200], "a whole Parquet file", source.name
        ) from error


def _read(file: parquet.ParquetFile, settings: Mapping[str, str], source: Source) -> Reading:
    names = file.schema_arrow.names
    if len(names) > COLUMNS_MAX:
        raise InvalidInput(
            "table.too-many-columns",
            f"{len(names):,} columns",
            f"at most {COLUMNS_MAX}",
            source.name,
        )
    first = next(file.iter_batches(SAMPLE), None)
    cells = [_texts(column) for column in first.columns] if first is not None else []
    sample = [Row(1, list(names))]
    sample += [
        Row(2 + at, [column[at].as_py() for column in cells])
        for at in range(first.num_rows if first is not None else 0)
    ]
    guessed = guess(sample, {**settings, "header_row": "1"}, TableProfile(columns={}))
    findings = Findings()
    plain_rows = PlainRows(guessed.profile, findings)
    vector = VectorRows(guessed.profile, plain_rows)
    tables, begins = [schema(guessed.profile).empty_table()], 0
    for batch in file.iter_batches(BATCH):
        records = np.arange(begins + 1, begins + 1 + batch.num_rows, dtype=np.int64)
        mark = guessed.profile.decimal_mark
        tables.append(
            vector.convert([_texts(column, mark) for column in batch.columns], records, records + 1)
        )
        begins += batch.num_rows
    begun = Reading(source.name, "parquet", sha256=source.sha256)
    return finished(pa.concat_tables(tables), guessed, findings, Facts(), begun)


def _texts(column: pa.Array, mark: str = ".") -> pa.Array:
    """A column as text: days as ISO 8601, numbers exact with the table's decimal mark."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        column = pa.array(
            [str(each) if each is not None else "" for each in column.to_pylist()], pa.string()
        )
    elif pa.types.is_timestamp(column.type):
        column = (
            pc.strftime(column, "%Y-%m-%d %H:%M:%S")
            if column.type.tz is None
            else pc.cast(column, pa.string())
        )
    else:
        number = pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)
        column = pc.cast(column, pa.string())
        if number and mark == ",":
            column = pc.replace_substring(column, ".", ",")
    return pc.fill_null(column, "")
