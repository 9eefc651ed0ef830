"""A folder of kept work, opened: its files are hashed from then on, while others read them.

Light, so that a command can open it before it loads what explains.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from os import cpu_count
from pathlib import Path

from tieout.engine.explain.kept_file import DamagedError, KeptFile
from tieout.files.writing import writing

NAME = "explained.kept"
_BLOCK = 1 << 22
"""Read and hashed at one go: between two of them another thread may hold the interpreter."""
_THREADS = max(1, min(2, (cpu_count() or 1) - 1))
"""One core is left to what explains."""

FileState = tuple[int, str]
"""How long a file was in bytes, and the SHA-256 of those."""


@dataclass(frozen=True)
class Hashed:
    """A file as far as it is read in this run."""

    state: FileState
    whole: bytes
    """SHA-256 of that much of it."""
    is_as_known: bool
    """Whether it begins with the bytes that it had."""


Hashes = Mapping[str, Future[Hashed]]


class OpenedKeep:
    """What was kept of the books of a folder, and the hashes of their files as they are now.

    What was kept is sound only if `is_sound` says so.
    """

    def __init__(self, place: Path, folder: Path) -> None:
        """Open it, and begin to hash what it knows of.

        Args:
            place: Where work is kept, or will be.
            folder: The books.

        Raises:
            InvalidInput: `output.not-writable` where that place cannot be looked into.
        """
        self.place = place
        self.folder = folder
        self.is_damaged = False
        self.kept: KeptFile | None = None
        self.known: dict[str, FileState] = {}
        self.is_sound: Future[bool] | None = None
        self.ends: dict[str, int] = {}
        """How long each file was when it was looked at: so much of it is read."""
        self.hashes: dict[str, Future[Hashed]] = {}
        with writing():
            if not (place / NAME).exists():
                return
        try:
            self.kept = KeptFile(place / NAME)
            self.known = _states(self.kept)
        except (DamagedError, KeyError, TypeError, ValueError, AttributeError):
            self.is_damaged = True
            return
        self._hash(name for name in self.known if (folder / name).is_file())

    def hash(self, names: Iterable[str]) -> None:
        """Begin to hash what of these files is not hashed yet."""
        self._hash(name for name in names if name not in self.hashes)

    def _hash(self, names: Iterable[str]) -> None:
        new = {name: (self.folder / name).stat().st_size for name in names}
        self.ends |= new
        pool = ThreadPoolExecutor(_THREADS)
        if self.kept is not None and self.is_sound is None:
            self.is_sound = pool.submit(self.kept.is_sound)
        for name in sorted(new, key=lambda name: -new[name]):
            known = self.known.get(name)
            self.hashes[name] = pool.submit(_hashed, self.folder / name, new[name], known)
        pool.shutdown(wait=False)


def _states(kept: KeptFile) -> dict[str, FileState]:
    """Of each file as it was kept."""
    return {name: (int(size), str(digest)) for name, (size, digest) in kept.said["files"].items()}


def _hashed(path: Path, end: int, known: FileState | None) -> Hashed:
    """Hash a file up to `end`, and on the way as much of it as is known."""
    size, digest = known or (0, "")
    whole, read, is_as_known = sha256(), 0, False
    block = memoryview(bytearray(min(_BLOCK, end)))
    with path.open("rb", buffering=0) as file:
        for limit in (min(size, end), end):
            while read < limit and (count := file.readinto(block[: limit - read])):
                whole.update(block[:count])
                read += count
            if limit == size and digest:
                is_as_known = whole.hexdigest() == digest
    return Hashed((read, whole.hexdigest()), whole.digest(), is_as_known)
