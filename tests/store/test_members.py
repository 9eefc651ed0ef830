"""Roles change and members leave; an owner stays; what roles allow and nobody uses is listed."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

import tieout.workflows
from tests.store.firms import NOW, SEPTEMBER, firm, imported, organisation
from tieout.core.access import MAY, Action, Role
from tieout.core.errors import AccessDenied, Conflict, NotFound
from tieout.workflows.add_member import add_member
from tieout.workflows.change_role import change_role, end_membership
from tieout.workflows.least_privilege import ACTION_OF, UNSEEN, least_privilege
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.trail import audit_events, members

pytestmark = pytest.mark.usefixtures("store")


def test_a_role_taken_away_no_longer_helps_and_one_given_does() -> None:
    owner = organisation()
    member = add_member(owner, email="b@example.org", role=Role.BOOKKEEPER, now=NOW)
    change_role(owner, member_id=member.member_id, role=Role.AUDITOR, reason="audit", now=NOW)
    with pytest.raises(AccessDenied):
        imported(member, SEPTEMBER)
    assert verify_audit(member, keys={}, now=NOW).is_sound
    [event] = audit_events(owner, verb="change_role").rows
    assert (event.before, event.after) == ({"role": "bookkeeper"}, {"role": "auditor"})
    assert event.reason == "audit"


def test_who_has_left_may_do_nothing_and_is_not_changed_again() -> None:
    owner = organisation()
    member = add_member(owner, email="b@example.org", role=Role.BOOKKEEPER, now=NOW)
    end_membership(owner, member_id=member.member_id, now=NOW)
    with pytest.raises(AccessDenied, match="has left"):
        imported(member, SEPTEMBER)
    with pytest.raises(AccessDenied, match="has left"):
        members(member)
    with pytest.raises(Conflict):
        end_membership(owner, member_id=member.member_id, now=NOW)
    with pytest.raises(Conflict):
        change_role(owner, member_id=member.member_id, role=Role.OWNER, now=NOW)
    assert [each.left_at for each in members(owner, with_former=True)] == [None, NOW]
    assert len(members(owner)) == 1


def test_the_last_owner_neither_leaves_nor_becomes_something_else() -> None:
    owner = organisation()
    for attempt in ("leave", "change"):
        with pytest.raises(AccessDenied) as raised:
            if attempt == "leave":
                end_membership(owner, member_id=owner.member_id, now=NOW)
            else:
                change_role(owner, member_id=owner.member_id, role=Role.AUDITOR, now=NOW)
        assert raised.value.code == "access.last-owner"
    second = add_member(owner, email="o@example.org", role=Role.OWNER, now=NOW)
    end_membership(owner, member_id=owner.member_id, now=NOW)
    with pytest.raises(AccessDenied, match="last-owner"):
        end_membership(second, member_id=second.member_id, now=NOW)


def test_only_an_owner_touches_an_owner_and_nobody_another_organisation() -> None:
    owner, stranger = organisation("Marlowe"), organisation("Timberline")
    second = add_member(owner, email="o@example.org", role=Role.OWNER, now=NOW)
    admin = add_member(owner, email="a@example.org", role=Role.ADMINISTRATOR, now=NOW)
    for role in (Role.OWNER, Role.CLIENT):
        with pytest.raises(AccessDenied):
            change_role(admin, member_id=second.member_id, role=role, now=NOW)
    with pytest.raises(AccessDenied):
        end_membership(admin, member_id=second.member_id, now=NOW)
    with pytest.raises(NotFound):
        end_membership(stranger, member_id=admin.member_id, now=NOW)


@pytest.mark.req("R100")
def test_what_a_role_allows_and_its_member_has_not_used_in_ninety_days_is_listed() -> None:
    owner = firm()
    keeper = add_member(owner, email="b@example.org", role=Role.ACCOUNTANT, now=NOW)
    imported(keeper, SEPTEMBER)
    auditor = add_member(owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    report = {each.member_id: each for each in least_privilege(auditor, now=NOW)}
    mine = report[keeper.member_id]
    used = {each.action for each in mine.uses if each.times}
    assert used == {Action.RECEIVE_FILE, Action.IMPORT}
    assert set(mine.unused) == MAY[Role.ACCOUNTANT] - UNSEEN - used
    assert mine.narrowest is Role.BOOKKEEPER
    signed = {each.action: each.times for each in report[owner.member_id].uses}
    assert signed[Action.PREPARE] == 2
    later = least_privilege(auditor, now=NOW + timedelta(days=91))
    assert set(later[-2].unused) == MAY[Role.ACCOUNTANT] - UNSEEN
    with pytest.raises(AccessDenied):
        least_privilege(
            add_member(owner, email="x@example.org", role=Role.CLIENT, now=NOW), now=NOW
        )


def test_the_report_knows_every_verb_of_the_workflows() -> None:
    told = {}
    folder = Path(tieout.workflows.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="acting"),
                    args=[_, ast.Attribute(attr=action), ast.Constant(value=str(verb)), _],
                ):
                    told[verb] = Action[action]
    assert len(told) > 10
    assert told.items() <= ACTION_OF.items()
