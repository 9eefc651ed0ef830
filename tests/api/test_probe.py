"""The probe: every operation, role, and own, foreign or absent id: exactly the role table."""

import re
from functools import cache

import pytest
from django.conf import settings

from tests.api.houses import ABSENT, ACTIONS, BESIDES, called, house, operations, roles_that
from tests.api.programs import program, told
from tieout.core.access import MAY, Action, Role

ID = re.compile(r"([a-z][:_])[0-9]+")
pytestmark = pytest.mark.usefixtures("store", "clock")


BY_RECORD = {"retry_job", "stop_job"}
"""Who may depends on the record: whoever may do by hand what the job does."""
MAKES = {
    "send_file",
    "record",
    "make_member",
    "make_invitation",
    "make_books",
    "run",
    "verify",
}
"""What makes something the first time answers otherwise than the second time."""
kept = cache(house)
"""Each house is made once: it is slow, and the probe only looks whether doors open."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_RATE", 1_000_000)


def test_the_table_of_actions_has_every_operation() -> None:
    assert sorted(ACTIONS) == sorted(name for name, _, _ in operations())


def neutral(content: bytes) -> str:
    """An answer with the numbers of ids in it left out."""
    return ID.sub(r"\1N", content.decode())


@pytest.mark.req("R099", "R184")
@pytest.mark.parametrize("role", list(Role))
def test_every_operation_is_open_to_the_roles_of_the_table_and_blind_to_foreign_ids(
    role: Role,
) -> None:
    owner, own = kept("Marlowe")
    _, foreign = kept("Timberline")
    caller = program(owner, role)
    seen = 0
    for name, method, path in operations():
        if role not in roles_that(name, MAY):
            denied = [called(caller, name, method, path, ids) for ids in (foreign, own)]
            of_foreign = 404 if name in BY_RECORD else 403
            statuses = [each.status_code for each in denied]
            assert statuses in ([403, 403], [of_foreign, 403]), (name, statuses)
            continue
        answers = [called(caller, name, method, path, ids) for ids in (foreign, ABSENT, own)]
        statuses = [each.status_code for each in answers]
        seen += 1
        assert not set(statuses) & {401, 403, 500}, (name, statuses, answers[-1].content)
        bodies = [neutral(each.content) for each in answers[:2]]
        if name not in MAKES:
            assert statuses[0] == statuses[1], (name, statuses)
        if statuses[0] == 404:
            assert bodies[0] == bodies[1], name
        named = "{" in path or called_by_id(name)
        assert not named or statuses[0] == 404, (name, statuses)
        if method == "GET" and role is not Role.CLIENT:
            assert statuses[2] == 200, (name, answers[2].content)
    assert seen == sum(role in roles_that(name, MAY) for name in ACTIONS)


def called_by_id(name: str) -> bool:
    """Operations that name a record in their parameters or body and nowhere in their address."""
    return name in {
        "make_reconciliation",
        "make_comment",
        "list_comments",
        "list_evidence",
        "list_history",
        "show_pack",
        "attach",
        "make_key",
        "ask_job",
        "make_schedule",
        "make_rule",
        "make_channel",
    }


def test_a_client_sees_the_files_it_sent_and_no_other() -> None:
    owner, ids = kept("Marlowe")
    client = program(owner, Role.CLIENT)
    assert told(client.get("/files"))["items"] == []
    sent = told(
        client.send("/files", b"of this client", "application/octet-stream", name="mine.csv")
    )
    assert [each["id"] for each in told(client.get("/files"))["items"]] == [sent["id"]]
    assert client.get(f"/files/{sent['id']}").status_code == 200
    assert client.get(f"/files/{ids['file_id']}").status_code == 404
    assert client.post("/comments", {"subject": sent["id"], "text": "x"}).status_code == 201
    assert client.post("/comments", {"subject": ids["file_id"], "text": "x"}).status_code == 404


@pytest.mark.parametrize("action", list(Action))
def test_a_token_opens_what_its_scopes_open_and_nothing_else(action: Action) -> None:
    owner, own = kept("Marlowe")
    caller = program(owner, Role.OWNER, {action})
    for name, method, path in operations():
        if method != "GET":
            continue
        answer = called(caller, name, method, path, own)
        if action in ACTIONS[name] and BESIDES.get(name, action) is action:
            assert answer.status_code in {200, 404}, (name, answer.content)
        else:
            assert answer.status_code == 403, (name, answer.content)


def test_a_token_for_the_own_files_shows_the_own_files_whatever_the_role() -> None:
    owner, ids = kept("Marlowe")
    caller = program(owner, Role.OWNER, {Action.VIEW_OWN})
    assert told(caller.get("/files"))["items"] == []
    assert caller.get(f"/files/{ids['file_id']}").status_code == 404
