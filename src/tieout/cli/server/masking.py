"""`tieout mask`: a copy of an organisation that shows nothing of anybody, reconciled anew."""

import secrets

import click

from tieout.cli.screen import OUT, plain
from tieout.cli.server.audit import origin
from tieout.cli.server.wiring import wiring
from tieout.core.errors import NotFound
from tieout.core.masking import KEY_BYTES


def mask(ctx: click.Context, *, organisation: str, into: str, email: str) -> int:
    """Make the copy with a key that nobody keeps."""
    wired = wiring(ctx)
    with wired.opened():
        from tieout.workflows.create_person import person_of  # noqa: PLC0415  once it is open
        from tieout.workflows.mask import mask_organisation  # noqa: PLC0415  the same
        from tieout.workflows.memberships import memberships_of  # noqa: PLC0415  the same
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

        key, name = organisation_named(organisation)
        person_id = person_of(email)
        of_person = memberships_of(person_id) if person_id is not None else []
        mine = [each for each in of_person if each.organisation_id == key]
        if not mine:
            raise NotFound("store.not-found", email, f"a member of {name}")
        made = mask_organisation(
            mine[0].caller(origin()),
            into=into,
            key=secrets.token_bytes(KEY_BYTES),
            now=wired.now(),
        )
    OUT.print(f"{plain(into)} is a masked copy of {plain(name)}. [dim]{made.organisation_id}[/]")
    OUT.print("  Its runs are not copied: reconcile it, and it finds the same amounts.")
    return 0
