"""Every page × every role × own, foreign and absent ids: exactly the table of roles, nothing leaks.

A new address must be added to `PAGES`: the probe refuses to run without it.
"""

from dataclasses import dataclass
from functools import cache
from itertools import count
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.store.firms import NOW, firm
from tieout.core.access import Action, Role, may
from tieout.core.subjects import SubjectKind
from tieout.store.banking.models import BankAccount, ReceivedFile
from tieout.store.closing.models import Books
from tieout.store.operations.models import AlertChannel, JobRun, Notification
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import (
    Comment,
    Decision,
    Evidence,
    MatchGroup,
    MatchRun,
    Reconciliation,
)
from tieout.store.tenancy.models import ApiToken, Invitation, Member, Person, SettingsProposal
from tieout.web.urls import organisation as routes
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.views.investigation import DRAFT

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)


@dataclass(frozen=True)
class Asked:
    """How a page is asked for: with which method and ids, and who may."""

    method: str
    action: Action
    ids: tuple[str, ...] = ()
    or_else: Action | None = None
    """Another action that opens the page too."""

    besides: Action | None = None
    """An action that is needed too: a client comments on what it sent, and sees nothing else."""

    def is_for(self, role: Role) -> bool:
        if self.besides and not may(role, self.besides):
            return False
        return any(may(role, each) for each in (self.action, self.or_else) if each)


GET, POST = "get", "post"
PAGES = {
    "home": Asked(GET, Action.VIEW_OWN),
    "files": Asked(GET, Action.VIEW_OWN),
    "file": Asked(GET, Action.VIEW, ("file",)),
    "file_read": Asked(POST, Action.IMPORT, ("file",)),
    "file_content": Asked(GET, Action.VIEW, ("file",)),
    "comment": Asked(POST, Action.COMMENT, ("kind", "group"), besides=Action.VIEW),
    "evidence": Asked(POST, Action.COMMENT, ("kind", "group"), besides=Action.VIEW),
    "resolve": Asked(POST, Action.COMMENT, ("comment",), besides=Action.VIEW),
    "accounts": Asked(GET, Action.VIEW),
    "account": Asked(GET, Action.VIEW, ("account",)),
    "lines": Asked(GET, Action.VIEW, ("account",)),
    "reconciliations": Asked(GET, Action.VIEW),
    "reconciliation": Asked(GET, Action.VIEW, ("reconciliation",)),
    "match": Asked(POST, Action.MATCH, ("reconciliation",)),
    "sign": Asked(POST, Action.PREPARE, ("reconciliation",), Action.REVIEW),
    "queue": Asked(GET, Action.VIEW, ("reconciliation",)),
    "confirm_many": Asked(POST, Action.DECIDE, ("reconciliation",)),
    "group": Asked(GET, Action.VIEW, ("group",)),
    "confirm": Asked(POST, Action.DECIDE, ("group",)),
    "reject": Asked(POST, Action.DECIDE, ("group",)),
    "take_back": Asked(POST, Action.DECIDE, ("group", "decision")),
    "open_items": Asked(GET, Action.VIEW),
    "reports": Asked(GET, Action.VIEW),
    "ledger_reports": Asked(GET, Action.VIEW, ("books",)),
    "explanation_file": Asked(GET, Action.VIEW, ("books",)),
    "corrections": Asked(GET, Action.VIEW, ("books",)),
    "draft_corrections": Asked(POST, Action.DECIDE, ("books",)),
    "prove_corrections": Asked(POST, Action.DECIDE, ("books", "draft")),
    "runs": Asked(GET, Action.VIEW),
    "job": Asked(GET, Action.VIEW, ("job",)),
    "retry": Asked(POST, Action.MANAGE_ACCOUNTS, ("job",)),
    "cancel": Asked(POST, Action.MANAGE_ACCOUNTS, ("job",)),
    "unmatched": Asked(GET, Action.VIEW, ("run",)),
    "status": Asked(GET, Action.VIEW),
    "analytics": Asked(GET, Action.VIEW),
    "settings": Asked(GET, Action.MANAGE_ACCOUNTS),
    "schedule": Asked(POST, Action.MANAGE_ACCOUNTS),
    "rule": Asked(POST, Action.MANAGE_ACCOUNTS),
    "channel": Asked(POST, Action.MANAGE_ACCOUNTS),
    "channel_ended": Asked(POST, Action.MANAGE_ACCOUNTS, ("channel",)),
    "approve_settings": Asked(POST, Action.MANAGE_ACCOUNTS, ("proposal",)),
    "notification": Asked(POST, Action.MANAGE_ACCOUNTS, ("notification",)),
    "audit": Asked(GET, Action.VIEW_AUDIT),
    "verify": Asked(POST, Action.VIEW_AUDIT),
    "members": Asked(GET, Action.MANAGE_MEMBERS),
    "withdraw": Asked(POST, Action.MANAGE_MEMBERS, ("invitation",)),
    "role": Asked(POST, Action.MANAGE_MEMBERS, ("member",)),
    "member_ended": Asked(POST, Action.MANAGE_MEMBERS, ("member",)),
    "token": Asked(POST, Action.MANAGE_MEMBERS),
    "revoke": Asked(POST, Action.MANAGE_MEMBERS, ("token",)),
}


def ids_of(caller: Caller) -> dict[str, int | str]:
    """An id of every kind that addresses name."""
    with tenant(caller.organisation_id):
        return {
            "file": ReceivedFile.objects.earliest("id").pk,
            "account": BankAccount.objects.earliest("id").pk,
            "reconciliation": Reconciliation.objects.earliest("id").pk,
            "group": MatchGroup.objects.earliest("id").pk,
            "decision": Decision.objects.earliest("id").pk,
            "job": JobRun.objects.earliest("id").pk,
            "run": MatchRun.objects.earliest("id").pk,
            "channel": AlertChannel.objects.earliest("id").pk,
            "notification": Notification.objects.earliest("id").pk,
            "invitation": Invitation.objects.earliest("id").pk,
            "kind": SubjectKind.MATCH_GROUP,
            "comment": Comment.objects.earliest("id").pk,
            "member": Member.objects.filter(role=Role.REVIEWER).earliest("id").pk,
            "token": ApiToken.objects.earliest("id").pk,
            "books": Books.objects.earliest("id").pk,
            "draft": a_draft(caller).pk,
            "proposal": SettingsProposal.objects.earliest("id").pk,
        }


def a_draft(caller: Caller) -> ReceivedFile:
    """A received file among the drafts of the books."""
    file = ReceivedFile.objects.earliest("id")
    Evidence.objects.get_or_create(
        organisation_id=caller.organisation_id,
        file=file,
        note=f"{DRAFT}1",
        about_books_id=Books.objects.earliest("id").pk,
        defaults={"attached_by_id": caller.member_id, "attached_at": NOW},
    )
    return file


def client_of(caller: Caller, role: Role) -> Client:
    """Somebody signed in who has that role there."""
    email = f"{role}{next(NUMBERS)}@probe.example.org"
    person = Person.objects.create(email=email, joined_at=NOW)
    add_member(caller, email=email, role=role, person_id=person.pk, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def test_every_address_is_probed() -> None:
    assert {each.name for each in routes} == set(PAGES)


QUICK = {Role.OWNER, Role.CLIENT}
"""Who may all, and who may least; the other roles take minutes: `make soak` asks them."""
firm_of = cache(firm)
"""Each is made once: the probe only looks whether doors open."""


@pytest.mark.req("R099")
@pytest.mark.parametrize(
    "role",
    [
        pytest.param(each, marks=() if each in QUICK else pytest.mark.soak, id=str(each))
        for each in Role
    ],
)
def test_every_page_answers_whom_it_may_and_nobody_else(role: Role) -> None:
    own, foreign = firm_of("Marlowe"), firm_of("Timberline")
    known, unknown = ids_of(own), ids_of(foreign)
    client = client_of(own, role)
    absent_organisation = [uuid4()] if role is Role.OWNER else []
    for name, asked in PAGES.items():
        ask = getattr(client, asked.method)
        mine = [known[each] for each in asked.ids]
        answer = ask(reverse(name, args=[own.organisation_id, *mine]))
        allowed = asked.is_for(role)
        # A refusal of what was asked (an empty form, a decision made already) is no denial.
        assert (answer.status_code not in {403, 404}) == allowed, (name, role, answer)
        for organisation_id in (foreign.organisation_id, *absent_organisation):
            theirs = ask(reverse(name, args=[organisation_id, *mine]))
            assert theirs.status_code == 404, (name, role)
            assert b"Timberline" not in theirs.content, (name, role)
        if not (asked.ids and allowed):
            continue
        absent = [known[each] if each == "kind" else 9_000_000_000 for each in asked.ids]
        answers = [
            ask(reverse(name, args=[own.organisation_id, *ids]))
            for ids in ([unknown[each] for each in asked.ids], absent)
        ]
        said = [
            (each.status_code, each.content.replace(str(number).encode(), b"N"))
            for each, number in zip(answers, (unknown[asked.ids[-1]], absent[-1]), strict=True)
        ]
        assert said[0][0] == said[1][0], (name, role, "foreign and absent differ")
        assert b"Timberline" not in said[0][1], (name, role)


def test_nobody_sees_anything_without_signing_in() -> None:
    own = firm("Marlowe")
    known = ids_of(own)
    client = Client(SERVER_NAME="localhost")
    for name, asked in PAGES.items():
        place = reverse(name, args=[own.organisation_id, *(known[each] for each in asked.ids)])
        answer = getattr(client, asked.method)(place)
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/account/login/"), name


def test_every_answer_carries_the_headers_that_keep_a_page_safe() -> None:
    answer = Client(SERVER_NAME="localhost").get("/account/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.cookies["tieout_csrf"]["samesite"] == "Lax"


def test_a_form_without_its_token_changes_nothing() -> None:
    own = firm("Marlowe")
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    person = Person.objects.create(email=f"csrf{next(NUMBERS)}@example.org", joined_at=NOW)
    add_member(own, email=person.email, role=Role.OWNER, person_id=person.pk, now=NOW)
    strict.force_login(person)
    place = reverse("confirm", args=[own.organisation_id, ids_of(own)["group"]])
    assert strict.post(place).status_code == 403
