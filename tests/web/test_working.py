"""What people do on the pages of a record: say, prove, keep as a table; who is a member."""

import csv
import hashlib
import io
import re
from itertools import count
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, firm, imported, line, statement
from tieout.core.access import Role
from tieout.core.jobs import Task
from tieout.core.subjects import Subject, SubjectKind
from tieout.store.banking.models import BankAccount, FileReading, ReceivedFile
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchGroup, MatchRun, Reconciliation
from tieout.store.tenancy.models import Member, Person
from tieout.web.pages import files, reconciliations
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.views import trail

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)


@pytest.fixture
def own() -> Caller:
    return firm("Larkfield")


@pytest.fixture
def client(own: Caller) -> Client:
    """The owner's browser."""
    person = Person.objects.create(email=f"page{next(NUMBERS)}@example.org", joined_at=NOW)
    add_member(own, email=person.email, role=Role.OWNER, person_id=person.pk, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def streamed(answer: object) -> bytes:
    """What a streamed answer sends."""
    return cast("StreamingHttpResponse", answer).getvalue()


def rows(answer: object) -> list[list[str]]:
    """A CSV as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(streamed(answer).decode("utf-8-sig"))))


def test_a_comment_is_said_and_settled_on_the_page_of_a_group(own: Caller, client: Client) -> None:
    with tenant(own.organisation_id):
        group = MatchGroup.objects.earliest("id").pk
    said = reverse("comment", args=[own.organisation_id, "match_group", group])
    assert client.post(said, {"text": "@rev@example.org <b>whose?</b>"}).status_code == 302
    page = client.get(reverse("group", args=[own.organisation_id, group])).content.decode()
    assert "&lt;b&gt;whose?&lt;/b&gt;" in page
    (found,) = trail.comments(own, subject=Subject(SubjectKind.MATCH_GROUP, group))
    assert len(found.mentions) == 1
    settled = reverse("resolve", args=[own.organisation_id, found.comment_id])
    answer = client.post(settled, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"/groups/{group}/#said")
    assert re.search(r"settled \d{1,2} \w{3} \d{4}", answer.content.decode())
    assert client.post(settled).status_code == 409


def test_an_empty_comment_is_refused_with_a_sentence(own: Caller, client: Client) -> None:
    with tenant(own.organisation_id):
        group = MatchGroup.objects.earliest("id").pk
    answer = client.post(
        reverse("comment", args=[own.organisation_id, "match_group", group]), {"text": " "}
    )
    assert answer.status_code == 400
    assert "comment.invalid" in answer.content.decode()


def test_evidence_is_attached_replaced_and_comes_back_byte_for_byte(
    own: Caller, client: Client
) -> None:
    with tenant(own.organisation_id):
        group = MatchGroup.objects.earliest("id").pk
    place = reverse("evidence", args=[own.organisation_id, "match_group", group])
    first, second = b"\x00\xff=1" * 700_000, b"signed"
    for data in (first, second):
        sent = SimpleUploadedFile("lease \u20ac.pdf", data, "application/pdf")
        assert client.post(place, {"evidence": sent, "note": "page 2"}).status_code == 302
    assert client.post(place).status_code == 400
    newest, oldest = trail.evidence(own, subject=Subject(SubjectKind.MATCH_GROUP, group))
    assert newest.supersedes == oldest.evidence_id
    answer = client.get(reverse("file_content", args=[own.organisation_id, oldest.file_id]))
    content = streamed(answer)
    assert hashlib.sha256(content).hexdigest() == oldest.sha256
    assert content == first
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''lease")


def test_a_client_keeps_the_bytes_of_its_own_files_only(own: Caller) -> None:
    person = Person.objects.create(email=f"client{next(NUMBERS)}@example.org", joined_at=NOW)
    member = add_member(own, email=person.email, role=Role.CLIENT, person_id=person.pk, now=NOW)
    theirs = imported(own, statement(opening="1,00", closing="1,00", days=("0901", "0930")))
    with tenant(own.organisation_id):
        others = ReceivedFile.objects.exclude(received_by_id=member.member_id).earliest("id").pk
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    for file_id in (theirs, others):
        place = reverse("file_content", args=[own.organisation_id, file_id])
        assert client.get(place).status_code == 404


def test_lines_as_csv_hold_no_formula_and_every_row(own: Caller, client: Client) -> None:
    evil = line("1002", "D10,00", '=HYPERLINK("http://x.example","pay")')
    imported(
        own, statement(evil, opening="114,25", closing="104,25", number=2, days=("1001", "1031"))
    )
    with tenant(own.organisation_id):
        account = BankAccount.objects.earliest("id").pk
    answer = client.get(reverse("lines", args=[own.organisation_id, account]), {"format": "csv"})
    header, *told = rows(answer)
    assert header[:2] == ["day", "value day"]
    assert [(row[0], row[6], row[7]) for row in told] == [
        ("2026-10-02", "-10.00", "EUR"),
        ("2026-09-30", "-1.25", "EUR"),
        ("2026-09-07", "25.50", "EUR"),
        ("2026-09-02", "-10.00", "EUR"),
    ]
    texts = [text for row in told for text in row[2:6]]
    assert any("HYPERLINK" in text for text in texts)
    assert not [text for text in texts if text.startswith("=")]


def test_groups_and_open_records_as_csv_add_up_to_the_run(own: Caller, client: Client) -> None:
    with tenant(own.organisation_id):
        run = MatchRun.objects.latest("id")
        place = [own.organisation_id, run.reconciliation_id]
    groups = rows(client.get(reverse("queue", args=place), {"format": "csv", "status": "all"}))
    left = rows(
        client.get(
            reverse("unmatched", args=[own.organisation_id, run.pk]),
            {"format": "csv", "side": "left"},
        )
    )
    assert groups[0][0] == "group"
    assert {row[0] for row in left[1:]} == {"bank"}
    total = sum(int(row[5].replace(".", "")) for row in groups[1:]) + sum(
        int(row[10].replace(".", "")) for row in left[1:]
    )
    assert total == 2550 - 1000 - 125


@pytest.mark.req("R099")
def test_a_role_is_changed_and_a_member_leaves(own: Caller, client: Client) -> None:
    with tenant(own.organisation_id):
        member = Member.objects.get(email="rev@example.org").pk
    page = client.get(reverse("members", args=[own.organisation_id])).content.decode()
    assert f'id="role-{member}"' in page
    place = reverse("role", args=[own.organisation_id, member])
    client.post(place, {"role": "auditor", "reason": "the audit begins"})
    with tenant(own.organisation_id):
        assert Member.objects.get(id=member).role == Role.AUDITOR
    assert client.post(place, {"role": "king"}).status_code == 400
    client.post(reverse("member_ended", args=[own.organisation_id, member]))
    with tenant(own.organisation_id):
        assert Member.objects.get(id=member).left_at is not None
    newest = trail.audit_events(own, limit=2).rows
    assert [each.verb for each in newest] == ["end_membership", "change_role"]
    assert newest[1].reason == "the audit begins"


def test_a_large_file_is_read_by_a_worker_and_the_page_follows(
    store: Store, own: Caller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE_BYTES", 10)
    table = b"Date,Description,Amount,Currency\n2026-10-05,VAN,-85.00,EUR\n"
    place = reverse("files", args=[own.organisation_id])
    answer = client.post(place, {"files": SimpleUploadedFile("card.csv", table)})
    number = int(answer.headers["Location"].partition("fresh=")[2])
    read = reverse("file_read", args=[own.organisation_id, number])
    assert "waiting for a worker" in client.post(read).content.decode()
    work_off(store, own)
    followed = reverse("job", args=[own.organisation_id, latest_job(own, Task.IMPORT_FILE)])
    assert "Read it into this account" in client.get(followed).content.decode()
    client.post(read, {"account": "card 8841"})
    work_off(store, own)
    followed = reverse("job", args=[own.organisation_id, latest_job(own, Task.IMPORT_FILE)])
    told = client.get(followed).content.decode()
    assert "1 in, 1 out, 0 held" in told
    assert reverse("file", args=[own.organisation_id, number]) in told
    assert "hx-get" not in told, "nothing is asked for again"


@pytest.mark.req("R051")
def test_a_file_is_tried_on_its_page_and_then_imported_exactly_so(
    own: Caller, client: Client
) -> None:
    data = statement(
        line("1002", "D10,00", "<i>RENT</i>"), opening="114,25", closing="104,25", number=7,
        days=("1001", "1031"),
    )  # fmt: skip
    place = reverse("files", args=[own.organisation_id])
    answer = client.post(place, {"files": SimpleUploadedFile("october.sta", data), "later": "1"})
    assert "fresh" not in answer.headers["Location"]
    with tenant(own.organisation_id):
        number = ReceivedFile.objects.latest("id").pk
    page = client.get(reverse("file", args=[own.organisation_id, number])).content.decode()
    assert "See what this would change" in page
    tried = client.post(reverse("file_try", args=[own.organisation_id, number])).content.decode()
    assert "1 × add line" in tried
    assert "&lt;i&gt;RENT&lt;/i&gt;" in tried
    proof = re.search(r'name="as_tried" value="([0-9a-f]{64})"', tried)
    assert proof is not None
    with tenant(own.organisation_id):
        assert not FileReading.objects.filter(file_id=number).exists()
    read = reverse("file_read", args=[own.organisation_id, number])
    refused = client.post(read, {"as_tried": "0" * 64})
    assert refused.status_code == 409
    assert "import.not-as-tried" in refused.content.decode()
    assert "1 line" in client.post(read, {"as_tried": proof[1]}).content.decode()


@pytest.mark.req("R051")
def test_a_large_file_is_tried_by_a_worker_and_its_page_shows_the_list(
    store: Store, own: Caller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE_BYTES", 10)
    table = b"Date,Description,Amount,Currency\n2026-10-05,VAN,-85.00,EUR\n"
    place = reverse("files", args=[own.organisation_id])
    answer = client.post(place, {"files": SimpleUploadedFile("card.csv", table)})
    number = int(answer.headers["Location"].partition("fresh=")[2])
    attempt = reverse("file_try", args=[own.organisation_id, number])
    assert "waiting for a worker" in client.post(attempt).content.decode()
    work_off(store, own)
    followed = reverse("job", args=[own.organisation_id, latest_job(own, Task.TRY_IMPORT)])
    assert "See what this would change" in client.get(followed).content.decode()
    client.post(attempt, {"account": "card 8841"})
    work_off(store, own)
    page = client.get(reverse("file", args=[own.organisation_id, number])).content.decode()
    assert "1 × add line" in page
    assert "Import exactly this" in page


@pytest.mark.req("R106")
def test_the_figures_of_every_run_are_a_table_to_keep(own: Caller, client: Client) -> None:
    place = reverse("effectiveness", args=[own.organisation_id])
    days = "?first=2026-11-01&last=2026-11-30"
    page = client.get(place + days).content.decode()
    assert "100.0 %" in page
    header, *told = rows(client.get(f"{place}{days}&format=csv"))
    kinds = [each[header.index("kind")] for each in told]
    assert kinds == ["import", "match"]
    assert told[0][header.index("complete")] == told[0][header.index("of records")] == "3"


def test_a_large_match_is_made_by_a_worker_and_the_page_follows(
    store: Store, own: Caller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "AT_ONCE_RECORDS", 1)
    with tenant(own.organisation_id):
        number = Reconciliation.objects.earliest("id").pk
    answer = client.post(reverse("match", args=[own.organisation_id, number]), follow=True)
    assert "waiting for a worker" in answer.content.decode()
    work_off(store, own)
    followed = reverse("job", args=[own.organisation_id, latest_job(own, Task.RECONCILE)])
    told = client.get(followed).content.decode()
    assert "succeeded" in told
    assert reverse("reconciliation", args=[own.organisation_id, number]) in told


def latest_job(caller: Caller, task: Task) -> int:
    with tenant(caller.organisation_id):
        return JobRun.objects.filter(task=task).latest("id").pk


def test_a_form_that_is_too_large_is_refused_before_it_is_read(own: Caller, client: Client) -> None:
    place = reverse("files", args=[own.organisation_id])
    answer = client.post(place, {}, headers={"content-length": str(2 << 30)})
    assert answer.status_code == 413
    assert "file.too-large" in answer.content.decode()
