"""Every page × every role × own, foreign and absent ids: exactly the table of roles, nothing leaks.

A new address must be added to `PAGES`: the probe refuses to run without it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from tests.store.firms import NOW, firm
from tieout.core.access import Action, Role, may
from tieout.core.explain.books import SubLedger
from tieout.core.subjects import SubjectKind
from tieout.store.banking.models import BankAccount, ReceivedFile
from tieout.store.closing.models import Books, Case, CauseItem
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
from tieout.web.urls import urlpatterns
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.views.investigation import DRAFT

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)
ABSENT = 9_000_000_000


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
WORDS = {"kind", "holder", "ledger", "period"}
"""What addresses name that is the same in every organisation."""
PAGES = {
    "home": Asked(GET, Action.VIEW_OWN),
    "files": Asked(GET, Action.VIEW_OWN),
    "file": Asked(GET, Action.VIEW, ("file",)),
    "file_try": Asked(POST, Action.IMPORT, ("file",)),
    "file_read": Asked(POST, Action.IMPORT, ("file",)),
    "file_content": Asked(GET, Action.VIEW, ("file",)),
    "comment": Asked(POST, Action.COMMENT, ("kind", "group"), besides=Action.VIEW),
    "evidence": Asked(POST, Action.COMMENT, ("kind", "group"), besides=Action.VIEW),
    "resolve": Asked(POST, Action.COMMENT, ("comment",), besides=Action.VIEW),
    "accounts": Asked(GET, Action.VIEW),
    "account": Asked(GET, Action.VIEW, ("account",)),
    "lines": Asked(GET, Action.VIEW, ("account",)),
    "across_systems": Asked(GET, Action.VIEW),
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
    "books_causes": Asked(GET, Action.VIEW, ("books",)),
    "books_guide": Asked(GET, Action.VIEW, ("books",)),
    "control_accounts": Asked(GET, Action.VIEW),
    "compliance": Asked(GET, Action.VIEW),
    "cause_item": Asked(GET, Action.VIEW, ("item",)),
    "case": Asked(GET, Action.VIEW, ("case",)),
    "books": Asked(GET, Action.VIEW, ("books",)),
    "books_files": Asked(POST, Action.IMPORT, ("books",)),
    "books_mapping": Asked(GET, Action.IMPORT, ("books",)),
    "explain": Asked(POST, Action.MATCH, ("books",)),
    "books_ended": Asked(POST, Action.MANAGE_ACCOUNTS, ("books",)),
    "closing_policy": Asked(POST, Action.MANAGE_ACCOUNTS, ("books", "ledger")),
    "period": Asked(GET, Action.VIEW, ("books", "ledger", "period")),
    "sign_period": Asked(POST, Action.PREPARE, ("books", "ledger", "period"), Action.REVIEW),
    "sample": Asked(GET, Action.VIEW, ("books", "ledger", "period")),
    "look": Asked(POST, Action.REVIEW, ("books", "ledger", "period", "case")),
    "open_items": Asked(GET, Action.VIEW),
    "reports": Asked(GET, Action.VIEW),
    "ledger_reports": Asked(GET, Action.VIEW, ("books",)),
    "ask_report": Asked(POST, Action.VIEW, ("books",)),
    "explanation_file": Asked(GET, Action.VIEW, ("books",)),
    "corrections": Asked(GET, Action.VIEW, ("books",)),
    "ask_tries": Asked(POST, Action.VIEW, ("books",)),
    "draft_corrections": Asked(POST, Action.DECIDE, ("books",)),
    "prove_corrections": Asked(POST, Action.DECIDE, ("books", "draft")),
    "runs": Asked(GET, Action.VIEW),
    "job": Asked(GET, Action.VIEW, ("job",)),
    "retry": Asked(POST, Action.MANAGE_ACCOUNTS, ("job",)),
    "cancel": Asked(POST, Action.MANAGE_ACCOUNTS, ("job",)),
    "unmatched": Asked(GET, Action.VIEW, ("run",)),
    "status": Asked(GET, Action.VIEW),
    "analytics": Asked(GET, Action.VIEW),
    "effectiveness": Asked(GET, Action.VIEW),
    "settings": Asked(GET, Action.MANAGE_ACCOUNTS),
    "schedule": Asked(POST, Action.MANAGE_ACCOUNTS),
    "profiles": Asked(GET, Action.MANAGE_ACCOUNTS),
    "choose_profile": Asked(POST, Action.MANAGE_ACCOUNTS),
    "rule": Asked(POST, Action.MANAGE_ACCOUNTS),
    "channel": Asked(POST, Action.MANAGE_ACCOUNTS),
    "channel_ended": Asked(POST, Action.MANAGE_ACCOUNTS, ("channel",)),
    "approve_settings": Asked(POST, Action.MANAGE_ACCOUNTS, ("proposal",)),
    "notification": Asked(POST, Action.MANAGE_ACCOUNTS, ("notification",)),
    "audit": Asked(GET, Action.VIEW_AUDIT),
    "history": Asked(GET, Action.VIEW, ("holder", "account")),
    "verify": Asked(POST, Action.VIEW_AUDIT),
    "stored": Asked(POST, Action.VIEW_AUDIT),
    "replayed": Asked(POST, Action.VIEW_AUDIT),
    "evidence_pack": Asked(GET, Action.VIEW_AUDIT),
    "members": Asked(GET, Action.MANAGE_MEMBERS),
    "withdraw": Asked(POST, Action.MANAGE_MEMBERS, ("invitation",)),
    "role": Asked(POST, Action.MANAGE_MEMBERS, ("member",)),
    "member_ended": Asked(POST, Action.MANAGE_MEMBERS, ("member",)),
    "own_tokens": Asked(GET, Action.VIEW_OWN),
    "token": Asked(POST, Action.VIEW_OWN),
    "revoke": Asked(POST, Action.MANAGE_MEMBERS, ("token",)),  # somebody else's; one's own, anybody
}


def ids_of(caller: Caller) -> dict[str, int | str]:
    """An id of every kind that addresses name."""
    with tenant(caller.organisation_id):
        return {
            "file": ReceivedFile.objects.earliest("id").pk,
            "account": BankAccount.objects.earliest("id").pk,
            "reconciliation": Reconciliation.objects.earliest("id").pk,
            "books": Books.objects.earliest("id").pk,
            "group": MatchGroup.objects.earliest("id").pk,
            "decision": Decision.objects.earliest("id").pk,
            "job": JobRun.objects.earliest("id").pk,
            "run": MatchRun.objects.earliest("id").pk,
            "ledger": SubLedger.AR,
            "period": 1,
            "item": CauseItem.objects.earliest("id").pk,
            "case": Case.objects.earliest("id").pk,
            "channel": AlertChannel.objects.earliest("id").pk,
            "notification": Notification.objects.earliest("id").pk,
            "invitation": Invitation.objects.earliest("id").pk,
            "kind": SubjectKind.MATCH_GROUP,
            "holder": "bank_account",
            "comment": Comment.objects.earliest("id").pk,
            "member": Member.objects.filter(role=Role.REVIEWER).earliest("id").pk,
            "token": ApiToken.objects.earliest("id").pk,
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


firm_of = cache(firm)
"""Each is made once: the probe only looks whether doors open."""


@pytest.mark.req("R099")
@pytest.mark.parametrize("role", list(Role))
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
        if answer.status_code == 302:  # what was done is told on the next page, once
            client.get(reverse("home", args=[own.organisation_id]))
        for names in swapped(asked.ids):
            foreign_ids = [(unknown if each in names else known)[each] for each in asked.ids]
            absent_ids = [ABSENT if each in names else known[each] for each in asked.ids]
            told = [
                ask(reverse(name, args=[own.organisation_id, *ids]))
                for ids in (foreign_ids, absent_ids)
            ]
            said = [
                (each.status_code, neutral(each.content, foreign_ids + absent_ids)) for each in told
            ]
            assert said[0] == said[1], (name, role, names, "foreign and absent differ")
            assert said[0][0] >= 400, (name, role, names)


def swapped(ids: tuple[str, ...]) -> list[set[str]]:
    """Each id by itself that may belong to somebody else, and all of them."""
    names = [each for each in ids if each not in WORDS]
    return [{each} for each in names] + ([set(names)] if len(names) > 1 else [])


def neutral(content: bytes, ids: list[int | str]) -> bytes:
    """What was said, but for the ids that were asked with and the secret of forms."""
    content = re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", content)
    for each in ids:
        content = re.sub(rb"(?<!\d)%s(?!\d)" % str(each).encode(), b"N", content)
    return content


def test_nobody_sees_anything_without_signing_in() -> None:
    own = firm("Marlowe")
    known = ids_of(own)
    client = Client(SERVER_NAME="localhost")
    for name, asked in PAGES.items():
        place = reverse(name, args=[own.organisation_id, *(known[each] for each in asked.ids)])
        answer = getattr(client, asked.method)(place)
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/account/login/"), name


def simple_addresses(patterns: Sequence[object], before: str = "") -> list[str]:
    """Of all pages that stand outside an organisation and need no id."""
    found = []
    for each in patterns:
        assert isinstance(each, URLPattern | URLResolver)
        place = before + str(each.pattern)
        if "<" in place or "(" in place:
            continue
        if isinstance(each, URLResolver):
            found += simple_addresses(each.url_patterns, place)
        else:
            found.append(place)
    return found


OPEN = {
    "help/", "account/login/", "account/signup/", "account/inactive/", "account/confirm-email/",
    "account/password/reset/", "account/password/reset/done/", "account/password/reset/key/done/",
}  # fmt: skip
"""The way in, and words that are the same for everybody."""


def test_outside_an_organisation_only_the_way_in_is_open() -> None:
    client = Client(SERVER_NAME="localhost")
    answers = {each: client.get(f"/{each}") for each in simple_addresses(urlpatterns)}
    assert {place for place, answer in answers.items() if answer.status_code == 200} == OPEN
    for place, answer in answers.items():
        if place not in OPEN:
            assert answer.status_code in {302, 404}, place


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
