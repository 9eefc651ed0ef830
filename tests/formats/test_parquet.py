"""Parquet: typed columns give the same lines as text would."""

from datetime import date

from tieout.formats.common.source import Source
from tieout.formats.parquet import FORMAT
from tieout.testing.formats import GOLDEN, FormatConformance


class TestParquet(FormatConformance):
    format_name = "parquet"


def test_decimals_and_doubles_are_exact() -> None:
    for name, expected in (("decimals", [1000, -250, 1]), ("doubles", [30, -250, 100000])):
        reading = FORMAT.read(Source.of(GOLDEN / "parquet" / f"{name}.parquet"), {})
        assert [line.signed_minor for line in reading.statements[0].lines] == expected


def test_stamps_are_days_and_a_missing_one_is_said() -> None:
    reading = FORMAT.read(Source.of(GOLDEN / "parquet" / "texts_and_stamps.parquet"), {})
    assert [line.booked_on for line in reading.statements[0].lines] == [date(2026, 1, 5), None]
    assert "record.date-missing" in {problem.code for problem in reading.problems}
