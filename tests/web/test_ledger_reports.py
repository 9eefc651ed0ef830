"""Reports of ledgers on the server: a total is the same on screen, as a file and by the API."""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

import tieout
from tests.api.programs import program, told
from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.core.reports.report import Report
from tieout.files.ledger_reporting import USED, ReportKind
from tieout.files.report_tables import json_of
from tieout.store.tenancy.models import Person
from tieout.web.pages import ledger_reports as pages
from tieout.workflows.add_member import add_member
from tieout.workflows.set_books import set_books
from tieout.workflows.views import ledger_reports as views
from tieout.workflows.views.closing import books_state
from tieout.workflows.views.investigation import Tries, drafts, preview
from tieout.workflows.views.report_files import MADE

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)
PERIOD = 12


class Looking:
    """The worked example explained, and somebody of the firm who may look at it."""

    def __init__(self, role: Role = Role.AUDITOR, desk: Closing | None = None) -> None:
        self.desk = desk or Closing(files_of(DEMO))
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


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "WAITED_BYTES_MAX", 0)
    monkeypatch.setattr(views, "READ_BYTES_MAX", 0)


@pytest.mark.usefixtures("all_are_large")
def test_a_report_of_large_books_is_made_by_a_worker_while_no_page_waits(store: Store) -> None:
    looking = Looking()
    owner, ids = looking.desk.owner, [looking.desk.owner.organisation_id, looking.desk.books_id]
    work_off(store, owner)
    asked = {"report": "aged", "ledger": "AR", "period": "12", "by_due_date": "1"}
    page = looking.page(**asked).decode()
    assert "These books are large" in page
    assert "About this report" not in page
    refused = looking.client.get(reverse("ledger_reports", args=ids), asked | {"format": "pdf"})
    assert "These books are large" in refused.content.decode()  # the page again, and no file
    posted = looking.client.post(
        reverse("ask_report", args=ids), asked | {"form": "json"}, follow=True
    )
    assert "waiting for a worker" in posted.content.decode()
    work_off(store, owner)
    shown = unescape(looking.page(report="aged").decode())
    assert "aged AR Main books" in shown
    [made] = drafts(owner, books_id=looking.desk.books_id, note=MADE)
    kept = looking.client.get(reverse("file_content", args=[ids[0], made.file_id]))
    question = tieout.Asked(period=12, by_due_date=True)
    expected = tieout.ledger_reports(DEMO, "aged", ledger="AR", asked=question)
    assert b"".join(kept).decode() == json_of(expected)


@pytest.mark.usefixtures("all_are_large")
def test_reports_of_one_snapshot_are_made_one_after_the_other(store: Store) -> None:
    looking = Looking()
    owner, books_id = looking.desk.owner, looking.desk.books_id
    work_off(store, owner)
    place = reverse("ask_report", args=[owner.organisation_id, books_id])
    for form in ("csv", "json", "json"):
        asked = {"report": "aged", "ledger": "AR", "period": "12", "form": form}
        assert looking.client.post(place, asked).status_code == 302
        work_off(store, owner)
    made = drafts(owner, books_id=books_id, note=MADE)
    assert {each.name.rpartition(".")[2] for each in made} == {"csv", "json"}


@pytest.mark.usefixtures("all_are_large")
def test_the_whole_explanation_of_large_books_is_made_by_a_worker(store: Store) -> None:
    looking = Looking()
    owner, books_id = looking.desk.owner, looking.desk.books_id
    work_off(store, owner)
    place = reverse("ask_report", args=[owner.organisation_id, books_id])
    looking.client.post(place, {"report": "explanation", "form": "xlsx"})
    again = looking.client.post(place, {"report": "explanation", "form": "pdf"})
    assert b"job.not-possible" in again.content  # one at a time
    work_off(store, owner)
    [made] = drafts(owner, books_id=books_id, note=MADE)
    assert made.name.endswith(".xlsx")


@pytest.mark.usefixtures("all_are_large")
def test_what_reads_large_books_whole_is_refused_where_somebody_waits() -> None:
    looking = Looking()
    ids = [looking.desk.owner.organisation_id, looking.desk.books_id]
    answer = looking.client.get(reverse("explanation_file", args=ids), {"format": "xlsx"})
    assert answer.status_code == 400
    assert b"books.too-large-to-wait" in answer.content
    api = program(looking.desk.owner, Role.AUDITOR)
    said = api.get(f"/books/bks_{ids[1]}/ledgers/AR/reports/aged")
    assert told(said)["code"] == "books.too-large-to-wait"


@pytest.mark.req("R060")
def test_one_snapshot_has_one_name_wherever_it_appears_and_one_total_for_everybody() -> None:
    snapshot = tieout.explain(DEMO).snapshot
    first = Looking()
    desk = first.desk
    second = Looking(Role.REVIEWER, desk)
    asked = {"report": "aged", "ledger": "AR", "period": str(PERIOD)}
    assert first.page(**asked, format="csv") == second.page(**asked, format="csv")
    api = program(desk.owner, Role.AUDITOR)
    place = f"/books/bks_{desk.books_id}"
    run = books_state(desk.owner, books_id=desk.books_id, now=NOW).run
    tried = preview(desk.owner, books_id=desk.books_id, tries=Tries(accept=("all",)))
    names = {
        "run": run and run.snapshot,
        "report": json.loads(first.page(**asked, format="json"))[0]["snapshot"],
        "report by the API": told(api.get(f"{place}/ledgers/AR/reports/aged"))["snapshot"],
        "preview": tried.snapshot,
        "investigation": tieout.explain(DEMO).investigate(accept="all").snapshot,
    }
    assert names == dict.fromkeys(names, snapshot)
    corrections = second.page("corrections", **{"try": "1", "accept": "all"})
    for page in (first.page("books"), second.page(**asked), corrections):
        assert snapshot in page.decode()


@pytest.mark.req("R060")
def test_a_mapping_is_part_of_the_name_of_a_snapshot(tmp_path: Path) -> None:
    folder, mapping = tmp_path / "books", tmp_path / "other.toml"
    shutil.copytree(DEMO, folder)
    (folder / "parties.csv").rename(folder / "people.csv")
    mapping.write_text('[parties]\nfile = "people.csv"\n', encoding="utf-8")
    desk = Closing(files_of(DEMO))
    text = mapping.read_text(encoding="utf-8")
    set_books(desk.owner, name="Main books", mapping=text, books_id=desk.books_id, now=NOW)
    taken = desk.take(files_of(folder))
    assert taken.content_hash == tieout.explain(folder, mapping=mapping).snapshot
    assert taken.content_hash != tieout.explain(DEMO).snapshot
