"""A profile sets many settings at once: schedules, what is sampled, how many people approve."""

import json

import pytest

from tests.store.firms import NOW, SEPTEMBER, account, imported
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput
from tieout.core.explain.certifying import ClosingState, Risk
from tieout.core.profiles import PROFILES, Size
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount
from tieout.store.closing.models import Books
from tieout.store.closing.runs import policies_of, steps_of
from tieout.store.operations.models import Schedule
from tieout.store.postgres.tenant import tenant
from tieout.workflows.add_member import add_member
from tieout.workflows.choose_profile import choose_profile
from tieout.workflows.propose_settings import (
    approve_settings,
    import_settings,
    roll_back_settings,
)
from tieout.workflows.reconcile import set_reconciliation
from tieout.workflows.set_books import set_books
from tieout.workflows.views.profiles import profiles_view
from tieout.workflows.views.sample import sample_view
from tieout.workflows.views.settings import export_settings, settings_history

pytestmark = pytest.mark.usefixtures("store")
WHY = "we have grown"


@pytest.fixture
def desk() -> Closing:
    return Closing(files_of(DEMO))


def choose(desk: Closing, size: Size) -> None:
    choose_profile(desk.owner, size=size, reason=WHY, now=NOW)


@pytest.mark.req("R116")
@pytest.mark.parametrize("size", Size)
def test_a_profile_sets_schedule_sampling_and_approval_depth(desk: Closing, size: Size) -> None:
    desk.allow(risk=Risk.HIGH, due_days=4)
    profile = PROFILES[size]
    [shown] = [each for each in profiles_view(desk.owner).profiles if each.profile.size is size]
    done = choose_profile(desk.owner, size=size, reason=WHY, now=NOW)
    assert done.changes == shown.changes
    assert done.version_id is not None
    with tenant(desk.owner.organisation_id):
        schedule = Schedule.objects.get(task="explain_books")
        policy = policies_of(desk.books_id)["AR"]
        event = json.loads(bytes(Event.objects.get(verb="choose_profile").body))
    assert schedule.every == profile.explain
    assert schedule.next_due_at is not None
    assert (policy.risk, policy.due_days) == (Risk.HIGH, 4), "what it does not name stays"
    assert policy.sample_percent == profile.sample_percent
    assert policy.sample_above_minor == profile.sample_above * 100
    assert policy.approvals(200_000_000, 0) == (2 if size is Size.LARGE else 1)
    assert [str(each) for each in done.changes] == event["after"]["changes"]
    assert profiles_view(desk.owner).standing is size
    desk.prepare(3)
    drawn = sample_view(desk.owner, books_id=desk.books_id, ledger="AR", period=3)
    assert drawn is not None
    assert drawn.plan.percent == profile.sample_percent
    with pytest.raises(Conflict, match=r"closing\.sample-open"):
        desk.review(3)


def test_every_bank_account_is_reconciled_as_often_as_the_profile_says(desk: Closing) -> None:
    imported(desk.owner, SEPTEMBER)
    with tenant(desk.owner.organisation_id):
        bank_id = BankAccount.objects.get().pk
        account(desk.owner, "bank")
    set_reconciliation(
        desk.owner, name="Bank", bank_account_id=bank_id, account_code="bank", now=NOW
    )
    choose(desk, Size.LARGE)
    with tenant(desk.owner.organisation_id):
        found = dict(Schedule.objects.values_list("task", "every"))
    assert found == {"explain_books": "hourly", "reconcile": "hourly"}


def test_a_value_set_apart_stays_so_and_the_page_says_what_differs(desk: Closing) -> None:
    choose(desk, Size.MEDIUM)
    desk.allow(sample_percent=50, sample_most=25, sample_above_minor=1_000_000)
    told = profiles_view(desk.owner)
    assert told.standing is None
    medium = next(each for each in told.profiles if each.profile.size is Size.MEDIUM)
    assert list(map(str, medium.changes)) == [
        "~ closing_policies Main books AR: sample_percent 50 → 10"
    ]


def test_a_profile_is_in_the_text_and_an_earlier_version_takes_it_back(desk: Closing) -> None:
    desk.allow()
    before = export_settings(desk.owner)
    was = settings_history(desk.owner).rows[0].version_id
    choose(desk, Size.LARGE)
    after = export_settings(desk.owner)
    assert "second_review = 100000000\nsample_percent = 5\nsample_most = 60" in after
    roll_back_settings(desk.owner, version_id=was, reason="too soon", now=NOW)
    assert export_settings(desk.owner) == before
    import_settings(desk.owner, document=after, reason=WHY, now=NOW)
    assert profiles_view(desk.owner).standing is Size.LARGE


def test_where_another_person_may_approve_settings_a_profile_waits_for_them(desk: Closing) -> None:
    other = add_member(desk.owner, email="a@example.org", role=Role.ACCOUNTANT, now=NOW)
    done = choose_profile(desk.owner, size=Size.LARGE, reason=WHY, now=NOW)
    assert done.version_id is None
    assert profiles_view(desk.owner).standing is None
    assert done.proposal_id is not None
    with pytest.raises(AccessDenied, match=r"settings\.four-eyes"):
        approve_settings(desk.owner, proposal_id=done.proposal_id, now=NOW)
    approve_settings(other, proposal_id=done.proposal_id, now=NOW)
    assert profiles_view(desk.owner).standing is Size.LARGE


def test_who_may_not_manage_accounts_chooses_nothing_and_nobody_without_a_reason(
    desk: Closing,
) -> None:
    with pytest.raises(AccessDenied):
        choose_profile(desk.reviewer, size=Size.SMALL, reason=WHY, now=NOW)
    with pytest.raises(InvalidInput, match=r"settings\.no-reason"):
        choose_profile(desk.owner, size=Size.SMALL, reason=" ", now=NOW)


def test_the_profile_that_suits_is_suggested_from_what_there_is(desk: Closing) -> None:
    set_books(desk.owner, name="New books", now=NOW)
    imported(desk.owner, SEPTEMBER)
    told = profiles_view(desk.owner)
    assert told.suggestion.size is Size.SMALL
    assert (told.found.member_count, told.found.account_count) == (2, 3)
    assert told.found.lines_a_month == 1  # three lines in three months
    assert told.unexplained_books == ("New books",)
    large = told.profiles[-1]
    assert large.caution.startswith("2 of the members may approve")
    assert not told.profiles[0].caution
    choose(desk, Size.SMALL)
    with tenant(desk.owner.organisation_id):
        assert not policies_of(Books.objects.get(name="New books").pk)
        assert Schedule.objects.count() == 2


def test_nothing_that_is_certified_changes(desk: Closing) -> None:
    desk.sign(3)
    choose(desk, Size.LARGE)
    desk.run = desk.explain()
    assert desk.run.suspended == ()
    with tenant(desk.owner.organisation_id):
        assert steps_of(desk.books_id).latest("id").step == ClosingState.CERTIFIED
