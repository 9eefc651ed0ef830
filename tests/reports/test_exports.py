"""Reports as files: the same totals in CSV, JSON, a workbook and a PDF, and no text a formula."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

import tieout
from tieout.cli import explaining as screen
from tieout.core.explain.books import Books
from tieout.core.matching.bridge import Bar
from tieout.core.reports.report import (
    Origin,
    Report,
    Section,
    day,
    money,
    number,
    own_money,
    text,
)
from tieout.core.spreadsheets import FORMULA
from tieout.files.explained_bridge import bridge_of_ledger
from tieout.files.explained_files import write_files
from tieout.files.explained_report import explained_reports
from tieout.files.explaining import Explanation
from tieout.files.pdf import pdf_of, write_pdf
from tieout.files.report_tables import csv_tables, json_of, write_csv
from tieout.files.workbook import workbook_of, write_workbook
from tieout.files.workbook_chart import heights
from tieout.formats.books import read_books
from tieout.testing.corpus import PROJECT

BOOKS = PROJECT / "src/tieout/cli/demo_books"
KINDS = ("enquiry", "closed", "aged", "statements", "changes")
ORIGIN = Origin("5" * 64, "GBP", {"GBP": 2, "JPY": 0, "KWD": 3}, "9.9", "f" * 64, date(2026, 1, 2))
HOSTILE = ("=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "{=1}", "'=1")
SIGNS = "Ærøskøbing Łódź Šibenik Ελλάδα Привет ₹ € £ ¥ ₺ ñ ß"
LONG = "W" * 300


@cache
def reports(kind: str) -> tuple[Report, ...]:
    return tieout.ledger_reports(BOOKS, kind, asked=tieout.Asked(period=20))


@cache
def explained() -> Explanation:
    return tieout.explain(BOOKS, period=20)


def made_up(rows: Sequence[tuple[object, ...]]) -> Report:
    """A report of hostile and odd rows."""
    columns = (
        text("name", "Name"),
        day("on", "Day"),
        number("count", "Count"),
        text("currency", "Currency"),
        own_money("own", "Own amount"),
        money("base", "Amount"),
    )
    section = Section("lines", "Lines", columns, tuple(rows))  # type: ignore[arg-type]
    parameters = (("ledger", "Sales ledger"), ("asked by", "=HYPERLINK(1)"))
    total = section.total("base")
    return Report("odd", "=Odd & <b>", "It is =odd.", parameters, (section,), "all", total, ORIGIN)


def total_rows(sheet: Worksheet) -> list[int]:
    """The rows of a sheet in which a total stands."""
    return [
        place
        for place, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if any(str(cell).startswith("=ROUND(SUM(") for cell in row)
    ]


@pytest.mark.req("R115", "R122")
@pytest.mark.parametrize("kind", KINDS)
def test_a_total_is_the_same_in_json_csv_workbook_and_pdf(kind: str, tmp_path: Path) -> None:
    made = reports(kind)
    data = json.loads(json_of(made))
    path = write_workbook(tmp_path / "made.xlsx", made)
    cached = load_workbook(path, data_only=True)
    values = {
        f"{cell.value:.3f}"
        for sheet in cached
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_of(made, {}))).pages)
    for said, report in zip(data, made, strict=True):
        tables = dict(csv_tables(report))
        assert said["control_total"] in words
        for part, section in zip(said["sections"], report.sections, strict=True):
            table = list(csv.DictReader(io.StringIO(tables[section.group or section.name])))
            for column, total in part["totals"].items():
                assert total in words
                assert f"{Decimal(total):.3f}" in values
                if not section.group:
                    cells = [row[column] for row in table if row[column]]
                    minor = sum(int(cell.replace(".", "")) for cell in cells)
                    assert minor == int(total.replace(".", ""))


@pytest.mark.soak
@pytest.mark.req("R115")
def test_workbooks_recalculated_by_libreoffice_have_the_same_totals(tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not here: nothing else recalculates a workbook")
    before = {kind: write_workbook(tmp_path / f"{kind}.xlsx", reports(kind)) for kind in KINDS}
    before["explanation"] = write_files(explained(), tmp_path / "explanation.xlsx")[0]
    bare = [without_values(path, tmp_path / "bare" / path.name) for path in before.values()]
    settings = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    run = [
        program,
        settings,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "again"),
    ]
    subprocess.run([*run, *map(str, bare)], check=True, capture_output=True, timeout=240)
    for path in before.values():
        formulas, cached = load_workbook(path), load_workbook(path, data_only=True)
        again = load_workbook(tmp_path / "again" / path.name, data_only=True)
        found = 0
        for sheet in formulas:
            for cell in (
                cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            ):
                one = cached[sheet.title][cell.coordinate].value
                other = again[sheet.title][cell.coordinate].value
                assert f"{one:.4f}" == f"{other:.4f}", (path.name, sheet.title, cell.coordinate)
                found += 1
        assert found >= 2, path.name


def without_values(path: Path, target: Path) -> Path:
    """A workbook whose formulas have no remembered values: they must be worked out anew."""
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as bare:
        for name in archive.namelist():
            bare.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", archive.read(name)))
    return target


@pytest.mark.req("R115", "R248", "R295")
def test_the_workbook_of_an_explanation_has_a_sheet_a_cause_whose_total_is_its_bar(
    tmp_path: Path,
) -> None:
    (path,) = write_files(explained(), tmp_path / "explanation.xlsx")
    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    assert formulas.sheetnames[0] == "Summary"
    assert formulas.sheetnames[-1] == "About"
    summary = formulas["Summary"]
    assert len(summary._charts) == len(explained().ledgers)
    for report in explained_reports(explained()):
        causes = [each for each in report.sections if not each.group and "amount" in names(each)]
        assert len(causes) > 5
        for section in causes:
            sheet = formulas[sheet_of(formulas.sheetnames, section.title)]
            assert sheet.freeze_panes
            assert sheet.auto_filter.ref
            assert sheet.print_title_rows
            (total,) = total_rows(sheet)
            value = values[sheet.title].cell(total, 1).value
            assert f"{value:.2f}" == report.origin.decimal(section.total("amount"))
        rows = report.sections[0].rows
        linked = [
            cell
            for row in summary.iter_rows(max_col=4)
            for cell in row
            if cell.data_type == "f" and "!" in str(cell.value)
        ]
        assert len(linked) >= len(rows) - 3


def names(section: Section) -> list[str]:
    return [column.name for column in section.columns]


def sheet_of(titles: Sequence[str], title: str) -> str:
    return next(each for each in titles if each.casefold() == plain(title)[:31].strip().casefold())


def plain(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)


@pytest.mark.req("R115")
def test_numbers_are_numbers_dates_dates_and_no_text_is_a_formula(tmp_path: Path) -> None:
    rows = [
        (name, date(2024, 2, 29), 3, "JPY", 1234, -995 - place)
        for place, name in enumerate((*HOSTILE, SIGNS, LONG))
    ]
    report = made_up(rows)
    path = write_workbook(tmp_path / "odd.xlsx", [report])
    sheet = load_workbook(path).worksheets[0]
    body = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[1], datetime)]
    assert [row[0] for row in body] == [row[0] for row in rows]
    assert {row[1] for row in body} == {datetime(2024, 2, 29)}  # noqa: DTZ001  as a sheet has it
    assert [row[5] for row in body] == [
        float(f"-9.{95 + place}") if place < 5 else -10.0 - (place - 5) / 100 for place in range(10)
    ]
    formulas = [
        cell.value
        for each in load_workbook(path)
        for row in each.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) == 1
    assert str(formulas[0]).startswith("=ROUND(SUM(")
    raw = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>-9.95</v>" in raw
    assert "9.949999" not in raw
    form = {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value == 1234}
    assert form == {"#,##0;[Red]-#,##0"}


def test_csv_guards_text_and_leaves_amounts_alone(tmp_path: Path) -> None:
    rows = [(name, None, None, "KWD", -1234, -5) for name in HOSTILE]
    first, *_ = write_csv([made_up(rows)], tmp_path / "odd.csv")
    with first.open(encoding="utf-8", newline="") as lines:
        said = list(csv.DictReader(lines))
    assert [row["own"] for row in said] == ["-1.234"] * len(rows)
    assert [row["base"] for row in said] == ["-0.05"] * len(rows)
    assert not [row["name"] for row in said if row["name"].lstrip(" ").startswith(FORMULA)]
    about = (tmp_path / "odd.about.csv").read_text("utf-8")
    assert "asked by,'=HYPERLINK(1)" in about
    assert "5" * 64 in about


def test_amounts_beyond_15_digits_are_text_and_said_to_be(tmp_path: Path) -> None:
    rows = [
        ("fits", None, None, "GBP", 999_999_999_999_999, 999_999_999_999_999),
        ("does not", None, None, "GBP", 1, 9_007_199_254_740_993),
    ]
    report = made_up(rows)
    sheet = load_workbook(write_workbook(tmp_path / "odd.xlsx", [report])).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "90071992547409.93" in cells
    assert 9_999_999_999_999.99 in cells
    assert "100071992547409.92" in cells  # the total, text too
    assert any("more than 15 digits" in str(each) for each in cells)
    assert not [each for each in cells if str(each).startswith("=ROUND")]


def test_files_are_the_same_whenever_they_are_made() -> None:
    made = reports("aged")
    assert pdf_of(made, {}) == pdf_of(made, {})
    assert workbook_of(made, {}) == workbook_of(made, {})


@pytest.mark.req("R122")
def test_a_pdf_numbers_its_pages_names_its_snapshot_and_repeats_headers(tmp_path: Path) -> None:
    rows = [(f"row {place:05}", date(2026, 1, 2), place, "KWD", 1001, 7) for place in range(400)]
    path = write_pdf(tmp_path / "long.pdf", [made_up(rows)])
    pages = [page.extract_text() for page in PdfReader(path).pages]
    assert len(pages) > 5
    for place, words in enumerate(pages, 1):
        assert f"Page {place} of {len(pages)}" in words
        assert "5" * 64 in words
        assert "9.9" in words
    with_rows = [words for words in pages if "row 0" in words]
    assert all("Own amount" in " ".join(words.split()) for words in with_rows)
    whole = "\n".join(pages)
    assert re.findall(r"row (\d{5})", whole) == [f"{place:05}" for place in range(400)]
    assert "28.00" in pages[-1] or "28.00" in pages[-2]
    assert "=Odd & <b>" in pages[0]


def test_accents_currency_signs_and_long_words_survive_in_a_pdf(tmp_path: Path) -> None:
    rows = [
        (SIGNS, None, 1, "GBP", 1, 1),
        (LONG, None, 1, "GBP", 1, 1),
        ("<script>&amp;</script>", None, 1, "GBP", 1, 1),
        ("株式会社 東京", None, 1, "GBP", 1, 1),
        ("bell \x07 and nul \x00", None, 1, "GBP", 1, 1),
    ]
    path = write_pdf(tmp_path / "signs.pdf", [made_up(rows)])
    words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    joined = re.sub(r"\s", "", words)
    assert re.sub(r"\s", "", SIGNS) in joined
    assert LONG in joined
    assert "<script>&amp;</script>" in joined
    assert "株式会社" in joined


def test_a_pdf_cut_short_says_so_and_still_counts_all_in_its_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.files.pdf.ROWS_MAX", 10)
    rows = [("x", None, 1, "GBP", 1, 100) for _ in range(25)]
    path = write_pdf(tmp_path / "cut.pdf", [made_up(rows)])
    words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    assert "And 15 more rows" in words
    assert "25.00" in words


@pytest.mark.req("R248", "R295")
def test_the_pdf_of_an_explanation_shows_the_bridge_every_cause_and_every_sentence(
    tmp_path: Path,
) -> None:
    (path,) = write_files(explained(), pdf_file=tmp_path / "explanation.pdf")
    words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    joined = re.sub(r"\s", "", words)
    for each in explained().ledgers:
        bridge = bridge_of_ledger(explained(), each)
        for bar in bridge.bars:
            assert explained().books.decimal(bar.amount_minor) in words
        for item in each.items_at(20):
            assert re.sub(r"\s", "", item.sentence) in joined


def test_pages_can_be_drawn_and_have_something_on_them(tmp_path: Path) -> None:
    program = shutil.which("pdftoppm")
    if program is None:
        pytest.skip("pdftoppm is not here: pages are not drawn")
    path = write_pdf(tmp_path / "aged.pdf", reports("aged"))
    run = [program, "-r", "20", "-gray", "-l", "2", str(path), str(tmp_path / "page")]
    subprocess.run(run, check=True, capture_output=True, timeout=60)
    drawn = sorted(tmp_path.glob("page*.pgm"))
    assert len(drawn) == 2
    for page in drawn:
        shades = page.read_bytes()[20:]
        assert len(set(shades)) > 10
        assert shades.count(255) > len(shades) // 2  # paper, not a black page


@pytest.mark.parametrize(
    ("begins", "ends", "kind", "drawn"),
    [
        (0, 9, "total", (0, 9, 0, 0, 0, 0, 0)),
        (5, 9, "up", (5, 0, 0, 4, 0, 0, 0)),
        (9, 5, "down", (5, 0, 0, 0, 0, 4, 0)),
        (3, -4, "down", (0, 0, 0, 0, 0, 3, -4)),
        (-9, -5, "up", (-5, 0, 0, 0, -4, 0, 0)),
    ],
)
def test_a_bar_of_the_chart_reaches_from_one_total_to_the_next(
    begins: int, ends: int, kind: str, drawn: tuple[int, ...]
) -> None:
    bar = Bar("x", ends - begins, 1, kind, begins, ends)  # type: ignore[arg-type]
    assert heights(bar) == drawn


def test_large_books_are_read_once_more_only_for_what_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Path] = []

    def counted(folder: Path, *more: object, **named: object) -> object:
        asked.append(folder)
        return read_books(folder, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("tieout.files.explaining.read_books", counted)
    made = tieout.explain(BOOKS, engine="duckdb")
    for each in made.ledgers:
        screen._show(made, each)
    explained_reports(made)
    assert asked == []
    books: list[Books] = [each.whole() for each in made.ledgers]
    assert all(each.infinite is not None for each in made.ledgers)
    assert len(asked) == 1
    assert len(books[0].entries) > len(made.books.entries)


def test_of_large_books_the_hash_of_the_files_says_which_they_were() -> None:
    fast = explained_reports(replace(explained(), engine="duckdb"))[0]
    assert fast.origin.books == ""
    assert dict(fast.about())["snapshot"] == explained().reading.content_hash
    whole = explained_reports(explained())[0]
    assert whole.origin == reports("aged")[0].origin
    assert whole.origin.snapshot == explained().snapshot
