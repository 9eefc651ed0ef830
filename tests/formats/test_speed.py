"""What the readers' benchmark measures, at a size that only shows that it measures the right thing.

Time is a matter of `make bench`; here: each file is read whole, what made reading quadratic is
done once, and the collector is back at work afterwards.
"""

import gc
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import readers
from benchmarks.written import BANK, Line
from tieout.core.errors import TieoutError
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.formats.saft import entries
from tieout.testing.worlds import make_world

COUNT = 60


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Line], dict[str, Path]]:
    left = make_world(3, COUNT, accounts=1).left
    lines = readers._lines(left)
    files = readers._files(tmp_path_factory.mktemp("written"), lines, left)
    return lines, {path.stem: path for path in files}


@pytest.mark.parametrize(
    "name",
    [*(Path(name).stem for name in readers.TEXTS), "gnucash", "xlsx", "ods", "parquet", "csv"],
)
def test_each_file_of_the_benchmark_is_read_whole(
    written: tuple[list[Line], dict[str, Path]], name: str
) -> None:
    lines, files = written
    reading = read_source(Source.of(files[name]))
    assert not reading.held
    assert reading.line_count == len(lines)
    amounts = [line.signed_minor for each in reading.statements for line in each.lines]
    postings = [posting for entry in reading.entries for posting in entry.postings]
    amounts += [each.signed_minor for each in postings if each.account == BANK]
    assert amounts == [line.minor for line in lines]


def test_a_journal_is_looked_at_once_for_all_its_transactions(
    written: tuple[list[Line], dict[str, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[etree._Element | None] = []
    look = entries._journal

    def counted(around: etree._Element | None) -> entries._Journal:
        looked_at.append(around)
        return look(around)

    monkeypatch.setattr(entries, "_journal", counted)
    assert read_source(Source.of(written[1]["saft"])).line_count == len(written[0])
    assert len(looked_at) == 1


def test_the_collector_rests_only_while_a_file_is_read() -> None:
    assert gc.isenabled()
    read_source(Source("a.csv", b"Date,Amount\n2026-01-02,1.00\n2026-01-03,2.00\n"))
    assert gc.isenabled()
    with pytest.raises(TieoutError):
        read_source(Source("a.bin", b"\0\1\2\3" * 40))
    assert gc.isenabled()
