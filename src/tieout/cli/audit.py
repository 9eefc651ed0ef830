"""`tieout audit verify FILE`: an exported chain or an evidence pack, proved with its file alone."""

import json
import sys
from pathlib import Path
from typing import Any

from tieout.cli.screen import OUT, plain
from tieout.core.audit import Verified
from tieout.core.errors import InvalidInput
from tieout.signatures import key_id

FINDINGS_SHOWN = 50


def run(*, file: Path, keys: tuple[str, ...], as_json: bool) -> int:
    """Prove the file; 0 when it is sound, 1 when something is wrong with it."""
    from tieout.signatures.export import verify_export  # noqa: PLC0415  start-up time counts
    from tieout.signatures.pack import is_pack  # noqa: PLC0415  the same

    trusted = trusted_keys(keys)
    if is_pack(file):
        return _run_pack(file, trusted, as_json=as_json)
    opening, found = verify_export(file, trusted)
    said = {
        "chain": opening.chain,
        "exported_at": opening.exported_at.isoformat(),
        "keys": sorted(trusted or opening.keys),
        "keys_are_known": bool(trusted),
    }
    show(said, found, as_json=as_json)
    return 0 if found.is_sound else 1


def replay(*, file: Path) -> int:
    """Print the state that the events of an exported chain give, as JSON; 0 when it is sound."""
    from tieout.signatures.export import replayed_export  # noqa: PLC0415  start-up time counts

    opening, state, found = replayed_export(file)
    said = {"chain": opening.chain, "sound": found.is_sound, "events": found.event_count}
    told = said | {"records": state.records, "sums": state.sums}
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 0 if found.is_sound else 1


def _run_pack(file: Path, trusted: dict[str, bytes], *, as_json: bool) -> int:
    from tieout.signatures.pack import verify_pack  # noqa: PLC0415  start-up time counts

    found = verify_pack(file, trusted)
    manifest = found.manifest
    said: dict[str, Any] = {
        "sound": found.is_sound,
        "organisation": manifest.organisation,
        "days": f"{manifest.first_on} to {manifest.last_on}",
        "scope": manifest.scope,
        "files": len(manifest.files),
        "manifest": found.manifest_sha256,
        "signed_by": found.signed_by,
        "faults": [str(each) for each in found.faults],
    }
    if as_json:
        chain = as_data(found.chain) if found.chain else None
        sys.stdout.write(json.dumps(said | {"chain": chain}, indent=1) + "\n")
        return 0 if found.is_sound else 1
    mark = "[green]✓ sound[/]" if found.is_sound else "[red]✗ not sound[/]"
    days = f"{plain(manifest.organisation)}, {said['days']}, {plain(manifest.scope)}"
    OUT.print(f"{mark}  evidence pack: {days}: {len(manifest.files):,} files")
    for each in found.faults[:FINDINGS_SHOWN]:
        OUT.print(f"  [red]✗[/] {plain(str(each))}")
    if len(found.faults) > FINDINGS_SHOWN:
        OUT.print(f"  and {len(found.faults) - FINDINGS_SHOWN:,} more: --json has all")
    OUT.print(f"  · Manifest SHA-256 {found.manifest_sha256}", soft_wrap=True)
    if found.signed_by:
        OUT.print(f"  · Its signature is by the key {found.signed_by}", soft_wrap=True)
    else:
        OUT.print("  · No known signature: compare the hash with the event export_evidence_pack.")
    if found.opening and found.chain:
        at = {"chain": found.opening.chain, "keys": sorted(trusted or found.opening.keys)}
        show(at | {"keys_are_known": bool(trusted)}, found.chain, as_json=False)
    else:
        OUT.print("  [red]✗[/] There is no audit chain in it that can be read.")
    return 0 if found.is_sound else 1


def trusted_keys(words: tuple[str, ...]) -> dict[str, bytes]:
    """Public keys by their ids: each word is a key in hexadecimal, or a file of such lines."""
    trusted = {}
    for word in words:
        path = Path(word)
        lines = path.read_text(encoding="utf-8").split() if path.is_file() else [word]
        for each in lines:
            try:
                public = bytes.fromhex(each)
            except ValueError:
                public = b""
            if len(public) != 32:
                raise InvalidInput("audit.no-key", repr(each), "64 hexadecimal digits", "--key")
            trusted[key_id(public)] = public
    return trusted


def show(said: dict[str, Any], found: Verified, *, as_json: bool) -> None:
    """One chain's answer, in words or as JSON."""
    if as_json:
        sys.stdout.write(json.dumps(said | as_data(found), indent=1) + "\n")
        return
    mark = "[green]✓ sound[/]" if found.is_sound else "[red]✗ not sound[/]"
    name = plain(said.get("organisation") or said["chain"])
    OUT.print(f"{mark}  {name}: {found.event_count:,} events, {found.head_count:,} signed heads")
    for line in _faults(found):
        OUT.print(f"  [red]✗[/] {plain(line)}")
    if not found.head_count:
        OUT.print("  · No signed head was proved: a chain written anew as a whole would not show.")
    elif not said["keys_are_known"]:
        OUT.print("  · The keys came with the file. Compare their ids with those you know:")
        for each in said["keys"]:
            OUT.print(f"    {each}")
    if not found.is_sound:
        OUT.print("  → Keep this as it is, and compare it with an earlier export or a backup.")


def _faults(found: Verified) -> list[str]:
    lines = [str(each) for each in found.findings[:FINDINGS_SHOWN]]
    more = len(found.findings) - FINDINGS_SHOWN
    lines += [f"and {more:,} more findings: --json has all"] if more > 0 else []
    lines += [
        f"the head at event {each} is signed by no known key" for each in found.unproved_heads
    ]
    lines += [f"the signed head at event {each} was removed" for each in found.lost_heads]
    lines += [
        f"line {each} is none that an export has" for each in found.odd_lines[:FINDINGS_SHOWN]
    ]
    return lines


def as_data(found: Verified) -> dict[str, Any]:
    """A verification as plain data."""
    return {
        "sound": found.is_sound,
        "events": found.event_count,
        "heads": found.head_count,
        "findings": [
            {"kind": each.kind, "event": each.sequence, "place": each.place, "text": str(each)}
            for each in found.findings
        ],
        "unproved_heads": list(found.unproved_heads),
        "lost_heads": list(found.lost_heads),
        "odd_lines": list(found.odd_lines),
    }
