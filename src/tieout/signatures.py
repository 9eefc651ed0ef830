"""Signed heads of audit chains: Ed25519, outside the core because a library does it."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tieout.core.audit import Head


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
