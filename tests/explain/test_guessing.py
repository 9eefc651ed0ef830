"""Tables of another system: the mapping guessed, held against the cells, shown, saved and used."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import tieout
from tieout.cli.app import app
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import LedgerEntry
from tieout.files import Explanation
from tieout.formats.books.guessed import BooksGuess
from tieout.formats.books.headings import HEADINGS
from tieout.formats.books.mapping import read_mapping
from tieout.formats.books.reader import MAPPED
from tieout.testing.books import Shape, clean_books, planted_books, write_books

Rows = list[dict[str, str]]
Edit = Callable[[Rows], Rows]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_books(planted_books(4, Shape(documents=25)).books(), tmp_path / "books")


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    return [{names.get(name, name): cell for name, cell in row.items()} for row in rows]


def dated(rows: Rows, form: str) -> Rows:
    """ISO dates in another form; `{d}`, `{m}` and `{y}` stand for its parts."""

    def turned(name: str, cell: str) -> str:
        is_date = name.endswith("_date") or name in {"start", "end"}
        if not is_date or not cell:
            return cell
        year, month, day = cell.split("-")
        return form.format(d=day, m=month, y=year)

    return [{name: turned(name, cell) for name, cell in row.items()} for row in rows]


def with_commas(rows: Rows) -> Rows:
    """Decimal commas in all amounts."""
    money = {"doc_amount", "base_amount", "tax_amount", "rate", "debit", "credit"}
    money |= {"base_from_debit", "base_from_credit", "ledger_total", "nominal_control_total"}
    return [
        {name: cell.replace(".", ",") if name in money else cell for name, cell in row.items()}
        for row in rows
    ]


def split(rows: Rows, column: str, plus: str, minus: str) -> Rows:
    """One signed amount as two columns."""
    made = []
    for row in rows:
        cell = row.pop(column)
        is_minus = cell.startswith("-")
        made.append({**row, plus: "" if is_minus else cell, minus: cell[1:] if is_minus else ""})
    return made


def same(one: Explanation, other: Explanation) -> bool:
    pairs = zip(one.ledgers, other.ledgers, strict=True)
    return all(a.explanation.by_cause() == b.explanation.by_cause() for a, b in pairs)


def rated(made: Explanation) -> set[LedgerEntry]:
    """The entries, with rates as numbers: `1.000000` and `1,0` are one rate."""
    return {
        replace(each, rate=f"{Decimal(each.rate or 0).normalize():f}")
        for each in made.books.entries
    }


def held(guess: BooksGuess, folder: Path) -> None:
    """The proposal is complete, and with it the folder is explained."""
    assert guess.is_complete, guess.gaps
    path = tieout.save_books_mapping(guess, folder.parent / "map.toml")
    tieout.explain(folder, mapping=path)
    again = tieout.guess_books_mapping(folder, mapping=path)
    assert again.is_complete
    assert [made.mapping for made in again.tables] == [made.mapping for made in guess.tables]


GERMAN = {
    "txn_id": "Beleg-Nr.",
    "party": "Kundennummer",
    "type": "Belegart",
    "reference": "Referenz",
    "transaction_date": "Belegdatum",
    "due_date": "Fälligkeit",
    "entry_date": "Erfassungsdatum",
    "currency": "Währung",
    "doc_amount": "Betrag (Fremdwährung)",
    "rate": "Kurs",
    "tax_amount": "MwSt",
    "control_account": "Abstimmkonto",
    "journal_id": "Buchungsnummer",
    "account": "Sachkonto",
    "period": "Buchungsperiode",
    "posting_date": "Buchungsdatum",
    "narrative": "Buchungstext",
    "debit": "Soll",
    "credit": "Haben",
    "name": "Bezeichnung",
    "kind": "Kontoart",
    "start": "von",
    "end": "bis",
}
DUTCH = {
    "txn_id": "Boekstuknummer",
    "party": "Klantnummer",
    "type": "Boekingssoort",
    "transaction_date": "Factuurdatum",
    "due_date": "Vervaldatum",
    "currency": "Valuta",
    "doc_amount": "Bedrag in vreemde valuta",
    "base_amount": "Bedrag basisvaluta",
    "control_account": "Grootboekrekening",
    "journal_id": "Boekstuk",
    "account": "Rekening",
    "period": "Boekperiode",
    "posting_date": "Boekdatum",
    "narrative": "Omschrijving",
    "debit": "Debet",
    "credit": "Credit",
    "start": "Begindatum",
    "end": "Einddatum",
}
FRENCH = {
    "txn_id": "N° pièce",
    "party": "Code client",
    "type": "Type de pièce",
    "transaction_date": "Date facture",
    "due_date": "Échéance",
    "currency": "Devise",
    "doc_amount": "Montant en devise",
    "base_amount": "Montant devise locale",
    "control_account": "Compte collectif",
    "journal_id": "EcritureNum",
    "account": "CompteNum",
    "period": "Période",
    "posting_date": "EcritureDate",
    "narrative": "EcritureLib",
    "debit": "Débit",
    "credit": "Crédit",
    "start": "Début",
    "end": "Fin",
    "name": "Libellé",
}
SPANISH = {
    "txn_id": "Número de asiento",
    "party": "Cliente",
    "type": "Tipo de documento",
    "transaction_date": "Fecha factura",
    "due_date": "Vencimiento",
    "currency": "Divisa",
    "doc_amount": "Importe divisa",
    "base_amount": "Importe moneda local",
    "control_account": "Cuenta contable",
    "journal_id": "Asiento",
    "account": "Cuenta",
    "period": "Periodo",
    "posting_date": "Fecha contable",
    "narrative": "Concepto",
    "debit": "Debe",
    "credit": "Haber",
    "start": "Desde",
    "end": "Hasta",
}
ITALIAN = {
    "txn_id": "Numero registrazione",
    "party": "Codice cliente",
    "type": "Tipo documento",
    "transaction_date": "Data fattura",
    "due_date": "Scadenza",
    "currency": "Valuta",
    "doc_amount": "Importo in valuta",
    "base_amount": "Importo valuta base",
    "control_account": "Conto di controllo",
    "journal_id": "Registrazione",
    "account": "Conto",
    "period": "Periodo",
    "posting_date": "Data registrazione",
    "narrative": "Causale",
    "debit": "Dare",
    "credit": "Avere",
    "start": "Inizio",
    "end": "Fine",
}
PORTUGUESE = {
    "txn_id": "Número do documento",
    "party": "Cliente",
    "type": "Tipo de documento",
    "transaction_date": "Data da fatura",
    "due_date": "Vencimento",
    "currency": "Moeda",
    "doc_amount": "Valor moeda",
    "base_amount": "Valor moeda local",
    "control_account": "Conta de controlo",
    "journal_id": "Lançamento",
    "account": "Conta",
    "period": "Período",
    "posting_date": "Data de lançamento",
    "narrative": "Histórico",
    "debit": "Débito",
    "credit": "Crédito",
    "start": "Início",
    "end": "Fim",
}
ENGLISH = {
    "txn_id": "Document No.",
    "party": "Customer No.",
    "type": "Document Type",
    "transaction_date": "Document Date",
    "due_date": "Due Date",
    "currency": "Currency Code",
    "doc_amount": "Amount",
    "base_amount": "Amount (LCY)",
    "control_account": "G/L Account",
    "journal_id": "Voucher No.",
    "account": "Account No.",
    "period": "Fiscal Period",
    "posting_date": "Posting Date",
    "narrative": "Description",
    "debit": "Debit Amount",
    "credit": "Credit Amount",
    "start": "Start Date",
    "end": "End Date",
}
TABLES = ("sales_ledger", "purchase_ledger", "nominal", "accounts", "periods")


def foreign(folder: Path, names: Mapping[str, str], form: str, *, commas: bool) -> None:
    """Turn the whole folder into that of another system."""
    delimiter = ";" if commas else "\t"
    for path in folder.glob("*.csv"):
        rows = dated(rows_of(path), form)
        rows = with_commas(rows) if commas else rows
        is_known = path.stem in TABLES
        own = {k: v for k, v in names.items() if not (path.stem == "nominal" and k == "doc_amount")}
        write(path, renamed(rows, own) if is_known else rows, delimiter, "cp1252")


LANGUAGES = [
    pytest.param(GERMAN, "{d}.{m}.{y}", "commas", id="german"),
    pytest.param(DUTCH, "{d}-{m}-{y}", "commas", id="dutch"),
    pytest.param(FRENCH, "{d}/{m}/{y}", "commas", id="french"),
    pytest.param(SPANISH, "{d}/{m}/{y}", "commas", id="spanish"),
    pytest.param(ITALIAN, "{d}/{m}/{y}", "commas", id="italian"),
    pytest.param(PORTUGUESE, "{d}/{m}/{y}", "commas", id="portuguese"),
    pytest.param(ENGLISH, "{m}/{d}/{y}", "", id="english"),
]


@pytest.mark.req("R205")
@pytest.mark.parametrize(("names", "form", "commas"), LANGUAGES)
def test_tables_of_a_language_are_guessed_and_give_the_same_explanation(
    names: Mapping[str, str], form: str, commas: str, folder: Path, tmp_path: Path
) -> None:
    before = tieout.explain(folder)
    foreign(folder, names, form, commas=bool(commas))
    path = tmp_path / "map.toml"
    ran = CliRunner().invoke(app, ["explain", str(folder), "--guess", "--save-map", str(path)])
    assert ran.exit_code == 0, ran.output
    assert "The mapping is complete" in ran.output
    after = tieout.explain(folder, mapping=path)
    assert same(before, after)
    assert rated(before) == rated(after)
    assert set(before.books.postings) == set(after.books.postings)


MONEY = {"doc_amount", "base_amount", "tax_amount", "debit", "credit"}


def sheeted(folder: Path, file: Path, above: int) -> None:
    """The folder's tables as a workbook: titles above the headings, dates and numbers as such."""
    book = Workbook()
    book.remove(book.active)
    book.create_sheet("Cover").append(["Example Trading Ltd", "printed by the finance team"])
    for name in TABLES:
        path = folder / f"{name}.csv"
        rows = rows_of(path)
        path.unlink()
        sheet = book.create_sheet(name.replace("_", " ").title())
        for line in range(above):
            sheet.append([f"Line {line} of a title"])
        own = {k: v for k, v in ENGLISH.items() if not (name == "nominal" and k == "doc_amount")}
        sheet.append([own.get(column, column) for column in rows[0]])
        for row in rows:
            sheet.append([celled(column, cell) for column, cell in row.items()])
    book.save(file)


def celled(column: str, cell: str) -> object:
    if cell and column in MONEY:
        return float(cell)
    if cell and (column.endswith("_date") or column in {"start", "end"}):
        return datetime.fromisoformat(cell)
    return cell or None


@pytest.mark.req("R205")
@pytest.mark.parametrize("above", [0, 4])
def test_sheets_of_one_workbook_are_tables(above: int, folder: Path, tmp_path: Path) -> None:
    before = tieout.explain(folder)
    sheeted(folder, folder / "export.xlsx", above)
    path = tmp_path / "map.toml"
    ran = CliRunner().invoke(app, ["explain", str(folder), "--guess", "--save-map", str(path)])
    assert ran.exit_code == 0, ran.output
    assert "export.xlsx (Cover)" in ran.output
    assert 'sheet = "Sales Ledger"' in path.read_text(encoding="utf-8")
    after = tieout.explain(folder, mapping=path)
    assert same(before, after)
    assert rated(before) == rated(after)
    assert set(before.books.postings) == set(after.books.postings)


def test_titles_above_and_totals_below_are_no_rows_of_a_ledger(
    folder: Path, tmp_path: Path
) -> None:
    before = tieout.explain(folder)
    file = folder / "sales_ledger.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    total = ",".join("12345.00" if column == "base_amount" else "" for column in head.split(","))
    lines = ["Sales ledger", "Printed,2026-05-01", "", head, *rows, total]
    text = "\n".join(lines).encode()
    file.unlink()
    (folder / "sales.csv.gz").write_bytes(gzip.compress(text))
    guess = tieout.guess_books_mapping(folder)
    path = tieout.save_books_mapping(guess, tmp_path / "map.toml")
    assert guess.is_complete, guess.gaps
    assert "heading_line = 4" in path.read_text(encoding="utf-8")
    after = tieout.explain(folder, mapping=path)
    assert same(before, after)
    (named,) = (each for each in after.problems if each.place and each.place.line == len(lines))
    assert named.code == "record.date-missing"


def test_a_workbook_with_several_sheets_needs_one_named(folder: Path, tmp_path: Path) -> None:
    sheeted(folder, folder / "export.xlsx", 0)
    path = tmp_path / "map.toml"
    for said, found in (
        ("", "6 sheets with cells and none named"),
        ('sheet = "Sales"', "sheet = 'Sales'"),
    ):
        path.write_text(f'[nominal]\nfile = "export.xlsx"\n{said}\n', encoding="utf-8")
        with pytest.raises(InvalidInput, match=found) as refused:
            tieout.explain(folder, mapping=path)
        assert refused.value.code == "match.mapping-invalid"
        assert "Sales Ledger" in str(refused.value)
    path.write_text('[nominal]\nfile = "export.xlsx"\nheading_line = 0\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="heading_line"):
        tieout.explain(folder, mapping=path)


def change(folder: Path, name: str, edit: Edit) -> None:
    path = folder / f"{name}.csv"
    write(path, edit(rows_of(path)))


def test_soll_and_haben_are_one_amount_in_both_ledgers(folder: Path, tmp_path: Path) -> None:
    before = tieout.explain(folder)
    change(folder, "sales_ledger", lambda rows: split(rows, "base_amount", "Soll", "Haben"))
    change(folder, "purchase_ledger", lambda rows: split(rows, "base_amount", "Haben", "Soll"))
    guess = tieout.guess_books_mapping(folder)
    path = tieout.save_books_mapping(guess, tmp_path / "map.toml")
    assert guess.is_complete, guess.gaps
    assert same(before, tieout.explain(folder, mapping=path))


def test_signs_turned_round_are_seen_by_what_the_entries_are(folder: Path, tmp_path: Path) -> None:
    before = tieout.explain(folder)

    def turned(rows: Rows) -> Rows:
        for row in rows:
            for name in ("base_amount", "doc_amount"):
                row[name] = row[name][1:] if row[name].startswith("-") else f"-{row[name]}"
        return rows

    change(folder, "purchase_ledger", turned)
    guess = tieout.guess_books_mapping(folder)
    (made,) = (each for each in guess.tables if each.name == "purchase_ledger")
    assert made.negate == {"base_amount", "doc_amount"}
    path = tieout.save_books_mapping(guess, tmp_path / "map.toml")
    assert same(before, tieout.explain(folder, mapping=path))


def marked(rows: Rows) -> Rows:
    """Debit and credit as one amount with a mark."""
    for row in rows:
        debit, credit = row.pop("debit"), row.pop("credit")
        is_debit = float(debit or 0) != 0
        row |= {"Betrag": debit if is_debit else credit, "S/H": "S" if is_debit else "H"}
    return rows


def test_one_amount_with_a_mark_is_debit_and_credit(folder: Path, tmp_path: Path) -> None:
    before = tieout.explain(folder)
    change(folder, "nominal", marked)
    guess = tieout.guess_books_mapping(folder)
    held(guess, folder)
    path = tieout.save_books_mapping(guess, tmp_path / "map.toml")
    assert same(before, tieout.explain(folder, mapping=path))


def test_marks_that_nobody_knows_are_asked_for_and_taken(folder: Path, tmp_path: Path) -> None:
    change(folder, "nominal", lambda rows: [{**r, "S/H": f"x{r['S/H']}"} for r in marked(rows)])
    (gap,) = (g for g in tieout.guess_books_mapping(folder).gaps if g.what == "negate_where")
    assert gap.write[0].startswith('negate_where.debit."S/H" = ["…"]')
    path = tmp_path / "part.toml"
    path.write_text('[nominal]\nnegate_where.debit."S/H" = ["xH"]\n', encoding="utf-8")
    held(tieout.guess_books_mapping(folder, mapping=path), folder)


def test_control_accounts_that_only_the_ledgers_name_are_those(folder: Path) -> None:
    before = tieout.explain(folder)

    def without_kinds(rows: Rows) -> Rows:
        return [{name: cell for name, cell in row.items() if name != "kind"} for row in rows]

    change(folder, "accounts", without_kinds)
    guess = tieout.guess_books_mapping(folder)
    held(guess, folder)
    after = tieout.explain(folder, mapping=folder.parent / "map.toml")
    found = {k for k, use in after.books.accounts.items() if use.value.startswith("control")}
    assert {key.code for key in found} == {each.key.code for each in before.books.entries}


def test_months_for_periods_and_what_a_person_misnames_are_gaps(
    folder: Path, tmp_path: Path
) -> None:
    change(folder, "nominal", lambda rows: [{**r, "period": f"2025-{r['period']}"} for r in rows])
    path = tmp_path / "part.toml"
    text = '[accounts]\nfile = "none.csv"\n[periods]\nfile = "periods.csv"\ncolumns.start = "X"\n'
    path.write_text(text, encoding="utf-8")
    gaps = {(g.table, g.what) for g in tieout.guess_books_mapping(folder, mapping=path).gaps}
    assert gaps >= {("nominal", "values.period"), ("accounts", "file"), ("periods", "start")}


def test_files_that_are_no_tables_are_named_and_passed_over(folder: Path) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "noise.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "quote.csv").write_text('a,"b\nnever closed', encoding="utf-8")
    (folder / "packed.csv.gz").write_bytes(b"\x1f\x8b")
    guess = tieout.guess_books_mapping(folder)
    assert guess.is_complete
    assert {file for file, reason in guess.unused if reason} >= {
        "empty.csv",
        "noise.csv",
        "quote.csv",
        "packed.csv.gz",
    }


def test_words_for_types_are_translated_and_unknown_ones_asked_for(folder: Path) -> None:
    def coded(rows: Rows) -> Rows:
        names = {"invoice": "RE", "receipt": "ZE", "credit_note": "Gutschrift", "refund": "X9"}
        return [{**row, "type": names.get(row["type"], row["type"])} for row in rows]

    change(folder, "sales_ledger", lambda rows: coded([{**rows[0], "type": "refund"}, *rows[1:]]))
    guess = tieout.guess_books_mapping(folder)
    (gap,) = guess.gaps
    assert (gap.table, gap.what, gap.is_ambiguous) == ("sales_ledger", "values.type", False)
    assert "'X9'" in gap.found
    assert gap.write == ('values.type."X9" = "…"',)
    (made,) = (each for each in guess.tables if each.name == "sales_ledger")
    assert made.values["type"]["RE"] == "invoice"
    assert made.values["type"]["ZE"] == "receipt"


def first_days(rows: Rows) -> Rows:
    """Every date early in its month, so that day and month can be exchanged."""
    return [
        {n: c[:8] + "05" if n.endswith("_date") and c else c for n, c in row.items()}
        for row in rows
    ]


def signless(rows: Rows) -> Rows:
    return [{**row, "base_amount": row["base_amount"].lstrip("-")} for row in rows]


def one_signed(rows: Rows) -> Rows:
    for row in rows:
        debit, credit = row.pop("debit"), row.pop("credit")
        row["Amount"] = debit if float(debit or 0) else f"-{credit}"
    return rows


AMBIGUOUS = [
    pytest.param(
        "sales_ledger",
        lambda rows: dated(first_days(rows), "{d}/{m}/{y}"),
        "date_format",
        'date_format = "%d/%m/%Y"',
        id="day-month",
    ),
    pytest.param("sales_ledger", signless, "sign of base_amount", "negate = []", id="no-sign"),
    pytest.param(
        "nominal",
        one_signed,
        "debit",
        'columns.debit = "Amount"\nconstants.credit = "0"',
        id="debit-or-credit",
    ),
]


@pytest.mark.parametrize(("name", "edit", "what", "line"), AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_until_the_line_is_written(
    name: str, edit: Edit, what: str, line: str, folder: Path
) -> None:
    change(folder, name, edit)
    path = folder.parent / "map.toml"
    arguments = ["explain", str(folder), "--guess", "--map", str(path)]
    path.write_text("", encoding="utf-8")
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 1
    assert "Ambiguous: not chosen" in ran.output
    (gap,) = (gap for gap in tieout.guess_books_mapping(folder).gaps if gap.what == what)
    assert len(gap.readings) == len(gap.write) == 2
    assert line in gap.write
    path.write_text(f"[{name}]\n{line}\n", encoding="utf-8")
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 0, ran.output
    held(tieout.guess_books_mapping(folder, mapping=path), folder)


def test_a_ledger_of_neither_side_and_two_files_alike_are_refused(folder: Path) -> None:
    rows = [
        {k: v for k, v in row.items() if k != "ledger"}
        for row in rows_of(folder / "sales_ledger.csv")
    ]
    (folder / "sales_ledger.csv").unlink()
    write(folder / "documents.csv", rows)
    copy(folder / "nominal.csv", folder / "postings 1.csv")
    (folder / "nominal.csv").rename(folder / "postings 2.csv")
    gaps = {gap.found: gap for gap in tieout.guess_books_mapping(folder).gaps if gap.what == "file"}
    assert all(gap.is_ambiguous for gap in gaps.values())
    assert '[sales_ledger]\nfile = "documents.csv"' in {w for g in gaps.values() for w in g.write}
    assert '[nominal]\nfile = "postings 1.csv"' in {w for g in gaps.values() for w in g.write}


def test_the_proposal_as_data_and_what_is_missing(folder: Path, tmp_path: Path) -> None:
    (folder / "periods.csv").unlink()
    path = tmp_path / "guess.json"
    ran = CliRunner().invoke(app, ["explain", str(folder), "--guess", "--json", str(path)])
    assert ran.exit_code == 1
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said["complete"] is False
    (gap,) = said["gaps"]
    assert (gap["table"], gap["is"]) == ("periods", "missing")
    assert {each["table"] for each in said["tables"]} >= {"sales_ledger", "nominal", "accounts"}
    assert all(choice["reason"] for each in said["tables"] for choice in each["choices"])


def test_a_folder_that_is_not_in_the_layout_names_the_guess(tmp_path: Path) -> None:
    (tmp_path / "Konten.csv").write_text("Konto;Bezeichnung\n1;a\n")
    ran = CliRunner().invoke(app, ["explain", str(tmp_path)])
    assert ran.exit_code == 2
    assert "--guess" in ran.output
    ran = CliRunner().invoke(app, ["explain", str(tmp_path), "--save-map", "x"])
    assert ran.exit_code == 2
    with pytest.raises(InvalidInput, match=r"file\.not-found"):
        tieout.guess_books_mapping(tmp_path / "none")


def test_no_phrase_stands_for_two_columns_of_a_table() -> None:
    for name, columns in HEADINGS.items():
        phrases = [phrase for words in columns.values() for phrase in words]
        assert sorted({each for each in phrases if phrases.count(each) > 1}) == [], name


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_words_of_the_list_are_found_again(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_books(
        clean_books(3, Shape(documents=12)).books(), tmp_path_factory.mktemp("any") / "books"
    )
    expected: dict[str, dict[str, str]] = {}
    for name in TABLES:
        rows = rows_of(folder / f"{name}.csv")
        names = {
            c: data.draw(st.sampled_from(HEADINGS[name][c])) for c in rows[0] if c in HEADINGS[name]
        }
        (folder / f"{name}.csv").unlink()
        write(folder / f"{name}.csv", renamed(rows, names), data.draw(st.sampled_from(",;|\t")))
        expected[name] = names
    guess = tieout.guess_books_mapping(folder)
    assert guess.is_complete, guess.gaps
    for made in guess.tables:
        if made.name in expected:
            found = {c: made.columns.get(c) for c in expected[made.name]}
            assert found == expected[made.name]


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["1.234,50", "1,234", "-3", "03/04/2025", "2025-01-31", "S", "H", "INV", '"', "\\"]
    ),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_the_files_hold_the_proposal_is_a_mapping_file(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in data.draw(st.sets(st.sampled_from(sorted(HEADINGS)), min_size=1, max_size=3)):
        words = [phrase for phrases in HEADINGS[name].values() for phrase in phrases]
        heads = data.draw(st.lists(st.one_of(st.sampled_from(words), CELL), min_size=1, max_size=9))
        lines = data.draw(st.lists(st.lists(CELL, max_size=9), max_size=4))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter=data.draw(st.sampled_from(",;\t")))
            writer.writerows([heads, *lines])
    guess = tieout.guess_books_mapping(folder)
    path = tieout.save_books_mapping(guess, folder / "map.toml")
    made = read_mapping(path, MAPPED)
    assert {name: each.file for name, each in made.items()} == {
        each.name: each.file for each in guess.tables
    }


def test_files_of_real_systems_give_a_proposal_or_a_named_refusal(
    corpus: Path, tmp_path: Path
) -> None:
    files = sorted((corpus / "gl-erp").iterdir())
    assert files
    for file in files:
        alone = tmp_path / file.name
        alone.mkdir()
        copy(file, alone)
        guess = tieout.guess_books_mapping(alone)
        assert guess.gaps
        named = {made.file for made in guess.tables} | {name for name, _ in guess.unused}
        assert file.name in named or any(file.name in gap.found for gap in guess.gaps)
    tieout.guess_books_mapping(corpus / "gl-erp")


FURTHER = {
    "stock_ledger": (
        "Value entries.csv",
        {
            "txn_id": "Entry No.", "party": "Item No.", "type": "Item Ledger Entry Type",
            "transaction_date": "Valuation Date", "base_amount": "Cost Amount (Actual)",
            "control_account": "Inventory Account",
        },
        ("Purchase", "Sale"),
    ),
    "fixed_assets": (
        "FA ledger.csv",
        {
            "txn_id": "Entry No.", "party": "FA No.", "type": "FA Posting Type",
            "transaction_date": "FA Posting Date", "base_amount": "Amount (LCY)",
            "control_account": "Asset Account",
        },
        ("Acquisition Cost", "Disposal"),
    ),
    "depreciation": (
        "Abschreibungen.csv",
        {
            "txn_id": "Belegnr.", "party": "Anlagennummer", "type": "Bewegungsart",
            "transaction_date": "Buchungsdatum", "base_amount": "Abschreibungsbetrag",
            "control_account": "Sachkonto",
        },
        ("Abschreibung", "Abgang"),
    ),
    "cash_book": (
        "Cash book.csv",
        {
            "txn_id": "Document No.", "party": "Bank Account No.", "type": "Document Type",
            "transaction_date": "Posting Date", "base_amount": "Amount",
            "control_account": "G/L Account",
        },
        ("Receipt", "Payment"),
    ),
}  # fmt: skip
"""Of each ledger that is of no customers or suppliers: a file as other systems export it."""


def other_ledger(folder: Path, name: str, *, sign: int = 1, file: str = "") -> Path:
    """Books of which one ledger is such a file, and the sales ledger is not there."""
    called, names, (more, less) = FURTHER[name]
    for each in ("sales_ledger", "purchase_ledger"):
        (folder / f"{each}.csv").unlink()
    rows = [
        {
            names["txn_id"]: f"{at}",
            names["party"]: f"P{at % 3}",
            names["type"]: more if at % 3 else less,
            names["transaction_date"]: f"2025-0{at % 9 + 1}-1{at % 9}",
            names["base_amount"]: f"{sign * (at + 1) * (1 if at % 3 else -1)}.25",
            names["control_account"]: "12170",
        }
        for at in range(30)
    ]
    write(folder / (file or called), rows)
    return folder


@pytest.mark.req("R205")
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", FURTHER)
def test_stock_assets_depreciation_and_cash_are_guessed_and_shown(
    name: str, sign: int, folder: Path
) -> None:
    guess = tieout.guess_books_mapping(other_ledger(folder, name, sign=sign))
    (found,) = (each for each in guess.tables if each.name == name)
    _, names, _ = FURTHER[name]
    assert {column: found.columns[column] for column in names} == names
    assert ("base_amount" in found.negate) == (sign < 0)
    assert not found.gaps
    assert {choice.what for choice in found.choices} >= names.keys() - {"txn_id"}


@pytest.mark.parametrize("name", FURTHER)
def test_a_ledger_that_words_name_twice_is_refused_with_the_line_to_write(
    name: str, folder: Path
) -> None:
    """Nothing in the name of the file, and in the headings a customer besides."""
    path = other_ledger(folder, name, file="Documents.csv") / "Documents.csv"
    write(path, [row | {"Customer": "Marlowe"} for row in rows_of(path)])
    guess = tieout.guess_books_mapping(folder)
    assert name not in {each.name for each in guess.tables}
    (gap,) = (each for each in guess.gaps if each.what == "file" and each.is_ambiguous)
    assert f"it is {name}" in gap.readings


def test_what_says_nothing_of_stock_is_never_taken_for_it(folder: Path) -> None:
    """A ledger of documents without a word of its own is of customers or of suppliers."""
    rows = [{k: v for k, v in row.items() if k not in {"ledger", "party"}} for row in
            rows_of(folder / "sales_ledger.csv")]  # fmt: skip
    for each in ("sales_ledger", "purchase_ledger"):
        (folder / f"{each}.csv").unlink()
    write(folder / "documents.csv", rows)
    (gap,) = (each for each in tieout.guess_books_mapping(folder).gaps if each.is_ambiguous)
    assert set(gap.readings) == {"it is sales_ledger", "it is purchase_ledger"}
