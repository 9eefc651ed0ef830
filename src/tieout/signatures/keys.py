"""The keys that sign heads: private ones in a file that only its owner reads, old public ones kept.

The file lies beside the database, not in it: whoever can rewrite every row still cannot sign. A key
of one's own comes from outside and is never written here but for its public half.
"""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.signatures import key_id, public_key_of

NAME = "signing-keys.json"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: its public half for ever, its private half as long as it signs."""

    id: str
    public: str
    made_at: str
    private: str = ""
    """Hexadecimal; empty for a key that signs no more, or that comes from outside."""


@dataclass(frozen=True)
class KeyStore:
    """The keys of one home; `given` is a private key of one's own, in hexadecimal."""

    home: Path
    given: str = ""

    @property
    def path(self) -> Path:
        """The file; absent until a key is first needed."""
        return self.home / NAME

    def public_keys(self) -> dict[str, bytes]:
        """Every key that has ever signed here, by its id."""
        known = {each.id: bytes.fromhex(each.public) for each in self.known()}
        if self.given:
            public = public_key_of(self._given())
            known[key_id(public)] = public
        return known

    @property
    def can_sign(self) -> bool:
        """Whether there is a key already; `signing` would make one."""
        return bool(self.given) or self.path.exists()

    def known(self) -> list[SigningKey]:
        """What the file holds, oldest first."""
        if not self.path.exists():
            return []
        if self.path.stat().st_mode & 0o077:
            raise InvalidInput(
                "audit.no-key", "a file that others can read", "mode 600", self._said
            )
        try:
            found = json.loads(self.path.read_text(encoding="ascii"))
            return [SigningKey(**each) for each in found["keys"]]
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise InvalidInput(
                "audit.no-key", str(error), "the file as written", self._said
            ) from error

    def signing(self, now: datetime) -> bytes:
        """The private key that signs now; made when there is none."""
        with self._alone():
            if self.given:
                return self._remembered(self._given(), now)
            known = self.known()
            if known and known[-1].private:
                return bytes.fromhex(known[-1].private)
            return self._renewed(now)

    def rotate(self, now: datetime) -> bytes:
        """A new key signs from now on; the private halves of earlier ones are forgotten."""
        if self.given:
            raise InvalidInput(
                "audit.no-key", "a key of your own", "another one in TIEOUT_SIGNING_KEY", "rotation"
            )
        with self._alone():
            return self._renewed(now)

    def _renewed(self, now: datetime) -> bytes:
        private = secrets.token_bytes(KEY_BYTES)
        self._write([*_without_private(self.known()), _made(private, now, keeps=True)])
        return private

    def _remembered(self, private: bytes, now: datetime) -> bytes:
        """A key from outside: its public half stays known when another one follows."""
        known = self.known()
        if key_id(public_key_of(private)) not in {each.id for each in known}:
            self._write([*_without_private(known), _made(private, now, keeps=False)])
        return private

    def _given(self) -> bytes:
        try:
            private = bytes.fromhex(self.given)
        except ValueError:
            private = b""
        if len(private) != KEY_BYTES:
            raise InvalidInput(
                "audit.no-key", "something else", f"{KEY_BYTES * 2} hexadecimal digits",
                "TIEOUT_SIGNING_KEY",
            )  # fmt: skip
        return private

    def _write(self, keys: list[SigningKey]) -> None:
        """The whole file anew, complete or not at all."""
        handle, part = tempfile.mkstemp(dir=self.home)  # readable by its owner alone
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump({"keys": [asdict(each) for each in keys]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes at once make one key, not two."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "keys.lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def _said(self) -> str:
        return str(self.path)


def _made(private: bytes, now: datetime, *, keeps: bool) -> SigningKey:
    public = public_key_of(private)
    kept = private.hex() if keeps else ""
    return SigningKey(key_id(public), public.hex(), now.isoformat(), kept)


def _without_private(keys: list[SigningKey]) -> list[SigningKey]:
    return [SigningKey(each.id, each.public, each.made_at) for each in keys]
