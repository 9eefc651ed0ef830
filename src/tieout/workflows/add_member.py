"""`add_member`: somebody joins an organisation in a role that the caller may give."""

from datetime import datetime

from tieout.core.access import Action, Role, require_grant
from tieout.core.errors import Conflict
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, acting
from tieout.workflows.create_organisation import checked_email


def add_member(  # noqa: PLR0913  what a member has, by name
    caller: Caller,
    *,
    email: str,
    role: Role,
    name: str = "",
    person_id: int | None = None,
    now: datetime,
) -> Caller:
    """The new member, as a caller from the same place; `person_id`: who signs in as it."""
    with acting(caller, Action.MANAGE_MEMBERS, "add_member", now) as act:
        require_grant(act.actor, role)
        address = checked_email(email)
        act.alone("members")
        if Member.objects.filter(email__iexact=address).exists():
            raise Conflict("access.member-exists", address, "somebody who is not a member yet")
        member = Member.objects.create(
            organisation_id=caller.organisation_id,
            person_id=person_id,
            email=address,
            name=name,
            role=role,
            joined_at=now,
        )
        act.keeps(member)
        act.record(f"member:{member.pk}", after={"email": address, "name": name, "role": str(role)})
        act.follow_up("member_added", member_id=member.pk)
    return Caller(caller.organisation_id, member.pk, caller.origin)
