"""`create_organisation`: a new tenant with its first member, who owns it."""

from datetime import datetime
from uuid import uuid4

from tieout.core.access import Actor, Role
from tieout.core.errors import InvalidInput
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Member, Organisation
from tieout.workflows.acting import Act, Caller


def create_organisation(  # noqa: PLR0913  what it begins with, by name
    *,
    name: str,
    owner_email: str,
    owner_name: str = "",
    person_id: int | None = None,
    origin: str,
    now: datetime,
) -> Caller:
    """The organisation and its owner; the answer calls further verbs in the owner's name.

    `person_id`: who signs in as the owner.
    """
    if not name.strip():
        raise InvalidInput("access.member-invalid", "an empty name", "a name", "organisation")
    email = checked_email(owner_email)
    organisation_id = uuid4()
    with tenant(organisation_id):
        made = Organisation.objects.create(id=organisation_id, name=name.strip(), created_at=now)
        owner = Member.objects.create(
            organisation=made,
            person_id=person_id,
            email=email,
            name=owner_name,
            role=Role.OWNER,
            joined_at=now,
        )
        caller = Caller(organisation_id, owner.pk, origin)
        act = Act(caller, Actor(owner.pk, Role.OWNER, origin), "create_organisation", now)
        act.left.others[f"organisation:{made.pk}"] = {"name": made.name, "created_at": now}
        act.keeps(owner)
        act.record(
            f"organisation:{organisation_id}",
            after={"name": made.name, "owner": f"member:{owner.pk}", "email": email},
        )
        act.follow_up("organisation_created")
    return caller


def checked_email(text: str) -> str:
    """The address without blanks around it; refused when it cannot be one."""
    email = text.strip()
    name, at, host = email.rpartition("@")
    if not (name and at and host) or any(letter.isspace() for letter in email):
        raise InvalidInput("access.member-invalid", repr(text), "an e-mail address", "member")
    return email
