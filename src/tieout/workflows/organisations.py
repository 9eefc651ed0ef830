"""Every organisation of the site by name: for the operator at the machine, not for members."""

from uuid import UUID

from tieout.core.errors import Conflict, NotFound
from tieout.store.audit.chain import chain_names
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Organisation


def organisations() -> list[tuple[UUID, str]]:
    """Ids and names, by name."""
    found = []
    for organisation_id in chain_names():
        with tenant(organisation_id):
            found.append((organisation_id, Organisation.objects.get(id=organisation_id).name))
    return sorted(found, key=lambda each: (each[1], each[0]))


def organisation_named(word: str) -> tuple[UUID, str]:
    """The one with that id or name; with no word the only one there is."""
    known = organisations()
    found = [each for each in known if word in {str(each[0]), each[1]}] if word else known
    if not found:
        names = ", ".join(name for _, name in known[:10]) or "none yet"
        raise NotFound("store.not-found", word or "no organisation", f"one of: {names}")
    if len(found) > 1:
        names = ", ".join(f"{name} ({key})" for key, name in found[:10])
        raise Conflict("store.ambiguous", names, "one of them by its id", "--organisation")
    return found[0]
