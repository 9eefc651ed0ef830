"""Tables of another system, read through a mapping file."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

import tieout
from tieout.cli.app import app
from tieout.core.errors import InvalidInput
from tieout.formats.books.mapping import FileMapping
from tieout.testing.books import Shape, planted_books, write_books

MAPPING = """
[sales_ledger]
file = "offene Posten.csv"
delimiter = ";"
decimal_mark = ","
date_format = "%d.%m.%Y"
negate = ["base_amount", "doc_amount"]
[sales_ledger.columns]
txn_id = "Beleg"
type = "Art"
[sales_ledger.constants]
tax_amount = "0"
[sales_ledger.values.type]
RE = "invoice"
"""


def foreign(folder: Path) -> None:
    """Turn the sales ledger into that of another system."""
    with (folder / "sales_ledger.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["Beleg"] = row.pop("txn_id")
        kind = row.pop("type")
        row["Art"] = "RE" if kind == "invoice" else kind
        del row["tax_amount"]
        for name in ("base_amount", "doc_amount"):
            row[name] = ("" if row[name].startswith("-") else "-") + row[name].lstrip("-")
            row[name] = row[name].replace(".", ",")
        for name in list(row):
            if name.endswith("_date") and row[name]:
                year, month, day = row[name].split("-")
                row[name] = f"{day}.{month}.{year}"
    (folder / "sales_ledger.csv").unlink()
    with (folder / "offene Posten.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_mapped_books_have_the_same_explanation(tmp_path: Path) -> None:
    folder = write_books(planted_books(4, Shape(documents=20)).books(), tmp_path / "books")
    before = tieout.explain(folder)
    foreign(folder)
    path = tmp_path / "map.toml"
    path.write_text(MAPPING, encoding="utf-8")
    after = tieout.explain(folder, mapping=path)
    for one, other in zip(before.ledgers, after.ledgers, strict=True):
        assert one.explanation.by_cause() == other.explanation.by_cause()
    assert set(before.books.entries) == set(after.books.entries)
    ran = CliRunner().invoke(app, ["explain", str(folder), "--map", str(path)])
    assert ran.exit_code == 1
    with (folder / "offene Posten.csv").open("a", encoding="utf-8") as lines:
        lines.write("\n")
    assert tieout.explain(folder, mapping=path).snapshot != after.snapshot


def test_an_amount_of_two_columns_and_one_with_a_mark_are_read() -> None:
    mapping = FileMapping(
        decimal_mark=",",
        columns={"base_amount": "Soll", "doc_amount": "Betrag"},
        less={"base_amount": "Haben"},
        negate_where={"doc_amount": {"S/H": ["H"]}},
        values={"kind": {"1400": "control_AR", "*": "other"}},
    )
    said = {"soll": "", "haben": "1.000,50", "betrag": "7,25", "s/h": "H", "kind": "4711"}
    row = mapping.cells(said)
    assert (row["base_amount"], row["doc_amount"], row["kind"]) == ("-1000.5", "-7.25", "other")
    assert mapping.cells({**said, "soll": "1,5x"})["base_amount"] == "1,5x"
    assert "base_amount" not in mapping.known(("soll", "betrag", "s/h"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ledger]", "is none of"),
        ("[nominal]\ncolour = 1", "colour"),
        ("[nominal]\ndecimal_mark = 'x'", "decimal_mark"),
        ("[nominal", "Expected"),
    ],
)
def test_a_mapping_that_is_none_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=rf"{said}.*match\.mapping-invalid"):
        tieout.explain(tmp_path, mapping=path)
