"""`tieout mask`: a copy of an organisation that shows nothing of anybody, reconciled anew."""

import secrets

import click

from tieout.cli.screen import OUT, plain
from tieout.cli.server.who import member_named
from tieout.cli.server.wiring import wiring
from tieout.core.masking import KEY_BYTES


def mask(ctx: click.Context, *, organisation: str, into: str, email: str) -> int:
    """Make the copy with a key that nobody keeps."""
    wired = wiring(ctx)
    with wired.opened():
        from tieout.workflows.mask import mask_organisation  # noqa: PLC0415  once it is open

        caller, name = member_named(organisation, email)
        made = mask_organisation(
            caller,
            into=into,
            key=secrets.token_bytes(KEY_BYTES),
            now=wired.now(),
        )
    OUT.print(f"{plain(into)} is a masked copy of {plain(name)}. [dim]{made.organisation_id}[/]")
    OUT.print("  Its runs are not copied: reconcile it, and it finds the same amounts.")
    return 0
