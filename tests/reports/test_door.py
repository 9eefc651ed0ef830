"""`tieout ledger-report` and `tieout explain --excel --pdf`: what people and programs are given."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tieout
from tieout.cli.app import app
from tieout.core.errors import InvalidInput
from tieout.core.spreadsheets import FORMULA
from tieout.files.answers import answer_of, write_answer
from tieout.testing.corpus import PROJECT

BOOKS = str(PROJECT / "src/tieout/cli/demo_books")
KINDS = ("enquiry", "closed", "aged", "statements", "changes")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["ledger-report", BOOKS, *arguments])


@pytest.mark.req("R114", "R289", "R291")
@pytest.mark.parametrize("kind", KINDS)
def test_the_screen_shows_the_sentence_the_totals_and_what_it_was_made_from(kind: str) -> None:
    ran = run(kind, "--ledger", "AR", "--period", "20")
    assert ran.exit_code == 0, ran.output
    (report,) = tieout.ledger_reports(BOOKS, kind, ledger="AR", asked=tieout.Asked(period=20))
    said = " ".join(ran.output.split())
    assert report.sentence in said
    assert report.origin.snapshot in said
    total = report.origin.decimal(report.control_total)
    assert f"{report.control_name}: {total} GBP" in said


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "json"])
def test_a_file_is_written_in_the_form_that_its_name_says(form: str, tmp_path: Path) -> None:
    target = tmp_path / f"aged.{form}"
    ran = run("aged", "--ledger", "AP", "--out", str(target))
    assert ran.exit_code == 0, ran.output
    starts = {"csv": b"party,name", "xlsx": b"PK", "pdf": b"%PDF", "json": b"["}
    assert target.read_bytes().startswith(starts[form])
    beside = sorted(path.name for path in tmp_path.iterdir())
    assert beside == (
        ["aged.about.csv", "aged.csv", "aged.items.csv"] if form == "csv" else [target.name]
    )


def test_csv_and_json_go_to_the_output_for_another_program() -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("aged", "--ledger", "AR", "--format", "csv").output))
    )
    data = json.loads(run("aged", "--ledger", "AR", "--format", "json").output)[0]
    total = sum(int(row["total"].replace(".", "")) for row in rows)
    assert total == int(data["control_total"].replace(".", ""))


@pytest.mark.req("R261", "R293")
@pytest.mark.parametrize(
    ("kind", "figure", "code", "named"),
    [
        ("aged", "69984.48", 0, "is the figure of the books"),
        ("aged", "73519.74", 1, "B1, B8"),
        ("aged", "1.23", 1, "no other basis"),
        ("closed", "27922.13", 1, "B2"),
    ],
)
def test_a_figure_compared_is_right_or_another_basis_is_named(
    kind: str, figure: str, code: int, named: str
) -> None:
    ran = run(kind, "--ledger", "AR", "--period", "20", "--compare", figure)
    assert ran.exit_code == code, ran.output
    assert named in ran.output


@pytest.mark.req("R261")
def test_a_report_that_was_kept_is_compared_by_its_control_total(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert run("aged", "--ledger", "AR", "--now", "--out", str(kept)).exit_code == 0
    ran = run("aged", "--ledger", "AR", "--period", "20", "--compare", str(kept))
    assert ran.exit_code == 1
    assert "B1, B8" in ran.output
    assert "basis of the report compared: what is open now, all periods" in ran.output
    assert run("aged", "--ledger", "AP", "--compare", str(kept)).exit_code == 2
    kept.write_text("{}", "utf-8")
    assert run("aged", "--ledger", "AR", "--compare", str(kept)).exit_code == 2
    assert run("aged", "--ledger", "AR", "--compare", "absent.json").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("aged", "--period", "99"),
        ("aged", "--buckets", "60,30"),
        ("aged", "--buckets", "soon"),
        ("aged", "--ledger", "XX"),
        ("aged", "--compare", "12"),
        ("aged", "--ledger", "AR", "--compare", "twelve"),
        ("aged", "--format", "pdf"),
        ("aged", "--out", "aged.doc"),
        ("changes", "--period", "24"),
        ("enquiry", "--as-at", "2024-01-31"),
        ("closed", "--now"),
        ("aged", "--party", "C00001"),
        ("nonsense",),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_was_expected(
    arguments: tuple[str, ...],
) -> None:
    ran = CliRunner().invoke(app, ["ledger-report", BOOKS, *arguments])
    assert ran.exit_code == 2
    assert "expected" in ran.output or "is not one of" in ran.output


def test_the_settings_of_an_aged_report_are_printed_with_it() -> None:
    options = ("--by", "due", "--buckets", "months", "--age-credits", "--known-at", "2024-09-30")
    said = " ".join(run("aged", "--ledger", "AR", *options).output.split())
    assert "aged by: due date" in said
    assert "(calendar months)" in said
    assert "credits: in their age" in said
    assert "as known at: 2024-09-30" in said


def test_the_python_door_refuses_a_report_that_there_is_not() -> None:
    with pytest.raises(InvalidInput, match="one of enquiry, closed"):
        tieout.ledger_reports(BOOKS, "balance")
    with pytest.raises(InvalidInput, match="aged or control"):
        tieout.compare_total(BOOKS, "1.00", of="else")


@pytest.mark.req("R115")
def test_an_explanation_is_written_as_workbook_and_pdf(tmp_path: Path) -> None:
    excel, pdf = tmp_path / "e.xlsx", tmp_path / "e.pdf"
    arguments = ["explain", BOOKS, "--ledger", "AR", "--excel", str(excel), "--pdf", str(pdf)]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 1
    assert excel.read_bytes().startswith(b"PK")
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_cause_from_before_the_first_period_is_brought_forward_on_the_screen() -> None:
    said = CliRunner().invoke(app, ["explain", BOOKS, "--ledger", "AR"]).output
    (line,) = [each for each in said.splitlines() if "Brought forward from before" in each][:1]
    assert line.rstrip().endswith("brought forward")


def test_items_as_csv_hold_no_formula(tmp_path: Path) -> None:
    for path in Path(BOOKS).iterdir():
        text = path.read_text("utf-8").replace("SL00000609", "=1+SL609")
        (tmp_path / path.name).write_text(text, "utf-8")
    out = tmp_path / "out"
    write_answer(answer_of(tieout.explain(tmp_path, ledger="AR")), out)
    with (out / "items.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert any("=1+SL609" in row["ids"] for row in rows)
    assert not [row for row in rows if row["ids"].startswith(FORMULA)]
    assert any(row["amount"].startswith("-") for row in rows)


@pytest.mark.parametrize("module", ["tieout.cli.app", "tieout.cli.explaining", "tieout.files"])
def test_no_heavy_library_is_imported_before_it_is_asked_for(module: str) -> None:
    code = (
        f"import sys, {module}; print([m for m in ('reportlab', 'xlsxwriter') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
