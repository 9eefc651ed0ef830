"""Secrets that must be read again: sealed with the server's keys, opened only to be used.

The first key seals, all of them open: a new key is put before the old ones, and what is sealed
with an old one stays readable until it is set anew.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from tieout.core.errors import Corruption


def sealed(text: str) -> bytes:
    """The text, as it may be kept."""
    return _box().encrypt(text.encode())


def unsealed(kept: bytes | memoryview) -> str:
    """The text again; `Corruption` when no key of the server fits."""
    try:
        return _box().decrypt(bytes(kept)).decode()
    except InvalidToken as error:
        raise Corruption(
            "store.differs", "a secret sealed with another key", "TIEOUT_SECRETS_KEYS with its key"
        ) from error


def _box() -> MultiFernet:
    return MultiFernet([Fernet(each) for each in settings.SECRETS_KEYS])
