"""Corrections on the server: tried on a copy, drafted, fetched, posted elsewhere, proved."""

from pathlib import Path
from typing import Any

import pytest

import tieout
from tests.api.houses import RAW, made
from tests.api.programs import Program, program, told
from tests.store.firms import NOW, organisation
from tests.store.ledgers import files_of, zipped
from tieout.core.access import Action, Role
from tieout.testing.books import Shape, planted_books, write_books
from tieout.workflows.acting import Caller
from tieout.workflows.verify_audit import verify_audit

pytestmark = pytest.mark.usefixtures("store", "clock")


class Desk:
    """A firm with small books in which every cause was planted."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_books(planted_books(3, Shape(documents=20)).books(), folder)
        self.owner: Caller = organisation("Corrected Ltd")
        self.accountant: Program = program(self.owner, Role.ACCOUNTANT)
        self.books = made(self.accountant, "/books", {"name": "Main books"})["id"]
        self.send(self.folder)

    def send(self, folder: Path) -> None:
        path = f"/books/{self.books}/snapshots/archive"
        answer = self.accountant.send(path, zipped(files_of(folder)), RAW, name="books.zip")
        assert answer.status_code == 201, answer.content

    def events(self, verb: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = told(self.accountant.get("/audit/events", verb=verb))["items"]
        return found


@pytest.mark.req("R269", "R278", "R280")
def test_a_what_if_shows_every_difference_before_and_after_and_changes_nothing(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path / "books")
    same = tieout.explain(desk.folder).investigate(what_if=["update-waiting"], accept="all")
    shown = told(
        desk.accountant.get(f"/books/{desk.books}/preview", what_if="update-waiting", accept="all")
    )
    assert shown["snapshot"] == same.snapshot
    assert shown["sentences"] == [each.sentence for each in same.tried]
    assert same.corrected is not None
    names = [
        f"{each.correction.case} ({each.correction.cause})" for each in same.corrected.accepted
    ]
    assert [each["name"] for each in shown["corrections"]] == names
    for before, after in zip(same.before, same.after, strict=True):
        rows = {
            each["period"]: each for each in shown["differences"] if each["ledger"] == before.ledger
        }
        for period, (was, now) in enumerate(
            zip(before.difference(), after.difference(), strict=True)
        ):
            if was or now:
                assert rows[period]["before"]["amount"] == same.books.decimal(was)
                assert rows[period]["after"]["amount"] == same.books.decimal(now)
    assert len(told(desk.accountant.get(f"/books/{desk.books}/snapshots"))["items"]) == 1
    unknown = desk.accountant.get(f"/books/{desk.books}/preview", accept="no such case")
    assert (unknown.status_code, told(unknown)["code"]) == (422, "command.invalid")


@pytest.mark.req("R110", "R121", "R283")
@pytest.mark.parametrize("form", ["csv", "iif", "beancount", "json"])
def test_what_is_drafted_is_kept_recorded_and_proved_once_it_is_posted(
    form: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "books")
    drafted = made(
        desk.accountant, f"/books/{desk.books}/corrections", {"accept": ["all"], "form": form}
    )
    content = desk.accountant.get(f"/files/{drafted['file_id']}/content")
    same = tieout.explain(desk.folder).investigate(accept="all")
    path = same.write(tmp_path / f"same.{form}")
    assert b"".join(content.streaming_content) == path.read_bytes()  # type: ignore[attr-defined]
    (event,) = desk.events("draft_corrections")
    assert event["after"]["files"] == same.snapshot
    assert event["after"]["sha256"] == drafted["sha256"]
    assert event["after"]["accepted"] == list(same.filed().accepted)
    (listed,) = told(desk.accountant.get(f"/books/{desk.books}/corrections"))["items"]
    assert listed["file_id"] == drafted["file_id"]
    place = f"/books/{desk.books}/corrections/{drafted['file_id']}/prove"
    early = made(desk.accountant, place)
    assert (early["holds"], early["is_posted"]) == (True, False)
    desk.send(write_books(same.copy, tmp_path / "after"))
    proved = made(desk.accountant, place)
    assert (proved["holds"], proved["is_posted"], proved["departures"]) == (True, True, [])
    assert len(desk.events("prove_corrections")) == 2
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def test_a_file_that_was_never_drafted_is_proved_of_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "books")
    other = told(desk.accountant.send("/files", b"a,b\n1,2\n", RAW, name="other.csv"))["id"]
    answer = desk.accountant.post(f"/books/{desk.books}/corrections/{other}/prove")
    assert (answer.status_code, told(answer)["code"]) == (404, "store.not-found")
    nothing = desk.accountant.post(f"/books/{desk.books}/corrections", {"accept": []})
    assert nothing.status_code == 422
    reviewer = program(desk.owner, Role.REVIEWER)
    refused = reviewer.post(f"/books/{desk.books}/corrections", {"accept": ["all"]})
    assert refused.status_code == 403
    narrow = program(desk.owner, Role.OWNER, {Action.DECIDE})
    assert narrow.post(f"/books/{desk.books}/corrections", {"accept": ["all"]}).status_code == 201
