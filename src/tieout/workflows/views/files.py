"""Received files with what was read in them: counts, problems, held records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tieout.core.access import Action, Actor, allows
from tieout.core.errors import NotFound, Problem
from tieout.store.banking.models import (
    BankStatement,
    FilePart,
    FileReading,
    ReadingProblem,
    ReceivedFile,
)
from tieout.store.closing.models import SnapshotFile
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, looking
from tieout.workflows.import_words import tie_in_words
from tieout.workflows.views.paging import Page, paged


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What was understood of a file."""

    reading_id: int
    format: str
    read_at: datetime
    line_count: int
    entry_count: int
    known_count: int
    held_count: int
    books: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as received; `reading` is None until it is imported."""

    file_id: int
    name: str
    sha256: str
    size: int
    received_at: datetime
    received_by: int
    reading: ReadingView | None
    is_used: bool
    """Part of a snapshot of books, or evidence: nothing is to be read of it here."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A problem of a file; a held record comes with its raw text."""

    problem_id: int
    problem: Problem
    raw: str


def received_files(
    caller: Caller, *, text: str = "", cursor: str | None = None, limit: int = 100
) -> Page[FileView]:
    """Files whose name has that text, newest first; a client sees those it sent."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        query = _seen(actor)
        if text:
            query = query.filter(name__icontains=text)
        page = paged(query, ("id",), lambda each: each, cursor=cursor, limit=limit)
        ids = [each.pk for each in page.rows]
        readings = {each.file_id: each for each in FileReading.objects.filter(file_id__in=ids)}
        used = _used(ids)
        rows = tuple(_file(each, readings.get(each.pk), each.pk in used) for each in page.rows)
        return Page(rows, page.next_cursor)


def received_file(caller: Caller, *, file_id: int) -> tuple[FileView, tuple[str, ...]]:
    """One file, and a sentence for every statement in it."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        file = _access(actor, file_id)
        reading = FileReading.objects.filter(file=file).first()
        found = BankStatement.objects.filter(reading=reading).select_related("account")
        told = tuple(map(tie_in_words, found.order_by("id"))) if reading else ()
        return _file(file, reading, bool(_used([file.pk]))), told


def problems(
    caller: Caller,
    *,
    file_id: int,
    severity: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[ProblemView]:
    """What was found in a file, in the order in which it was found; `held` for held records."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        file = _access(actor, file_id)
        query = ReadingProblem.objects.filter(reading__file=file)
        if severity:
            query = query.filter(severity=severity)
        return paged(query, ("id",), _problem, cursor=cursor, limit=limit, is_descending=False)


def received_bytes(caller: Caller, *, file_id: int) -> tuple[str, int, Iterator[bytes]]:
    """The file as it came: its name, its size, and its bytes, part after part.

    Each part is looked up by itself: who takes long to fetch a file holds no transaction open.
    """
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        file = _access(actor, file_id)

    def parts() -> Iterator[bytes]:
        number = 1
        while part := _part(caller, file_id, number):
            yield part
            number += 1

    return file.name, file.size, parts()


def _part(caller: Caller, file_id: int, number: int) -> bytes:
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        found = FilePart.objects.filter(file=_access(actor, file_id), number=number).first()
        return bytes(found.content) if found else b""


def _seen(actor: Actor) -> QuerySet[ReceivedFile]:
    if allows(actor, Action.VIEW):
        return ReceivedFile.objects.all()
    return ReceivedFile.objects.filter(received_by_id=actor.member_id)


def _access(actor: Actor, file_id: int) -> ReceivedFile:
    file = _seen(actor).filter(id=file_id).first()
    if file is None:
        raise NotFound("store.not-found", f"received_file:{file_id}", "a file that you may see")
    return file


def _used(ids: Sequence[int]) -> set[int]:
    """Which of these files are part of a snapshot, or evidence."""
    of_books = SnapshotFile.objects.filter(file_id__in=ids).values_list("file_id", flat=True)
    attached = Evidence.objects.filter(file_id__in=ids).values_list("file_id", flat=True)
    return {*of_books, *attached}


def _file(file: ReceivedFile, reading: FileReading | None, is_used: bool) -> FileView:  # noqa: FBT001  as the view has it
    return FileView(
        file.pk,
        file.name,
        bytes(file.sha256).hex(),
        file.size,
        file.received_at,
        file.received_by_id,
        _reading(reading) if reading else None,
        is_used,
    )


def _reading(each: FileReading) -> ReadingView:
    return ReadingView(
        each.pk,
        str(each),
        each.read_at,
        each.line_count,
        each.entry_count,
        each.known_count,
        each.held_count,
        each.books,
    )


def _problem(each: ReadingProblem) -> ProblemView:
    return ProblemView(each.pk, each.to_core(), each.raw)
