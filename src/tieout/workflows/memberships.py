"""Which organisations a person who has signed in belongs to, and as what."""

from dataclasses import dataclass
from uuid import UUID

from tieout.core.access import Role
from tieout.store.postgres.tenant import person
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in one organisation."""

    organisation_id: UUID
    organisation: str
    member_id: int
    role: Role

    def caller(self, origin: str) -> Caller:
        """As a verb wants it."""
        return Caller(self.organisation_id, self.member_id, origin)


def memberships_of(person_id: int) -> list[Membership]:
    """The person's organisations by name; those they have left are not among them."""
    with person(person_id):
        members = (
            Member.objects.filter(person_id=person_id, left_at__isnull=True)
            .select_related("organisation")
            .order_by("organisation__name", "organisation_id")
        )
        return [
            Membership(each.organisation_id, each.organisation.name, each.pk, Role(each.role))
            for each in members
        ]
