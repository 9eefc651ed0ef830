"""Files that people are given: each is complete or absent, and a place that refuses is named."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tieout.core.errors import InvalidInput


@contextmanager
def writing(expected: str = "") -> Iterator[None]:
    """Around what writes: `InvalidInput` (`output.not-writable`) where the system refuses."""
    try:
        yield
    except OSError as error:
        found = f"{error.filename}: {error.strerror}"
        raise InvalidInput("output.not-writable", found, expected) from error


def write_whole(path: Path, text: str) -> Path:
    """The text as a file, in place of an earlier one, once all of it is written."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> Path:
    """The same of bytes."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    return part.replace(path)


@contextmanager
def whole_file(out: Path) -> Iterator[IO[bytes]]:
    """A file under a name of its own, which gets the one asked for when all of it is written."""
    with writing("a file to write"):
        handle, part = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.absolute().parent)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
            Path(part).replace(out)
        finally:
            Path(part).unlink(missing_ok=True)
