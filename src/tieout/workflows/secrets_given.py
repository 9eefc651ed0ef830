"""Secrets given away once and kept as a hash: what an invitation's link and a token are made of.

The text says whose it is before its secret: `tieout_<organisation>_<number>_<secret>`. So the row
is found within its organisation, and nothing is ever looked up across tenants.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from tieout.core.errors import AccessDenied

_PARTS = 4


@dataclass(frozen=True, slots=True)
class Given:
    """A secret as it came back."""

    organisation_id: UUID
    number: int
    secret: str

    def fits(self, digest: bytes | memoryview) -> bool:
        """Whether it is the one that was given away; takes the same time either way."""
        return hmac.compare_digest(digest_of(self.secret), bytes(digest))


def new_secret() -> tuple[str, bytes]:
    """A secret of 256 bits and the hash that is kept of it."""
    secret = secrets.token_hex(32)
    return secret, digest_of(secret)


def digest_of(secret: str) -> bytes:
    """The secret is random and long: a plain hash is enough, and quick."""
    return hashlib.sha256(secret.encode()).digest()


def told(organisation_id: UUID, number: int, secret: str) -> str:
    """The text to give away."""
    return f"tieout_{organisation_id.hex}_{number}_{secret}"


def given(text: str) -> Given:
    """The text taken apart; refused when it has another form."""
    parts = text.strip().split("_")
    try:
        if len(parts) == _PARTS and parts[0] == "tieout" and len(parts[2]) < 18:
            return Given(UUID(hex=parts[1]), int(parts[2]), parts[3])
    except ValueError:
        pass
    raise refused()


def refused() -> AccessDenied:
    """The same words whatever is wrong with it."""
    return AccessDenied(
        "access.secret-refused", "a token or link that is not valid", "one that is still in force"
    )


def seal_of(asked: Given) -> bytes:
    """A key of 256 bits that only who has the secret makes: its kept hash does not lead there."""
    return hmac.digest(asked.secret.encode(), b"tieout kept answers", "sha256")
