"""A large balance has two approvals, and a reviewer looks at the sample before approving."""

import pytest
from django.db import IntegrityError, connection

from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_proofs import constraint_of
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.core.explain.certifying import ClosingState
from tieout.core.explain.sampling import SamplePlan, Verdict, draw
from tieout.store.audit.models import Event
from tieout.store.closing.models import Certification, Look, Sample
from tieout.store.closing.runs import standing_items
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.look_at_sample import look_at_case
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.closing_period import period_view
from tieout.workflows.views.sample import SampleView, sample_view

pytestmark = pytest.mark.usefixtures("store")
PERIOD = 3
RAW = """insert into closing_certification (organisation_id, books_id, ledger, period, step, run_id,
    taken_by_id, taken_at, reason, sub_ledger_minor, control_minor, unexplained_minor)
  select organisation_id, books_id, ledger, period, %s, run_id, %s, taken_at, '',
    sub_ledger_minor, control_minor, unexplained_minor
  from closing_certification order by id desc limit 1"""


@pytest.fixture
def desk() -> Closing:
    return Closing(files_of(DEMO))


def third(desk: Closing) -> Caller:
    return add_member(desk.owner, email="third@example.org", role=Role.REVIEWER, now=NOW)


def raw(desk: Closing, step: str, who: Caller | None) -> None:
    """A step by SQL alone, through the application's role."""
    with tenant(desk.owner.organisation_id), connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("tieout_app",)
        cursor.execute(RAW, [step, who.member_id if who else None])


def shown(desk: Closing) -> SampleView:
    found = sample_view(desk.owner, books_id=desk.books_id, ledger="AR", period=PERIOD)
    assert found is not None
    return found


def look(
    desk: Closing,
    case_id: int,
    verdict: Verdict = Verdict.RIGHT,
    who: Caller | None = None,
    comment: str = "",
) -> int:
    return look_at_case(
        who or desk.reviewer,
        books_id=desk.books_id,
        ledger="AR",
        period=PERIOD,
        case_id=case_id,
        verdict=verdict,
        comment=comment,
        now=NOW,
    )


def state(desk: Closing) -> ClosingState:
    view = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=PERIOD, now=NOW)
    return view.standing.state


def test_a_large_balance_is_certified_by_a_third_person_only(desk: Closing) -> None:
    desk.allow(second_review_minor=0)
    other = third(desk)
    desk.prepare(PERIOD)
    desk.review(PERIOD)
    with pytest.raises(AccessDenied, match=r"closing\.second-approval"):
        desk.certify(PERIOD)
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        desk.certify(PERIOD, who=desk.owner)
    desk.certify(PERIOD, who=other)
    assert state(desk) is ClosingState.CERTIFIED


def test_a_balance_at_the_amount_needs_one_approval(desk: Closing) -> None:
    view = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=PERIOD, now=NOW)
    size = max(abs(view.standing.sub_ledger_minor), abs(view.standing.control_minor))
    desk.allow(second_review_minor=size)
    desk.sign(PERIOD)
    assert state(desk) is ClosingState.CERTIFIED


@pytest.mark.parametrize("who", ["reviewer", "nobody"])
def test_the_database_refuses_one_approval_of_a_balance_that_needs_two(
    desk: Closing, who: str
) -> None:
    desk.allow(second_review_minor=0)
    other = third(desk)
    desk.prepare(PERIOD)
    desk.review(PERIOD)
    with pytest.raises(IntegrityError) as refused:
        raw(desk, "certified", desk.reviewer if who == "reviewer" else None)
    expected = {"reviewer": "second_look", "nobody": "in_order"}[who]
    assert constraint_of(refused.value) == f"closing_certification_{expected}"
    raw(desk, "certified", other)
    assert state(desk) is ClosingState.CERTIFIED


def test_what_is_certified_stays_so_when_a_policy_asks_for_more(desk: Closing) -> None:
    desk.sign(PERIOD)
    desk.allow(second_review_minor=0, sample_percent=100)
    desk.run = desk.explain()
    assert state(desk) is ClosingState.CERTIFIED


def test_the_sample_is_the_one_that_anybody_draws_from_chain_and_items(desk: Closing) -> None:
    desk.allow(sample_percent=20, sample_above_minor=50_000)
    step = desk.prepare(PERIOD)
    found = shown(desk)
    with tenant(desk.owner.organisation_id):
        event = Event.objects.get(subject=f"certification:{step}", verb="prepare_period")
        prepared = Certification.objects.get(id=step)
        sizes: dict[str, int] = {}
        for each in standing_items(prepared.run, "AR", PERIOD).select_related("case"):
            sizes[each.case.name] = sizes.get(each.case.name, 0) + abs(each.amount_minor)
    again = draw(sizes, SamplePlan(20, 25, 50_000), bytes(event.hash))
    assert [each.case_name for each in found.cases] == [each.name for each in again.cases]
    assert any(each.is_above for each in found.cases)
    assert not all(each.is_above for each in found.cases)
    assert found.seed == bytes(event.hash).hex()
    assert (found.population_count, found.population_minor) == (len(sizes), sum(sizes.values()))
    assert found.event_sequence == event.sequence


def test_an_approval_waits_until_the_whole_sample_was_looked_at(desk: Closing) -> None:
    desk.allow(sample_percent=10, sample_above_minor=50_000)
    desk.prepare(PERIOD)
    cases = [each.case_id for each in shown(desk).cases]
    assert len(cases) > 2
    with pytest.raises(Conflict, match=f"{len(cases)} sampled cases are not looked at"):
        desk.review(PERIOD)
    for case_id in cases[:-1]:
        look(desk, case_id)
    with pytest.raises(Conflict, match="1 sampled case is not looked at"):
        desk.review(PERIOD)
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        look(desk, cases[-1], who=desk.owner)
    with pytest.raises(
        IntegrityError, match="1 sampled cases that nobody has looked at"
    ) as refused:
        raw(desk, "reviewed", desk.reviewer)
    assert constraint_of(refused.value) == "closing_certification_second_look"
    look(desk, cases[-1])
    assert shown(desk).left_count == 0
    desk.review(PERIOD)
    desk.certify(PERIOD)
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def test_a_case_found_wrong_suspends_the_period_and_a_new_sample_is_drawn(desk: Closing) -> None:
    desk.allow(sample_percent=10)
    desk.prepare(PERIOD)
    first = shown(desk)
    with pytest.raises(InvalidInput, match="no comment"):
        look(desk, first.cases[0].case_id, Verdict.WRONG)
    look(desk, first.cases[0].case_id, Verdict.WRONG, comment="paid in May")
    assert state(desk) is ClosingState.SUSPENDED
    view = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=PERIOD, now=NOW)
    assert view.steps[-1].reason.endswith("was found wrong: paid in May")
    assert view.steps[-1].member_id == desk.reviewer.member_id
    with pytest.raises(Conflict, match="a period that is suspended"):
        look(desk, first.cases[0].case_id)
    desk.prepare(PERIOD)
    assert shown(desk).seed != first.seed
    assert all(each.verdict is None for each in shown(desk).cases)


def test_a_period_prepared_before_a_sample_was_asked_for_is_sent_back(desk: Closing) -> None:
    desk.prepare(PERIOD)
    desk.allow(sample_percent=10)
    with pytest.raises(Conflict, match="before a sample was asked for"):
        desk.review(PERIOD)
    with pytest.raises(IntegrityError, match="without the sample"):
        raw(desk, "reviewed", desk.reviewer)
    with pytest.raises(NotFound, match="a case of the period's sample"):
        look(desk, 1)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"percent": 1}, "not what the policy asks for"),
        ({"seed": bytes(32)}, "not the hash"),
    ],
    ids=["plan", "seed"],
)
def test_the_database_refuses_a_sample_of_somebodys_choice(
    desk: Closing, changes: dict[str, object], why: str
) -> None:
    desk.prepare(PERIOD)
    with tenant(desk.owner.organisation_id):
        prepared = Certification.objects.latest("id")
        event = Event.objects.get(subject=str(prepared))
    desk.allow(sample_percent=10)
    asked = {"seed": event.hash, "percent": 10, "most": 25, "population_count": 0,
             "population_minor": 0}  # fmt: skip
    with pytest.raises(IntegrityError, match=why) as refused, tenant(desk.owner.organisation_id):
        Sample.objects.create(
            organisation_id=desk.owner.organisation_id, certification=prepared, **asked | changes
        )
    assert constraint_of(refused.value) == "closing_sample_as_asked"


def test_looks_of_the_preparer_by_sql_alone_do_not_count(desk: Closing) -> None:
    desk.allow(sample_percent=1)
    desk.prepare(PERIOD)
    [case] = shown(desk).cases
    with tenant(desk.owner.organisation_id):
        Look.objects.create(
            organisation_id=desk.owner.organisation_id,
            sample=Sample.objects.get(),
            case_id=case.case_id,
            verdict="right",
            looked_by_id=desk.owner.member_id,
            looked_at=NOW,
        )
    with pytest.raises(IntegrityError, match="nobody has looked at"):
        raw(desk, "reviewed", desk.reviewer)
