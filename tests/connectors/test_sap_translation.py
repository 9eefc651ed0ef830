"""SAP's rows as books, row by row: signs, kinds, splitting, other modules, several currencies."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tieout
from tieout.connectors.sap import Address, SapLedger, Session, Span
from tieout.core.explain.books import Books, LedgerEntry, NominalPosting, SubLedger
from tieout.files.corrections.filed import Filed
from tieout.files.delivering import Choices, Sending, documents_of
from tieout.files.fetching import fetch_books
from tieout.formats.books import read_books
from tieout.testing.sap import PASSWORD, USER, Company, FakeSap, example_company
from tieout.testing.sap.example import RECEIVABLES, SALES


def read(company: Company, folder: Path, types: Mapping[str, str] | None = None) -> Books:
    """The company's books, as the folder holds them."""
    span = Span(company="1010", year=2026, through=3, document_types=types or {})
    with FakeSap(company) as fake:
        session = Session(Address(fake.url, USER, PASSWORD))
        clock = datetime(2026, 4, 5, tzinfo=UTC)
        fetch_books(SapLedger(session, span, clock=lambda: clock), folder / "books")
    return read_books(folder / "books").books


def invoice(books: Books) -> LedgerEntry:
    return next(each for each in books.entries if each.reference == "INV-0114")


def lines_of(books: Books, entry: LedgerEntry) -> list[NominalPosting]:
    own = [each for each in books.postings if each.source_id == entry.entry_id]
    return sorted(own, key=lambda each: each.posting_id)


def test_a_debit_of_a_customer_is_owed_to_us_and_a_credit_of_a_supplier_by_us(
    tmp_path: Path,
) -> None:
    books = read(example_company(), tmp_path)
    owed = {
        each.reference: (each.ledger, each.kind.value, each.base_minor) for each in books.entries
    }
    assert owed == {
        "INV-0114": (SubLedger.AR, "invoice", 1190_00),
        "INV-0203": (SubLedger.AP, "invoice", 357_00),
        "INV-0309": (SubLedger.AR, "invoice", 595_00),
    }
    assert books.base_currency == "EUR"
    assert {party for _, party in books.parties} == {"C1000", "S2000"}


@pytest.mark.parametrize(
    ("document_type", "amount", "named", "kind"),
    [
        ("DR", "100.00", {}, "invoice"),
        ("DR", "-100.00", {}, "credit_note"),
        ("DG", "-100.00", {}, "credit_note"),
        ("DZ", "-100.00", {}, "receipt"),
        ("DZ", "100.00", {}, "refund"),
        ("AB", "100.00", {}, "invoice"),
        ("AB", "-100.00", {}, "receipt"),
        ("Z9", "-100.00", {"Z9": "write_off"}, "write_off"),
    ],
)
def test_the_kind_of_an_entry_follows_from_document_type_and_sign(
    document_type: str, amount: str, named: dict[str, str], kind: str, tmp_path: Path
) -> None:
    company = example_company()
    row = next(each for each in company.items if each["DocumentReferenceID"] == "INV-0114")
    row |= {
        "AccountingDocumentType": document_type,
        "AmountInCompanyCodeCurrency": amount,
        "AmountInTransactionCurrency": amount,
    }
    assert invoice(read(company, tmp_path, named)).kind == kind


def test_a_negative_posting_stays_on_its_side(tmp_path: Path) -> None:
    """Debit with a negative amount: the sign counts, not the code."""
    company = example_company()
    for row in company.lines[:2]:
        row["AmountInCompanyCodeCurrency"] = (
            row["AmountInCompanyCodeCurrency"].replace("1190", "-1190").replace("--", "")
        )
        row["AmountInTransactionCurrency"] = row["AmountInCompanyCodeCurrency"]
    books = read(company, tmp_path)
    control, other = lines_of(books, invoice(books))
    assert (control.debit_minor, other.debit_minor) == (-1190_00, 1190_00)


def split(company: Company, *parts: str) -> None:
    """The first document's customer line in parts."""
    whole = company.lines.pop(0)
    for number, part in enumerate(parts, 10):
        amounts = dict.fromkeys(
            ("AmountInCompanyCodeCurrency", "AmountInTransactionCurrency"), part
        )
        company.lines.append({**whole, **amounts, "LedgerGLLineItem": f"{number:06}"})


def test_lines_that_add_up_to_their_item_are_its_parts(tmp_path: Path) -> None:
    company = example_company()
    split(company, "1000.000", "190.000")
    books = read(company, tmp_path)
    own = [each for each in lines_of(books, invoice(books)) if each.line_no]
    assert [(each.line_no, each.line_count) for each in own] == [(1, 2), (2, 2)]


def test_lines_that_do_not_add_up_each_stand_for_the_item(tmp_path: Path) -> None:
    company = example_company()
    split(company, "1190.000", "1190.000")
    books = read(company, tmp_path)
    own = [each for each in lines_of(books, invoice(books)) if each.line_no]
    assert [(each.line_no, each.line_count) for each in own] == [(1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("reference_type", "module"),
    [("BKPF", "NL"), ("BKPFF", "NL"), ("", "NL"), ("HRPAY", "PR"), ("AMBU", "AA"), ("NEW", "NEW")],
)
def test_lines_without_a_party_say_where_they_are_from(
    reference_type: str, module: str, tmp_path: Path
) -> None:
    company = example_company()
    added = {
        **company.lines[1],
        "AccountingDocument": "0199999999",
        "GLAccount": RECEIVABLES,
        "ReferenceDocumentType": reference_type,
        "IsReversal": True,
        "ReversalReferenceDocument": "0188888888",
    }
    company.lines.append(added)
    books = read(company, tmp_path)
    (line,) = [each for each in books.postings if each.journal_id == "20260199999999"]
    assert (line.module, line.source_id) == (module, "")
    assert line.narrative == "Reversal of 0188888888"


def test_other_ledgers_and_other_years_do_not_count(tmp_path: Path) -> None:
    company = example_company()
    before = len(read(company, tmp_path).postings)
    company.lines.append({**company.lines[0], "Ledger": "2L"})
    company.lines.append({**company.lines[0], "FiscalYear": "2027"})
    company.lines.append({**company.lines[0], "FiscalPeriod": "000"})
    (tmp_path / "again").mkdir()
    assert len(read(company, tmp_path / "again").postings) == before


@pytest.mark.parametrize("kept", ["D", "K", ""])
def test_a_ledger_without_entries_is_explained_as_well(kept: str, tmp_path: Path) -> None:
    company = example_company()
    company.items = [row for row in company.items if row["FinancialAccountType"] == kept]
    read(company, tmp_path)
    found = {
        each.ledger: {share.cause for share in each.explanation.shares}
        for each in tieout.explain(tmp_path / "books").ledgers
    }
    types = {SubLedger.AR: "D", SubLedger.AP: "K"}
    assert set(found) == set(types)
    assert all(found[ledger] == {"deleted"} for ledger, kind in types.items() if kind != kept)


def test_a_journal_in_several_currencies_is_refused(tmp_path: Path) -> None:
    books = read(example_company(), tmp_path)
    one, other = (each for each in books.postings if each.journal_id.endswith("0100000001"))
    plain = [replace(each, module="NL", source_id="", line_no=0) for each in (one, other)]
    sending = Sending("1010", "file.json", Choices())
    documents, refused = documents_of(books, Filed("", tuple(plain)), sending)
    assert not refused
    (document,) = documents
    assert {each.account: each.control for each in document.lines} == {
        RECEIVABLES: "AR",
        SALES: "",
    }
    mixed = (plain[0], replace(plain[1], currency="USD"))
    documents, refused = documents_of(books, Filed("", mixed), sending)
    assert not documents
    assert [each.code for each in refused] == ["posting.currencies-mixed"]


def test_the_same_content_has_the_same_reference(tmp_path: Path) -> None:
    books = read(example_company(), tmp_path)
    lines = tuple(each for each in books.postings if each.journal_id.endswith("0100000001"))
    (document,), _ = documents_of(books, Filed("", lines), Sending("1010", "a", Choices()))
    (again,), _ = documents_of(books, Filed("x", lines), Sending("1010", "b", Choices()))
    assert document.reference == again.reference
    assert len(document.reference) == 16
    (raised, *rest) = document.lines
    more = replace(document, lines=(replace(raised, base_minor=raised.base_minor + 1), *rest))
    assert len({document.reference, more.reference, replace(document, company="2").reference}) == 3
