"""Work kept between two runs over the same books: only what was added since is read again.

The folder holds one file. It says how long each ledger's file was and which bytes it had; where a
file has only grown, its new rows are read and all that hangs together with them is looked at
again. Anything else is read in full, and said so. What cannot be used is set aside.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import tieout
from tieout.engine.duckdb_adapter import DuckDB, EngineError
from tieout.engine.explain import Frame, Triage, grown, save, state_of, triage
from tieout.files.writing import writing

NAME = "explained.duckdb"
SET_ASIDE = "explained.set-aside"
LAYOUT = 1
"""Of what is kept: another number is read in full."""
_BLOCK = 1 << 20

FileState = tuple[int, str]
"""How long a file was in bytes, and the SHA-256 of those."""


@dataclass(frozen=True)
class Found:
    """What the engine says, how it came to it, and the hashes of the files that it read."""

    triage: Triage
    said: str
    digests: Mapping[str, bytes]


@dataclass
class _Files:
    """The files as they are now, compared with what was kept of them."""

    states: dict[str, FileState] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    why_full: str = ""
    """Why they cannot be taken as grown; blank where they can."""


def found_with(keep: Path, folder: Path, frame: Frame) -> Found | None:
    """What may differ in a folder, from kept work where that is possible; it is kept again.

    None where only the plain reader can read the folder.

    Raises:
        InvalidInput: `output.not-writable` where nothing can be kept in that folder.
    """
    with writing():
        keep.mkdir(parents=True, exist_ok=True)
    names = [*(name for name, *_ in frame.ledgers), "nominal.csv"]
    known, why = _known(keep, frame)
    with TemporaryDirectory(prefix="tieout-") as spare:
        files = _compared(folder, names, known, Path(spare))
        state = json.dumps({**_header(frame), "files": files.states})
        why = why or files.why_full
        if not why:
            try:
                again = grown(keep / NAME, Path(spare), frame, state)
            except EngineError:
                set_aside(keep)
                again, why = None, "what was kept is damaged"
            if again is not None:
                return Found(again, "only what was added since was read", files.digests)
    made = keep / f"{NAME}.part"
    made.unlink(missing_ok=True)
    found = triage(folder, frame, lambda engine: _save(engine, made, state))
    if found is None:
        return None
    with writing():
        made.replace(keep / NAME)
    return Found(found, f"read in full: {why or 'too much hangs on what was added'}", files.digests)


def _save(engine: DuckDB, path: Path, state: str) -> None:
    with writing():
        save(engine, path, state)


def set_aside(keep: Path) -> None:
    """Take kept work out of use; it stays beside, for whoever wants to know why."""
    if (keep / NAME).exists():
        (keep / NAME).replace(keep / SET_ASIDE)


def _header(frame: Frame) -> dict[str, object]:
    """What has to be the same for kept work to be of use."""
    written = repr(frame).encode()
    return {
        "layout": LAYOUT,
        "version": tieout.__version__,
        "frame": sha256(written).hexdigest(),
    }


def _known(keep: Path, frame: Frame) -> tuple[dict[str, FileState], str]:
    """What was kept of each file; and why it is of no use, if it is not."""
    if not (keep / NAME).exists():
        return {}, "nothing was kept yet"
    try:
        said = json.loads(state_of(keep / NAME))
        files = {name: (int(size), str(digest)) for name, (size, digest) in said["files"].items()}
    except (EngineError, ValueError, KeyError, TypeError) as error:
        if "set lock" in str(error):
            return {}, "another run is at work there"
        set_aside(keep)
        return {}, "what was kept is damaged"
    if any(said.get(name) != value for name, value in _header(frame).items()):
        return {}, "accounts, periods or settings are others now, or the program is"
    return files, ""


def _compared(
    folder: Path, names: Iterable[str], known: Mapping[str, FileState], tails: Path
) -> _Files:
    """Hash each file once; write the rows that were added to it into `tails`."""
    made = _Files()
    for name in names:
        size, digest = known.get(name, (0, ""))
        with (folder / name).open("rb") as file:
            whole, read, last = sha256(), 0, b"\n"
            while read < size and (block := file.read(min(_BLOCK, size - read))):
                whole.update(block)
                read, last = read + len(block), block[-1:]
            if digest and (read < size or whole.hexdigest() != digest):
                made.why_full = f"{name} has changed, not only grown"
            elif digest and last != b"\n":
                made.why_full = f"{name} did not end with a whole row"
            is_tail = bool(digest) and not made.why_full
            tail = (tails / name).open("wb") if is_tail else None
            begun = False
            while block := file.read(_BLOCK):
                whole.update(block)
                read += len(block)
                if tail is not None:
                    if not begun:
                        tail.write(_header_of(folder / name))
                        begun = True
                    tail.write(block)
            if tail is not None:
                tail.close()
                if not begun:
                    (tails / name).unlink()
        made.states[name] = read, whole.hexdigest()
        made.digests[name] = whole.digest()
    return made


def _header_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline()
