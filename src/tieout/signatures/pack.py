"""An evidence pack proved from its file alone: every file against the manifest, then the chain."""

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tieout.core.audit import Verified
from tieout.core.audit_file import Opening
from tieout.core.errors import InvalidInput
from tieout.core.evidence_pack import (
    CHAIN,
    MANIFEST,
    SIGNATURE,
    FileSeen,
    Manifest,
    PackFault,
    PackFaultKind,
    faults_of,
)
from tieout.signatures import key_id, public_key_of
from tieout.signatures.export import verify_export

MANIFEST_MAX = 256 * 1024 * 1024
"""Bytes of a manifest: of a file that unpacks to more no pack is made."""
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackVerified:
    """What is wrong with a pack: its files, and the chain in it."""

    manifest: Manifest
    manifest_sha256: str
    """To be compared with the event `export_evidence_pack` of the organisation's own chain."""
    faults: tuple[PackFault, ...]
    opening: Opening | None
    """None where the pack holds no chain that can be read."""
    chain: Verified | None
    signed_by: str
    """The id of the key that signed the manifest; blank where none did."""

    @property
    def is_sound(self) -> bool:
        """Whether every file is as it was written and the chain is sound."""
        return not self.faults and self.chain is not None and self.chain.is_sound


def signature_of(key: bytes, manifest: bytes) -> bytes:
    """What `manifest.sig` holds: the signature of the manifest's bytes by a private key."""
    public = public_key_of(key)
    said = {
        "key": key_id(public),
        "public": public.hex(),
        "signature": Ed25519PrivateKey.from_private_bytes(key).sign(manifest).hex(),
    }
    return (json.dumps(said, indent=1) + "\n").encode()


def is_pack(path: Path) -> bool:
    """Whether the file is an archive rather than an exported chain."""
    return path.is_file() and zipfile.is_zipfile(path)


def verify_pack(path: Path, trusted: Mapping[str, bytes]) -> PackVerified:
    """What the pack says it is, and everything that is wrong with it.

    No file is unpacked further than the manifest says it reaches, and none under its own name.

    Args:
        path: The pack.
        trusted: Public keys by their ids, as `verify_export` takes them.

    Raises:
        InvalidInput: `audit.not-export` where there is no manifest to go by.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            data = _read(archive, MANIFEST)
            manifest = Manifest.of(data)
            faults = faults_of(manifest, _seen(archive, manifest))
            opening, chain, more = _chain(archive, manifest, trusted)
            signed_by, unproved = _signed(archive, data, trusted)
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(
            "audit.not-export", str(error), "a pack that `tieout audit pack` wrote", str(path)
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    return PackVerified(manifest, digest, (*faults, *unproved, *more), opening, chain, signed_by)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise ValueError(f"an archive without {name}")
    with archive.open(name) as file:
        data = file.read(MANIFEST_MAX + 1)
    if len(data) > MANIFEST_MAX:
        raise ValueError(f"{name} of more than {MANIFEST_MAX:,} bytes")
    return data


def _signed(
    archive: zipfile.ZipFile, manifest: bytes, trusted: Mapping[str, bytes]
) -> tuple[str, tuple[PackFault, ...]]:
    """Who signed the manifest; a fault where its signature is of other bytes or by no known key."""
    if SIGNATURE not in archive.namelist():
        if not trusted:
            return "", ()
        return "", (PackFault(PackFaultKind.MISSING, SIGNATURE, "no known key has signed it"),)
    try:
        said = json.loads(_read(archive, SIGNATURE))
        public, signature = bytes.fromhex(said["public"]), bytes.fromhex(said["signature"])
        name = key_id(public)
        if trusted and name not in trusted:
            detail = f"signed by {name[:12]}, which is no known key"
            return "", (PackFault(PackFaultKind.CHANGED, SIGNATURE, detail),)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, manifest)
    except (InvalidSignature, ValueError, KeyError, TypeError):
        detail = "the signature is not of these bytes"
        return "", (PackFault(PackFaultKind.CHANGED, MANIFEST, detail),)
    return name, ()


def _seen(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[FileSeen]:
    sizes = {each.path: each.size for each in manifest.files}
    for info in archive.infolist():
        limit = sizes.get(info.filename)
        if limit is None:  # the manifest has no such: whatever it holds
            yield FileSeen(info.filename, "", info.file_size)
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open(info) as file:
                while size <= limit and (part := file.read(min(BLOCK, limit + 1 - size))):
                    digest.update(part)
                    size += len(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            yield FileSeen(info.filename, "", size)
            continue
        yield FileSeen(info.filename, digest.hexdigest(), size)


def _chain(
    archive: zipfile.ZipFile, manifest: Manifest, trusted: Mapping[str, bytes]
) -> tuple[Opening | None, Verified | None, tuple[PackFault, ...]]:
    """The chain in the pack, proved; and whether it ends where the manifest says."""
    if CHAIN not in archive.namelist():
        return None, None, ()
    try:
        with tempfile.TemporaryDirectory(prefix="tieout-") as root:
            path = Path(root) / "chain.jsonl"
            left = next((each.size for each in manifest.files if each.path == CHAIN), 0)
            with archive.open(CHAIN) as file, path.open("wb") as out:
                while part := file.read(
                    min(BLOCK, left)
                ):  # no further: the rest is a fault already
                    out.write(part)
                    left -= len(part)
            opening, found = verify_export(path, trusted)
    except (zipfile.BadZipFile, zlib.error, EOFError, InvalidInput) as error:
        return None, None, (PackFault(PackFaultKind.CHANGED, CHAIN, str(error)),)
    more = []
    if opening.chain != manifest.organisation_id:
        detail = f"the chain of {opening.chain}, not of {manifest.organisation_id}"
        more.append(PackFault(PackFaultKind.CHANGED, CHAIN, detail))
    if found.event_count != manifest.chain_sequence:
        detail = f"{found.event_count:,} events, expected {manifest.chain_sequence:,}"
        more.append(PackFault(PackFaultKind.CHANGED, CHAIN, detail))
    return opening, found, tuple(more)
