"""Profiles are compared and chosen on their page; a reviewer walks the sample of a period."""

import re

import pytest
from django.test import Client

from tests.store.databases import Store
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, files_of, zipped
from tests.web.test_control_accounts import LEDGER, OCTOBER, Desk, signed_in
from tieout.core.access import Role
from tieout.store.closing.models import SampledCase
from tieout.store.postgres.tenant import tenant
from tieout.workflows.propose_settings import approve_settings
from tieout.workflows.views.settings import waiting_proposals

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def desk(store: Store) -> Desk:
    made = Desk(store)
    made.drop({"books.zip": zipped(files_of(DEMO))})
    return made


def choose(desk: Desk, size: str, reason: str = "we have grown") -> str:
    """One owner chooses; where that is a change, the other one approves it."""
    answer = desk.client.post(
        desk.place("choose_profile"), {"size": size, "reason": reason}, follow=True
    )
    page = answer.content.decode()
    for each in waiting_proposals(desk.caller):
        assert "Proposed: it holds once another person approves it" in page
        approve_settings(desk.caller, proposal_id=each.proposal_id, now=NOW)
    return page


def ids(desk: Desk) -> list[int]:
    """The sampled cases of the last preparation, in their order."""
    with tenant(desk.caller.organisation_id):
        newest = SampledCase.objects.latest("sample_id").sample_id
        found = SampledCase.objects.filter(sample_id=newest).order_by("place")
        return list(found.values_list("case_id", flat=True))


def look(desk: Desk, case_id: int, client: Client, **said: str) -> str:
    place = desk.place("look", desk.books_id, LEDGER, OCTOBER, case_id)
    return client.post(place, said, follow=True).content.decode()


def sample(desk: Desk, client: Client | None = None) -> str:
    return desk.page("sample", desk.books_id, LEDGER, OCTOBER, client=client)


def test_a_profile_is_shown_with_what_it_would_change_and_chosen(desk: Desk) -> None:
    page = desk.page("profiles")
    assert re.search(r"<strong>small</strong> suits: 2 members, \d+ accounts, 0 lines", page)
    assert "none of the three" in page
    assert "Too few people" in page
    assert "+ schedules explain_books Harbour Supplies: task" in page
    assert "settings.no-reason" in choose(desk, "large", " ")
    assert "page.invalid" in choose(desk, "huge")
    choose(desk, "large")
    page = desk.page("profiles")
    assert page.count("The settings stand so.") == 1
    assert "nothing was changed" in choose(desk, "large")
    books = desk.page("books", desk.books_id)
    assert "two approvals of balances above 1,000,000.00" in books
    assert "the reviewer looks at cases above 100,000.00" in books


def test_settings_and_control_accounts_lead_to_the_profiles(desk: Desk) -> None:
    place = desk.place("profiles")
    assert f'href="{place}"' in desk.page("settings")
    assert f'href="{place}"' in desk.page("control_accounts")
    reviewer = signed_in(desk.caller, Role.REVIEWER)
    assert f'href="{place}"' not in desk.page("control_accounts", client=reviewer)


def test_a_reviewer_looks_at_the_sample_case_by_case_and_then_approves(desk: Desk) -> None:
    choose(desk, "small")
    assert "A sample is drawn when the period is prepared" in sample(desk)
    desk.sign("prepared")
    reviewer = signed_in(desk.caller, Role.REVIEWER)
    cases = ids(desk)
    page = sample(desk, reviewer)
    assert f"{len(cases)} of {len(cases)} cases to look at" in page
    assert "hash of event" in page
    assert page.count("data-right") == len(cases)
    assert "data-right" not in sample(desk), "the preparer looks at nothing"
    assert "Somebody else than the preparer" in sample(desk)
    refused = desk.sign("reviewed", reviewer)
    assert "closing.sample-open" in refused
    assert f"{len(cases)} sampled cases are not looked at" in refused
    for case_id in cases:
        assert "Looked at, and right." in look(desk, case_id, reviewer, verdict="right")
    assert "Every case of the sample was looked at" in sample(desk, reviewer)
    assert "The sample was looked at" in desk.period()
    assert "It can be certified now" in desk.sign("reviewed", reviewer)


def test_a_case_that_is_wrong_suspends_the_period_and_says_why(desk: Desk) -> None:
    choose(desk, "small")
    desk.sign("prepared")
    reviewer = signed_in(desk.caller, Role.REVIEWER)
    case_id = ids(desk)[0]
    assert "what is wrong with the case" in look(desk, case_id, reviewer, verdict="wrong")
    said = look(desk, case_id, reviewer, verdict="wrong", comment="no such delivery")
    assert "The period is suspended" in said
    page = desk.period()
    assert "a case of its sample was found wrong" in page
    assert "no such delivery" in page
    assert "another sample is drawn" in sample(desk)


def test_a_large_balance_says_that_it_needs_two_approvals(desk: Desk) -> None:
    policy = {
        "risk": "high", "due_days": "15", "unexplained": "0", "automatic": "off",
        "second_review": "0.00", "reason": "large",
    }  # fmt: skip
    desk.client.post(desk.place("closing_policy", desk.books_id, LEDGER), policy)
    assert "Two approvals" in desk.period()
    desk.sign("prepared")
    reviewer = signed_in(desk.caller, Role.REVIEWER)
    desk.sign("reviewed", reviewer)
    assert "closing.second-approval" in desk.sign("certified", reviewer)
    third = signed_in(desk.caller, Role.ACCOUNTANT)
    assert "suspends it" in desk.sign("certified", third)
