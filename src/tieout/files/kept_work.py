"""Work kept between two runs over the same books: only what was added since is read again.

The folder holds one file. It says how long each ledger's file was and which bytes it had; where a
file has only grown, its new rows are read and all that hangs together with them is looked at
again. Anything else is read in full, and said so. What cannot be used is set aside.
"""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

import tieout
from tieout.engine.duckdb_adapter import DuckDB, EngineError
from tieout.engine.explain import Frame, Triage, grown, save, state_of, triage
from tieout.files.writing import writing
from tieout.formats.books import line_starts
from tieout.formats.books.picking import Offsets

NAME = "explained.duckdb"
SET_ASIDE = "explained.set-aside"
LAYOUT = 2
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


@dataclass(frozen=True)
class _Hashed:
    """A file as far as it is read in this run."""

    state: FileState
    whole: bytes
    """SHA-256 of that much of it."""
    is_as_known: bool
    """Whether it begins with the bytes that it had."""


def found_with(keep: Path, folder: Path, frame: Frame) -> Found | None:
    """What may differ in a folder, from kept work where that is possible; it is kept again.

    The files are hashed while the steps run: what was found is used and kept only if they have
    grown and not changed.

    None where only the plain reader can read the folder.

    Raises:
        InvalidInput: `output.not-writable` where nothing can be kept in that folder.
    """
    with writing():
        keep.mkdir(parents=True, exist_ok=True)
    names = [*(name for name, *_ in frame.ledgers), "nominal.csv"]
    ends = {name: (folder / name).stat().st_size for name in names}
    known, why = _known(keep, frame)
    with ThreadPoolExecutor(1) as hashing, TemporaryDirectory(prefix="tieout-") as spare:
        asked = {
            name: hashing.submit(_hashed, folder / name, ends[name], known.get(name))
            for name in names
        }

        def state() -> str:
            states = {name: each.result().state for name, each in asked.items()}
            return json.dumps({**_header(frame), "files": states})

        def digests() -> dict[str, bytes]:
            return {name: each.result().whole for name, each in asked.items()}

        def state_if_grown() -> str:
            return state() if all(each.result().is_as_known for each in asked.values()) else ""

        cut = [name for name in names if not _ends_whole(folder / name, known.get(name))]
        if not why and not cut:
            starts = _write_tails(folder, ends, known, Path(spare))
            try:
                again = grown(keep / NAME, Path(spare), frame, starts, state_if_grown)
            except EngineError:
                set_aside(keep)
                again, why = None, "what was kept is damaged"
            if again is not None:
                return Found(again, "only what was added since was read", digests())
        changed = [name for name in names if not asked[name].result().is_as_known]
        if not why and (changed or cut):
            said_of = "has changed, not only grown" if changed else "did not end with a whole row"
            why = f"{[*changed, *cut][0]} {said_of}"
        made = keep / f"{NAME}.part"
        made.unlink(missing_ok=True)
        said = state()
        found = triage(folder, frame, lambda engine: _save(engine, made, said, folder, names))
        if found is None:
            return None
        with writing():
            made.replace(keep / NAME)
        why = why or "too much hangs on what was added"
        return Found(found, f"read in full: {why}", digests())


def _save(engine: DuckDB, path: Path, state: str, folder: Path, names: Iterable[str]) -> None:
    starts = [_table(name, "place", line_starts(folder / name)[1:]) for name in names]
    with writing():
        save(engine, path, state, pa.concat_tables(starts))


def _table(name: str, numbered: str, at: Offsets) -> pa.Table:
    """Where the rows of a file begin, numbered from 0."""
    count = len(at)
    names = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([name]))
    return pa.table(
        {
            "file_name": names.cast(pa.string()),
            numbered: pa.array(np.arange(count, dtype=np.int64)),
            "at": pa.array(at),
        }
    )


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


def _hashed(path: Path, end: int, known: FileState | None) -> _Hashed:
    """Hash a file up to `end`, and on the way as much of it as is known."""
    size, digest = known or (0, "")
    whole, read, is_as_known = sha256(), 0, False
    with path.open("rb") as file:
        for limit in (min(size, end), end):
            while read < limit and (block := file.read(min(_BLOCK, limit - read))):
                whole.update(block)
                read += len(block)
            if limit == size and digest:
                is_as_known = whole.hexdigest() == digest
    return _Hashed((read, whole.hexdigest()), whole.digest(), is_as_known)


def _ends_whole(path: Path, known: FileState | None) -> bool:
    """Whether what is known of a file is there, and ended with a whole row."""
    size, _ = known or (0, "")
    with path.open("rb") as file:
        file.seek(max(size - 1, 0))
        return size > 0 and file.read(1) == b"\n"


def _write_tails(
    folder: Path, ends: Mapping[str, int], known: Mapping[str, FileState], tails: Path
) -> pa.Table:
    """Write the rows that were added to each file into `tails`, and say where they begin."""
    starts = []
    for name, end in ends.items():
        size = known[name][0]
        begins: Offsets = np.zeros(0, np.int64)
        if end > size:
            header = _header_of(folder / name)
            with (folder / name).open("rb") as file:
                file.seek(size)
                (tails / name).write_bytes(header + file.read(end - size))
            begins = line_starts(tails / name)[1:] + (size - len(header))
        starts.append(_table(name, "nth", begins))
    return pa.concat_tables(starts)


def _header_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline()
