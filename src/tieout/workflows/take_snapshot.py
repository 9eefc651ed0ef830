"""`take_snapshot`, `take_sent`: files become a snapshot of books; the same again are recognised."""

import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tieout.core.access import Action
from tieout.core.audit import Value
from tieout.core.errors import InvalidInput, TieoutError
from tieout.formats.books.archive import files_inside, is_archive, take_out
from tieout.formats.books.reader import MAPPED, MAPPING_NAME
from tieout.formats.books.settings import NAME as SETTINGS_NAME
from tieout.formats.common.source import Source
from tieout.store.banking.models import ReceivedFile
from tieout.store.closing.models import Books, Snapshot, SnapshotFile
from tieout.workflows.acting import Act, Caller, acting, looking
from tieout.workflows.import_statement import access_file, source_of
from tieout.workflows.mappings import mappings_of
from tieout.workflows.receive_file import receive_file
from tieout.workflows.set_books import access_books


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """A snapshot as kept."""

    snapshot_id: int
    content_hash: str
    """As `tieout explain` says it of the same files and mapping."""
    file_count: int
    is_new: bool
    """Off when these are the files of the newest snapshot."""


def take_snapshot(
    caller: Caller,
    *,
    books_id: int,
    files: Mapping[str, int],
    left_out: Collection[str] = (),
    now: datetime,
) -> SnapshotTaken:
    """Keep which files the books consist of now; a job explains a new snapshot.

    Args:
        caller: Who may import.
        books_id: Whose files they are.
        files: A received file's id by its name in the books folder. A name that ends with `.zip`
            is an archive, which stands for the files in it.
        left_out: Names of files that are no table of the books, though they came with them.
        now: The instant.
    """
    with acting(caller, Action.IMPORT, "take_snapshot", now) as act:
        books = access_books(books_id, is_used=True)
        act.alone(f"snapshot {books_id}")
        found = [each for each in parts_of(files) if each.name not in left_out]
        _check_names([each.name for each in found], books.mapping)
        digest = _digest(found, books.mapping)
        newest = newest_snapshot(books_id)
        is_new = newest is None or newest.content_hash != digest
        made = newest if newest and not is_new else _kept(act, books, digest, found)
        after: dict[str, Value] = {
            "books": str(books),
            "snapshot": digest,
            "files": {each.name: f"received_file:{each.file_id}" for each in found},
            "is_new": is_new,
        }
        if left_out:
            after["left_out"] = sorted(left_out)
        act.record(str(made), after=after)
        if is_new:
            act.follow_up("snapshot_taken", books_id=books.pk, snapshot_id=made.pk)
    return SnapshotTaken(made.pk, digest, len(found), is_new)


def newest_snapshot(books_id: int) -> Snapshot | None:
    """What the books are made of now, if a snapshot was ever taken."""
    return Snapshot.objects.filter(books_id=books_id).order_by("-id").first()


def _kept(act: Act, books: Books, digest: str, parts: list[SnapshotFile]) -> Snapshot:
    made = Snapshot.objects.create(
        organisation_id=act.caller.organisation_id,
        books=books,
        content_hash=digest,
        mapping=books.mapping,
        taken_by_id=act.caller.asked_by_id,
        taken_at=act.at,
    )
    for each in parts:
        each.snapshot = made
        each.organisation_id = act.caller.organisation_id
    SnapshotFile.objects.bulk_create(parts)
    act.keeps(made)
    return made


def parts_of(files: Mapping[str, int]) -> list[SnapshotFile]:
    """The files of a snapshot from received ones by name, archives taken apart; not saved yet."""
    return [part for name, file_id in files.items() for part in _parts(name, access_file(file_id))]


def _parts(name: str, file: ReceivedFile) -> Iterator[SnapshotFile]:
    """The file, or what is in it where it is an archive; not saved yet."""
    if not is_archive(name):
        yield SnapshotFile(name=name, file=file, sha256=bytes(file.sha256), size=file.size)
        return
    with source_of(file) as source, tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        assert source.path is not None
        target = Path(folder) / "file"
        for each in files_inside(source.path):
            take_out(source.path, each.path, target)
            with target.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").digest()
            yield SnapshotFile(
                name=each.name,
                file=file,
                inside=each.path,
                sha256=digest,
                size=target.stat().st_size,
            )


def _check_names(names: list[str], mapping: str) -> None:
    """Refuse no file, a name that the books do not have, and one that comes twice."""
    known = {f"{name}.csv" for name in MAPPED} | {SETTINGS_NAME}
    known |= {each.file for each in mappings_of(mapping).values() if each.file}
    strange = sorted({each for each in names if each not in known or "/" in each or "\\" in each})
    twice = sorted({each for each in names if names.count(each) > 1})
    if strange or twice or not names:
        found = f"{', '.join(map(repr, strange[:5]))}" if strange else f"{twice[:5]} twice"
        expected = ", ".join(sorted(known))
        raise InvalidInput("snapshot.invalid", found if names else "no file", expected)


def _digest(parts: list[SnapshotFile], mapping: str) -> str:
    """As the reader of books hashes a folder, and the mapping after it where there is one."""
    whole = hashlib.sha256()
    for each in sorted(parts, key=lambda part: part.name):
        whole.update(each.name.encode() + b"\0" + bytes(each.sha256))
    if mapping.strip():
        whole.update(MAPPING_NAME.encode() + b"\0" + hashlib.sha256(mapping.encode()).digest())
    return whole.hexdigest()


@contextmanager
def folder_of(snapshot: Snapshot) -> Iterator[tuple[Path, Path | None]]:
    """The files of a snapshot in a folder for as long as they are read; its mapping file.

    What is wrong with them is told without the folder: where it lay says nothing to anybody.
    """
    with tempfile.TemporaryDirectory(prefix="tieout-") as root:
        folder = Path(root) / "books"
        folder.mkdir()
        lay_out(SnapshotFile.objects.filter(snapshot=snapshot).select_related("file"), folder)
        mapping = None
        if snapshot.mapping.strip():
            mapping = Path(root) / MAPPING_NAME
            mapping.write_text(snapshot.mapping, encoding="utf-8")
        try:
            yield folder, mapping
        except TieoutError as error:
            said = (error.found, error.expected, error.where)
            if not any(root in each for each in said):
                raise
            told = (each.replace(f"{root}/", "").replace(root, "") for each in said)
            raise type(error)(error.code, *told) from error


def lay_out(parts: Iterable[SnapshotFile], folder: Path) -> None:
    """Write the files of a snapshot into a folder, each under its own name."""
    by_file: dict[int, list[SnapshotFile]] = {}
    for each in parts:
        by_file.setdefault(each.file_id, []).append(each)
    for several in by_file.values():
        with source_of(several[0].file) as source:
            assert source.path is not None
            for each in several:
                target = folder / each.name
                if each.inside:
                    take_out(source.path, each.inside, target)
                else:
                    shutil.copyfile(source.path, target)


def take_sent(caller: Caller, *, books_id: int, source: Source, now: datetime) -> SnapshotTaken:
    """Receive an archive (zip) and take it as a snapshot.

    Nothing is received for books that are not the caller's or have ended, nor from somebody who
    may send files but not have them read.
    """
    if not is_archive(source.name):
        raise InvalidInput("snapshot.invalid", f"a file named {source.name!r}", "a name in .zip")
    with looking(caller, Action.IMPORT):
        access_books(books_id, is_used=True)
    received = receive_file(caller, source=source, now=now)
    files = {source.name: received.file_id}
    return take_snapshot(caller, books_id=books_id, files=files, now=now)
