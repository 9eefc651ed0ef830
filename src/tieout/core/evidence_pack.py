"""What an evidence pack says of itself: its manifest, and what a pack differs in from it.

A pack is one ZIP. `manifest.json` names every other file in it with its SHA-256 and size, and is
signed; its own SHA-256 is an event of the organisation's audit chain.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

KIND = "tieout-evidence-pack"
VERSION = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
"""The signature of the manifest's bytes, where the server that made the pack has a key."""
INDEX = "index.html"
CHAIN = "audit/chain.jsonl"
"""The whole audit chain, as `tieout audit export` writes one."""


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file of a pack."""

    path: str
    """Within the pack, folders parted by `/`."""
    title: str
    sha256: str
    """Hexadecimal."""
    size: int
    """In bytes."""
    row_count: int | None = None
    """Of a table: its rows, the header left out."""


@dataclass(frozen=True, slots=True)
class Total:
    """A control total: a column of a table, added up while it was written."""

    path: str
    column: str
    currency: str
    amount: str
    """A plain decimal in that currency."""


@dataclass(frozen=True, slots=True)
class Source:
    """A match run or an explained snapshot that figures of the pack come from."""

    subject: str
    """`match_run:12`, `explained:4`."""
    name: str
    made_at: str
    """Instant in UTC, ISO 8601."""
    program: str
    """The version of Tieout that made it."""
    snapshot: str = ""
    """Of books: the SHA-256 over the files that were explained."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a pack says of itself."""

    organisation: str
    organisation_id: str
    first_on: date
    last_on: date
    scope: str
    """`everything`, `bank_account:3` or `books:2`."""
    made_at: datetime
    made_by: str
    """As the audit chain names actors: `member:7`, `system`."""
    reason: str
    program: str
    """The version of Tieout that made the pack."""
    chain_sequence: int
    """The last event of the chain in the pack; 0 where it has none."""
    chain_hash: str
    """Hexadecimal."""
    sources: tuple[Source, ...]
    counts: Mapping[str, int]
    """Rows by table."""
    totals: tuple[Total, ...]
    files: tuple[PackFile, ...]

    def to_bytes(self) -> bytes:
        """As it stands in the pack: JSON, one indented text for the same manifest."""
        said: dict[str, Any] = {"kind": KIND, "version": VERSION} | asdict(self)
        for name in ("first_on", "last_on", "made_at"):
            said[name] = getattr(self, name).isoformat()
        return (json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @classmethod
    def of(cls, data: bytes) -> "Manifest":
        """From a pack; `ValueError` says what is not as a manifest has it."""
        said = json.loads(data)
        if not isinstance(said, dict) or said.pop("kind", None) != KIND:
            raise ValueError(f"it does not say {KIND}")
        if (version := said.pop("version", None)) != VERSION:
            raise ValueError(f"it is of version {version!r}, not {VERSION}")
        try:
            said |= {
                "first_on": date.fromisoformat(said["first_on"]),
                "last_on": date.fromisoformat(said["last_on"]),
                "made_at": datetime.fromisoformat(said["made_at"]),
                "sources": tuple(Source(**each) for each in said["sources"]),
                "totals": tuple(Total(**each) for each in said["totals"]),
                "files": tuple(PackFile(**each) for each in said["files"]),
            }
            return cls(**said)
        except (KeyError, TypeError) as error:
            raise ValueError(f"a part of it is missing or strange: {error}") from error


class PackFaultKind(StrEnum):
    """What can be wrong with a file of a pack."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class PackFault:
    """A file that is not as the manifest says."""

    kind: PackFaultKind
    path: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}, {self.detail}"


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file as it was found in a pack."""

    path: str
    sha256: str
    """Blank where its bytes could not be read, or were more than the manifest says."""
    size: int


def faults_of(manifest: Manifest, seen: Iterable[FileSeen]) -> tuple[PackFault, ...]:
    """Every file that is not as the manifest says, by path; its own bytes its signature proves."""
    said = {each.path: each for each in manifest.files}
    found: dict[str, FileSeen] = {}
    faults = []
    for each in seen:
        if each.path in found:
            faults.append(PackFault(PackFaultKind.TWICE, each.path, "the pack has two of them"))
        found[each.path] = each
        if each.path in {MANIFEST, SIGNATURE}:
            continue
        expected = said.get(each.path)
        if expected is None:
            faults.append(PackFault(PackFaultKind.ADDED, each.path, "the manifest has no such"))
        elif (each.sha256, each.size) != (expected.sha256, expected.size):
            detail = f"{each.size:,} bytes, SHA-256 {each.sha256[:12] or 'unreadable'}; "
            detail += f"expected {expected.size:,} bytes, {expected.sha256[:12]}"
            faults.append(PackFault(PackFaultKind.CHANGED, each.path, detail))
    faults += [
        PackFault(PackFaultKind.MISSING, path, "the manifest names it")
        for path in said
        if path not in found
    ]
    return tuple(sorted(faults, key=lambda each: (each.path, each.kind)))
