"""Books through the API alone: sent, explained, looked at, certified, reported."""

import json
from typing import Any

import pytest

import tieout
from tests.api.houses import RAW, made
from tests.api.programs import Program, program, told
from tests.store.firms import NOW, organisation
from tests.store.ledgers import DEMO, files_of, zipped
from tieout.core.access import Role
from tieout.core.jobs import Task
from tieout.files.ledger_reporting import USED, ReportKind
from tieout.workflows.acting import Caller
from tieout.workflows.explain_books import explain_books

pytestmark = pytest.mark.usefixtures("store", "clock")


class Desk:
    """A firm whose accountant sends books through the API; a reviewer looks at them."""

    def __init__(self) -> None:
        self.owner: Caller = organisation("Marlowe")
        self.accountant: Program = program(self.owner, Role.ACCOUNTANT)
        self.reviewer: Program = program(self.owner, Role.REVIEWER)
        self.books = made(self.accountant, "/books", {"name": "Main books"})["id"]
        self.send(files_of(DEMO))
        self.explain()

    def send(self, files: dict[str, bytes]) -> None:
        answer = self.accountant.send(
            f"/books/{self.books}/snapshots/archive", zipped(files), RAW, name="books.zip"
        )
        assert answer.status_code in {200, 201}, answer.content

    def explain(self) -> None:
        explain_books(self.owner, books_id=int(self.books.partition("_")[2]), now=NOW)

    def show(self, path: str = "", **query: str) -> Any:  # noqa: ANN401  JSON
        answer = self.reviewer.get(f"/books/{self.books}{path}", **query)
        assert answer.status_code == 200, answer.content
        return told(answer)


@pytest.mark.req("R028", "R184")
def test_a_period_is_looked_at_and_certified_through_the_api() -> None:
    desk, explained = Desk(), tieout.explain(DEMO)
    answer = explained.ledgers[0]
    books = desk.show()
    run = books["run"]
    assert (run["snapshot"], run["period"]) == (explained.snapshot, explained.period)
    place = f"/ledgers/{answer.ledger}/periods"
    shown = [each["difference"] for each in desk.show(place)["items"]]
    assert shown == [
        {"amount": explained.books.decimal(each), "currency": "GBP"}
        for each in answer.explanation.difference()
    ]
    period = desk.show(f"{place}/{run['period']}")
    causes, bars = period["causes"], period["bridge"]
    difference = explained.books.minor(shown[run["period"]]["amount"])
    assert sum(explained.books.minor(each["amount"]["amount"]) for each in causes) == difference
    assert bars[-1]["ends"] == bars[-1]["amount"]
    largest = causes[0]["cause"]
    rows: list[dict[str, str]] = []
    further: dict[str, str] = {}
    while True:
        page = desk.show(f"{place}/{run['period']}/items", cause=largest, limit="2", **further)
        rows += page["items"]
        if not page["next_cursor"]:
            break
        further = {"cursor": str(page["next_cursor"])}
    assert len(rows) == causes[0]["item_count"]
    one = told(desk.reviewer.get(f"/items/{rows[0]['id']}"))
    assert (one["sentence"], one["case"]) == (rows[0]["sentence"], rows[0]["case"])
    assert one["has_document"] or one["has_posting"]


def test_the_steps_follow_one_another_and_a_change_suspends() -> None:
    desk = Desk()
    run = desk.show()["run"]
    place = f"/books/{desk.books}/ledgers/AR/periods/3"
    policy = {"ledger": "AR", "unexplained_minor": 10**9, "reason": "as agreed", "risk": "high"}
    made(desk.accountant, f"/books/{desk.books}/policies", policy)
    assert desk.show("/policies")["items"][0]["policy"]["risk"] == "high"
    body = {"run_id": run["id"], "note": "ties"}
    first = desk.accountant.post(f"{place}/prepare", body, key="once")
    again = desk.accountant.post(f"{place}/prepare", body, key="once")
    assert (first.status_code, again.content) == (201, first.content)
    own = desk.accountant.post(f"{place}/review", {})
    assert (own.status_code, told(own)["code"]) == (403, "access.four-eyes")
    back = desk.reviewer.post(f"{place}/return", {"reason": "a figure is missing"})
    assert back.status_code == 201
    made(desk.accountant, f"{place}/prepare", body)
    made(desk.reviewer, f"{place}/review", {})
    made(desk.reviewer, f"{place}/certify", {"note": "seen"})
    done = told(desk.reviewer.get("/compliance"))
    signed = [each for each in done["periods"] if each["certified_by"]]
    assert [(each["books_id"], each["standing"]["period"]) for each in signed] == [(desk.books, 3)]
    files = files_of(DEMO)
    head, *lines = files["sales_ledger.csv"].decode().splitlines(keepends=True)
    desk.send(files | {"sales_ledger.csv": "".join([head, *lines[1:]]).encode()})
    assert desk.show()["waits"]
    desk.explain()
    steps = told(desk.reviewer.get(place))["steps"]
    assert [each["step"] for each in steps] == [
        "prepared",
        "returned",
        "prepared",
        "reviewed",
        "certified",
        "suspended",
    ]
    assert steps[-1]["member_id"] is None
    stale = desk.accountant.post(f"{place}/prepare", body)
    assert (stale.status_code, told(stale)["code"]) == (409, "sign-off.stale")


def test_a_mapping_is_proposed_for_files_and_completed_by_what_is_said() -> None:
    desk = Desk()
    place = f"/books/{desk.books}/mapping/propose"
    own = told(desk.accountant.post(place, {}))
    assert own["is_complete"]
    assert "[sales_ledger]" in own["mapping"]
    said = '[accounts]\nfile = "accounts.csv"\ncolumns.account = "Konto"\n'
    (gap,) = told(desk.accountant.post(place, {"mapping": said}))["gaps"]
    assert (gap["table"], gap["what"]) == ("accounts", "account")
    assert "you named 'Konto'" in gap["found"]
    refused = desk.accountant.post(place, {"mapping": "[accounts"})
    assert told(refused)["code"] == "match.mapping-invalid"


def test_books_are_asked_for_and_scheduled_as_a_job() -> None:
    desk = Desk()
    wanted = {"task": Task.EXPLAIN_BOOKS, "books_id": desk.books}
    job = made(desk.accountant, "/jobs", wanted)["id"]
    shown = told(desk.accountant.get(f"/jobs/{job}"))
    assert (shown["subject"], shown["state"]) == (desk.books, "waiting")
    made(desk.accountant, "/schedules", wanted | {"every": "daily"})
    (schedule,) = told(desk.accountant.get("/schedules"))["items"]
    assert (schedule["task"], schedule["subject"]) == (Task.EXPLAIN_BOOKS, desk.books)
    missing = desk.accountant.post("/jobs", {"task": Task.EXPLAIN_BOOKS})
    assert (missing.status_code, told(missing)["code"]) == (422, "request.invalid")


def test_files_already_received_are_taken_by_name() -> None:
    desk = Desk()
    ids = {
        name: told(desk.accountant.send("/files", content, RAW, name=name))["id"]
        for name, content in files_of(DEMO).items()
    }
    body = {"files": [{"name": name, "file_id": each} for name, each in ids.items()]}
    answer = desk.accountant.post(f"/books/{desk.books}/snapshots", body)
    assert (answer.status_code, told(answer)["is_new"]) == (200, False)
    (snapshot,) = desk.show("/snapshots")["items"]
    assert {each["name"] for each in snapshot["files"]} == set(ids)
    assert told(answer)["id"] == snapshot["id"]
    twice = {"files": [body["files"][0], body["files"][0]]}
    refused = desk.accountant.post(f"/books/{desk.books}/snapshots", twice)
    assert (refused.status_code, told(refused)["code"]) == (422, "snapshot.invalid")


def test_an_archive_is_not_kept_for_somebody_who_may_not_have_it_read() -> None:
    desk = Desk()
    client = program(desk.owner, Role.CLIENT)
    path = f"/books/{desk.books}/snapshots/archive"
    files = files_of(DEMO) | {"stock.csv": b"x"}
    assert client.send(path, zipped(files), RAW).status_code == 403
    assert told(client.get("/files"))["items"] == []


@pytest.mark.req("R261", "R291")
@pytest.mark.parametrize("kind", list(ReportKind))
def test_a_report_of_the_api_is_that_of_the_command(kind: ReportKind) -> None:
    desk = Desk()
    asked = {"period": "3"} if "period" in USED[kind] else {}
    shown = desk.show(f"/ledgers/AR/reports/{kind}", **asked)
    (same,) = tieout.ledger_reports(DEMO, kind, ledger="AR", asked=tieout.Asked(period=3))
    assert (shown["title"], shown["sentence"]) == (same.title, same.sentence)
    assert shown["row_count"] == same.row_count
    assert shown["snapshot"] == same.origin.snapshot
    assert shown["control_total"] == {
        "amount": same.origin.decimal(same.control_total),
        "currency": "GBP",
    }
    file = desk.reviewer.get(
        f"/books/{desk.books}/ledgers/AR/reports/{kind}/file", form="json", **asked
    )
    assert json.loads(file.content)[0]["title"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("enquiry", {"as_at": "2024-01-31"}),
        ("aged", {"as_at": "0001-01-01"}),
        ("aged", {"as_at": "9999-12-31"}),
        ("aged", {"buckets": "90,30"}),
        ("aged", {"buckets": "0,0"}),
        ("aged", {"period": "999999"}),
        ("statements", {"since": "9999-12-31"}),
        ("changes", {"known_from": "9999-12-31"}),
        ("enquiry", {"period": "999999"}),
        ("aged/file", {"form": "csv", "table": "nothing"}),
        ("aged/file", {"form": "pdf", "table": "items"}),
    ],
)
def test_a_question_without_sense_is_refused_with_its_code(
    path: str, query: dict[str, str]
) -> None:
    desk = Desk()
    answer = desk.reviewer.get(f"/books/{desk.books}/ledgers/AR/reports/{path}", **query)
    assert (answer.status_code, told(answer)["code"]) == (422, "command.invalid"), answer.content


def test_a_figure_compared_is_a_figure_and_never_a_path() -> None:
    desk = Desk()
    found = desk.show("/ledgers/AR/compare", figure="1.00", period="20")
    assert found["kind"] == "basis"
    path = f"/books/{desk.books}/ledgers/AR/compare"
    assert desk.reviewer.get(path, figure="/etc/passwd.json").status_code == 422


@pytest.mark.req("R115")
@pytest.mark.parametrize(("form", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_whole_explanation_is_a_file_to_keep(form: str, begins: bytes) -> None:
    desk = Desk()
    answer = desk.reviewer.get(f"/books/{desk.books}/explanation", form=form)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f".{form}" in answer["Content-Disposition"]


def test_files_that_lack_one_are_named_without_the_folder_they_lay_in() -> None:
    desk = Desk()
    files = files_of(DEMO)
    del files["nominal.csv"]
    desk.send(files)
    answer = desk.reviewer.get(f"/books/{desk.books}/ledgers/AR/reports/aged")
    assert (answer.status_code, told(answer)["code"]) == (422, "books.file-missing")
    assert told(answer)["place"] == "books"
    assert b"tmp" not in answer.content
