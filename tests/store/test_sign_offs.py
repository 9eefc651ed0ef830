"""A sign-off holds until what was signed changes; then it is suspended, never edited."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError

from tests.store.firms import NOW, imported, line, statement
from tests.store.test_decisions import BOOKS, Desk, booked
from tests.store.test_proofs import constraint_of
from tieout.core.access import Role
from tieout.core.decisions import SignOffStep
from tieout.core.errors import Conflict
from tieout.core.money import Currency
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import DecidedRecord, Decision, SignOff, Suspension
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_group, reject_group, undo
from tieout.workflows.reconcile import reconcile
from tieout.workflows.record_entries import record_entries
from tieout.workflows.sign_off import sign_off
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.runs import sign_offs

pytestmark = pytest.mark.usefixtures("store")

SEPTEMBER_END = date(2026, 9, 30)
OCTOBER = statement(
    line("1002", "D10,00", "RENT"), opening="114,25", closing="104,25", number=2,
    days=("1001", "1031"),
)  # fmt: skip
LATE_LINE = statement(
    line("0929", "D3,00", "LATE FEE"), opening="0,00", closing="-3,00", number=9,
    days=("0929", "0929"),
).replace(b"EUR-3,00", b"EUR3,00").replace(b":62F:C", b":62F:D")  # fmt: skip


class Signed(Desk):
    """The desk after a run, prepared by the owner and reviewed by a colleague."""

    def __init__(self) -> None:
        super().__init__()
        self.reviewer = add_member(self.owner, email="r@example.org", role=Role.REVIEWER, now=NOW)
        self.run()
        self.sign()

    def sign(self) -> None:
        self.prepare()
        self.signed(self.reviewer, SignOffStep.REVIEWED)

    def prepare(self) -> None:
        self.signed(self.owner, SignOffStep.PREPARED)

    def signed(self, who: Caller, step: SignOffStep) -> int:
        return sign_off(who, run_id=self.run_id, cut_off_on=SEPTEMBER_END, step=step, now=NOW)

    def causes(self) -> list[str]:
        with tenant(self.owner.organisation_id):
            return list(Suspension.objects.order_by("id").values_list("cause", flat=True))


def test_an_import_up_to_the_cut_off_suspends_both_sign_offs_and_says_why() -> None:
    desk = Signed()
    imported(desk.owner, LATE_LINE, "late.sta")
    assert desk.causes() == ["import", "import"]
    page = sign_offs(desk.owner, reconciliation_id=desk.reconciliation_id)
    assert [each.step for each in page.rows] == ["reviewed", "prepared"]
    assert page.rows[0].suspended_because == (
        "import: signed for 3 and 2 records up to 2026-09-30, there are 4 and 2 now"
    )
    assert sign_offs(desk.owner, in_force_only=True).rows == ()
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def test_what_is_suspended_is_prepared_and_reviewed_again_from_a_new_run() -> None:
    desk = Signed()
    imported(desk.owner, LATE_LINE, "late.sta")
    with pytest.raises(Conflict, match=r"sign-off\.stale"):
        desk.prepare()
    with pytest.raises(Conflict, match="nothing signed that is in force"):
        desk.signed(desk.reviewer, SignOffStep.REVIEWED)
    desk.run()
    desk.sign()
    assert len(sign_offs(desk.owner, in_force_only=True).rows) == 2
    assert len(sign_offs(desk.owner).rows) == 4


def test_what_lies_after_the_cut_off_or_repeats_known_lines_suspends_nothing() -> None:
    desk = Signed()
    imported(desk.owner, OCTOBER, "october.sta")
    again = [line("0902", "D10,00", "RENT"), line("0907", "C25,50", "MARLOWE INV-2038")]
    overlap = statement(*again, opening="100,00", closing="115,50", days=("0901", "0907"))
    imported(desk.owner, overlap, "overlap.sta")
    record_entries(desk.owner, source="books", entries=BOOKS, now=NOW)
    assert desk.causes() == []
    desk.run()  # the same figures up to the cut-off
    assert desk.causes() == []


def test_entries_up_to_the_cut_off_suspend() -> None:
    desk = Signed()
    record_entries(desk.owner, source="books", entries=[booked("b9", 30, -125, "Charge")], now=NOW)
    assert desk.causes() == ["import", "import"]


def test_a_decision_on_records_up_to_the_cut_off_suspends_and_so_does_its_undoing() -> None:
    desk = Signed()
    decision = confirm_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    assert desk.causes() == ["decision", "decision"]
    desk.run()
    desk.sign()
    undo(desk.owner, decision_id=decision, now=NOW)
    assert desk.causes() == ["decision"] * 4
    with pytest.raises(Conflict, match=r"sign-off\.stale"):
        desk.prepare()


def test_a_run_with_other_figures_suspends() -> None:
    desk = Signed()
    # A rejection suspends at once; after a new signature, its undoing and a run do.
    decision = reject_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    desk.run()
    desk.sign()
    with tenant(desk.owner.organisation_id):
        Decision.objects.create(
            organisation_id=desk.owner.organisation_id,
            reconciliation_id=desk.reconciliation_id,
            verdict="undo",
            undoes_id=decision,
            decided_by_id=desk.owner.member_id,
            decided_at=NOW,
        )
    answer = reconcile(desk.owner, reconciliation_id=desk.reconciliation_id, now=NOW)
    assert len(answer.suspended) == 2
    assert desk.causes() == ["decision"] * 2 + ["run"] * 2
    with tenant(desk.owner.organisation_id):
        last = Suspension.objects.order_by("-id").values_list("detail", flat=True)[0]
    assert "open_left_count 1 instead of 2" in last


def test_nobody_signs_a_run_that_has_not_seen_everything() -> None:
    desk = Signed()
    imported(desk.owner, LATE_LINE, "late.sta")
    desk.run()
    imported(desk.owner, LATE_LINE.replace(b"D3,00", b"D4,00"), "later.sta")
    with pytest.raises(Conflict, match="found 5 and 2 records"):
        desk.prepare()
    desk.run()
    older = desk.run_id
    desk.run()
    newest, desk.run_id = desk.run_id, older
    with pytest.raises(Conflict, match="a later run"):
        desk.prepare()
    desk.run_id = newest
    reject_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    with pytest.raises(Conflict, match="made since"):
        desk.prepare()


def test_the_database_refuses_lines_under_a_sign_off_that_is_not_suspended() -> None:
    desk = Signed()
    with pytest.raises(IntegrityError, match="was given for 3 records, there are 4") as raised:
        with tenant(desk.owner.organisation_id):
            account = BankAccount.objects.get()
            first = BankLine.objects.order_by("id")[0]
            copy = first.statement
            copy.pk, copy.line_count, copy.booked_minor = None, 1, -1000
            copy.save(force_insert=True)
            first.pk, first.statement, first.account = None, copy, account
            first.save(force_insert=True)
    assert constraint_of(raised.value) == "reconciliation_signoff_stands"


def test_the_database_refuses_a_second_preparation_in_force() -> None:
    desk = Signed()
    desk.run()
    with pytest.raises(IntegrityError, match="has prepared it") as raised:
        with tenant(desk.owner.organisation_id):
            made = SignOff.objects.filter(step="prepared").get()
            made.pk, made.run_id = None, desk.run_id
            made.save(force_insert=True)
    assert constraint_of(raised.value) == "reconciliation_signoff_in_force"


def test_new_data_that_contradicts_a_confirmation_is_told_by_the_run() -> None:
    desk = Desk()
    desk.run()
    org = desk.owner.organisation_id
    with tenant(org):
        other = BankAccount.objects.create(
            organisation_id=org, number="other", currency="EUR", exponent=2
        )
        first = BankLine.objects.order_by("id")[0]
        copy = first.statement
        copy.pk, copy.account, copy.line_count, copy.booked_minor = None, other, 1, -1000
        copy.save(force_insert=True)
        changed = first.pk
        first.pk, first.statement, first.account = None, copy, other
        first.save(force_insert=True)
        decision = Decision.objects.create(
            organisation_id=org, reconciliation_id=desk.reconciliation_id, verdict="confirm",
            decided_by_id=desk.owner.member_id, decided_at=NOW, exponent=2,
        )  # fmt: skip
        for line_id, minor in ((changed, -999), (first.pk, -1000)):
            DecidedRecord.objects.create(
                organisation_id=org, decision=decision, side="left", line_id=line_id,
                amount_minor=minor,
            )  # fmt: skip
    notes = reconcile(desk.owner, reconciliation_id=desk.reconciliation_id, now=NOW).notes
    assert f"{changed} of the left side was matched by a person and is -10.00 EUR now" in str(notes)
    assert f"{first.pk} of the left side was matched by a person and is gone." in notes


def test_a_finer_count_of_the_books_does_not_look_like_a_changed_amount() -> None:
    desk = Desk()
    desk.run()
    confirm_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    finer = booked("b7", 7, 2550, "Fuel")
    fine = Currency("EUR", 4)
    postings = tuple(
        replace(each, amount_minor=each.amount_minor * 100, currency=fine)
        for each in finer.postings
    )
    record_entries(desk.owner, source="b", entries=[replace(finer, postings=postings)], now=NOW)
    answer = reconcile(desk.owner, reconciliation_id=desk.reconciliation_id, now=NOW)
    assert not [each for each in answer.notes if "matched by a person" in each]
