"""`tieout audit`: chains of the database verified, exported and signed; the keys that sign."""

import getpass
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli.audit import FINDINGS_SHOWN, show, trusted_keys
from tieout.cli.screen import ERR, OUT, plain
from tieout.cli.server.wiring import wiring
from tieout.files.writing import whole_file

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller
    from tieout.workflows.replay import Replayed
    from tieout.workflows.verify_stored import StoredProof


def origin() -> str:
    """From where an operator acts, as an audit event says it."""
    try:
        return f"cli {getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name
        return f"cli {os.getuid()}"


def _callers(organisation: str) -> "list[tuple[str, Caller]]":
    """The operator in the organisation of that name, or in every one; the database is open."""
    from tieout.workflows.acting import Caller  # noqa: PLC0415  once the database is open
    from tieout.workflows.organisations import (  # noqa: PLC0415  the same
        organisation_named,
        organisations,
    )

    chosen = [organisation_named(organisation)] if organisation else organisations()
    return [(name, Caller.system(key, origin())) for key, name in chosen]


def verify(ctx: click.Context, *, organisation: str, keys: tuple[str, ...], as_json: bool) -> int:
    """Prove every chain of the database, or one; 0 when all are sound, 1 otherwise."""
    wired = wiring(ctx)
    trusted = wired.keys.public_keys() | trusted_keys(keys)
    with wired.opened():
        from tieout.workflows.verify_audit import verify_audit  # noqa: PLC0415  once it is open

        answers = []
        for name, caller in _callers(organisation):
            found = verify_audit(caller, keys=trusted, now=wired.now())
            chain = str(caller.organisation_id)
            said = {"organisation": name, "chain": chain, "keys_are_known": True}
            answers.append(found.is_sound)
            show(said | {"keys": sorted(trusted)}, found, as_json=as_json)
    if not answers and not as_json:
        OUT.print("There is no organisation yet.")
    return 0 if all(answers) else 1


def stored(ctx: click.Context, *, organisation: str, is_source_reread: bool, as_json: bool) -> int:
    """Prove what is kept of every organisation, or of one; 0 when all holds, 1 otherwise."""
    wired = wiring(ctx)
    answers = []
    with wired.opened():
        from tieout.workflows.verify_stored import verify_stored  # noqa: PLC0415  once it is open

        for name, caller in _callers(organisation):
            done = verify_stored(caller, is_source_reread=is_source_reread, now=wired.now())
            said = {"organisation": name, "sound": done.is_sound, **asdict(done)}
            answers.append(said)
            if not as_json:
                show_stored(name, done)
    if as_json:
        sys.stdout.write(json.dumps(answers, indent=1) + "\n")
    elif not answers:
        OUT.print("There is no organisation yet.")
    return 0 if all(each["sound"] for each in answers) else 1


def show_stored(name: str, done: "StoredProof") -> None:
    """One organisation's answer in words."""
    mark = "[green]✓ holds[/]" if done.is_sound else "[red]✗ does not hold[/]"
    OUT.print(
        f"{mark}  {plain(name)}: {done.rule_count:,} proofs, links and checks of all rows; "
        f"{done.file_count:,} files hashed"
    )
    for each in done.faults[:FINDINGS_SHOWN]:
        OUT.print(f"  [red]✗[/] {plain(each)}")
    if len(done.faults) > FINDINGS_SHOWN:
        OUT.print(f"  and {len(done.faults) - FINDINGS_SHOWN:,} more: --json has all")
    if not done.is_sound:
        OUT.print("  → Keep this as it is, and restore a backup elsewhere to compare.")


def replay(ctx: click.Context, *, organisation: str, as_json: bool) -> int:
    """Replay the log of every organisation, or of one; 0 when each gives what is kept."""
    wired = wiring(ctx)
    answers = []
    with wired.opened():
        from tieout.workflows.replay import replay as replayed  # noqa: PLC0415  once it is open

        for name, caller in _callers(organisation):
            done = replayed(caller, now=wired.now())
            answers.append({"organisation": name, "sound": done.is_sound, **asdict(done)})
            if not as_json:
                show_replayed(name, done)
    if as_json:
        sys.stdout.write(json.dumps(answers, indent=1) + "\n")
    elif not answers:
        OUT.print("There is no organisation yet.")
    return 0 if all(each["sound"] for each in answers) else 1


def show_replayed(name: str, done: "Replayed") -> None:
    """One organisation's answer in words."""
    if done.noted_count:
        OUT.print(f"[green]✓ noted[/]  {plain(name)}: {done.noted_count:,} records, once")
        return
    mark = "[green]✓ gives what is kept[/]" if done.is_sound else "[red]✗ departs[/]"
    counts = f"{done.event_count:,} events, {done.record_count:,} records"
    OUT.print(f"{mark}  {plain(name)}: {counts}")
    for each in done.departures[:FINDINGS_SHOWN]:
        OUT.print(f"  [red]✗[/] {plain(each)}")
    if len(done.departures) > FINDINGS_SHOWN:
        OUT.print(f"  and {len(done.departures) - FINDINGS_SHOWN:,} more: --json has all")


def history(ctx: click.Context, *, subject: str, organisation: str, as_json: bool) -> int:
    """Print what changed of a record, a line a field, the newest first."""
    wired = wiring(ctx)
    with wired.opened():
        from tieout.workflows.acting import Caller  # noqa: PLC0415  once the database is open
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same
        from tieout.workflows.views.history import every_change  # noqa: PLC0415  the same

        key, _ = organisation_named(organisation)
        is_empty = True
        for each in every_change(Caller.system(key, origin()), subject=subject):
            is_empty = False
            told = {
                "event": each.sequence, "at": each.at.isoformat(), "who": each.who,
                "from_where": each.origin, "act": each.act, "record": each.of,
                "field": each.field, "from": each.from_text, "to": each.to_text,
                "why": each.reason,
            }  # fmt: skip
            if as_json:
                sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
            else:
                why = f" “{each.reason}”" if each.reason else ""
                change = f"{each.called}: {each.from_text or '–'} → {each.to_text or '–'}"
                said = f"{each.at:%Y-%m-%d %H:%M}  {each.who} ({each.origin})  {each.act}{why}"
                OUT.print(plain(f"{said}  {change}"), soft_wrap=True)
        if is_empty and not as_json:
            OUT.print(f"No event concerns {plain(subject)}.")
    return 0


def export(ctx: click.Context, *, organisation: str, out: Path, reason: str, as_json: bool) -> int:
    """Write an organisation's chain to a file that proves itself."""
    wired = wiring(ctx)
    keys = wired.keys.public_keys()
    with wired.opened():
        from tieout.workflows.acting import Caller  # noqa: PLC0415  once the database is open
        from tieout.workflows.export_audit import export_audit  # noqa: PLC0415  the same
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

        key, name = organisation_named(organisation)
        caller = Caller.system(key, origin())
        with export_audit(caller, keys=keys, reason=reason, now=wired.now()) as lines:
            count = write_lines(out, lines)
    if as_json:
        sys.stdout.write(json.dumps({"organisation": name, "chain": str(key), "lines": count}))
    else:
        OUT.print(f"{name}: {count:,} lines written. Prove them: tieout audit verify {out}")
    return 0


def write_lines(out: Path, lines: Iterable[bytes]) -> int:
    """The lines as a file that is whole or not there; how many they are."""
    count = 0
    with whole_file(out) as file:
        for line in lines:
            file.write(line)
            count += 1
    return count


def sign(ctx: click.Context, *, as_json: bool) -> int:
    """Sign where every chain stands now."""
    wired = wiring(ctx)
    key = wired.keys.signing(wired.now())
    with wired.opened():
        from tieout.workflows.organisations import organisations  # noqa: PLC0415  once it is open
        from tieout.workflows.sign_head import sign_heads  # noqa: PLC0415  the same

        heads = sign_heads(key=key, origin=origin(), now=wired.now())
        done = {str(each.chain) for each in heads}
        left_out = [name for chain, name in organisations() if str(chain) not in done]
    if as_json:
        said = [
            {"chain": each.chain, "event": each.sequence, "hash": each.hash.hex()} for each in heads
        ]
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
    else:
        for each in heads:
            OUT.print(f"{each.chain}  event {each.sequence:,}  {each.hash.hex()}")
        OUT.print(f"{len(heads)} heads signed. Keep a copy where no database reaches.")
    for name in left_out:
        ERR.print(f"The chain of {name} takes no further event and was not signed.")
        ERR.print("  → tieout audit verify names what is wrong with it.")
    return 1 if left_out else 0


def keys(ctx: click.Context, *, rotates: bool, as_json: bool) -> int:
    """Show the public keys, or have a new one sign from now on."""
    wired = wiring(ctx)
    kept = wired.keys
    if rotates:
        kept.rotate(wired.now())
    else:
        kept.signing(wired.now())
    made = {each.id: each.made_at for each in kept.known()}
    found = kept.public_keys()
    if as_json:
        said = [
            {"id": name, "public": public.hex(), "made_at": made.get(name, "")}
            for name, public in found.items()
        ]
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
        return 0
    OUT.print("Public keys, the one that signs last. Give them to whoever verifies (--key).")
    for name, public in found.items():
        OUT.print(f"{public.hex()}  since {made.get(name, 'now')[:10]}", soft_wrap=True)
    return 0
