"""A ledger's period is signed by two people, and the signature falls when its figures change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from tests.store.closing_rows import a_closing, an_explanation
from tests.store.firms import NOW, SEPTEMBER, imported, organisation
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_proofs import constraint_of
from tieout.core.access import Role
from tieout.core.alerts import AlertKind
from tieout.core.errors import AccessDenied, Conflict, InvalidInput
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.certifying import (
    AUTOMATIC_REASON,
    AutomaticRule,
    ClosingState,
    Risk,
    Timeliness,
)
from tieout.formats.common.source import Source
from tieout.store.closing.models import Certification
from tieout.store.operations.models import Alert
from tieout.store.postgres.tenant import tenant
from tieout.testing.books import clean_books, write_books
from tieout.workflows.add_member import add_member
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.certify_period import return_period
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.closing import PeriodStanding, books_state
from tieout.workflows.views.closing_items import items
from tieout.workflows.views.closing_period import period_view
from tieout.workflows.views.compliance import compliance

pytestmark = pytest.mark.usefixtures("store")
SEED = 3


def clean(folder: Path, change: Callable[[Books], Books] = lambda books: books) -> dict[str, bytes]:
    """Small books that agree, with a change."""
    return files_of(write_books(change(clean_books(SEED).books()), folder))


def a_penny(period: int) -> Callable[[Books], Books]:
    """The change of one penny in an entry of a period of the sales ledger."""

    def change(books: Books) -> Books:
        found = next(
            each
            for each in books.entries
            if each.ledger is SubLedger.AR
            and books.calendar.number_of(each.dated_on) == period
            and each.currency == books.base_currency
            and not each.batch_id
        )
        other = replace(found, base_minor=found.base_minor + 1, doc_minor=found.doc_minor + 1)
        return replace(
            books, entries=tuple(other if each is found else each for each in books.entries)
        )

    return change


def standing(desk: Closing, period: int, ledger: str = "AR") -> PeriodStanding:
    shown = period_view(desk.owner, books_id=desk.books_id, ledger=ledger, period=period, now=NOW)
    return shown.standing


def states(desk: Closing, ledger: str = "AR") -> dict[int, ClosingState]:
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    [found] = [each for each in state.ledgers if each.ledger == ledger]
    return {
        each.period: each.state
        for each in found.periods
        if each.state is not ClosingState.NOT_STARTED
    }


def test_certify_then_change_a_balance_and_see_it_suspended(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    for period in (1, 2, 3):
        desk.sign(period)
    desk.sign(2, "AP")
    assert set(states(desk).values()) == {ClosingState.CERTIFIED}
    desk.take(clean(tmp_path / "two", a_penny(2)))
    desk.run = desk.explain()
    assert desk.run.suspended == ("AR 2", "AR 3")
    assert states(desk) == {
        1: ClosingState.CERTIFIED,
        2: ClosingState.SUSPENDED,
        3: ClosingState.SUSPENDED,
    }
    assert states(desk, "AP") == {2: ClosingState.CERTIFIED}
    shown = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=2, now=NOW)
    assert [each.step for each in shown.steps] == ["prepared", "reviewed", "certified", "suspended"]
    assert "sub-ledger of period 2" in shown.steps[-1].reason
    assert shown.steps[-2].difference_minor == 0
    assert abs(shown.standing.difference_minor) == 1
    desk.sign(2)
    assert states(desk)[2] is ClosingState.CERTIFIED
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def test_a_change_after_the_period_suspends_nothing(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    desk.sign(1)
    desk.take(clean(tmp_path / "two", a_penny(2)))
    assert desk.explain().suspended == ()


def test_opening_a_period_again_suspends_what_rests_on_it(tmp_path: Path) -> None:
    def opened(books: Books) -> Books:
        kept = tuple(each for each in books.log.events if each.period != 2)
        return replace(books, log=replace(books.log, events=kept))

    desk = Closing(clean(tmp_path / "one"))
    assert standing(desk, 2).is_closed
    for period in (1, 2, 3):
        desk.sign(period)
    desk.take(clean(tmp_path / "two", opened))
    desk.run = desk.explain()
    assert desk.run.suspended == ("AR 2", "AR 3")
    shown = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=3, now=NOW)
    assert "period 2 was opened again" in shown.steps[-1].reason


def test_who_prepared_neither_reviews_nor_certifies(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path))
    accountant = add_member(desk.owner, email="a@example.org", role=Role.ACCOUNTANT, now=NOW)
    desk.prepare(1, who=accountant)
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        desk.review(1, who=accountant)
    desk.review(1)
    with pytest.raises(AccessDenied, match=r"access\.four-eyes"):
        desk.certify(1, who=accountant)
    desk.certify(1)


def test_what_is_sent_back_is_prepared_again_and_the_reason_stays(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path))
    desk.prepare(1)
    with pytest.raises(InvalidInput, match="no reason"):
        return_period(
            desk.reviewer, books_id=desk.books_id, ledger="AR", period=1, reason=" ", now=NOW
        )
    return_period(
        desk.reviewer, books_id=desk.books_id, ledger="AR", period=1, reason="which?", now=NOW
    )
    with pytest.raises(Conflict, match="a period that is returned"):
        desk.certify(1)
    desk.sign(1)
    shown = period_view(desk.owner, books_id=desk.books_id, ledger="AR", period=1, now=NOW)
    assert [each.reason for each in shown.steps if each.step == "returned"] == ["which?"]


def test_nobody_prepares_figures_that_they_did_not_see(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    desk.take(clean(tmp_path / "two", a_penny(2)))
    newer = desk.explain()
    with pytest.raises(Conflict, match=r"sign-off\.stale"):
        desk.prepare(3)
    desk.run = newer
    desk.prepare(3)


def test_what_is_unexplained_or_large_and_without_evidence_is_not_prepared() -> None:
    desk = Closing(files_of(DEMO))
    desk.allow(evidence_minor=50_000)
    with pytest.raises(Conflict, match=r"closing\.evidence-missing") as raised:
        desk.prepare(3)
    large = items(desk.owner, books_id=desk.books_id, ledger="AR", period=3, limit=1000).rows
    large = tuple(each for each in large if abs(each.amount_minor) > 50_000)
    assert large[0].case_name in str(raised.value)
    with pytest.raises(IntegrityError, match="no evidence about") as refused:
        written_past(desk, 3)
    assert constraint_of(refused.value) == "closing_certification_evidence"
    for at, subject in enumerate(dict.fromkeys(each.case for each in large)):
        source = Source("proof.txt", f"proof {at}".encode())
        attach_evidence(desk.owner, subject=subject, source=source, now=NOW)
    desk.prepare(3)


@pytest.mark.req("R084")
def test_the_rule_certifies_what_agrees_and_says_of_the_rest_why_not(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    desk.allow(risk=Risk.LOW, automatic=AutomaticRule.AGREES)
    desk.allow("AP", risk=Risk.HIGH, automatic=AutomaticRule.AGREES)
    desk.run = desk.explain()
    assert desk.run.is_new  # the policy is newer than the run
    assert "AR 1" in desk.run.certified
    assert not [each for each in desk.run.certified if each.startswith("AP")]
    assert standing(desk, 1).automatic == AUTOMATIC_REASON
    assert standing(desk, 1, "AP").automatic == "the risk is high"
    later = max(states(desk)) + 1
    assert standing(desk, later).automatic == "the period is not closed"
    desk.take(clean(tmp_path / "two", a_penny(2)))
    desk.run = desk.explain()
    assert "AR 2" in desk.run.suspended
    assert states(desk)[2] is ClosingState.SUSPENDED
    assert standing(desk, 2).automatic == "the ledgers do not agree"
    desk.take(clean(tmp_path / "three"))
    assert "AR 2" in desk.explain().certified


def test_what_is_suspended_is_an_alert_until_it_is_signed_anew(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    desk.sign(2)
    desk.take(clean(tmp_path / "two", a_penny(2)))
    desk.run = desk.explain()
    org = desk.owner.organisation_id
    raise_alerts(org, origin="test", now=NOW)
    with tenant(org):
        told = Alert.objects.get(kind=AlertKind.CERTIFICATION_SUSPENDED, resolved_at__isnull=True)
        assert "AR 2" in told.text
    desk.prepare(2)
    raise_alerts(org, origin="test", now=NOW + timedelta(minutes=1))
    with tenant(org):
        assert not Alert.objects.filter(resolved_at__isnull=True).exists()


def test_compliance_says_what_is_late_and_who_signed(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path))
    desk.allow(due_days=366)
    desk.sign(1)
    desk.sign(1, "AP")
    told = compliance(desk.owner, now=NOW)
    found = {
        (each.standing.ledger, each.standing.period): each
        for each in told.periods
        if each.standing.state is ClosingState.CERTIFIED
    }
    assert set(found) == {("AR", 1), ("AP", 1)}
    assert (
        found[SubLedger.AP, 1].standing.timeliness is Timeliness.LATE
    )  # due ten days after January 2025
    assert found[SubLedger.AP, 1].certified_by == desk.reviewer.member_id
    assert told.counts["not_started"] == len(told.periods) - 2
    assert told.counts["overdue"] > 0
    people = {each.member_id: each for each in told.persons}
    assert people[desk.owner.member_id].prepared_count == 2
    assert people[desk.reviewer.member_id].certified_count == 2
    days = [each.standing.ends_on for each in told.periods]
    assert all(day is not None and day < date(2026, 11, 22) for day in days)
    assert told.periods[0].standing.timeliness is Timeliness.OVERDUE


def written_past(desk: Closing, period: int) -> None:
    """A preparation written past the workflows, with the right figures."""
    with tenant(desk.owner.organisation_id):
        Certification.objects.create(
            organisation_id=desk.owner.organisation_id,
            books_id=desk.books_id,
            ledger="AR",
            period=period,
            step="prepared",
            run_id=desk.run.run_id,
            taken_by_id=desk.owner.member_id,
            taken_at=NOW,
            unexplained_minor=0,
            **figures_at(desk, period),
        )


def step_in(desk: Closing, step: str, **changes: object) -> None:
    """A step written past the workflows, with the figures of the last one."""
    with tenant(desk.owner.organisation_id):
        made = Certification.objects.order_by("-id")[0]
        made.pk, made.step = None, step
        for name, value in changes.items():
            setattr(made, name, value)
        made.save(force_insert=True)


@pytest.mark.parametrize(
    ("step", "changes", "why"),
    [
        ("certified", {}, "certified does not follow on prepared"),
        ("prepared", {}, "a preparation of what is prepared"),
        ("reviewed", {}, "the person who prepared it"),
        ("reviewed", {"taken_by_id": None}, "reviewed by nobody"),
        ("reviewed", {"sub_ledger_minor": 1}, "figures that are not those of the run"),
        ("certified", {"taken_by_id": None}, "where the rule does not hold"),
        ("suspended", {"period": 4, "reason": "x"}, "a suspension of what is not started"),
    ],
    ids=["jump", "again", "same", "nobody", "figures", "rule", "nothing"],
)
def test_the_database_refuses_steps_out_of_order_and_one_person_in_two_parts(
    step: str, changes: dict[str, object], why: str, tmp_path: Path
) -> None:
    desk = Closing(clean(tmp_path))
    desk.prepare(1)
    with pytest.raises(IntegrityError, match=why) as raised:
        step_in(desk, step, **changes)
    assert constraint_of(raised.value) == "closing_certification_in_order"


def test_the_database_refuses_to_prepare_what_is_not_the_newest_run(tmp_path: Path) -> None:
    desk = Closing(clean(tmp_path / "one"))
    earlier = desk.run
    desk.take(clean(tmp_path / "two", a_penny(4)))
    desk.run = desk.explain()
    desk.prepare(1)
    with pytest.raises(IntegrityError, match="a run that is not the newest"):
        step_in(desk, "prepared", run_id=earlier.run_id, period=2, **figures_at(desk, 2))


def figures_at(desk: Closing, period: int) -> dict[str, int]:
    found = standing(desk, period)
    return {"sub_ledger_minor": found.sub_ledger_minor, "control_minor": found.control_minor}


def test_the_database_refuses_a_run_that_leaves_changed_figures_signed() -> None:
    owner = organisation()
    imported(owner, SEPTEMBER)
    with tenant(owner.organisation_id):
        signed = a_closing(owner, NOW)
        snapshot = signed.run.snapshot
        an_explanation(snapshot, NOW)  # the same figures
    with pytest.raises(IntegrityError, match="what was prepared of AR period 1 is not") as raised:
        with tenant(owner.organisation_id):
            an_explanation(snapshot, NOW, sub_ledger_minor=501)
    assert constraint_of(raised.value) == "closing_certification_stands"
