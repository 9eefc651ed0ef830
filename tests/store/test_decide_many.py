"""Many decisions at once: all or none, of what was seen, in seconds."""

import hashlib

import pytest

from tests.store.firms import NOW, organisation
from tests.store.test_decisions import Desk
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import DecidedRecord, Decision
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_group
from tieout.workflows.decide_many import DecidedMany, confirm_groups, undo_many
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.groups import GroupFilter, groups
from tieout.workflows.views.trail import audit_events, decisions

pytestmark = pytest.mark.usefixtures("store")


def everything(desk: Desk, count: int = 2, total: int = 1550) -> DecidedMany:
    return confirm_groups(
        desk.owner,
        reconciliation_id=desk.reconciliation_id,
        group_ids=[each.pk for each in desk.groups()],
        expected_count=count,
        expected_total_minor=total,
        reason="month end",
        now=NOW,
    )


def test_all_groups_are_confirmed_with_one_event_that_counts_them() -> None:
    desk = Desk()
    desk.run()
    answer = everything(desk)
    assert (len(answer.decision_ids), answer.total_minor) == (2, 1550)
    with tenant(desk.owner.organisation_id):
        assert DecidedRecord.objects.count() == 4
        assert set(Decision.objects.values_list("reason", "exponent")) == {("month end", 2)}
    ids = sorted(each.pk for each in desk.groups())
    [event] = audit_events(desk.owner, verb="confirm_groups").rows
    assert (event.after["groups"], event.after["left_minor"]) == (2, 1550)
    said = hashlib.sha256(f"{ids[0]},{ids[1]}".encode()).hexdigest()
    assert event.after["groups_sha256"] == said
    queue = groups(desk.owner, run_id=desk.run_id, where=GroupFilter(undecided=True))
    assert queue.rows == ()
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound
    desk.run()
    assert {each.made_by for each in desk.groups()} == {"decision"}


@pytest.mark.parametrize(("count", "total"), [(3, 1550), (2, 1551), (1, 1550)])
def test_a_stale_form_is_refused(count: int, total: int) -> None:
    desk = Desk()
    desk.run()
    with pytest.raises(Conflict) as raised:
        everything(desk, count, total)
    assert raised.value.code == "decision.stale"
    assert decisions(desk.owner).rows == ()


def test_one_record_that_is_taken_refuses_them_all() -> None:
    desk = Desk()
    desk.run()
    first = confirm_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    with pytest.raises(Conflict, match=f"decision:{first}"):
        everything(desk)
    assert len(decisions(desk.owner).rows) == 1


def test_groups_of_an_earlier_run_of_others_or_none_are_refused() -> None:
    desk = Desk()
    desk.run()
    old = [each.pk for each in desk.groups()]
    desk.run()

    def attempt(ids: list[int], who: Desk = desk) -> None:
        confirm_groups(
            who.owner, reconciliation_id=who.reconciliation_id, group_ids=ids,
            expected_count=len(ids), expected_total_minor=1550, now=NOW,
        )  # fmt: skip

    with pytest.raises(Conflict, match="earlier run"):
        attempt(old)
    with pytest.raises(NotFound):
        attempt(old, Desk())
    for ids in ([], [old[0], old[0]]):
        with pytest.raises(InvalidInput):
            attempt(ids)
    auditor = add_member(desk.owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    desk.owner, owner = auditor, desk.owner
    with pytest.raises(AccessDenied):
        attempt(old)
    desk.owner = organisation("Timberline")
    with pytest.raises(NotFound):
        attempt(old)
    assert decisions(owner).rows == ()


def test_many_are_undone_together_or_not_at_all() -> None:
    desk = Desk()
    desk.run()
    made = list(everything(desk).decision_ids)

    def back(ids: list[int], count: int) -> DecidedMany:
        return undo_many(
            desk.owner, reconciliation_id=desk.reconciliation_id, decision_ids=ids,
            expected_count=count, reason="slip", now=NOW,
        )  # fmt: skip

    with pytest.raises(Conflict, match=r"decision\.stale"):
        back(made, 3)
    with pytest.raises(Conflict, match="not-in-force"):
        back([*made, 10**12], 3)
    assert len(back(made, 2).decision_ids) == 2
    with pytest.raises(Conflict, match="not-in-force"):
        back(made, 2)
    shown = decisions(desk.owner, verdict="confirm").rows
    assert all(each.undone_by for each in shown)
    assert len(everything(desk).decision_ids) == 2
