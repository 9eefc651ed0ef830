"""Signed heads of audit chains: Ed25519, outside the core because a library does it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tieout.core.audit import ChainedEvent, Head, parsed
from tieout.core.audit_file import HeadSignature

SIGNING_VERB = "sign_head"
"""The verb of the event that says a head was signed."""


def signed(key: bytes, head: Head) -> bytes:
    """The signature of a head, by the 32 bytes of a private key."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(head.to_bytes())


def is_signed_by(public_key: bytes, head: Head, signature: bytes) -> bool:
    """Whether that key has signed exactly this head."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, head.to_bytes())
    except InvalidSignature:
        return False
    return True


def public_key_of(key: bytes) -> bytes:
    """The 32 bytes that may be handed to everybody."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def key_id(public_key: bytes) -> str:
    """A key's name: the SHA-256 of its public bytes."""
    return hashlib.sha256(public_key).hexdigest()


def proved_heads(
    heads: Iterable[HeadSignature], keys: Mapping[str, bytes]
) -> tuple[list[Head], tuple[int, ...]]:
    """The heads that a trusted key has signed, and the numbers of those that none has."""
    proved, unproved = [], []
    for each in heads:
        key = keys.get(each.key_id)
        if key is not None and is_signed_by(key, each.head, each.signature):
            proved.append(each.head)
        else:
            unproved.append(each.head.sequence)
    return proved, tuple(unproved)


@dataclass
class HeadsSaid:
    """Notes, while a chain is read, which heads its own events say were signed."""

    _said: set[tuple[int, str]] = field(default_factory=set)
    event_count: int = 0

    def watching(self, events: Iterable[ChainedEvent]) -> Iterator[ChainedEvent]:
        """The same events, counted and listened to."""
        for each in events:
            self.event_count += 1
            if SIGNING_VERB.encode() in each.body:
                self._note(each.body)
            yield each

    def _note(self, body: bytes) -> None:
        try:
            values = parsed(body)
        except ValueError:
            return  # the verification names it
        match values:
            case {"verb": verb, "subject": str(subject), "after": {"hash": str(digest)}} if (
                verb == SIGNING_VERB and subject.rpartition(":")[2].isdecimal()
            ):
                self._said.add((int(subject.rpartition(":")[2]), digest))

    def lost(self, heads: Iterable[HeadSignature]) -> tuple[int, ...]:
        """The events whose heads were signed and are not among these."""
        there = {(each.head.sequence, each.head.hash.hex()) for each in heads}
        return tuple(sorted({number for number, _ in self._said - there}))
