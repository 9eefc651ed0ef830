"""Work kept between two runs over the same books: only what was added since is read again.

The folder holds one file, written by a full run and only read by those after it. It says how long
each ledger's file was and which bytes it had; where a file has only grown, its new rows are read,
and all that hangs together with them may differ too. Anything else is read in full, and said so.
What cannot be used is set aside.
"""

import csv
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from operator import itemgetter
from os import getpid
from pathlib import Path
from typing import TYPE_CHECKING

import tieout
from tieout.core.errors import TieoutError
from tieout.core.explain.books import more_debit
from tieout.engine.explain import NOMINAL, DamagedError, Frame, KeptFile, Move, Triage
from tieout.files.added_rows import ROWS_MAX, SHARE_MAX, Gathering, moves_of, names_in
from tieout.files.writing import writing
from tieout.formats.books import (
    BooksReading,
    Part,
    Picked,
    Unbalanced,
    line_starts,
    read_books,
    rows_behind,
)

if TYPE_CHECKING:
    from tieout.engine.duckdb_adapter import DuckDB

NAME = "explained.kept"
SET_ASIDE = "explained.set-aside"
LAYOUT = 3
"""Of what is kept: another number is read in full."""
ADDED_ONLY = "only what was added since was read"
FORSAKEN_SECONDS = 3600
_BLOCK = 1 << 18

FileState = tuple[int, str]
"""How long a file was in bytes, and the SHA-256 of those."""


@dataclass(frozen=True)
class Found:
    """What may differ, how it was come to, and the hashes of the files that were read."""

    triage: Triage
    said: str
    digests: Mapping[str, bytes]
    reading: BooksReading | None = None
    """Of what may differ, where it was read already."""


@dataclass(frozen=True)
class _Hashed:
    """A file as far as it is read in this run."""

    state: FileState
    whole: bytes
    """SHA-256 of that much of it."""
    is_as_known: bool
    """Whether it begins with the bytes that it had."""


Hashes = Mapping[str, Future[_Hashed]]


def found_with(keep: Path, folder: Path, frame: Frame) -> Found | None:
    """What may differ in a folder, from kept work where that is possible; else it is kept.

    The files are hashed meanwhile: what was found is used and kept only if they have grown and
    not changed.

    None where only the plain reader can read the folder.

    Raises:
        InvalidInput: `output.not-writable` where nothing can be kept in that folder.
    """
    with writing():
        keep.mkdir(parents=True, exist_ok=True)
        kept, why = _known(keep, frame)
    names = [*(name for name, *_ in frame.ledgers), NOMINAL]
    ends = {name: (folder / name).stat().st_size for name in names}
    known = _states(kept) if kept else {}
    with ThreadPoolExecutor(2) as hashing:
        is_sound = hashing.submit(kept.is_sound) if kept else None
        asked = {
            name: hashing.submit(_hashed, folder / name, ends[name], known.get(name))
            for name in sorted(names, key=lambda name: -ends[name])
        }
        cut = [name for name in names if not _ends_whole(folder / name, known.get(name))]
        if kept is not None and is_sound is not None and not cut:
            again = _grown(kept, folder, ends, asked, is_sound)
            if again is not None:
                return again
            if not is_sound.result():
                set_aside(keep)
                why = "what was kept is damaged"
        changed = [name for name in names if not asked[name].result().is_as_known]
        if not why and (changed or cut):
            said_of = "has changed, not only grown" if changed else "did not end with a whole row"
            why = f"{[*changed, *cut][0]} {said_of}"
        return _in_full(keep, folder, frame, asked, why or "too much hangs on what was added")


@dataclass(frozen=True)
class _Digests(Mapping[str, bytes]):
    """The SHA-256 of each file, waited for when it is asked for."""

    asked: Hashes

    def __getitem__(self, name: str) -> bytes:
        return self.asked[name].result().whole

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)


def _in_full(keep: Path, folder: Path, frame: Frame, asked: Hashes, why: str) -> Found | None:
    """Read all of it, and keep what was found."""
    from tieout.engine.explain.keeping import save  # noqa: PLC0415  start-up time counts
    from tieout.engine.explain.triage import triage  # noqa: PLC0415  as above

    starts = {name: line_starts(folder / name)[1:] for name in asked}
    made = keep / f"{NAME}.{getpid()}.part"
    _drop_forsaken(keep)
    noted: list[str] = []

    def note(engine: "DuckDB", found: Triage) -> None:
        broken = [name for name in asked if len(starts[name]) != found.rows.get(name, 0)]
        if broken:
            noted.append(f"nothing is kept, as {broken[0]} has line breaks in its cells")
            return
        files = {name: each.result().state for name, each in asked.items()}
        with writing():
            save(engine, made, {**_header(frame), "files": files, **_said(found)}, starts)
            made.replace(keep / NAME)

    try:
        found = triage(folder, frame, note)
    finally:
        made.unlink(missing_ok=True)
    if found is None:
        return None
    if not noted:
        begins = {name: starts[name][list(each)].tolist() for name, each in found.places.items()}
        found = replace(found, starts=begins)
    return Found(found, f"read in full: {'; '.join([why, *noted])}", _Digests(asked))


def _drop_forsaken(keep: Path) -> None:
    """Drop what runs that were killed had begun to write."""
    for each in keep.glob(f"{NAME}.*.part"):
        with suppress(FileNotFoundError):
            if time.time() - each.stat().st_mtime > FORSAKEN_SECONDS:
                each.unlink()


def _said(found: Triage) -> dict[str, object]:
    """What the next run wants to know of this one, beside its names."""
    return {
        "rows": dict(found.rows),
        "places": {name: list(each) for name, each in found.places.items()},
        "moves": {
            side: [
                [each.ledger, each.key, each.currency, each.period, each.amount_minor]
                for each in moves
            ]
            for side, moves in (("subledger", found.subledger), ("control", found.control))
        },
        "unbalanced": [list(each) for each in found.unbalanced],
    }


def _grown(
    kept: KeptFile,
    folder: Path,
    ends: Mapping[str, int],
    asked: Hashes,
    is_sound: Future[bool],
) -> Found | None:
    """What may differ now that rows were added.

    None where all has to be read: what was kept is not sound, files have not only grown, new rows
    are not as the layout has them, or too much hangs together with them.
    """

    def is_well() -> bool:
        return is_sound.result() and all(each.result().is_as_known for each in asked.values())

    try:
        looked_at = _looked_at(kept, folder, ends)
        if looked_at is None:
            return None
        found, rows = looked_at
        unbalanced = [Unbalanced(*each) for each in found.unbalanced]
        digests = _Digests(asked)
        reading = read_books(folder, Part(rows, unbalanced, digests=digests))
    except (ValueError, LookupError, OverflowError, csv.Error, TieoutError):
        if is_well():
            raise
        return None
    return Found(found, ADDED_ONLY, digests, reading) if is_well() else None


def _looked_at(
    kept: KeptFile, folder: Path, ends: Mapping[str, int]
) -> tuple[Triage, dict[str, list[Picked]]] | None:
    """The sums of all rows, and the rows that may differ."""
    counts = {name: int(kept.said["rows"].get(name, 0)) for name in ends}
    new: dict[str, list[Picked]] = {}
    for name, (size, _) in _states(kept).items():
        rows = rows_behind(folder / name, size, ends[name], counts[name])
        if rows is None:
            return None
        new[name] = rows
    count = sum(map(len, new.values()))
    rows_max = min(sum(counts.values()) // SHARE_MAX, ROWS_MAX) - count
    ledgers = tuple(name for name in ends if name != NOMINAL)
    near = Gathering(kept, folder, ledgers, rows_max)
    names = set().union(*(names_in(name, rows) for name, rows in new.items()))
    if rows_max < 0 or _has_known_line(kept, new[NOMINAL]) or not near.follow(names):
        return None
    summed = _summed(kept, folder, near, new)
    if summed is None:
        return None
    picked = {}
    for name in ends:
        found = near.found.get(name, {})
        odd = near.rows(name, set(kept.said["places"].get(name, ())) - found.keys())
        picked[name] = [*sorted([*odd, *found.values()], key=itemgetter(0)), *new[name]]
    return summed, picked


def _has_known_line(kept: KeptFile, new: list[Picked]) -> bool:
    """Whether a new line has the id of another."""
    ids = [cells.get("nominal_id", "").strip() for _, cells in new]
    is_known = any(kept.rows_named(NOMINAL, "nominal_id", each) for each in ids)
    return is_known or len(set(ids)) < len(ids) or "" in ids


def _summed(
    kept: KeptFile, folder: Path, near: Gathering, new: Mapping[str, list[Picked]]
) -> Triage | None:
    """The kept sums, and what new rows add; None where one is not as the layout has it."""
    touched = {cells.get("journal_id", "").strip() for _, cells in new[NOMINAL]}
    lines = [*near.journals(touched), *new[NOMINAL]]
    reading = read_books(folder, Part({**new, NOMINAL: lines}, content_hash=""))
    if any(each.code != "record.id-repeated" for each in reading.problems):
        return None
    ids = {cells["nominal_id"].strip() for _, cells in new[NOMINAL]}
    books = reading.books
    postings = [line for line in books.postings if line.posting_id in ids]
    subledger, control = moves_of(books, books.entries, postings)
    left = more_debit(books.postings)
    first: dict[str, int] = {}
    for line, cells in lines:
        first.setdefault(cells["journal_id"].strip(), line)
    before = [(str(name), int(more), int(line)) for name, more, line in kept.said["unbalanced"]]
    unbalanced = [each for each in before if each[0] not in touched]
    unbalanced += [(name, more, first[name]) for name, more in left.items()]
    moves = kept.said["moves"]
    return Triage(
        (*(Move(*each) for each in moves["subledger"]), *subledger),
        (*(Move(*each) for each in moves["control"]), *control),
        {},
        {},
        tuple(sorted(unbalanced, key=itemgetter(2))),
    )


def set_aside(keep: Path) -> None:
    """Take kept work out of use; it stays beside, for whoever wants to know why."""
    with writing(), suppress(FileNotFoundError):
        (keep / NAME).replace(keep / SET_ASIDE)


def _header(frame: Frame) -> dict[str, object]:
    """What has to be the same for kept work to be of use."""
    written = repr(frame).encode()
    return {
        "layout": LAYOUT,
        "version": tieout.__version__,
        "frame": sha256(written).hexdigest(),
    }


def _known(keep: Path, frame: Frame) -> tuple[KeptFile | None, str]:
    """What was kept; and why it is of no use, if it is not."""
    if not (keep / NAME).exists():
        return None, "nothing was kept yet"
    try:
        kept = KeptFile(keep / NAME)
        is_fitting = all(kept.said.get(name) == value for name, value in _header(frame).items())
        _states(kept)
    except (DamagedError, KeyError, TypeError, ValueError, AttributeError):
        set_aside(keep)
        return None, "what was kept is damaged"
    if not is_fitting:
        return None, "accounts, periods or settings are others now, or the program is"
    return kept, ""


def _states(kept: KeptFile) -> dict[str, FileState]:
    """Of each file as it was kept."""
    return {name: (int(size), str(digest)) for name, (size, digest) in kept.said["files"].items()}


def _hashed(path: Path, end: int, known: FileState | None) -> _Hashed:
    """Hash a file up to `end`, and on the way as much of it as is known."""
    size, digest = known or (0, "")
    whole, read, is_as_known = sha256(), 0, False
    block = memoryview(bytearray(_BLOCK))
    with path.open("rb", buffering=0) as file:
        for limit in (min(size, end), end):
            while read < limit and (count := file.readinto(block[: limit - read])):
                whole.update(block[:count])
                read += count
            if limit == size and digest:
                is_as_known = whole.hexdigest() == digest
    return _Hashed((read, whole.hexdigest()), whole.digest(), is_as_known)


def _ends_whole(path: Path, known: FileState | None) -> bool:
    """Whether what is known of a file is there, and ended with a whole row."""
    size, _ = known or (0, "")
    with path.open("rb") as file:
        file.seek(max(size - 1, 0))
        return size > 0 and file.read(1) == b"\n"
