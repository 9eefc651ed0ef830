"""`change_role`, `end_membership`: what a member may do from now on, or that it leaves."""

from datetime import datetime

from tieout.core.access import Action, Role, require_grant, require_owner_left
from tieout.core.errors import Conflict, NotFound
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Act, Caller, acting


def change_role(
    caller: Caller, *, member_id: int, role: Role, reason: str = "", now: datetime
) -> None:
    """The member acts in that role from now on; the last owner stays owner."""
    with acting(caller, Action.MANAGE_MEMBERS, "change_role", now) as act:
        act.alone("members")
        member = _access_member(member_id)
        before = Role(member.role)
        require_grant(act.actor, role)
        require_grant(act.actor, before)
        if before is Role.OWNER and role is not Role.OWNER:
            require_owner_left(_other_owners(member))
        act.changes(member)
        member.role = role
        member.save(update_fields=["role"])
        _recorded(act, member, {"role": str(before)}, {"role": str(role)}, reason)
        act.follow_up("role_changed", member_id=member.pk)


def end_membership(caller: Caller, *, member_id: int, reason: str = "", now: datetime) -> None:
    """The member leaves: it may do nothing from now on, and what it did stays."""
    with acting(caller, Action.MANAGE_MEMBERS, "end_membership", now) as act:
        act.alone("members")
        member = _access_member(member_id)
        require_grant(act.actor, Role(member.role))
        if member.role == Role.OWNER:
            require_owner_left(_other_owners(member))
        act.changes(member)
        member.left_at = now
        member.save(update_fields=["left_at"])
        _recorded(act, member, {"left_at": None}, {"left_at": now}, reason)
        act.follow_up("membership_ended", member_id=member.pk)


def _access_member(member_id: int) -> Member:
    member = Member.objects.filter(id=member_id).first()
    if member is None:
        raise NotFound("store.not-found", f"member:{member_id}", "a member of yours")
    if member.left_at is not None:
        raise Conflict(
            "decision.not-in-force", f"member:{member_id}, who has left", "an active member"
        )
    return member


def _other_owners(member: Member) -> int:
    owners = Member.objects.filter(role=Role.OWNER, left_at__isnull=True)
    return owners.exclude(id=member.pk).count()


def _recorded(
    act: Act,
    member: Member,
    before: dict[str, str | None],
    after: dict[str, str | datetime],
    reason: str,
) -> None:
    act.record(f"member:{member.pk}", reason=reason, before=before, after=after)
