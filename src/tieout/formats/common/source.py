"""A source: the bytes of one received file, its name and hash, and its text when it has one."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from tieout.core.errors import InvalidInput, Problem
from tieout.formats.common.eightbit import guess_charset

HEAD_BYTES = 65_536
OBJECT_BYTES_MAX = 96 * 1024 * 1024
"""Formats that build a value per record refuse larger files; tables are streamed instead."""

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""How the names of files with sheets end."""

_BLOCK = 1 << 18

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Text:
    """Decoded text, the charset that was right, and what was wrong with the claimed one."""

    text: str
    charset: str
    problems: tuple[Problem, ...] = ()


class Source:
    """One file to read: from disk (`Source.of`) or from memory. Bytes are loaded when asked for."""

    def __init__(self, name: str, data: bytes | None = None, path: Path | None = None) -> None:
        if data is None and path is None:
            raise ValueError("a source has bytes or a path")
        self.name = name
        self.path = path
        self._data = data

    @classmethod
    def of(cls, path: Path) -> "Source":
        """The file at that path; raises a stable code when there is none or it is closed to us."""
        try:
            if not path.exists():
                raise InvalidInput("file.not-found", str(path), "an existing file")
            if not path.is_file():
                raise InvalidInput("file.not-readable", f"{path}, which is no plain file", "a file")
            with path.open("rb"):
                pass
        except OSError as error:
            raise InvalidInput(
                "file.not-readable", f"{path}: {error.strerror}", "a file"
            ) from error
        return cls(path.name, path=path)

    @cached_property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data) if self._data is not None else self._known_path.stat().st_size

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, enough to recognise any format."""
        if self._data is not None:
            return self._data[:HEAD_BYTES]
        with self._known_path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def sha256(self) -> str:
        """The hash by which the same file is recognised again."""
        if self._data is not None:
            return hashlib.sha256(self._data).hexdigest()
        with self._known_path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def data(self, bytes_max: int = OBJECT_BYTES_MAX) -> bytes:
        """All bytes; refuses an empty file and one above the limit before loading it."""
        if self.size == 0:
            raise InvalidInput("file.empty", "0 bytes", "at least one record", self.name)
        if self.size > bytes_max:
            raise InvalidInput(
                "file.too-large", f"{self.size:,} bytes", f"at most {bytes_max:,}", self.name
            )
        return self._data if self._data is not None else self._known_path.read_bytes()

    def open(self) -> BinaryIO:
        """The bytes as a stream, for readers that never hold all of them."""
        return io.BytesIO(self._data) if self._data is not None else self._known_path.open("rb")

    def text(self, claimed: str = "", fallback: str = "cp1252") -> Text:
        """All bytes as text; see `decode`."""
        return decode(self.data(), claimed, fallback)

    @property
    def _known_path(self) -> Path:
        if self.path is None:
            raise ValueError("this source has no path")
        return self.path


def decode(data: bytes, claimed: str = "", fallback: str = "cp1252") -> Text:
    """Decode by byte-order mark, then the claimed charset, then UTF-8, then by its letters.

    A claim that does not hold is a note, never a stop; undecodable bytes become U+FFFD.
    NUL bytes in 8-bit text are removed.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            text = data.decode(charset, errors="replace")
            return Text(text.replace("\0", ""), charset, _replaced(text, charset))
    data = data.replace(b"\0", b"")
    problems: tuple[Problem, ...] = ()
    for charset in (claimed, "utf-8"):
        if charset:
            try:
                return Text(data.decode(charset), charset.lower(), problems)
            except (UnicodeDecodeError, LookupError):
                problems = (
                    (
                        Problem(
                            "file.encoding", f"text that is not {charset}", "the charset it names"
                        ),
                    )
                    if charset == claimed
                    else problems
                )
    charset = guess_charset(data, fallback)
    text = data.decode(charset, errors="replace")
    return Text(text, charset, problems or _replaced(text, charset))


def _replaced(text: str, charset: str) -> tuple[Problem, ...]:
    count = text.count("\ufffd")
    return (Problem("file.encoding", f"{count} bytes that are not {charset}"),) if count else ()


def gunzip(data: bytes, bytes_max: int = OBJECT_BYTES_MAX, where: str = "") -> bytes:
    """Unpack gzip, all its members. Plain bytes pass unchanged.

    What would be unpacked is counted before any of it is kept, so that a bomb costs no memory.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    count = 0
    kept = io.BytesIO()
    try:
        for block in _unpacked(data):
            count += len(block)
            if count > bytes_max:
                raise InvalidInput("file.bomb", f"more than {bytes_max:,} bytes", "a ledger", where)
        for block in _unpacked(data):
            kept.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(
            "file.damaged", f"gzip data: {error}", "a whole archive", where
        ) from error
    return kept.getvalue()


def _unpacked(data: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        while block := stream.read(_BLOCK):
            yield block
