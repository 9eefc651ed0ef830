"""A firm made through the door alone, with a record of every kind; a call of every operation."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from tests.api.programs import CLIENT, Program, program, told
from tests.store.firms import NOW, SEPTEMBER, organisation
from tests.store.ledgers import DEMO, files_of, zipped
from tieout.core.access import Action, Role
from tieout.workflows.acting import Caller
from tieout.workflows.explain_books import explain_books
from tieout.workflows.raise_alerts import raise_alerts

RAW = "application/octet-stream"
Ids = Mapping[str, str]


def books(name: str = "books") -> dict[str, Any]:
    """Two entries: one that the September statement has, one that it has not."""

    def entry(number: str, day: str, amount: str, *, into: bool) -> dict[str, Any]:
        directions = ("debit", "credit") if into else ("credit", "debit")
        return {
            "id": number,
            "booked_on": day,
            "narrative": f"entry {number}",
            "postings": [
                {
                    "account": account,
                    "amount": {"amount": amount, "currency": "EUR"},
                    "direction": direction,
                }
                for account, direction in zip(("bank", "other"), directions, strict=True)
            ],
        }

    return {
        "books": name,
        "entries": [
            entry("1", "2026-09-02", "10.00", into=False),
            entry("2", "2026-09-07", "25.50", into=True),
            entry("3", "2026-09-20", "77.00", into=True),
        ],
        "accounts": [{"code": "bank", "is_bank": True}],
    }


def elsewhere() -> dict[str, Any]:
    """An entry of another system, on accounts that nothing is compared with."""
    kept = books("elsewhere")
    (entry, *_) = kept["entries"]
    for posting, account in zip(entry["postings"], ("till", "other"), strict=True):
        posting["account"] = account
    return {"books": "elsewhere", "entries": [entry]}


def document(name: str) -> str:
    """Settings with nothing but a channel of that name."""
    channel = f'[[channels]]\nname = "{name}"\nkind = "members"\nroles = ["owner"]\n'
    return f"schema = 1\n\n{channel}"


def made(caller: Program, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
    """The answer of a call that must succeed."""
    answer = caller.post(path, body)
    assert answer.status_code in {200, 201}, answer.content
    return told(answer)


def house(name: str) -> tuple[Caller, dict[str, str]]:
    """An organisation's owner, and an id of every kind of record in it."""
    owner = organisation(name)
    caller = program(owner)
    ids: dict[str, str] = {}
    sent = caller.send("/files", SEPTEMBER + name.encode(), RAW, name="september.sta")
    ids["file_id"] = told(sent)["id"]
    imported = made(caller, f"/files/{ids['file_id']}/import", {})
    ids["bank_account_id"] = imported["bank_account_ids"][0]
    made(caller, "/entries", books())
    made(caller, "/entries", elsewhere())
    pair = {"name": "current", "bank_account_id": ids["bank_account_id"], "account": "bank"}
    ids["reconciliation_id"] = made(caller, "/reconciliations", pair)["id"]
    ids["run_id"] = made(caller, f"/reconciliations/{ids['reconciliation_id']}/runs")["id"]
    groups = told(caller.get(f"/runs/{ids['run_id']}/groups"))["items"]
    ids["group_id"] = groups[0]["id"]
    ids["decision_id"] = made(caller, f"/groups/{ids['group_id']}/confirm", {})["id"]
    lines = told(caller.get(f"/bank-accounts/{ids['bank_account_id']}/lines"))["items"]
    ids["line_id"] = lines[0]["id"]
    ids["comment_id"] = made(caller, "/comments", {"subject": ids["line_id"], "text": "why?"})["id"]
    spare = {"email": "spare@example.org", "role": "auditor"}
    ids["member_id"] = made(caller, "/members", spare)["id"]
    invited = {"email": "new@example.org", "role": "client"}
    ids["invitation_id"] = made(caller, "/invitations", invited)["id"]
    accountant = program(owner, Role.ACCOUNTANT)
    ids["version_id"] = told(caller.get("/settings/versions"))["items"][0]["id"]
    looser = {"document": document("looser"), "reason": "less to look at"}
    ids["proposal_id"] = made(accountant, "/settings/import", looser)["proposal_id"]
    ids["token_id"] = told(caller.get("/tokens"))["items"][0]["id"]
    ids["job_id"] = made(caller, "/jobs", {"task": "raise_alerts"})["id"]
    channel = {"name": "owners", "kind": "members", "roles": ["owner"]}
    ids["channel_id"] = made(caller, "/channels", channel)["id"]
    raise_alerts(owner.organisation_id, origin="test", now=NOW)
    ids["notification_id"] = told(caller.get("/notifications"))["items"][0]["id"]
    ids |= closing(caller, owner)
    return owner, ids


def closing(caller: Program, owner: Caller) -> dict[str, str]:
    """Books of the worked example, explained, with a period prepared by somebody else."""
    books_id = made(caller, "/books", {"name": "Main books"})["id"]
    archive = zipped(files_of(DEMO))
    taken = caller.send(f"/books/{books_id}/snapshots/archive", archive, RAW, name="books.zip")
    assert taken.status_code == 201, taken.content
    explain_books(owner, books_id=int(books_id.partition("_")[2]), now=NOW)
    seen = told(caller.get(f"/books/{books_id}"))["run"]
    place = {"ledger": "AR", "period": str(seen["period"]), "report": "enquiry"}
    found = told(caller.get(f"/books/{books_id}/ledgers/AR/periods/{seen['period']}/items"))
    ids = {"books_id": books_id, "explained_id": seen["id"], "item_id": found["items"][0]["id"]}
    ids["case_id"] = found["items"][0]["case"]
    (snapshot,) = told(caller.get(f"/books/{books_id}/snapshots"))["items"]
    archive_id = snapshot["files"][0]["file_id"]
    return ids | place | {"snapshot_id": told(taken)["id"], "archive_id": archive_id}


ABSENT = {
    "file_id": "file_900000000000000000",
    "bank_account_id": "bac_900000000000000000",
    "reconciliation_id": "rec_900000000000000000",
    "run_id": "run_900000000000000000",
    "group_id": "grp_900000000000000000",
    "decision_id": "dec_900000000000000000",
    "line_id": "stl_900000000000000000",
    "comment_id": "com_900000000000000000",
    "member_id": "mem_900000000000000000",
    "invitation_id": "inv_900000000000000000",
    "token_id": "tok_900000000000000000",
    "job_id": "job_900000000000000000",
    "channel_id": "chn_900000000000000000",
    "notification_id": "ntf_900000000000000000",
    "version_id": "set_900000000000000000",
    "proposal_id": "prp_900000000000000000",
    "books_id": "bks_900000000000000000",
    "snapshot_id": "snp_900000000000000000",
    "explained_id": "exp_900000000000000000",
    "case_id": "case_900000000000000000",
    "item_id": "itm_900000000000000000",
    "archive_id": "file_900000000000000000",
    "ledger": "AR",
    "period": "20",
    "report": "enquiry",
}

TOTAL = {"amount": "1.00", "currency": "EUR"}
ACTIONS: dict[str, tuple[Action, ...]] = {
    "send_file": (Action.RECEIVE_FILE,),
    "list_files": (Action.VIEW, Action.VIEW_OWN),
    "show_file": (Action.VIEW, Action.VIEW_OWN),
    "show_content": (Action.VIEW, Action.VIEW_OWN),
    "list_problems": (Action.VIEW, Action.VIEW_OWN),
    "try_received": (Action.IMPORT,),
    "import_received": (Action.IMPORT,),
    "list_bank_accounts": (Action.VIEW,),
    "list_statements": (Action.VIEW,),
    "list_gaps": (Action.VIEW,),
    "list_lines": (Action.VIEW,),
    "list_accounts": (Action.VIEW,),
    "record": (Action.IMPORT,),
    "list_reconciliations": (Action.VIEW,),
    "make_reconciliation": (Action.MANAGE_ACCOUNTS,),
    "show_reconciliation": (Action.VIEW,),
    "list_runs": (Action.VIEW,),
    "run": (Action.MATCH,),
    "show_run": (Action.VIEW,),
    "list_groups": (Action.VIEW,),
    "show_group": (Action.VIEW,),
    "list_unmatched": (Action.VIEW,),
    "list_decisions": (Action.VIEW,),
    "confirm": (Action.DECIDE,),
    "reject": (Action.DECIDE,),
    "confirm_own_choice": (Action.DECIDE,),
    "undo_decision": (Action.DECIDE,),
    "confirm_many": (Action.DECIDE,),
    "undo_several": (Action.DECIDE,),
    "sign": (Action.PREPARE,),
    "list_sign_offs": (Action.VIEW,),
    "list_books": (Action.VIEW,),
    "make_books": (Action.MANAGE_ACCOUNTS,),
    "show_books": (Action.VIEW,),
    "change_books": (Action.MANAGE_ACCOUNTS,),
    "close_books": (Action.MANAGE_ACCOUNTS,),
    "propose_mapping": (Action.IMPORT,),
    "list_snapshots": (Action.VIEW,),
    "take": (Action.IMPORT,),
    "take_archive": (Action.IMPORT,),
    "list_explanations": (Action.VIEW,),
    "list_deltas": (Action.VIEW,),
    "list_causes": (Action.VIEW,),
    "list_periods": (Action.VIEW,),
    "show_period": (Action.VIEW,),
    "list_items": (Action.VIEW,),
    "show_item": (Action.VIEW,),
    "prepare": (Action.PREPARE,),
    "review": (Action.REVIEW,),
    "certify": (Action.REVIEW,),
    "send_back": (Action.REVIEW,),
    "show_sample": (Action.VIEW,),
    "look_at": (Action.REVIEW,),
    "list_policies": (Action.VIEW,),
    "make_policy": (Action.MANAGE_ACCOUNTS,),
    "show_compliance": (Action.VIEW,),
    "show_report": (Action.VIEW,),
    "show_report_file": (Action.VIEW,),
    "compare_figure": (Action.VIEW,),
    "show_explanation": (Action.VIEW,),
    "preview_corrections": (Action.VIEW,),
    "list_drafts": (Action.VIEW,),
    "draft": (Action.DECIDE,),
    "try_corrections": (Action.VIEW,),
    "prove": (Action.DECIDE,),
    "make_comment": (Action.COMMENT,),
    "list_comments": (Action.VIEW, Action.VIEW_OWN),
    "resolve": (Action.COMMENT,),
    "attach": (Action.COMMENT,),
    "list_evidence": (Action.VIEW, Action.VIEW_OWN),
    "list_members": (Action.VIEW, Action.MANAGE_MEMBERS),
    "make_member": (Action.MANAGE_MEMBERS,),
    "set_role": (Action.MANAGE_MEMBERS,),
    "end": (Action.MANAGE_MEMBERS,),
    "list_invitations": (Action.MANAGE_MEMBERS,),
    "make_invitation": (Action.MANAGE_MEMBERS,),
    "withdraw": (Action.MANAGE_MEMBERS,),
    "list_tokens": (Action.MANAGE_MEMBERS,),
    "make_key": (Action.MANAGE_MEMBERS,),
    "revoke": (Action.MANAGE_MEMBERS,),
    "show_settings": (Action.VIEW,),
    "compare_settings": (Action.VIEW,),
    "import_document": (Action.MANAGE_ACCOUNTS,),
    "list_versions": (Action.VIEW,),
    "show_version": (Action.VIEW,),
    "roll_back": (Action.MANAGE_ACCOUNTS,),
    "list_proposals": (Action.VIEW,),
    "approve": (Action.MANAGE_ACCOUNTS,),
    "show_profiles": (Action.VIEW,),
    "choose": (Action.MANAGE_ACCOUNTS,),
    "list_jobs": (Action.VIEW,),
    "list_failures": (Action.VIEW,),
    "ask_job": (Action.MATCH,),
    "show_job": (Action.VIEW,),
    "retry_job": (Action.MANAGE_ACCOUNTS,),
    "stop_job": (Action.MANAGE_ACCOUNTS,),
    "list_schedules": (Action.VIEW,),
    "make_schedule": (Action.MANAGE_ACCOUNTS,),
    "list_rules": (Action.VIEW,),
    "make_rule": (Action.MANAGE_ACCOUNTS,),
    "show_effectiveness": (Action.VIEW,),
    "list_alerts": (Action.VIEW,),
    "list_channels": (Action.MANAGE_ACCOUNTS,),
    "make_channel": (Action.MANAGE_ACCOUNTS,),
    "close_channel": (Action.MANAGE_ACCOUNTS,),
    "list_notifications": (Action.MANAGE_ACCOUNTS,),
    "resend": (Action.MANAGE_ACCOUNTS,),
    "list_pairs": (Action.VIEW,),
    "list_systems": (Action.VIEW,),
    "compare_systems": (Action.VIEW,),
    "list_account_history": (Action.VIEW,),
    "list_books_history": (Action.VIEW,),
    "list_history": (Action.VIEW_AUDIT,),
    "list_events": (Action.VIEW_AUDIT,),
    "verify": (Action.VIEW_AUDIT,),
    "prove_stored": (Action.VIEW_AUDIT,),
    "replay_log": (Action.VIEW_AUDIT,),
    "show_pack": (Action.VIEW_AUDIT,),
    "list_privileges": (Action.VIEW_AUDIT,),
}
"""Which action each operation asks for; of several, any one opens it."""

BESIDES = {"show_pack": Action.VIEW}
"""An action that is needed too."""


def body_of(operation: str, ids: Ids) -> object:
    """A body that is as described, with ids in it where the operation takes some."""
    ends = "2027-01-01T00:00:00Z"
    bodies: dict[str, object] = {
        "try_received": {},
        "import_received": {},
        "record": books("other books"),
        "make_reconciliation": {
            "name": "again",
            "bank_account_id": ids["bank_account_id"],
            "account": "bank",
        },
        "confirm": {"reason": "seen"},
        "reject": {},
        "confirm_own_choice": {"line_ids": [ids["line_id"]]},
        "undo_decision": {},
        "confirm_many": {
            "group_ids": [ids["group_id"]],
            "expected_count": 1,
            "expected_total": TOTAL,
        },
        "undo_several": {"decision_ids": [ids["decision_id"]], "expected_count": 1},
        "sign": {"cut_off_on": "2026-09-30", "step": "prepared"},
        "ask_job": {"task": "reconcile", "reconciliation_id": ids["reconciliation_id"]},
        "stop_job": {},
        "make_schedule": {
            "task": "reconcile",
            "reconciliation_id": ids["reconciliation_id"],
            "every": "daily",
        },
        "make_rule": {
            "kind": "missing-feed",
            "bank_account_id": ids["bank_account_id"],
            "allowed": 3,
        },
        "make_channel": {
            "name": "watchers",
            "kind": "members",
            "roles": ["owner"],
            "bank_account_ids": [ids["bank_account_id"]],
        },
        "make_comment": {"subject": ids["line_id"], "text": "really?"},
        "resolve": {},
        "make_member": {"email": "one@example.org", "role": "integration"},
        "set_role": {"role": "auditor"},
        "end": {},
        "make_invitation": {"email": "two@example.org", "role": "auditor"},
        "make_key": {
            "member_id": ids["member_id"],
            "name": "k",
            "scopes": ["view"],
            "expires_at": ends,
        },
        "compare_settings": {"document": document("other")},
        "import_document": {"document": document("other"), "reason": "tidier"},
        "roll_back": {"reason": "too early"},
        "make_books": {"name": "Other books"},
        "propose_mapping": {},
        "change_books": {"name": "Main books, renamed"},
        "close_books": {"reason": "sold"},
        "take": {"files": [{"name": "books.zip", "file_id": ids["archive_id"]}]},
        "prepare": {"run_id": ids["explained_id"]},
        "review": {},
        "certify": {"note": "seen"},
        "send_back": {"reason": "a figure is missing"},
        "look_at": {"case_id": ids["case_id"], "verdict": "right"},
        "choose": {"size": "medium", "reason": "we have grown"},
        "draft": {"accept": ["all"]},
        "try_corrections": {"accept": ["all"]},
        "make_policy": {"ledger": "AR", "reason": "as agreed"},
    }
    return bodies.get(operation)


def called(caller: Program, operation: str, method: str, path: str, ids: Ids) -> HttpResponse:
    """The answer of an operation about those ids."""
    address = path.removeprefix("/api/v1").format(**ids)
    about = {"subject": ids["line_id"]}
    query = about if operation in {"list_comments", "list_evidence", "attach"} else {}
    query = {"figure": "1.00"} if operation == "compare_figure" else query
    if operation == "compare_systems":
        query = {"left": "books", "right": "elsewhere"}
    if operation == "show_effectiveness":
        query = {"first_on": "2026-09-01", "last_on": "2026-12-31"}
    if operation == "list_history":
        query = {"subject": ids["member_id"].replace("mem_", "member:")}
    if operation == "show_pack":
        query = {"first_on": "2026-09-01", "last_on": "2026-09-30", "books_id": ids["books_id"]}
    if method == "GET":
        answer = caller.get(address, **query)
        if operation == "show_pack" and isinstance(answer, StreamingHttpResponse):
            assert answer.getvalue().startswith(b"PK")  # read to its end, the file is closed
        return answer
    if operation in {"send_file", "attach", "take_archive"}:
        return caller.send(address, b"some bytes", RAW, **query)
    return caller.post(address, body_of(operation, ids), **query)


def operations() -> list[tuple[str, str, str]]:
    """Name, method and address of every operation of the description."""
    schema = CLIENT.get("/api/v1/openapi.json").json()
    return [
        (operation["operationId"], method.upper(), path)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def roles_that(operation: str, table: Mapping[Role, frozenset[Action]]) -> set[Role]:
    """Who may, by the role table."""
    return {role for role, may in table.items() if may & set(ACTIONS[operation])}
