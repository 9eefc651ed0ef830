"""Bad input: named by file, row and column; what can be explained is; the rest is listed."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import tieout
from tieout.cli.app import app
from tieout.core.errors import InvalidInput
from tieout.testing.books import Shape, clean_books, write_books

Rows = list[dict[str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_books(clean_books(3, Shape(documents=8)).books(), tmp_path / "books")


def change(folder: Path, name: str, edit: Callable[[Rows], object]) -> None:
    """Rewrite one file of the folder."""
    path = folder / name
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    edit(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def places(folder: Path) -> set[tuple[str, str | None, int | None, str | None]]:
    """Code, file, row and column of every problem; the identity held, or this would raise."""
    return {
        (each.code, each.place.file, each.place.line, each.place.field)
        for each in tieout.explain(folder).problems
    }


def test_good_books_have_no_problem_and_agree(folder: Path) -> None:
    made = tieout.explain(folder)
    assert made.agreed
    assert not made.problems
    ran = CliRunner().invoke(app, ["explain", str(folder)])
    assert ran.exit_code == 0
    assert "Sales ledger agrees with its control accounts at" in ran.output


def set_cell(row: int, column: str, value: str) -> Callable[[Rows], object]:
    return lambda rows: rows[row].update({column: value})


EDITS = [
    ("sales_ledger.csv", "base_amount", "12x", "record.amount-invalid"),
    ("sales_ledger.csv", "transaction_date", "2025-02-30", "record.date-invalid"),
    ("sales_ledger.csv", "transaction_date", "", "record.date-missing"),
    ("sales_ledger.csv", "type", "invoce", "books.value-unknown"),
    ("sales_ledger.csv", "base_amount", "10.001", "record.amount-finer"),
    ("nominal.csv", "status", "postd", "books.value-unknown"),
    ("nominal.csv", "period", "one", "record.field-invalid"),
    ("nominal.csv", "account", "12345", "books.account-unknown"),
    ("accounts.csv", "kind", "controll", "books.value-unknown"),
    ("nominal.csv", "debit", "1e999999", "record.amount-invalid"),
]


@pytest.mark.parametrize(("name", "column", "value", "code"), EDITS)
def test_a_bad_cell_is_named_and_the_rest_explained(
    folder: Path, name: str, column: str, value: str, code: str
) -> None:
    change(folder, name, set_cell(4, column, value))
    assert (code, name, 6, column) in places(folder)


def test_an_unbalanced_journal_is_named_at_its_first_row(folder: Path) -> None:
    change(folder, "nominal.csv", lambda rows: rows.pop(2))
    found = [each for each in places(folder) if each[0] == "entry.unbalanced"]
    assert len(found) == 1
    assert found[0][1] == "nominal.csv"


def test_three_decimals_in_pounds_are_counted_and_not_rounded(folder: Path) -> None:
    def finer(rows: Rows) -> None:
        rows[0]["base_amount"] += "4"

    change(folder, "sales_ledger.csv", finer)
    made = tieout.explain(folder)
    assert made.books.exponents["GBP"] == 3
    (share,) = made.ledgers[0].explanation.shares
    assert abs(share.amount_minor) == 4


def test_an_id_twice_counts_twice_and_is_named(folder: Path) -> None:
    change(folder, "sales_ledger.csv", lambda rows: rows.append(dict(rows[0])))
    made = tieout.explain(folder)
    assert "record.id-repeated" in {each.code for each in made.problems}
    assert [share.cause for share in made.ledgers[0].explanation.shares] == ["corruption"]


def test_periods_that_overlap_are_refused_and_a_hole_is_named(folder: Path) -> None:
    change(folder, "periods.csv", set_cell(1, "start", "2025-02-20"))
    assert ("books.period-hole", "periods.csv", None, "start") in places(folder)
    change(folder, "periods.csv", set_cell(1, "start", "2025-01-10"))
    with pytest.raises(InvalidInput, match=r"periods 1 and 2.*\[books\.period-overlap\]"):
        tieout.explain(folder)


def test_a_foreign_amount_without_a_rate_is_named(folder: Path) -> None:
    def no_rate(rows: Rows) -> None:
        next(row for row in rows if row["currency"] != "GBP")["rate"] = ""

    change(folder, "purchase_ledger.csv", no_rate)
    assert "books.rate-missing" in {each[0] for each in places(folder)}


def test_a_period_that_the_calendar_does_not_have_is_named_and_counted(folder: Path) -> None:
    change(folder, "nominal.csv", set_cell(4, "period", "40"))
    assert "books.period-unknown" in {each[0] for each in places(folder)}


def test_a_partial_extract_is_named(folder: Path) -> None:
    (folder / "control_totals.csv").write_text(
        "file,rows,column,total\nsales_ledger.csv,9999,base_amount,1.00\n"
    )
    found = places(folder)
    assert ("statement.count-differs", "control_totals.csv", 2, "rows") in found
    assert ("statement.total-differs", "control_totals.csv", 2, "total") in found


@pytest.mark.parametrize("name", ["nominal.csv", "accounts.csv", "periods.csv"])
def test_a_needed_file_that_is_missing_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    ran = CliRunner().invoke(app, ["explain", str(folder)])
    assert ran.exit_code == 2
    assert name in ran.output
    assert "books.file-missing" in ran.output


def test_a_needed_column_that_is_missing_is_refused(folder: Path) -> None:
    change(folder, "nominal.csv", lambda rows: [row.pop("debit") for row in rows])
    with pytest.raises(InvalidInput, match=r"nominal\.csv.*'debit'.*\[books\.column-missing\]"):
        tieout.explain(folder)


def test_what_is_missing_and_not_needed_is_listed_with_the_causes_it_would_tell(
    folder: Path,
) -> None:
    for name in ("settings.json", "parties.csv", "audit_log.csv"):
        (folder / name).unlink(missing_ok=True)
    causes = {each.cause for each in tieout.explain(folder).untested}
    assert {"control_not_in_settings", "control_changed", "amount_edited", "deleted"} <= causes


def test_settings_that_are_none_are_refused(folder: Path) -> None:
    (folder / "settings.json").write_text('{"reconciliation_enquiry_settings": {"AR": [{}]}}')
    with pytest.raises(InvalidInput, match=r"\[books\.settings-invalid\]"):
        tieout.explain(folder)


@pytest.mark.req("R245")
def test_an_account_named_twice_in_the_settings_is_refused(folder: Path) -> None:
    key = '{"account": "44100"}'
    (folder / "settings.json").write_text(
        f'{{"reconciliation_enquiry_settings": {{"AR": [{key}, {key}]}}}}'
    )
    with pytest.raises(InvalidInput, match="named twice"):
        tieout.explain(folder)


@pytest.mark.parametrize("asked", [["--period", "77"], ["--ledger", "XX"]])
def test_a_period_or_ledger_that_is_not_there_is_refused(folder: Path, asked: list[str]) -> None:
    ran = CliRunner().invoke(app, ["explain", str(folder), *asked])
    assert ran.exit_code == 2
    assert "command.invalid" in ran.output


def no_column(folder: Path) -> None:
    change(folder, "sales_ledger.csv", lambda rows: [row.pop("base_amount") for row in rows])


SPOILT: list[tuple[Callable[[Path], object], str, str | None]] = [
    (lambda folder: (folder / "sales_ledger.csv").unlink(), "books.file-missing", None),
    (no_column, "books.column-missing", "base_amount"),
    (lambda folder: (folder / "sales_ledger.csv").write_bytes(b""), "file.empty", None),
    (
        lambda folder: (folder / "sales_ledger.csv").write_bytes(b"\x00\x01PK\x03\x04" * 40),
        "books.column-missing",
        "txn_id",
    ),
]


@pytest.mark.parametrize(("spoil", "code", "column"), SPOILT)
def test_one_ledger_that_cannot_be_read_does_not_stop_the_others(
    folder: Path, spoil: Callable[[Path], object], code: str, column: str | None
) -> None:
    spoil(folder)
    for engine in ("reference", "duckdb"):
        made = tieout.explain(folder, engine=engine)
        assert [each.ledger.value for each in made.ledgers] == ["AP"]
        assert not made.ledgers[0].explanation.shares
        assert not made.agreed
        first = made.problems[0]
        assert (first.code, first.place.file, first.place.field) == (
            code,
            "sales_ledger.csv",
            column,
        )
        why = {each.cause: each.why for each in made.untested}
        assert f"[{code}]" in why["every cause of AR"]
        assert "sales_ledger.csv" in why["every cause of AR"]
    assert CliRunner().invoke(app, ["explain", str(folder)]).exit_code == 1
    asked = CliRunner().invoke(app, ["explain", str(folder), "--ledger", "AR"])
    assert asked.exit_code == 2
    assert code in asked.output


def test_where_no_ledger_can_be_read_the_first_says_why(folder: Path) -> None:
    no_column(folder)
    (folder / "purchase_ledger.csv").unlink()
    with pytest.raises(InvalidInput, match=r"base_amount.*\[books\.column-missing\]"):
        tieout.explain(folder)
