"""Workbooks: numbers exact, every sheet named, bombs refused."""

import io
import zipfile

import pytest

from tieout.core.errors import InvalidInput
from tieout.formats.common.source import Source
from tieout.formats.common.workbook import plain_number
from tieout.formats.sheet import FORMAT
from tieout.testing.formats import GOLDEN, FormatConformance


class TestSheet(FormatConformance):
    format_name = "sheet"


def test_the_sheet_with_the_table_is_read_and_the_other_named() -> None:
    reading = FORMAT.read(Source.of(GOLDEN / "sheet" / "two_sheets_and_notes.xlsx"), {})
    statement = reading.statements[0]
    assert statement.account == "NL91ABNA0417164300"
    assert [line.signed_minor for line in statement.lines] == [100, 200, -1005]
    assert statement.ties
    assert any("Read me" in problem.found for problem in reading.problems)


def test_numbers_are_exact() -> None:
    reading = FORMAT.read(Source.of(GOLDEN / "sheet" / "float_noise.xlsx"), {})
    assert [line.signed_minor for line in reading.statements[0].lines] == [30, -1200, 12345678901]


@pytest.mark.parametrize(
    ("number", "text"), [(1e22, "1" + "0" * 22), (12.0, "12"), (-0.5, "-0.5"), (1e-7, "0.0000001")]
)
def test_numbers_have_no_exponent(number: float, text: str) -> None:
    assert plain_number(number) == text


def test_a_bomb_is_refused_by_what_it_declares() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 * 1024 * 1024))
    with pytest.raises(InvalidInput) as caught:
        FORMAT.read(Source("bomb.xlsx", packed.getvalue()), {})
    assert caught.value.code == "file.bomb"


def test_an_unknown_sheet_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="Read me"):
        FORMAT.read(Source.of(GOLDEN / "sheet" / "two_sheets_and_notes.xlsx"), {"sheet": "No"})
