"""In whose name an operator acts: a member of an organisation, by e-mail address."""

from typing import TYPE_CHECKING

from tieout.cli.server.audit import origin
from tieout.core.errors import NotFound

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller


def member_named(organisation: str, email: str) -> "tuple[Caller, str]":
    """Once the database is open: the person as a member, and what the organisation is called."""
    from tieout.workflows.create_person import person_of  # noqa: PLC0415  once it is open
    from tieout.workflows.memberships import memberships_of  # noqa: PLC0415  the same
    from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

    key, name = organisation_named(organisation)
    person_id = person_of(email)
    of_person = memberships_of(person_id) if person_id is not None else []
    mine = [each for each in of_person if each.organisation_id == key]
    if not mine:
        raise NotFound("store.not-found", email, f"a member of {name}")
    return mine[0].caller(origin()), name
