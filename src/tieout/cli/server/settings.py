"""`tieout settings`, `tieout sandbox`: settings as text, their versions, and their trial."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli.screen import OUT, hanging, plain, table
from tieout.cli.server.audit import origin, write_lines
from tieout.cli.server.who import member_named
from tieout.cli.server.wiring import wiring
from tieout.core.errors import InvalidInput

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller
    from tieout.workflows.propose_settings import Proposed


def export(ctx: click.Context, *, organisation: str, version: int | None, out: Path | None) -> int:
    """Write the document to a file, or to the output."""
    with _looking(ctx, organisation) as caller:
        from tieout.workflows.views.settings import export_settings  # noqa: PLC0415  once it is open

        document = export_settings(caller, version_id=version)
    if out is None:
        sys.stdout.write(document)
        return 0
    write_lines(out, [document.encode()])
    OUT.print(f"The settings are in {plain(out)}.")
    return 0


def diff(
    ctx: click.Context, *, file: Path, organisation: str, version: int | None, as_json: bool
) -> int:
    """Show what importing the file would change; 0 when nothing, 1 when something."""
    document = _text(file)
    with _looking(ctx, organisation) as caller:
        from tieout.workflows.views.settings import diff_settings  # noqa: PLC0415  once it is open

        found = diff_settings(caller, document=document, version_id=version)
    if as_json:
        said = [
            {
                "section": each.section,
                "key": each.key,
                "before": dict(each.before),
                "after": dict(each.after),
            }
            for each in found
        ]
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
    else:
        _show(found)
        if not found:
            OUT.print("The document says what stands.")
    return 1 if found else 0


def import_(ctx: click.Context, *, file: Path, organisation: str, reason: str, email: str) -> int:
    """Put the document in force, or propose it where another person may approve it."""
    document = _text(file)
    with _acting(ctx, organisation, email) as (caller, name, now):
        from tieout.workflows.propose_settings import import_settings  # noqa: PLC0415  once it is open

        done = import_settings(caller, document=document, reason=reason, now=now)
    return _told(done, name)


def rollback(
    ctx: click.Context, *, version: int, organisation: str, reason: str, email: str
) -> int:
    """Put an earlier version in force, or propose it where another person may approve it."""
    with _acting(ctx, organisation, email) as (caller, name, now):
        from tieout.workflows.propose_settings import roll_back_settings  # noqa: PLC0415  once it is open

        done = roll_back_settings(caller, version_id=version, reason=reason, now=now)
    return _told(done, name)


def approve(ctx: click.Context, *, proposal: int, organisation: str, email: str) -> int:
    """Put in force what another person has proposed."""
    with _acting(ctx, organisation, email) as (caller, name, now):
        from tieout.workflows.propose_settings import approve_settings  # noqa: PLC0415  once it is open

        done = approve_settings(caller, proposal_id=proposal, now=now)
    return _told(done, name)


def history(ctx: click.Context, *, organisation: str, limit: int) -> int:
    """Show the newest versions, and what waits for an approval."""
    with _looking(ctx, organisation) as caller:
        from tieout.workflows.views.settings import (  # noqa: PLC0415  once it is open
            settings_history,
            waiting_proposals,
        )

        rows = settings_history(caller, limit=limit).rows
        waiting = waiting_proposals(caller)
    for each in waiting:
        said = f"proposal {each.proposal_id} by {each.author} waits: {each.reason}"
        hanging("[yellow]![/]", plain(said))
        _show(each.changes)
    shown = table("version", "made at", "by", "approved by", "verb", "reason", right=("version",))
    for one in rows:
        at = f"{one.made_at:%Y-%m-%d %H:%M}"
        cells = (one.author or "the system", one.approver, one.verb, one.reason)
        shown.add_row(str(one.version_id), at, *map(plain, cells))
    OUT.print(shown if rows else "No setting has been changed yet.")
    return 0


def make_sandbox(
    ctx: click.Context, *, organisation: str, into: str, with_data: bool, email: str
) -> int:
    """Make the sandbox."""
    with _acting(ctx, organisation, email) as (caller, name, now):
        from tieout.workflows.sandbox import make_sandbox as make  # noqa: PLC0415  once it is open

        made = make(caller, name=into, with_data=with_data, now=now)
    OUT.print(f"{plain(into)} is a sandbox of {plain(name)}. [dim]{made.organisation_id}[/]")
    OUT.print("  Change its settings, run its reconciliations, then: tieout sandbox promote")
    return 0


def promote(ctx: click.Context, *, organisation: str, sandbox: str, reason: str, email: str) -> int:
    """Bring the settings of the sandbox back, if a run there has proved them."""
    with _acting(ctx, organisation, email) as (caller, name, now):
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  once it is open
        from tieout.workflows.sandbox import promote_settings  # noqa: PLC0415  the same

        key, _ = organisation_named(sandbox)
        done = promote_settings(caller, sandbox_id=key, reason=reason, now=now)
    return _told(done, name)


@contextmanager
def _looking(ctx: click.Context, organisation: str) -> "Iterator[Caller]":
    """The operator at the machine, who sees every organisation."""
    with wiring(ctx).opened():
        from tieout.workflows.acting import Caller  # noqa: PLC0415  once it is open
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

        key, _ = organisation_named(organisation)
        yield Caller.system(key, origin())


@contextmanager
def _acting(
    ctx: click.Context, organisation: str, email: str
) -> "Iterator[tuple[Caller, str, datetime]]":
    """The member in whose name the operator acts, what the organisation is called, and the time."""
    wired = wiring(ctx)
    with wired.opened():
        caller, name = member_named(organisation, email)
        yield caller, name, wired.now()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InvalidInput("file.not-found", str(file), "a document of settings") from error
    except OSError as error:
        raise InvalidInput("file.not-readable", f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput("settings.invalid", str(error), "UTF-8", file.name) from error


def _told(done: "Proposed", name: str) -> int:
    _show(done.changes)
    if not done.changes:
        OUT.print(f"{plain(name)}: the document says what stands; nothing was changed.")
    elif done.version_id is None:
        OUT.print(f"{plain(name)}: proposal {done.proposal_id} waits for another person.")
        OUT.print(f"  → tieout settings approve {done.proposal_id} --as THEIR-ADDRESS")
    else:
        OUT.print(f"{plain(name)}: in force as version {done.version_id}.")
    for each in done.channels_off:
        OUT.print(f"  ! The channel {plain(each)} has no address and sends nothing.")
        OUT.print("  → Add it once more on the page of settings, under the same name.")
    return 0


def _show(changes: "tuple[object, ...]") -> None:
    for each in changes:
        mark, _, said = str(each).partition(" ")
        hanging(mark, plain(said))
