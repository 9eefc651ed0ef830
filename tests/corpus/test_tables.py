"""The corpus of real tables: sums counted by other means, and no row lost in silence."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import format_named
from tieout.testing.corpus import corpus_files, count_and_sum, verdict
from tieout.testing.formats import check_promises

SUMS = Path(__file__).with_name("tables.tsv")
"""Count and sum of 49 files, added up by a few lines that know each file's amount column."""


def test_counts_and_sums_are_those_of_a_simple_addition(corpus: Path) -> None:
    with SUMS.open(encoding="utf-8", newline="") as table:
        expected = list(csv.DictReader(table, delimiter="\t"))
    wrong = []
    for row in expected:
        reading = format_named("delimited").read(Source.of(corpus / "csv" / row["file"]), {})
        if count_and_sum(reading) != (int(row["n"]), Decimal(row["sum"])):
            wrong.append(f"{row['file']}: {count_and_sum(reading)}, expected {row}")
    assert not wrong


@pytest.mark.parametrize(
    ("kind", "share"), [("csv", 0.95), ("xlsx", 1.0), ("gl-erp", 1.0)], ids=["csv", "xlsx", "gl"]
)
def test_every_table_is_read_or_refused_with_a_reason(
    corpus: Path, kind: str, share: float
) -> None:
    assert corpus.is_dir()
    verdicts = [(file.name, *verdict(file)) for file in corpus_files(kind)]
    wrong = [f"{name}: {said}" for name, right, said in verdicts if not right]
    assert len(wrong) <= (1 - share) * len(verdicts), wrong


def test_every_table_keeps_the_promises(corpus: Path) -> None:
    assert corpus.is_dir()
    refused: set[str] = set()
    for file in corpus_files("csv", "xlsx"):
        name = "sheet" if file.kind == "xlsx" else "delimited"
        try:
            reading = format_named(name).read(Source.of(file.path), {})
        except TieoutError as error:
            refused.add(error.code)
            continue
        check_promises(reading)
        assert reading.line_count + len(reading.held) or reading.problems
    assert refused <= {"table.column-missing"}
