"""The pages of control accounts: books made, files dropped, a period walked, signed, suspended."""

import io
import re
import zipfile
from decimal import Decimal
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import tieout
from tests.explain.test_guessing import sheeted
from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, organisation
from tests.store.ledgers import DEMO, files_of, zipped
from tests.web.test_working import rows, streamed
from tieout.core.access import Role
from tieout.formats.common.source import Source
from tieout.store.closing.models import Books, CauseItem
from tieout.store.operations.models import Alert, JobRun
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Person
from tieout.testing.books import Shape, planted_books, write_books
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.receive_file import receive_file

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)
LEDGER, OCTOBER = "AR", 22
"""The ledger and the period of the worked example that most of these look at."""


def signed_in(caller: Caller, role: Role) -> Client:
    """Somebody's browser."""
    person = Person.objects.create(email=f"{role}{next(NUMBERS)}@books.example.org", joined_at=NOW)
    add_member(
        caller, email=person.email, role=role, name=f"The {role}", person_id=person.pk, now=NOW
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


class Desk:
    """A firm whose owner has dropped the worked example on the page of its books."""

    def __init__(self, store: Store) -> None:
        self.store, self.caller = store, organisation("Harbour")
        self.client = signed_in(self.caller, Role.OWNER)
        made = self.client.post(self.place("control_accounts"), {"name": "Harbour Supplies"})
        assert made.status_code == 302
        with tenant(self.caller.organisation_id):
            self.books_id = Books.objects.get().pk

    def place(self, name: str, *ids: object) -> str:
        return reverse(name, args=[self.caller.organisation_id, *ids])

    def drop(self, files: dict[str, bytes]) -> None:
        """Dropped as they are, and explained by a worker."""
        sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
        answer = self.client.post(self.place("books_files", self.books_id), {"files": sent})
        assert answer.status_code == 302, answer.content.decode()
        work_off(self.store, self.caller)

    def page(self, name: str, *ids: object, client: Client | None = None, **asked: str) -> str:
        answer = (client or self.client).get(self.place(name, *ids), asked)
        assert answer.status_code == 200
        return answer.content.decode()

    def period(self, client: Client | None = None, **asked: str) -> str:
        return self.page("period", self.books_id, LEDGER, OCTOBER, client=client, **asked)

    def sign(self, step: str, client: Client | None = None, **said: str) -> str:
        place = self.place("sign_period", self.books_id, LEDGER, OCTOBER)
        with tenant(self.caller.organisation_id):
            run = CauseItem.objects.latest("run_id").run_id
        sent = {"step": step, "run": str(run), **said}
        answer = (client or self.client).post(place, sent, follow=True)
        return answer.content.decode()

    def largest(self) -> CauseItem:
        with tenant(self.caller.organisation_id):
            standing = CauseItem.objects.filter(ledger=LEDGER, begins__lte=OCTOBER, ends=None)
            newest = standing.latest("run_id").run_id
            return standing.filter(run_id=newest).select_related("case").earliest("rank")


@pytest.fixture
def desk(store: Store) -> Desk:
    made = Desk(store)
    made.drop({"books.zip": zipped(files_of(DEMO))})
    return made


def changed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The last posting to the debtors' control account is a penny more."""
    lines = files["nominal.csv"].decode().splitlines()
    header = lines[0].split(",")
    account, debit, period = (header.index(each) for each in ("account", "debit", "period"))
    for at in reversed(range(1, len(lines))):
        cells = lines[at].split(",")
        if (
            cells[account] == "44100"
            and cells[debit][-2:].isdecimal()
            and "00" < cells[debit][-2:] < "99"
            and int(cells[period]) <= OCTOBER
        ):
            pounds, pence = cells[debit].split(".")
            cells[debit] = f"{pounds}.{int(pence) + 1:02}"
            lines[at] = ",".join(cells)
            break
    return files | {"nominal.csv": "\n".join(lines).encode() + b"\n"}


def test_no_books_yet_says_what_to_do_and_what_files_look_like() -> None:
    caller = organisation("Empty")
    client = signed_in(caller, Role.OWNER)
    page = client.get(reverse("control_accounts", args=[caller.organisation_id])).content.decode()
    assert "No books yet" in page
    assert "/help/#books" in page
    assert "nominal.csv" in client.get("/help/").content.decode()


def test_files_wait_for_a_worker_and_are_explained_by_it(store: Store) -> None:
    desk = Desk(store)
    assert "No files yet" in desk.page("books", desk.books_id)
    sent = [SimpleUploadedFile(name, data) for name, data in files_of(DEMO).items()]
    desk.client.post(desk.place("books_files", desk.books_id), {"files": sent})
    assert "waiting for a worker" in desk.page("books", desk.books_id)
    work_off(store, desk.caller)
    page = desk.page("books", desk.books_id)
    assert "Ledgers by periods" in page
    assert "waiting for a worker" not in page
    with tenant(desk.caller.organisation_id):
        assert JobRun.objects.filter(task="explain_books").count() == 1, "asked for twice, run once"
    assert "received and not read" not in desk.page("home"), "files of books are read here"
    again = desk.client.post(
        desk.place("books_files", desk.books_id),
        {"files": [SimpleUploadedFile(name, data) for name, data in files_of(DEMO).items()]},
        follow=True,
    )
    assert "nothing has changed" in again.content.decode()


def test_files_that_are_no_books_are_refused_by_name(store: Store) -> None:
    desk = Desk(store)
    sent = [SimpleUploadedFile("truth.json", b"{}")]
    answer = desk.client.post(desk.place("books_files", desk.books_id), {"files": sent})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "truth.json" in page
    assert "snapshot.invalid" in page
    assert "What the files look like" in page


def test_the_audit_page_tells_what_was_explained(store: Store) -> None:
    desk = Desk(store)
    desk.drop({"books.zip": zipped(files_of(DEMO))})
    page = desk.page("audit")
    assert "explain_books" in page
    assert "items" in page


@pytest.mark.req("R205")
def test_tables_of_another_system_get_a_mapping_proposed_and_are_explained(
    store: Store, tmp_path: Path
) -> None:
    desk = Desk(store)
    folder = write_books(planted_books(4, Shape(documents=25)).books(), tmp_path / "books")
    expected = tieout.explain(folder)
    sheeted(folder, folder / "export.xlsx", 3)
    (folder / "phones.csv").write_text("who,number\nAnn,12\n", encoding="utf-8")
    sent = [SimpleUploadedFile(each.name, each.read_bytes()) for each in folder.iterdir()]
    answer = desk.client.post(desk.place("books_files", desk.books_id), {"files": sent})
    assert answer.status_code == 400
    link = unescape(re.findall(r'href="([^"]*/mapping[?][^"]*)"', answer.content.decode())[0])
    page = unescape(desk.client.get(link).content.decode())
    assert "sales_ledger from export.xlsx (Sales Ledger)" in page
    assert "Nothing is missing and nothing ambiguous." in page
    assert "phones.csv" in page
    text = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    files = re.findall(r'name="file" value="([0-9]+)"', page)

    broken = text.replace('columns.txn_id = "Document No."', 'columns.txn_id = "Doc"')
    form = {"mapping": broken, "file": files, "step": "check"}
    checked = desk.client.post(desk.place("books_mapping", desk.books_id), form)
    assert "you named 'Doc'" in unescape(checked.content.decode())

    clerk = signed_in(desk.caller, Role.BOOKKEEPER)
    form = {"mapping": text, "file": files, "step": "use"}
    refused = clerk.post(desk.place("books_mapping", desk.books_id), form)
    assert refused.status_code == 403
    used = desk.client.post(desk.place("books_mapping", desk.books_id), form)
    assert used.status_code == 302
    work_off(store, desk.caller)
    for each in expected.ledgers:
        period = max(p.number for p in expected.books.calendar.periods) - 1
        shown = desk.page("period", desk.books_id, each.ledger.value, period)
        minor = each.explanation.difference()[period]
        assert expected.books.decimal(abs(minor)) in shown.replace(",", "")
    with tenant(desk.caller.organisation_id):
        assert "Sales Ledger" in Books.objects.get().mapping
    assert "sales_ledger from export.xlsx" in desk.page("books_mapping", desk.books_id)


def test_a_mapping_is_proposed_for_no_files_and_names_that_lead_elsewhere_not(
    store: Store,
) -> None:
    desk = Desk(store)
    place = desk.place("books_mapping", desk.books_id)
    assert b"file.empty" in desk.client.get(place).content
    odd = receive_file(desk.caller, source=Source("../books.csv", b"a,b\n1,2\n"), now=NOW)
    answer = desk.client.get(place, {"file": [odd.file_id]})
    assert b"snapshot.invalid" in answer.content


def test_problems_of_files_are_named_by_file_row_and_column(store: Store) -> None:
    desk = Desk(store)
    files = files_of(DEMO)
    header, first, *rest = files["sales_ledger.csv"].decode().splitlines()
    cells = first.split(",")
    cells[header.split(",").index("transaction_date")] = "2023-02-31"
    files["sales_ledger.csv"] = "\n".join([header, ",".join(cells), *rest]).encode()
    desk.drop(files)
    page = desk.page("books", desk.books_id)
    assert "Problems of the files" in page
    assert "transaction_date" in page
    assert "2023-02-31" in page


@pytest.mark.req("R295")
def test_the_books_show_ledgers_by_periods_and_causes_as_an_area(desk: Desk) -> None:
    page = desk.page("books", desk.books_id)
    assert "October 2024" in page
    assert "December 2024" not in page
    assert "December 2024" in desk.page("books", desk.books_id, all="1")
    assert page.count('class="band band-1"') >= 2
    assert "The same as a table" in page
    assert "not started" in page
    assert "overdue" in page


@pytest.mark.req("R293", "R295")
def test_a_period_says_it_in_one_sentence_and_its_causes_add_up(desk: Desk) -> None:
    page = desk.period()
    listed = desk.client.get(
        desk.place("period", desk.books_id, LEDGER, OCTOBER), {"format": "csv"}
    )
    _, *items = rows(listed)
    total = sum(int(row[8].replace(".", "")) for row in items)
    assert total < 0
    apart = f"{-total // 100}.{-total % 100:02}"
    sentence = f"Sales ledger is {apart} GBP below its control accounts at October 2024"
    assert sentence in page
    assert "nothing is unexplained" in page
    assert "At infinity" in page
    assert desk.largest().sentence in page.replace("&#x27;", "'")
    assert sentence in desk.page("home")


def test_a_cause_opens_its_items(desk: Desk) -> None:
    cause = desk.largest().cause
    whole, some = desk.period(), desk.period(cause=cause)
    assert f'href="?cause={cause}#items"' in whole
    assert 0 < some.count('id="item-') < whole.count('id="item-')


@pytest.mark.req("R293")
def test_an_item_shows_both_sides_with_the_field_that_differs(desk: Desk) -> None:
    with tenant(desk.caller.organisation_id):
        item = CauseItem.objects.filter(cause="amount_edited").first()
        item = item or CauseItem.objects.filter(differs="amount").earliest("id")
    page = desk.page("cause_item", item.pk)
    assert page.count('class="differs"') == 2
    assert "What to do" in page
    assert f"/{item.ledger}/" in page, "the way back"
    case = desk.client.get(desk.place("case", item.case_id))
    assert case.status_code == 302


def test_evidence_about_a_case_comes_back_to_its_item(desk: Desk) -> None:
    item = desk.largest()
    proof = SimpleUploadedFile("credit note.pdf", b"signed")
    answer = desk.client.post(
        desk.place("evidence", "case", item.case_id), {"evidence": proof}, follow=True
    )
    assert answer.redirect_chain[-1][0] == desk.place("cause_item", item.pk)
    assert "credit note.pdf is attached" in answer.content.decode()


def test_a_period_is_prepared_reviewed_certified_and_suspended(desk: Desk) -> None:
    policy = {
        "risk": "high", "due_days": "15", "unexplained": "0", "automatic": "off",
        "evidence": f"{abs(desk.largest().amount_minor) / 100 - 0.01:.2f}", "reason": "as agreed",
    }  # fmt: skip
    place = desk.place("closing_policy", desk.books_id, LEDGER)
    assert desk.client.post(place, policy | {"reason": " "}).status_code == 400
    desk.client.post(place, policy)
    assert "as agreed" in desk.page("books", desk.books_id)
    page = desk.period()
    assert "Evidence is needed first" in page
    assert desk.largest().case.name in page
    assert "closing.evidence-missing" in desk.sign("prepared")
    proof = {"evidence": SimpleUploadedFile("proof.pdf", b"signed")}
    desk.client.post(desk.place("evidence", "case", desk.largest().case_id), proof)
    assert "Somebody else reviews it now" in desk.sign("prepared", note="all causes known")
    assert "access.four-eyes" in desk.sign("reviewed")
    other = signed_in(desk.caller, Role.REVIEWER)
    assert "It can be certified now" in desk.sign("reviewed", other)
    assert "A run that finds other figures suspends it" in desk.sign("certified", other)
    told = desk.page("compliance", client=other)
    assert "The reviewer" in told
    desk.drop(changed(files_of(DEMO)))
    page = desk.period()
    assert "Suspended" in page
    assert "−0.01" in page or "+0.01" in page
    home = desk.page("home")
    assert "See what changed" in home
    assert "is to be signed anew" not in home, "told once, by the line of its ledger"
    with tenant(desk.caller.organisation_id):
        assert Alert.objects.filter(kind="certification-suspended").exists()
    assert "all causes known" in page, "what was signed stays in sight"


def test_who_may_only_look_is_offered_nothing_to_sign(desk: Desk) -> None:
    page = desk.period(client=signed_in(desk.caller, Role.AUDITOR))
    assert 'name="step"' not in page
    assert "Nobody has signed yet" in page
    books = desk.page("books", desk.books_id, client=signed_in(desk.caller, Role.AUDITOR))
    assert 'type="file"' not in books
    assert "Set the policy" not in books


def test_a_step_that_is_none_is_refused(desk: Desk) -> None:
    assert "page.invalid" in desk.sign("suspended")
    assert "page.invalid" in desk.sign("crowned")


def test_items_as_csv_hold_every_row(desk: Desk) -> None:
    place = desk.place("period", desk.books_id, LEDGER, OCTOBER)
    answer = desk.client.get(place, {"format": "csv"})
    assert streamed(answer).startswith("\ufeff".encode())


@pytest.mark.req("R112")
def test_an_evidence_pack_is_asked_for_from_compliance_and_kept_as_a_file(desk: Desk) -> None:
    assert "Evidence pack" in desk.page("compliance")
    assert f'value="books:{desk.books_id}"' in desk.page("evidence_pack")
    place = desk.place("evidence_pack")
    sent = {"first_on": "2024-10-01", "last_on": "2024-10-31", "of": f"books:{desk.books_id}"}
    answer = desk.client.post(place, sent)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(streamed(answer))) as archive:
        assert "control-accounts/periods.csv" in archive.namelist()
    for odd in ({"first_on": ""}, {"of": "people:1"}, {"of": "books:x"}, {"last_on": "2024-09-01"}):
        assert desk.client.post(place, sent | odd).status_code == 400
    assert desk.client.post(place, sent | {"of": "books:900000000"}).status_code == 404


@pytest.mark.req("R107")
def test_across_systems_says_both_balances_and_leads_to_what_explains_them(desk: Desk) -> None:
    page = desk.page("across_systems", on="2024-10-31")
    assert desk.place("period", desk.books_id, LEDGER, OCTOBER) in page
    assert "sub-ledger" in page
    assert "control accounts" in page
    answer = desk.client.get(desk.place("across_systems"), {"on": "2024-10-31", "format": "csv"})
    head, *found = rows(answer)
    assert head[8] == "difference"
    assert all(each[8] for each in found)
    empty = desk.page("across_systems", on="1999-01-01")
    assert "No account is kept in two systems yet" in empty
    odd = desk.client.get(desk.place("across_systems"), {"left": "a", "right": "a"})
    assert odd.status_code == 400


@pytest.mark.req("R117")
def test_the_page_of_books_says_run_by_run_what_moved(desk: Desk) -> None:
    assert "Run by run" in desk.page("books", desk.books_id)
    desk.drop({"books.zip": zipped(changed(files_of(DEMO)))})
    page = desk.page("books", desk.books_id)
    moved = [each for each in page.split("<tr>") if 'data-label="Since the run before"' in each]
    assert any("0.01" in each for each in moved)


@pytest.mark.req("R096")
def test_causes_by_count_and_value_are_a_page_and_a_table_to_keep(desk: Desk) -> None:
    assert desk.place("books_causes", desk.books_id) in desk.page("books", desk.books_id)
    newest = desk.page("books_causes", desk.books_id)
    assert "Causes by period" in newest
    october = desk.page("books_causes", desk.books_id, period=str(OCTOBER))
    assert f'<option value="{OCTOBER}" selected>October 2024</option>' in october
    assert newest != october, "a page shows one period; the table to keep has all"
    answer = desk.client.get(desk.place("books_causes", desk.books_id), {"format": "csv"})
    head, *found = rows(answer)
    own = [each for each in found if each[0] == LEDGER and each[1] == str(OCTOBER)]
    standing = sum(Decimal(each[head.index("standing amount")]) for each in own)
    across = desk.client.get(desk.place("across_systems"), {"on": "2024-10-31", "format": "csv"})
    differences = {Decimal(each[8]) for each in list(rows(across))[1:]}
    assert standing in differences | {-each for each in differences}
    assert all(int(each[head.index("standing")]) > 0 for each in own)
