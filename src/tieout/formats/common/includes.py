"""Included files of text ledgers: followed only when they lie below the ledger's own folder."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tieout.formats.common.source import OBJECT_BYTES_MAX, Source

FILES_MAX = 500


class Includes:
    """The files already read, and which others a directive may bring in.

    A source without a path (bytes from a mail or an upload) follows nothing.
    """

    def __init__(self, source: Source) -> None:
        self._root = source.path.resolve().parent if source.path is not None else None
        self._seen = {source.path.resolve()} if source.path is not None else set()
        self._bytes = source.size

    def follow(self, pattern: str, beside: Path | None) -> list[Source]:
        """The files that pattern names beside that file, each at most once; none if unsafe."""
        if self._root is None or beside is None or not pattern or len(pattern) > 300:
            return []
        found: list[Source] = []
        for path in self._matches(pattern, beside.resolve().parent):
            if path in self._seen or len(self._seen) >= FILES_MAX:
                continue
            size = path.stat().st_size
            if self._bytes + size > OBJECT_BYTES_MAX or size == 0:
                continue
            self._seen.add(path)
            self._bytes += size
            found.append(Source.of(path))
        return found

    def was_read(self, pattern: str, beside: Path | None) -> bool:
        """Whether the pattern names a file that was read already."""
        if self._root is None or beside is None:
            return False
        return any(path in self._seen for path in self._matches(pattern, beside.resolve().parent))

    def _matches(self, pattern: str, folder: Path) -> Iterator[Path]:
        if pattern.startswith(("/", "~")) or re.match(r"[A-Za-z]:", pattern) or "\0" in pattern:
            return
        assert self._root is not None
        try:
            if re.search(r"[*?\[]", pattern):
                if ".." in pattern:
                    return
                candidates = sorted(islice(folder.glob(pattern), FILES_MAX))
            else:
                candidates = [folder / pattern]
            for candidate in candidates:
                path = candidate.resolve()
                if path.is_relative_to(self._root) and path.is_file():
                    yield path
        except (OSError, ValueError, NotImplementedError, IndexError):
            return
