"""Every record of what was done says when, who, what, and what went wrong: lines, runs, events."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from jsonschema_rs import Validator, validator_for
from structlog.stdlib import ProcessorFormatter

from tests.api.programs import program, told
from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, organisation
from tests.store.test_sign_in import GOOD
from tieout.core.access import Role
from tieout.core.audit import parsed
from tieout.core.errors import CODES
from tieout.formats.common.source import Source
from tieout.store.audit.models import Event
from tieout.store.postgres.tenant import tenant
from tieout.testing.corpus import PROJECT
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_person import create_person
from tieout.workflows.receive_file import receive_file

SCHEMA = PROJECT / "docs" / "reference" / "log-records.schema.json"
Line = dict[str, Any]


def validator(kind: str) -> Validator:
    """Of one kind of record."""
    whole = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return validator_for({**whole, "$ref": f"#/$defs/{kind}"})


class Log:
    """What the process writes, line by line."""

    def __init__(self, written: io.StringIO) -> None:
        self.written = written

    def lines(self) -> list[Line]:
        """Every line so far."""
        return [json.loads(each) for each in self.written.getvalue().splitlines()]

    def last(self, event: str = "request") -> Line:
        return [each for each in self.lines() if each["event"] == event][-1]


@pytest.fixture
def log() -> Iterator[Log]:
    """The process's own handler and formatter, writing here instead of to standard error."""
    (handler,) = (
        each
        for each in logging.getLogger().handlers
        if isinstance(each.formatter, ProcessorFormatter)
    )
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    earlier = handler.setStream(written)
    yield Log(written)
    handler.setStream(earlier)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    earlier, settings.CLOCK = settings.CLOCK, lambda: NOW
    yield
    settings.CLOCK = earlier


def person_of(caller: Caller) -> tuple[Client, int, int]:
    """Somebody who can sign in as an auditor there; the ids of person and member."""
    email = "log@example.org"
    person_id = create_person(email=email, password=GOOD, name="Log", now=NOW)
    member = add_member(caller, email=email, role=Role.AUDITOR, person_id=person_id, now=NOW)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    return client, person_id, member.member_id


@pytest.mark.req("R088")
def test_every_line_of_a_server_at_work_has_time_actor_act_and_error(
    store: Store, log: Log
) -> None:
    caller = organisation()
    client, person_id, member_id = person_of(caller)
    inside = [caller.organisation_id]
    client.get("/account/login/")
    assert (log.last()["actor"], log.last()["error"]) == ("nobody", "")
    given = {"login": "log@example.org", "password": "wrong"}
    client.post("/account/login/", given)
    assert log.last()["actor"] == "nobody"
    assert client.post("/account/login/", given | {"password": GOOD}).status_code == 302
    client.get("/")
    assert log.last()["actor"] == f"person:{person_id}"
    client.get(reverse("audit", args=inside))
    assert (log.last()["actor"], log.last()["status"]) == (f"member:{member_id}", 200)
    client.get(reverse("members", args=inside))
    assert (log.last()["actor"], log.last()["error"]) == (f"member:{member_id}", "access.denied")
    client.get("/nothing/here/")
    assert (log.last()["route"], log.last()["error"]) == ("none", "page.unknown")
    client.get("/invitation/a-secret-of-somebody")
    client.post(reverse("audit", args=inside), headers={"Origin": "https://elsewhere.example"})
    door = program(caller)
    door.get("/files")
    assert log.last()["actor"].startswith("token:")
    assert door.get("/files/file_900000000000000000").status_code == 404
    assert log.last()["error"] == "store.not-found"
    assert Client(SERVER_NAME="localhost").get("/api/v1/files").status_code == 401
    assert (log.last()["actor"], log.last()["error"]) == ("nobody", "request.no-token")
    crash(store, client, caller, log)
    jobs(store, caller, log)
    lines, valid = log.lines(), validator("line")
    faults = [(each, error.message) for each in lines for error in valid.iter_errors(each)]
    assert faults == []
    assert {each["error"] for each in lines} - {""} <= CODES.keys()
    assert len(lines) > 15
    written = log.written.getvalue()
    assert not [each for each in ("log@example.org", "a-secret-of", "Marlowe") if each in written]


def crash(store: Store, client: Client, caller: Caller, log: Log) -> None:
    """A table is not where the program thinks: our own fault, in a page and at the door."""
    door = program(caller)
    with store.superuser() as plain:
        plain.execute("alter table closing_books rename to closing_books_away")
    try:
        answer = client.get(reverse("control_accounts", args=[caller.organisation_id]))
        assert answer.status_code == 500
        assert log.last()["error"] == "internal.fault"
        assert "Traceback" in log.last("Internal Server Error")["exception"]
        assert door.get("/books").status_code == 500
        assert (log.last()["error"], log.last()["actor"][:6]) == ("internal.fault", "token:")
    finally:
        with store.superuser() as plain:
            plain.execute("alter table closing_books_away rename to closing_books")


def jobs(store: Store, caller: Caller, log: Log) -> None:
    """One that succeeds, and one that fails because of its file."""
    for name, data, error in (("a.sta", SEPTEMBER, ""), ("b.sta", b"nothing", "file.")):
        receive_file(caller, source=Source(name, data), import_after=True, now=NOW)
        work_off(store, caller)
        ended = [each for each in log.lines() if each.get("task") == "import_file"][-1]
        assert (ended["actor"], ended["event"]) == ("system", "run ended")
        assert ended["error"].startswith(error)
        assert ended["state"] == ("failed" if error else "succeeded")


@pytest.mark.req("R088")
def test_every_run_and_every_audit_event_has_them_too(store: Store) -> None:
    caller = organisation()
    for name, data in (("a.sta", SEPTEMBER), ("b.sta", b"nothing")):
        receive_file(caller, source=Source(name, data), import_after=True, now=NOW)
    work_off(store, caller)
    runs, valid = told(program(caller).get("/jobs"))["items"], validator("run")
    assert {"succeeded", "failed"} <= {each["state"] for each in runs}
    assert [error.message for each in runs for error in valid.iter_errors(each)] == []
    with tenant(caller.organisation_id):
        events = [parsed(bytes(each.body)) for each in Event.objects.all()]
    valid = validator("audit_event")
    assert [error.message for each in events for error in valid.iter_errors(each)] == []
    assert any("refused" in each["after"] for each in events if isinstance(each["after"], dict))


@pytest.mark.parametrize(
    "line",
    [
        {"actor": "Anna"},
        {"actor": "member:anna@example.org"},
        {"timestamp": "yesterday"},
        {"error": "It went wrong."},
        {"error": "", "level": "error"},
        {"event": "request"},
        {"event": ""},
    ],
)
def test_a_line_that_lacks_one_of_them_is_refused(line: Line) -> None:
    whole = {
        "timestamp": "2026-11-22T09:30:00.000000Z",
        "actor": "system",
        "event": "rescued",
        "error": "",
        "level": "info",
        "logger": "tieout.jobs",
    }
    assert validator("line").is_valid(whole)
    assert not validator("line").is_valid(whole | line)
    for each in whole:
        assert not validator("line").is_valid({k: v for k, v in whole.items() if k != each})
