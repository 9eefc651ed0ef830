"""Reports of ledgers on the server: a total is the same on screen, as a file and by the API."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from itertools import count

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

import tieout
from tests.api.programs import program, told
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.core.reports.report import Report
from tieout.files.ledger_reporting import USED, ReportKind
from tieout.store.tenancy.models import Person
from tieout.workflows.add_member import add_member

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)
PERIOD = 12


class Looking:
    """The worked example explained, and somebody of the firm who may look at it."""

    def __init__(self, role: Role = Role.AUDITOR) -> None:
        self.desk = Closing(files_of(DEMO))
        email = f"reports{next(NUMBERS)}@example.org"
        person = Person.objects.create(email=email, joined_at=NOW)
        add_member(self.desk.owner, email=email, role=role, person_id=person.pk, now=NOW)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(person)

    def page(self, name: str = "ledger_reports", **asked: str) -> bytes:
        """The page or file; of the page no name is given."""
        ids = [] if name == "reports" else [self.desk.books_id]
        place = reverse(name, args=[self.desk.owner.organisation_id, *ids])
        answer = self.client.get(place, asked)
        assert answer.status_code == 200, answer.content
        return bytes(answer.content)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


def totals(report: Report) -> Iterator[tuple[str, str, str]]:
    """Section, column and total of what is added up, as plain decimals."""
    for section in report.sections:
        for column in section.columns:
            if column.is_summed and section.rows:
                minor = section.total(column.name)
                yield section.name, column.name, report.origin.decimal(minor, column.currency)


def words(page: bytes) -> str:
    """The text of a page, with plain figures."""
    text = unescape(re.sub(r"<[^>]*>", " ", page.decode()))
    return " ".join(text.replace("−", "-").replace(",", "").split())


@pytest.mark.req("R017", "R115", "R122", "R261", "R275", "R289", "R290", "R291")
@pytest.mark.parametrize("kind", list(ReportKind))
def test_a_total_agrees_wherever_it_appears(kind: ReportKind) -> None:
    looking = Looking()
    asked = {"report": kind.value, "ledger": "AR", "period": str(PERIOD)}
    if kind is ReportKind.CHANGES:
        asked |= {"known_from": "2023-04-15", "period": "3"}
    elif kind is ReportKind.CLOSED:
        del asked["period"]
    question = tieout.Asked(
        period=int(asked["period"]) if "period" in asked else None,
        known_from=day_of(asked.get("known_from")),
    )
    (report,) = tieout.ledger_reports(DEMO, kind, ledger="AR", asked=question)
    expected = list(totals(report))
    assert expected
    screen = words(looking.page(**asked))
    pdf = PdfReader(io.BytesIO(looking.page(**asked, format="pdf")))
    paper = " ".join(page.extract_text() for page in pdf.pages)
    book = load_workbook(io.BytesIO(looking.page(**asked, format="xlsx")), data_only=True)
    cells = {
        f"{cell.value:.3f}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    api = program(looking.desk.owner, Role.AUDITOR)
    place = f"/books/bks_{looking.desk.books_id}/ledgers/AR/reports/{kind}"
    query = {name: value for name, value in asked.items() if name in USED[kind]}
    data = told(api.get(place, **query))
    tables = {each["name"]: each for each in data["tables"]}
    for section, column, total in expected:
        assert total in screen, (section, column)
        assert total in paper
        assert f"{Decimal(total):.3f}" in cells
        assert tables[section]["totals"][column]["amount"] == total
        group = next(each for each in report.sections if each.name == section).group
        if not group:
            assert summed(looking.page(**asked, format="csv", table=section), column) == total
    control = report.origin.decimal(report.control_total)
    about = looking.page(**asked, format="csv", table="about").decode()
    for said in (screen, paper, about):
        assert control in said
        assert report.origin.snapshot in said.replace("\n", "")
        assert f"tieout {report.origin.version}" in said
    assert data["control_total"]["amount"] == control


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def summed(table: bytes, column: str) -> str:
    """The sum of a column of a CSV, as a plain decimal."""
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    return f"{sum((Decimal(row[column]) for row in rows if row[column]), Decimal('0.00')):.2f}"


def test_a_page_asks_only_what_its_report_has_a_use_for() -> None:
    looking = Looking()
    enquiry = looking.page(report="enquiry").decode()
    assert 'name="buckets"' not in enquiry
    assert "About this report" not in enquiry
    aged = looking.page(report="aged", ledger="AP", buckets="months", by_due_date="1").decode()
    assert "Aged creditors" in aged
    assert "calendar months" in aged
    index = looking.page("reports").decode()
    assert "Main books" in index
    compared = looking.page(report="compare", ledger="AR", period="20", figure="1.00")
    assert b"Figure compared" in compared


def test_an_earlier_snapshot_says_that_it_is_one() -> None:
    looking = Looking()
    first = told(
        program(looking.desk.owner, Role.AUDITOR).get(f"/books/bks_{looking.desk.books_id}")
    )["run"]["snapshot_id"].partition("_")[2]
    files = files_of(DEMO)
    lines = files["sales_ledger.csv"].splitlines(keepends=True)
    looking.desk.take(files | {"sales_ledger.csv": b"".join(lines[:-1])})
    newest = words(looking.page(report="aged", ledger="AR", period="20"))
    earlier = words(looking.page(report="aged", ledger="AR", period="20", snapshot=first))
    assert "this is an earlier one" in earlier
    assert "this is an earlier one" not in newest
    (report,) = tieout.ledger_reports(DEMO, "aged", ledger="AR", asked=tieout.Asked(period=20))
    assert report.origin.snapshot in earlier
    assert report.origin.snapshot not in newest


@pytest.mark.req("R028", "R115")
def test_the_whole_explanation_is_kept_as_a_workbook_and_as_a_pdf() -> None:
    looking = Looking()
    made = tieout.explain(DEMO)
    book = load_workbook(io.BytesIO(looking.page("explanation_file", format="xlsx")))
    assert book.sheetnames[0] == "Summary"
    pdf = PdfReader(io.BytesIO(looking.page("explanation_file", format="pdf")))
    paper = "".join("".join(page.extract_text().split()) for page in pdf.pages)
    for each in made.ledgers:
        assert made.books.decimal(each.explanation.difference()[made.period]) in paper
