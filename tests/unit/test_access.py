"""The role table: what each role may, and the laws that any later edit of it must keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.access import (
    CHANGES,
    GRANTS,
    MAY,
    Action,
    Actor,
    Role,
    may,
    require,
    require_grant,
    require_other_eyes,
)
from tieout.core.errors import AccessDenied

roles, actions = st.sampled_from(Role), st.sampled_from(Action)


def actor(role: Role, *, is_active: bool = True) -> Actor:
    return Actor(7, role, "test", is_active)


def test_the_table_knows_every_role() -> None:
    assert set(MAY) == set(GRANTS) == set(Role)


def test_an_owner_may_everything_and_nobody_else_the_organisation() -> None:
    assert MAY[Role.OWNER] == set(Action)
    assert [role for role in Role if may(role, Action.MANAGE_ORGANISATION)] == [Role.OWNER]


@pytest.mark.req("R099", "R111")
def test_an_auditor_sees_everything_and_changes_nothing() -> None:
    assert not MAY[Role.AUDITOR] & CHANGES
    assert MAY[Role.AUDITOR] >= {Action.VIEW, Action.VIEW_AUDIT}


def test_a_client_sees_only_what_it_sent() -> None:
    assert may(Role.CLIENT, Action.VIEW_OWN)
    assert not may(Role.CLIENT, Action.VIEW)


def test_no_person_of_the_books_administers_members_and_no_administrator_keeps_books() -> None:
    keeps = {Action.IMPORT, Action.DECIDE, Action.PREPARE, Action.REVIEW}
    for role in set(Role) - {Role.OWNER}:
        assert not (may(role, Action.MANAGE_MEMBERS) and MAY[role] & keeps)


def test_an_integration_brings_data_and_decides_nothing() -> None:
    assert not MAY[Role.INTEGRATION] & {Action.DECIDE, Action.PREPARE, Action.REVIEW}


@given(roles)
def test_whoever_sees_all_sees_their_own(role: Role) -> None:
    assert not may(role, Action.VIEW) or may(role, Action.VIEW_OWN)


@given(roles, actions, st.sampled_from(["active", "has left"]))
def test_require_raises_exactly_when_the_table_says_no(
    role: Role, action: Action, state: str
) -> None:
    is_active = state == "active"
    allowed = is_active and action in MAY[role]
    if allowed:
        require(actor(role, is_active=is_active), action)
    else:
        with pytest.raises(AccessDenied) as raised:
            require(actor(role, is_active=is_active), action)
        assert raised.value.code == "access.denied"


@given(roles, roles)
def test_nobody_gives_a_role_that_may_more_members_than_their_own(giver: Role, given: Role) -> None:
    if given in GRANTS[giver]:
        require_grant(actor(giver), given)
        assert giver is Role.OWNER or given is not Role.OWNER
    else:
        with pytest.raises(AccessDenied):
            require_grant(actor(giver), given)


@given(st.integers(1), st.integers(1))
def test_four_eyes(preparer: int, reviewer: int) -> None:
    if preparer == reviewer:
        with pytest.raises(AccessDenied, match="four-eyes"):
            require_other_eyes(preparer, reviewer)
    else:
        require_other_eyes(preparer, reviewer)
