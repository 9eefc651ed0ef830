"""Match runs over what is stored; people's decisions survive them, and exclude each other."""

from datetime import date

import pytest

from tests.store.firms import EUR, NOW, SEPTEMBER, imported, organisation
from tieout.core.access import Role
from tieout.core.decisions import SignOffStep
from tieout.core.errors import AccessDenied, Conflict, NotFound
from tieout.core.journal import JournalEntry, Posting
from tieout.core.statements import Direction
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.ledger.models import Posting as PostingRow
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchGroup, MatchRun, RunRecord
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_group, confirm_records, reject_group, undo
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.record_entries import record_entries
from tieout.workflows.sign_off import sign_off
from tieout.workflows.verify_audit import verify_audit

pytestmark = pytest.mark.usefixtures("store")


def booked(name: str, day: int, minor: int, text: str, other: str = "expenses") -> JournalEntry:
    """An entry over the bank account and one other."""
    way = Direction.DEBIT if minor >= 0 else Direction.CREDIT
    return JournalEntry(
        name,
        date(2026, 9, day),
        (
            Posting("bank", abs(minor), way, EUR),
            Posting(other, abs(minor), way.opposite, EUR),
        ),
        narrative=text,
    )


BOOKS = (
    booked("b1", 1, -1000, "Rent"),
    booked("b2", 6, 2550, "Marlowe INV-2038", "income"),
)


class Desk:
    """A firm with September's statement, its books, and the reconciliation of the two."""

    def __init__(self) -> None:
        self.owner: Caller = organisation()
        imported(self.owner, SEPTEMBER)
        record_entries(self.owner, source="books", entries=BOOKS, now=NOW)
        with tenant(self.owner.organisation_id):
            bank = BankAccount.objects.get()
        self.reconciliation_id = set_reconciliation(
            self.owner, name="current", bank_account_id=bank.pk, account_code="bank", now=NOW
        )
        self.run_id = 0

    def run(self) -> dict[str, int]:
        """A run; the counts of its groups and records."""
        answer = reconcile(self.owner, reconciliation_id=self.reconciliation_id, now=NOW)
        self.run_id = answer.run_id
        with tenant(self.owner.organisation_id):
            records = RunRecord.objects.filter(run_id=answer.run_id)
            assert records.count() == answer.left_count + answer.right_count
            assert records.filter(group__isnull=True).count() == answer.unmatched
        return {
            "confirmed": answer.confirmed,
            "suggested": answer.suggested,
            "unmatched": answer.unmatched,
        }

    def groups(self) -> list[MatchGroup]:
        with tenant(self.owner.organisation_id):
            return list(MatchGroup.objects.filter(run_id=self.run_id).order_by("-score", "name"))

    def lines(self) -> list[int]:
        with tenant(self.owner.organisation_id):
            return [each.pk for each in BankLine.objects.order_by("position")]

    def postings(self) -> list[int]:
        with tenant(self.owner.organisation_id):
            rows = PostingRow.objects.filter(account__code="bank").order_by("id")
            return [each.pk for each in rows]


def test_a_run_accounts_for_every_record_and_leaves_an_event() -> None:
    desk = Desk()
    counts = desk.run()
    assert counts["confirmed"] + counts["suggested"] == 2
    assert counts["unmatched"] == 1
    with tenant(desk.owner.organisation_id):
        run = MatchRun.objects.get()
        assert (run.left_minor, run.right_minor) == (1425, 1550)
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def test_a_confirmed_group_stays_confirmed_in_later_runs() -> None:
    desk = Desk()
    desk.run()
    confirm_group(desk.owner, group_id=desk.groups()[0].pk, reason="agreed", now=NOW)
    desk.run()
    assert [each.made_by for each in desk.groups()].count("decision") == 1


def test_records_may_be_confirmed_against_every_proposal_and_undone() -> None:
    desk = Desk()
    desk.run()
    decision = confirm_records(
        desk.owner, reconciliation_id=desk.reconciliation_id,
        line_ids=desk.lines()[:1], posting_ids=desk.postings()[1:], now=NOW,
    )  # fmt: skip
    desk.run()
    [made] = [each for each in desk.groups() if each.made_by == "decision"]
    assert (made.status, made.residual_minor) == ("confirmed", -1000 - 2550)
    undo(desk.owner, decision_id=decision, reason="slip", now=NOW)
    desk.run()
    assert not [each for each in desk.groups() if each.made_by == "decision"]
    with pytest.raises(Conflict) as raised:
        undo(desk.owner, decision_id=decision, now=NOW)
    assert raised.value.code == "decision.not-in-force"


def test_a_record_is_confirmed_once_whoever_asks() -> None:
    desk = Desk()
    desk.run()
    group = desk.groups()[0].pk
    first = confirm_group(desk.owner, group_id=group, now=NOW)
    other = add_member(desk.owner, email="b@example.org", role=Role.BOOKKEEPER, now=NOW)
    with pytest.raises(Conflict, match=f"decision:{first}") as raised:
        confirm_group(other, group_id=group, now=NOW)
    assert raised.value.code == "decision.conflict"
    with pytest.raises(Conflict):
        reject_group(other, group_id=group, now=NOW)


def test_a_rejected_group_is_not_proposed_again_and_its_records_say_who_rejected_it() -> None:
    desk = Desk()
    desk.run()
    target = desk.groups()[0]
    decision = reject_group(desk.owner, group_id=target.pk, reason="other firm", now=NOW)
    counts = desk.run()
    assert counts["unmatched"] == 3
    with tenant(desk.owner.organisation_id):
        rejected = RunRecord.objects.filter(run_id=desk.run_id, reason="rejected")
        details = {each.detail for each in rejected}
        assert sorted(each.side for each in rejected) == ["left", "right"]
    assert details == {"owner@example.org rejected its match on 2026-11-22: other firm."}
    with pytest.raises(Conflict, match="rejects it"):
        reject_group(desk.owner, group_id=target.pk, now=NOW)
    undo(desk.owner, decision_id=decision, now=NOW)
    assert desk.run()["unmatched"] == 1


def test_books_recorded_again_add_nothing_and_unbalanced_entries_are_held() -> None:
    desk = Desk()
    lame = JournalEntry("b3", date(2026, 9, 9), (Posting("bank", 5, Direction.DEBIT, EUR),))
    answer = record_entries(desk.owner, source="books", entries=[*BOOKS, lame], now=NOW)
    assert (answer.added, answer.known) == (0, 2)
    [problem] = answer.held
    assert problem.code == "entry.unbalanced"
    assert "b3: 5 EUR" in problem.found


def test_preparer_and_reviewer_are_two_people_in_that_order() -> None:
    desk = Desk()
    desk.run()
    reviewer = add_member(desk.owner, email="r@example.org", role=Role.REVIEWER, now=NOW)

    def sign(who: Caller, step: SignOffStep) -> int:
        day = date(2026, 9, 30)
        return sign_off(who, run_id=desk.run_id, cut_off_on=day, step=step, now=NOW)

    with pytest.raises(Conflict):
        sign(reviewer, SignOffStep.REVIEWED)
    with pytest.raises(AccessDenied, match="role reviewer"):
        sign(reviewer, SignOffStep.PREPARED)
    sign(desk.owner, SignOffStep.PREPARED)
    with pytest.raises(AccessDenied, match="four-eyes"):
        sign(desk.owner, SignOffStep.REVIEWED)
    sign(reviewer, SignOffStep.REVIEWED)
    with pytest.raises(Conflict):
        sign(reviewer, SignOffStep.REVIEWED)


@pytest.mark.req("R099")
def test_nobody_names_another_organisations_records() -> None:
    desk = Desk()
    desk.run()
    stranger = organisation("Timberline")
    group = desk.groups()[0].pk
    with pytest.raises(NotFound):
        confirm_group(stranger, group_id=group, now=NOW)
    with pytest.raises(NotFound):
        reconcile(stranger, reconciliation_id=desk.reconciliation_id, now=NOW)
    with pytest.raises(NotFound):
        confirm_records(
            desk.owner, reconciliation_id=desk.reconciliation_id,
            line_ids=[10**9], posting_ids=[], now=NOW,
        )  # fmt: skip
    auditor = add_member(desk.owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    with pytest.raises(AccessDenied):
        confirm_group(auditor, group_id=group, now=NOW)
