"""`tieout create-organisation`: the first step on a server of one's own."""

import getpass
import sys

import click

from tieout.cli.server.wiring import wiring
from tieout.core.errors import InvalidInput


def create_organisation(
    ctx: click.Context, *, name: str, owner: str, person_name: str, password_file: str
) -> int:
    """A person who can sign in, unless there is one with that address, and their organisation."""
    wired = wiring(ctx)
    with wired.opened():
        from tieout.workflows.create_organisation import (  # noqa: PLC0415  after the database is open
            create_organisation as create,
        )
        from tieout.workflows.create_person import (  # noqa: PLC0415  as above
            create_person,
            person_of,
        )

        now = wired.now()
        person_id = person_of(owner)
        if person_id is None:
            password = _password(password_file)
            person_id = create_person(email=owner, password=password, name=person_name, now=now)
        made = create(
            name=name,
            owner_email=owner,
            owner_name=person_name,
            person_id=person_id,
            origin="cli",
            now=now,
        )
    click.echo(f"{name} is there, owned by {owner}. [{made.organisation_id}]")
    click.echo("  → tieout serve, then open the address it prints and sign in.")
    return 0


def _password(file: str) -> str:
    """From a file, from standard input with `-`, else asked for twice."""
    if file == "-":
        return sys.stdin.readline().rstrip("\n")
    if file:
        with click.open_file(file, encoding="utf-8") as opened:
            return str(opened.readline()).rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise InvalidInput("access.password-weak", "two different passwords", "the same twice")
    return first
