"""Who is in the organisation, as its administrators see it."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action, Role
from tieout.store.tenancy.models import Invitation, Member
from tieout.workflows.acting import Caller, acting


@dataclass(frozen=True, slots=True)
class Listed:
    """A member, or somebody invited who has not come yet."""

    number: int
    email: str
    name: str
    role: Role
    joined_at: datetime | None
    left_at: datetime | None
    expires_at: datetime | None
    """Of an invitation; None for a member."""

    @property
    def is_invited(self) -> bool:
        return self.expires_at is not None


def members_of(caller: Caller, *, now: datetime) -> list[Listed]:
    """Members in the order they came, then open invitations."""
    with acting(caller, Action.MANAGE_MEMBERS, "members_of", now):
        members = [
            Listed(
                each.pk, each.email, each.name, Role(each.role), each.joined_at, each.left_at, None
            )
            for each in Member.objects.order_by("id")
        ]
        invited = [
            Listed(each.pk, each.email, "", Role(each.role), None, None, each.expires_at)
            for each in Invitation.objects.filter(
                accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
            ).order_by("id")
        ]
    return members + invited
