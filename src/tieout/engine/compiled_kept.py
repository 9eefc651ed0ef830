"""Where compiled loops are kept: beside the modules, at home, or among temporary files.

The first place that may be written to is taken; whoever has none compiles anew each time.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

HERE = Path(__file__).parent
HOME = Path("~/.cache/tieout")


@cache
def kept_in(asked: str) -> Path | None:
    """The folder of what is compiled, made where it is not there; None where nothing may be kept.

    It is named after all that the engine says: a loop may have another module's loop inside, and
    must not outlive it. What other versions kept beside it goes. What was compiled beside the
    modules by somebody who may write there is taken along.
    """
    said = sha256(b"".join(path.read_bytes() for path in sorted(HERE.rglob("*.py"))))
    name = f"loops-{said.hexdigest()[:16]}"
    for place in [Path(asked)] if asked else places():
        with suppress(OSError, RuntimeError):  # not to be written to; or nobody's home is known
            folder = place.expanduser() / name
            if not folder.is_dir():
                _make(folder, beside() / name)
            if os.access(folder, os.W_OK):
                return folder
    return None


def beside() -> Path:
    """Where the set-up keeps them."""
    return HERE / "__pycache__"


def places() -> Iterator[Path]:
    """Folders to keep them in, the best first."""
    yield beside()
    yield HOME
    if hasattr(os, "getuid"):
        own = Path(tempfile.gettempdir()) / f"tieout-loops-{os.getuid()}"
        with suppress(OSError):
            own.mkdir(mode=0o700, exist_ok=True)
            if is_own(own):
                yield own


def is_own(folder: Path) -> bool:
    """Whether it is a folder that nobody else can write to: what lies in it will be run."""
    found = folder.lstat()
    is_private = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and is_private


def _make(folder: Path, before: Path) -> None:
    """The folder, with what was compiled before; whole when others see it. Older ones go."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if before.is_dir():
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        for each in before.rglob("*"):
            if each.is_file():
                copied = made / each.relative_to(before)
                copied.parent.mkdir(parents=True, exist_ok=True)
                copied.write_bytes(each.read_bytes())
        try:
            made.rename(folder)
        except OSError:  # somebody else was quicker
            rmtree(made, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    for old in folder.parent.glob("loops-*"):
        if old != folder:
            rmtree(old, ignore_errors=True)
