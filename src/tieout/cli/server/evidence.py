"""`tieout audit pack`: an evidence pack written by the operator."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli.screen import OUT, plain
from tieout.cli.server.audit import origin
from tieout.cli.server.wiring import wiring
from tieout.core.errors import NotFound
from tieout.files.writing import whole_file

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller


def pack(
    ctx: click.Context,
    *,
    organisation: str,
    first_on: datetime,
    last_on: datetime,
    account: str,
    books: str,
    out: Path,
    reason: str,
    as_json: bool,
) -> int:
    """Write the pack under a name of its own, renamed when all of it is there."""
    wired = wiring(ctx)
    kept = wired.keys
    with wired.opened():
        from tieout.workflows.acting import Caller  # noqa: PLC0415  once the database is open
        from tieout.workflows.export_evidence_pack import (  # noqa: PLC0415  the same
            PackScope,
            export_evidence_pack,
        )
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

        key, name = organisation_named(organisation)
        caller, now = Caller.system(key, origin()), wired.now()
        scope = PackScope(
            first_on.date(),
            last_on.date(),
            _account(caller, account) if account else None,
            _books(caller, books, now) if books else None,
        )
        with whole_file(out) as file:
            made = export_evidence_pack(
                caller,
                scope=scope,
                keys=kept.public_keys(),
                key=kept.signing(now) if kept.can_sign else None,
                reason=reason,
                out=file,
                now=now,
            )
    said = {"organisation": name, "files": made.file_count, "size": made.size}
    if as_json:
        sys.stdout.write(json.dumps(said | {"manifest": made.manifest_sha256}) + "\n")
    else:
        OUT.print(f"{plain(name)}: {made.file_count:,} files, {made.size:,} bytes.")
        OUT.print(f"Prove them: tieout audit verify {plain(str(out))}")
    return 0


def _account(caller: "Caller", number: str) -> int:
    from tieout.workflows.views.banking import bank_accounts  # noqa: PLC0415  once it is open

    for each in bank_accounts(caller):
        if number in {each.number, each.name}:
            return each.account_id
    raise NotFound("store.not-found", f"the bank account {number}", "an account's number or name")


def _books(caller: "Caller", name: str, now: datetime) -> int:
    from tieout.workflows.views.closing import books_list  # noqa: PLC0415  once it is open

    for each in books_list(caller, now=now):
        if each.name == name:
            return each.books_id
    raise NotFound("store.not-found", f"the books {name}", "the name of books in use")
