"""Parquet files."""

from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source


class Parquet:
    """The format object."""

    name = "parquet"
    title = "Apache Parquet"
    side = "table"
    standard = "Apache Parquet format 2"
    suffixes = (".parquet", ".pq")

    def recognises(self, source: Source) -> int:
        """By the four letters it begins with."""
        return 95 if source.head.startswith(b"PAR1") else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read all row groups; columns are found by their names as in a CSV header."""
        from tieout.formats.parquet.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source, options)


FORMAT = Parquet()
