"""Books in one archive (zip): which of the layout's files it holds, taken out one by one."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tieout.core.errors import InvalidInput

BYTES_MAX = 1 << 30
"""All files of an archive together, unpacked."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Inside:
    """A file of an archive: its own name, and its path there."""

    name: str
    path: str


def is_archive(name: str) -> bool:
    """Whether a file of that name is one."""
    return name.lower().endswith(".zip")


def files_inside(archive: Path) -> tuple[Inside, ...]:
    """The files in an archive by name; folders and what systems leave of their own are passed over.

    Raises:
        InvalidInput: `file.damaged` where it is none, `snapshot.invalid` for a path that leads
            out of it, `file.bomb` where it unpacks to more than `BYTES_MAX`.
    """
    with _opened(archive) as opened:
        members = [each for each in opened.infolist() if not each.is_dir()]
    for each in members:
        path = PurePosixPath(each.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in each.filename:
            raise InvalidInput(
                "snapshot.invalid", repr(each.filename), "a plain path", archive.name
            )
    size = sum(each.file_size for each in members)
    if size > BYTES_MAX:
        expected = f"at most {BYTES_MAX:,}"
        raise InvalidInput("file.bomb", f"{size:,} bytes unpacked", expected, archive.name)
    paths = [(PurePosixPath(each.filename.replace("\\", "/")), each.filename) for each in members]
    return tuple(
        Inside(path.name, whole)
        for path, whole in paths
        if not path.name.startswith(".") and "__MACOSX" not in path.parts
    )


def take_out(archive: Path, path: str, target: Path) -> None:
    """Write one file of an archive to a path, and no more of it than `BYTES_MAX`."""
    with _opened(archive) as opened, target.open("wb") as copy, opened.open(path) as stream:
        size = 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > BYTES_MAX:
                found = f"more than {BYTES_MAX:,} bytes"
                raise InvalidInput("file.bomb", found, "what it says it holds", archive.name)
            copy.write(block)


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(archive) as opened:
            yield opened
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise InvalidInput("file.damaged", str(error), "a zip archive", archive.name) from error
