"""The door itself: tokens, pace, keys, and requests that are refused cleanly."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from psycopg import sql

from tests.api.conftest import Clock
from tests.api.programs import API, CLIENT, JSON, Program, program, told
from tests.store.databases import Store
from tests.store.firms import SEPTEMBER, organisation
from tieout.core.access import Action, Role
from tieout.core.errors import CODES
from tieout.workflows.tokens import revoke_token

pytestmark = pytest.mark.usefixtures("store", "clock")
PROBLEM = "application/problem+json"
ONE = {"amount": "1.00", "currency": "EUR"}
ENTRY = {
    "id": "1",
    "booked_on": "2026-09-30",
    "postings": [
        {"account": "bank", "direction": "debit", "amount": ONE},
        {"account": "sales", "direction": "credit", "amount": ONE},
    ],
}


def code(answer: HttpResponse) -> str:
    return str(told(answer)["code"])


@pytest.mark.req("R184")
def test_without_a_valid_token_nobody_is_told_anything() -> None:
    owner = organisation()
    good = program(owner)
    for header in ({}, {"authorization": "Basic x"}, {"authorization": "Bearer "}):
        answer = CLIENT.get(f"{API}/tokens", headers=header)
        assert (answer.status_code, code(answer)) == (401, "request.no-token")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    number = good.token.split("_")[2]
    forged = good.token[:-1] + ("0" if good.token[-1] != "0" else "1")
    for text in (forged, "tieout_x_1_y", "x", f"tieout_{'0' * 32}_{number}_{'0' * 64}", "\xff"):
        answer = Program(text).get("/tokens")
        assert (answer.status_code, code(answer)) == (401, "access.secret-refused"), text
    assert good.get("/tokens").status_code == 200
    revoke_token(owner, token_id=int(number), now=settings.CLOCK())
    assert good.get("/tokens").status_code == 401


def test_a_token_ends(clock: Clock) -> None:
    good = program(organisation())
    clock.at += timedelta(days=29)
    assert good.get("/tokens").status_code == 200
    clock.at += timedelta(days=1)
    assert code(good.get("/tokens")) == "access.secret-refused"


def test_a_session_opens_nothing_here() -> None:
    answer = Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post(f"{API}/audit/verify")
    assert answer.status_code == 401
    assert not answer.cookies


@pytest.mark.req("R099")
def test_a_token_may_no_more_than_its_scopes() -> None:
    narrow = program(organisation(), Role.OWNER, {Action.VIEW_AUDIT})
    assert narrow.post("/audit/verify").status_code == 200
    answer = narrow.get("/tokens")
    assert (answer.status_code, code(answer)) == (403, "access.scope")


@pytest.mark.req("R184")
def test_calls_are_counted_a_token_and_come_back(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "API_RATE", 3)
    owner = organisation()
    one, other = program(owner), program(owner)
    left = [one.get("/tokens")["RateLimit"] for _ in range(3)]
    assert left == ['"token";r=2;t=20', '"token";r=1;t=40', '"token";r=0;t=60']
    refused = one.get("/tokens")
    assert (refused.status_code, code(refused)) == (429, "request.too-many")
    assert (refused["Retry-After"], refused["RateLimit-Policy"]) == ("20", '"token";q=3;w=60')
    assert other.get("/tokens").status_code == 200
    clock.at += timedelta(seconds=20)
    assert one.get("/tokens").status_code == 200
    assert one.get("/tokens").status_code == 429
    clock.at += timedelta(minutes=5)
    assert one.get("/tokens")["RateLimit"] == '"token";r=2;t=20'


@pytest.mark.req("R241")
def test_the_same_key_gives_the_first_answer_and_acts_once(clock: Clock) -> None:
    caller = program(organisation())
    body = {"email": "new@example.org", "role": "client"}
    first = caller.post("/invitations", body, key="a")
    clock.at += timedelta(hours=23)
    again = caller.post("/invitations", body, key="a")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "secret" in told(again)
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert len(told(caller.get("/invitations"))["items"]) == 1
    other = caller.post("/invitations", body | {"email": "else@example.org"}, key="a")
    assert (other.status_code, code(other)) == (409, "request.key-used")
    elsewhere = caller.post("/members", body, key="a")
    assert code(elsewhere) == "request.key-used"
    clock.at += timedelta(hours=1)
    later = caller.post("/invitations", body, key="a")
    assert later.status_code == 201
    assert told(later)["id"] != told(first)["id"]


def test_a_refusal_is_kept_under_its_key_too() -> None:
    caller = program(organisation())
    answers = [caller.post("/tokens/tok_999999/revoke", key="b") for _ in range(2)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_one_programs_key_is_not_anothers() -> None:
    owner = organisation()
    for each in (program(owner), program(owner)):
        answer = each.post("/audit/verify", key="same")
        assert (answer.status_code, answer.get("Idempotency-Replayed")) == (200, None)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", JSON, 400),
        (b"", JSON, 422),
        (b"[]", JSON, 400),
        (b"null", JSON, 400),
        (b'{"email": "a@b", "email": "c@d", "role": "client"}', JSON, 400),
        (b'{"email": "a@b", "role": "client", "extra": 1}', JSON, 422),
        (b'{"email": "a@b"}', JSON, 422),
        (b'{"email": "a@b", "role": "king"}', JSON, 422),
        (b'{"email": "a\\u0000@b", "role": "client"}', JSON, 400),
        (b'{"email": "a\\ud800@b", "role": "client"}', JSON, 400),
        (b'{"email": "a\xff@b", "role": "client"}', JSON, 400),
        (b'{"email": NaN, "role": "client"}', JSON, 400),
        (b'{"email": 1e999, "role": "client"}', JSON, 422),
        (b'{"email": ' + b"9" * 5000 + b', "role": "client"}', JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"x":' * 100_000, JSON, 400),
        (b'{"email": "' + b"a" * 3_000_000 + b'"}', JSON, 413),
        (b"email=a@b&role=client", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
    ids=range(19),
)
def test_a_body_that_is_not_as_described_is_refused(body: bytes, kind: str, status: int) -> None:
    answer = program(organisation()).send("/invitations", body, kind)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    said = told(answer)
    assert said["code"] in CODES
    assert said["status"] == status
    assert said["next_step"] == CODES[said["code"]].next_step


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tokens/1/revoke", 422),
        ("/tokens/tok_0/revoke", 422),
        ("/tokens/tok_01/revoke", 422),
        ("/tokens/tok_-1/revoke", 422),
        ("/tokens/mem_1/revoke", 422),
        ("/tokens/tok_9999999999999999999999/revoke", 422),
        ("/tokens/tok_\u0661/revoke", 422),
        ("/tokens/%00/revoke", 422),
        ("/tokens/tok_999999999999999999/revoke", 404),
        ("/tokens/tok_1/revoke?x=1", 422),
        ("/tokens/tok_1/revoke?%00=1", 400),
        ("/nothing", 404),
        ("/tokens/", 404),
    ],
)
def test_an_address_that_is_not_as_described_is_refused(path: str, status: int) -> None:
    answer = program(organisation()).post(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert told(answer)["status"] == status


def test_another_method_is_told_which_there_are() -> None:
    answer = CLIENT.delete(f"{API}/members")
    assert (answer.status_code, code(answer)) == (405, "request.no-operation")
    assert answer["Allow"] == "GET, POST"


def test_what_nobody_foresaw_is_a_fault_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("tieout.api.routes.people.tokens_of", broken)
    answer = program(organisation()).get("/tokens")
    assert (answer.status_code, code(answer)) == (500, "internal.fault")
    assert b"secret detail" not in answer.content


@pytest.mark.req("R181")
def test_a_file_is_taken_raw_or_as_a_form_and_once() -> None:
    caller = program(organisation())
    raw = caller.send("/files", SEPTEMBER, "application/octet-stream", name="september.sta")
    assert raw.status_code == 201
    form = CLIENT.post(
        f"{API}/files",
        {"file": BytesIO(SEPTEMBER)},
        headers={"authorization": f"Bearer {caller.token}"},
    )
    assert form.status_code == 200
    assert told(form) == told(raw) | {"is_new": False}
    done = caller.post(f"/files/{told(raw)['id']}/import", {})
    assert done.status_code == 200, done.content
    assert told(done)["line_count"] == 3
    assert told(done)["is_new"]
    empty = caller.send("/files", b"", "application/octet-stream")
    assert (empty.status_code, code(empty)) == (422, "file.empty")
    unknown = told(caller.send("/files", b"\x00\x01", "application/octet-stream"))["id"]
    refused = caller.post(f"/files/{unknown}/import", {}, key="k")
    assert refused.status_code == 422, refused.content
    assert caller.post(f"/files/{unknown}/import", {}, key="k").content == refused.content


def test_the_description_and_its_page_are_open_and_plain() -> None:
    schema = json.loads(CLIENT.get(f"{API}/openapi.json").content)
    assert schema["openapi"].startswith("3.1")
    page = CLIENT.get(f"{API}/docs")
    text = page.content.decode()
    for path in schema["paths"]:
        assert path in text
    for each in CODES:
        assert f'id="{each}"' in text
    assert "<script" not in text
    assert "default-src 'self'" in page["Content-Security-Policy"]
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert {"400", "401", "403", "404", "409", "422", "429"} <= set(operation["responses"])


def test_every_operation_wants_a_token() -> None:
    schema = json.loads(CLIENT.get(f"{API}/openapi.json").content)
    for path, methods in schema["paths"].items():
        for method in methods:
            answer = CLIENT.generic(method.upper(), path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, (method, path)


def test_a_twin_at_the_same_time_is_told_to_wait(store: Store) -> None:
    caller = program(organisation())
    _, organisation_id, number, _ = caller.token.split("_")
    name = f"request {UUID(organisation_id)} {number} k"
    with store.application() as twin:
        twin.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        answer = caller.post("/audit/verify", key="k")
        assert (answer.status_code, code(answer)) == (409, "request.in-progress")
    assert caller.post("/audit/verify", key="k").status_code == 200


def answered_apart(caller: Program, path: str, body: object) -> HttpResponse:
    """In a thread, on a connection of its own."""
    try:
        return caller.post(path, body)
    finally:
        connections.close_all()


@pytest.mark.parametrize("end", ["pg_cancel_backend", "pg_terminate_backend"])
def test_what_the_database_cannot_finish_is_told_as_busy_and_leaves_nothing_behind(
    store: Store, end: str
) -> None:
    firm = organisation()
    caller = program(firm)
    books = {"books": "b", "entries": [ENTRY]}
    with store.application() as other, ThreadPoolExecutor(1) as thread:
        lock = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
        other.execute(lock, [f"audit {firm.organisation_id}"])
        answering = thread.submit(answered_apart, caller, "/entries", books)
        with store.superuser() as plain:
            waiting = "select pid from pg_locks where locktype = 'advisory' and not granted"
            while not (found := plain.execute(waiting).fetchone()):
                time.sleep(0.01)
            plain.execute(sql.SQL("select {}(%s)").format(sql.Identifier(end)), found)
        answer = answering.result()
    assert (answer.status_code, code(answer)) == (503, "store.busy")
    assert answer["Retry-After"] == "1"
    assert told(caller.post("/entries", books))["added"] == 1


def test_an_id_of_an_entry_given_to_two_is_told_and_no_fault() -> None:
    caller = program(organisation())
    other = {**ENTRY, "narrative": "another"}
    first = told(caller.post("/entries", {"books": "b", "entries": [ENTRY, ENTRY, other]}))
    assert (first["added"], first["known"], first["changed"]) == (1, 1, 1)
    for narrative, added, changed in (("anew", 1, 0), ("anew, otherwise", 0, 1)):
        entry = {**ENTRY, "booked_on": "2027-01-31", "narrative": narrative}
        said = told(caller.post("/entries", {"books": "b", "entries": [entry]}))
        assert (said["added"], said["changed"]) == (added, changed)


def test_an_answer_that_cannot_be_kept_undoes_its_act(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("no room")

    caller = program(organisation())
    body = {"email": "new@example.org", "role": "client"}
    with monkeypatch.context() as patched:
        patched.setattr("tieout.workflows.answer_once._sealing", broken)
        assert caller.post("/invitations", body, key="k").status_code == 500
    assert told(caller.get("/invitations"))["items"] == []
    assert caller.post("/invitations", body, key="k").status_code == 201


def test_a_kept_secret_is_not_readable_in_the_database(store: Store) -> None:
    caller = program(organisation())
    body = {"email": "new@example.org", "role": "client"}
    secret = told(caller.post("/invitations", body, key="k"))["secret"]
    with store.superuser() as plain:
        rows = plain.execute("select sealed from requests_keptanswer").fetchall()
    assert rows
    assert not [row for row in rows if secret.encode() in bytes(row[0])]


@pytest.mark.req("R184")
@pytest.mark.parametrize(
    "asked",
    [
        "/alerts?state=", "/alerts?limit=", "/alerts?limit=1.0", "/alerts?limit=%201",
        "/alerts?limit=1_0", "/members?with_former=", "/members?with_former=yes",
        "/sign-offs?reconciliation_id=", "/jobs?cursor=",
        "/bank-accounts/bac_1/lines?first_on=86400",
    ],
)  # fmt: skip
def test_a_parameter_is_as_described_or_refused(asked: str) -> None:
    answer = CLIENT.get(
        API + asked, headers={"authorization": f"Bearer {program(organisation()).token}"}
    )
    assert (answer.status_code, code(answer)) == (422, "request.invalid")


@pytest.mark.req("R241")
def test_an_empty_idempotency_key_is_refused_and_not_passed_over() -> None:
    token = program(organisation()).token
    headers = {"authorization": f"Bearer {token}", "idempotency-key": ""}
    answer = CLIENT.post(f"{API}/audit/verify", headers=headers)
    assert (answer.status_code, code(answer)) == (400, "request.malformed")


@pytest.mark.req("R184")
def test_a_day_is_no_count_of_seconds() -> None:
    caller = program(organisation())
    posting = {"account": "a", "direction": "debit", "amount": {"amount": "1", "currency": "EUR"}}
    entry = {"id": "1", "narrative": "", "booked_on": 86400, "postings": [posting]}
    answer = caller.post("/entries", {"books": "b", "entries": [entry]})
    assert (answer.status_code, code(answer)) == (422, "request.invalid")
    assert "booked_on" in told(answer)["detail"]
