"""`tieout backup`, `tieout restore`: the whole site as one file, and back, proved."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli.audit import as_data, trusted_keys
from tieout.cli.screen import OUT, plain
from tieout.cli.server.wiring import wiring

if TYPE_CHECKING:
    from tieout.keeping.backup import Manifest
    from tieout.keeping.restore import Restored


def backup(ctx: click.Context, *, out: Path, as_json: bool) -> int:
    """Write the backup."""
    from tieout.keeping.backup import take_backup  # noqa: PLC0415  start-up time counts

    wired = wiring(ctx)
    manifest = take_backup(wired.site(), out, now=wired.now())
    if as_json:
        sys.stdout.write(manifest.text + "\n")
        return 0
    OUT.print(f"[green]✓[/] {plain(out)}: {_figures(manifest)}, {out.stat().st_size:,} bytes")
    for each in manifest.secrets_outside:
        OUT.print(f"  ! {each} comes from the environment and is not in it: keep it as well.")
    OUT.print("  It holds secrets: keep it where only you can read it.")
    OUT.print(f"  Prove it: tieout restore --verify {out}")
    return 0


def restore(  # the switches of the command
    ctx: click.Context, *, file: Path, only_verify: bool, replaces: bool, keys: tuple[str, ...],
    as_json: bool,
) -> int:  # fmt: skip
    """Restore, or prove that it could be; 1 when a chain in it is not sound."""
    from tieout.keeping.restore import (  # noqa: PLC0415  start-up time counts
        restore_backup,
        verify_backup,
    )

    wired = wiring(ctx)
    trusted = trusted_keys(keys)
    if only_verify:
        restored = verify_backup(wired.site(), file, keys=trusted)
    else:
        restored = restore_backup(
            wired.site(), file, replaces=replaces, keys=trusted, now=wired.now()
        )
    if as_json:
        said = {
            "verified_only": only_verify,
            "facts": restored.manifest.facts.data,
            "chains": {name: as_data(each) for name, each in restored.chains.items()},
            "kept_aside": str(restored.kept_aside or ""),
        }
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
    else:
        _say(restored, "can be restored" if only_verify else "is restored", wired.home)
    return 0 if restored.is_sound else 1


def _say(restored: "Restored", what: str, home: Path) -> None:
    manifest = restored.manifest
    OUT.print(f"[green]✓[/] The backup of {manifest.taken_at[:16]} {what}: {_figures(manifest)}.")
    for name, each in restored.chains.items():
        mark = "[green]✓[/]" if each.is_sound else "[red]✗[/]"
        OUT.print(f"  {mark} chain {name}: {each.event_count:,} events, {each.head_count} heads")
        for finding in each.findings[:10]:
            OUT.print(f"    {plain(finding)}")
        for number in (*each.unproved_heads, *each.lost_heads)[:10]:
            OUT.print(f"    the signed head at event {number} is not proved or not there")
    if restored.kept_aside:
        OUT.print(f"  What was in {plain(home)} is kept in {plain(restored.kept_aside)}.")
    for each_name in manifest.secrets_outside:
        OUT.print(f"  ! Set {each_name} as it was where the backup was taken.")


def _figures(manifest: "Manifest") -> str:
    facts = manifest.facts
    rows = sum(facts.rows.values())
    return (
        f"{len(facts.chains)} organisations, {rows:,} rows, {facts.balance_count:,} balances, "
        f"{sum(end for end, _ in facts.chains.values()):,} audit events"
    )
