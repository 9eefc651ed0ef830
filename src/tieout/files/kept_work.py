"""Work kept between two runs over the same books: only what was added since is read again.

The folder holds one file, written by a full run and only read by those after it. It says how long
each ledger's file was and which bytes it had; where a file has only grown, its new rows are read,
and all that hangs together with them may differ too. Anything else is read in full, and said so.
What cannot be used is set aside.
"""

import csv
import time
from collections.abc import Iterator, Mapping, Sequence
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
from tieout.engine.explain import NOMINAL, Frame, KeptFile, Move, Triage
from tieout.files.added_rows import ROWS_MAX, SHARE_MAX, Gathering, moves_of, names_in
from tieout.files.opened_keep import NAME, Hashes, OpenedKeep
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

SET_ASIDE = "explained.set-aside"
LAYOUT = 3
"""Of what is kept: another number is read in full."""
ADDED_ONLY = "only what was added since was read"
FORSAKEN_SECONDS = 3600


@dataclass(frozen=True)
class Found:
    """What may differ, how it was come to, and the hashes of the files that were read."""

    triage: Triage
    said: str
    digests: Mapping[str, bytes]
    reading: BooksReading | None = None
    """Of what may differ, where it was read already."""


def found_with(keep: OpenedKeep, frame: Frame) -> Found | None:
    """What may differ in a folder, from kept work where that is possible; else it is kept.

    The files are hashed meanwhile: what was found is used and kept only if they have grown and
    not changed.

    None where only the plain reader can read the folder.

    Raises:
        InvalidInput: `output.not-writable` where nothing can be kept in that place.
    """
    with writing():
        keep.place.mkdir(parents=True, exist_ok=True)
    kept, why = _known(keep, frame)
    names = [*(name for name, *_ in frame.ledgers), NOMINAL]
    keep.hash(names)
    cut = [name for name in names if not _ends_whole(keep, name)]
    if kept is not None and not cut:
        again = _grown(keep, kept, names)
        if again is not None:
            return again
        if not _is_sound(keep):
            set_aside(keep)
            why = "what was kept is damaged"
    changed = [name for name in names if not keep.hashes[name].result().is_as_known]
    if not why and (changed or cut):
        said_of = "has changed, not only grown" if changed else "did not end with a whole row"
        why = f"{[*changed, *cut][0]} {said_of}"
    asked = {name: keep.hashes[name] for name in names}
    return _in_full(keep, frame, asked, why or "too much hangs on what was added")


def _is_sound(keep: OpenedKeep) -> bool:
    return keep.is_sound is not None and keep.is_sound.result()


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


def _in_full(keep: OpenedKeep, frame: Frame, asked: Hashes, why: str) -> Found | None:
    """Read all of it, and keep what was found."""
    from tieout.engine.explain.keeping import save  # noqa: PLC0415  start-up time counts
    from tieout.engine.explain.triage import triage  # noqa: PLC0415  as above

    folder = keep.folder
    starts = {name: line_starts(folder / name)[1:] for name in asked}
    made = keep.place / f"{NAME}.{getpid()}.part"
    _drop_forsaken(keep.place)
    noted: list[str] = []

    def note(engine: "DuckDB", found: Triage) -> None:
        broken = [name for name in asked if len(starts[name]) != found.rows.get(name, 0)]
        if broken:
            noted.append(f"nothing is kept, as {broken[0]} has line breaks in its cells")
            return
        files = {name: each.result().state for name, each in asked.items()}
        with writing():
            save(engine, made, {**_header(frame), "files": files, **_said(found)}, starts)
            made.replace(keep.place / NAME)

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


def _drop_forsaken(place: Path) -> None:
    """Drop what runs that were killed had begun to write."""
    for each in place.glob(f"{NAME}.*.part"):
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


def _grown(keep: OpenedKeep, kept: KeptFile, names: Sequence[str]) -> Found | None:
    """What may differ now that rows were added.

    None where all has to be read: what was kept is not sound, files have not only grown, new rows
    are not as the layout has them, or too much hangs together with them.
    """
    asked = {name: keep.hashes[name] for name in names}

    def is_well() -> bool:
        return _is_sound(keep) and all(each.result().is_as_known for each in asked.values())

    try:
        looked_at = _looked_at(keep, kept, names)
        if looked_at is None:
            return None
        found, rows = looked_at
        unbalanced = [Unbalanced(*each) for each in found.unbalanced]
        digests = _Digests(asked)
        reading = read_books(keep.folder, Part(rows, unbalanced, digests=digests))
    except (ValueError, LookupError, OverflowError, csv.Error, TieoutError):
        if is_well():
            raise
        return None
    return Found(found, ADDED_ONLY, digests, reading) if is_well() else None


def _looked_at(
    keep: OpenedKeep, kept: KeptFile, names: Sequence[str]
) -> tuple[Triage, dict[str, list[Picked]]] | None:
    """The sums of all rows, and the rows that may differ."""
    folder = keep.folder
    counts = {name: int(kept.said["rows"].get(name, 0)) for name in names}
    new: dict[str, list[Picked]] = {}
    for name, (size, _) in keep.known.items():
        rows = rows_behind(folder / name, size, keep.ends[name], counts[name])
        if rows is None:
            return None
        new[name] = rows
    count = sum(map(len, new.values()))
    rows_max = min(sum(counts.values()) // SHARE_MAX, ROWS_MAX) - count
    ledgers = tuple(name for name in names if name != NOMINAL)
    near = Gathering(kept, folder, ledgers, rows_max)
    said = set().union(*(names_in(name, rows) for name, rows in new.items()))
    if rows_max < 0 or _has_known_line(kept, new[NOMINAL]) or not near.follow(said):
        return None
    summed = _summed(kept, folder, near, new)
    if summed is None:
        return None
    picked = {}
    for name in names:
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


def set_aside(keep: OpenedKeep) -> None:
    """Take kept work out of use; it stays beside, for whoever wants to know why."""
    with writing(), suppress(FileNotFoundError):
        (keep.place / NAME).replace(keep.place / SET_ASIDE)


def _header(frame: Frame) -> dict[str, object]:
    """What has to be the same for kept work to be of use."""
    written = repr(frame).encode()
    return {
        "layout": LAYOUT,
        "version": tieout.__version__,
        "frame": sha256(written).hexdigest(),
    }


def _known(keep: OpenedKeep, frame: Frame) -> tuple[KeptFile | None, str]:
    """What was kept; and why it is of no use, if it is not."""
    if keep.is_damaged:
        set_aside(keep)
        return None, "what was kept is damaged"
    if keep.kept is None:
        return None, "nothing was kept yet"
    if any(keep.kept.said.get(name) != value for name, value in _header(frame).items()):
        return None, "accounts, periods or settings are others now, or the program is"
    return keep.kept, ""


def _ends_whole(keep: OpenedKeep, name: str) -> bool:
    """Whether what is known of a file is there, and ended with a whole row."""
    size, _ = keep.known.get(name) or (0, "")
    with (keep.folder / name).open("rb") as file:
        file.seek(max(size - 1, 0))
        return size > 0 and file.read(1) == b"\n"
