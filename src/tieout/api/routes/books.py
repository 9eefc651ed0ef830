"""Books that are explained: which there are, the snapshots taken of them, and their runs."""

from datetime import UTC
from typing import Annotated

from ninja import Router, Status
from pydantic import Field

from tieout.api.door import Request
from tieout.api.routes.closing_words import (
    ExplainedOut,
    LedgerOut,
    explained_out,
    ledger_out,
)
from tieout.api.routes.files import FILE_BODY, FileName, source_of
from tieout.api.words import (
    LIMIT,
    BooksId,
    CursorText,
    ExplainedId,
    FileId,
    In,
    Instant,
    Limit,
    LongText,
    MemberId,
    Money,
    Name,
    Out,
    PageOut,
    SnapshotId,
    instant,
    money,
)
from tieout.core.errors import InvalidInput
from tieout.workflows.set_books import end_books, set_books
from tieout.workflows.take_snapshot import SnapshotTaken, take_sent, take_snapshot
from tieout.workflows.views import closing, closing_kept
from tieout.workflows.views.deltas import RUNS_MAX, Delta, books_deltas
from tieout.workflows.views.guessed_mapping import guessed_mapping

router = Router(tags=["books"])

FILES_MAX = 100
Mapping = Annotated[str, Field(max_length=100_000, json_schema_extra={"pattern": r"^[^\x00]*$"})]


class BooksIn(In):
    """What the books are called, and how the tables of another system are read."""

    name: Name
    mapping: Mapping = ""
    """The text of a mapping file; blank for the layout itself."""


class BooksMade(Out):
    """The books."""

    id: BooksId


class EndIn(In):
    """Why they are no longer explained."""

    reason: LongText


class BooksOut(Out):
    """Books, and how each ledger stands at the period that is looked at."""

    id: BooksId
    name: str
    ended_at: Instant | None
    waits: bool
    """A snapshot has come in that no run has explained."""
    run: ExplainedOut | None
    """The newest; null until they are explained for the first time."""
    ledgers: list[LedgerOut]


class BooksDetail(BooksOut):
    """With how they are read."""

    mapping: str


class BooksList(Out):
    """All books in use, by name."""

    items: list[BooksOut]


class SnapshotFileIn(In):
    """A received file, and what it is called in the books folder."""

    name: Name
    """`sales_ledger.csv`, `nominal.csv` …; a name in `.zip` is an archive of them."""
    file_id: FileId


class SnapshotIn(In):
    """All files that the books consist of now."""

    files: list[SnapshotFileIn] = Field(min_length=1, max_length=FILES_MAX)
    left_out: list[Name] = Field(default_factory=list, max_length=FILES_MAX)
    """Names of files, in archives too, that are no tables of the books."""


class MappingAsked(In):
    """Tables of another system, received, and what is known of their mapping."""

    files: list[FileId] = Field(default_factory=list, max_length=FILES_MAX)
    """Received files, archives among them; none: those of the newest snapshot."""
    mapping: Mapping | None = None
    """A mapping that is right in part; null: that of the books."""


class MappingGap(Out):
    """What is missing, or can be read in two ways and was not chosen."""

    table: str
    what: str
    found: str
    write: list[str]
    """Lines for the mapping, of which one is right; or what to do, after `#`."""
    readings: list[str]
    """What each line would mean; empty where something is missing."""


class MappingProposed(Out):
    """A mapping as it was proposed; nothing is set by it."""

    mapping: str
    """Its text, with a reason a line; what is open stands in lines that begin with `#`."""
    is_complete: bool
    gaps: list[MappingGap]
    left_out: list[str]
    """Files that are no tables of the books."""


class SnapshotMade(Out):
    """A snapshot as kept."""

    id: SnapshotId
    snapshot: str
    """SHA-256 over the files: what every report names."""
    file_count: int
    is_new: bool
    """Off when these are the files of the newest snapshot."""


class SnapshotFileOut(Out):
    """A file of a snapshot, and the received file it is from."""

    name: str
    file_id: FileId


class SnapshotOut(Out):
    """A snapshot with its files."""

    id: SnapshotId
    snapshot: str
    taken_at: Instant
    taken_by: MemberId | None
    files: list[SnapshotFileOut]


@router.get("/books", response=BooksList)
def list_books(request: Request) -> BooksList:
    """Books in use, each ledger with its difference at the period that is looked at."""
    found = closing.books_list(request.caller, now=request.at)
    return BooksList(items=[_told(each) for each in found])


@router.post("/books", response={201: BooksMade})
def make_books(request: Request, body: BooksIn) -> BooksMade:
    """Name books that are to be explained."""
    made = set_books(request.caller, name=body.name, mapping=body.mapping, now=request.at)
    return BooksMade(id=made)


@router.get("/books/{books_id}", response=BooksDetail)
def show_books(request: Request, books_id: BooksId) -> BooksDetail:
    """One of them, also when they have ended."""
    found = closing.books_state(request.caller, books_id=books_id, now=request.at)
    return BooksDetail(**dict(_told(found)), mapping=found.mapping)


@router.post("/books/{books_id}", response=BooksMade)
def change_books(request: Request, books_id: BooksId, body: BooksIn) -> BooksMade:
    """Change name and mapping; books that had ended are in use again."""
    made = set_books(
        request.caller, books_id=books_id, name=body.name, mapping=body.mapping, now=request.at
    )
    return BooksMade(id=made)


@router.post("/books/{books_id}/end", response={204: None})
def close_books(request: Request, books_id: BooksId, body: EndIn) -> None:
    """They are no longer explained; what was found and signed stays."""
    end_books(request.caller, books_id=books_id, reason=body.reason, now=request.at)


@router.post("/books/{books_id}/mapping/propose", response=MappingProposed)
def propose_mapping(request: Request, books_id: BooksId, body: MappingAsked) -> MappingProposed:
    """Propose how the tables of another system become books; nothing is set."""
    found = guessed_mapping(
        request.caller, books_id=books_id, files=body.files, mapping=body.mapping
    )
    gaps = [
        MappingGap(
            table=gap.table,
            what=gap.what,
            found=gap.found,
            write=list(gap.write),
            readings=list(gap.readings),
        )
        for gap in found.guess.gaps
    ]
    return MappingProposed(
        mapping=found.text,
        is_complete=found.guess.is_complete,
        gaps=gaps,
        left_out=list(found.left_out),
    )


@router.get("/books/{books_id}/snapshots", response=PageOut[SnapshotOut])
def list_snapshots(
    request: Request, books_id: BooksId, cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[SnapshotOut]:
    """Snapshots with their files, newest first."""
    page = closing_kept.snapshots(request.caller, books_id=books_id, cursor=cursor, limit=limit)
    items = [
        SnapshotOut(
            id=each.snapshot_id,
            snapshot=each.content_hash,
            taken_at=instant(each.taken_at),
            taken_by=each.taken_by,
            files=[SnapshotFileOut(name=name, file_id=file_id) for name, file_id in each.files],
        )
        for each in page.rows
    ]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.post("/books/{books_id}/snapshots", response={201: SnapshotMade, 200: SnapshotMade})
def take(request: Request, books_id: BooksId, body: SnapshotIn) -> Status[SnapshotMade]:
    """Say which received files the books consist of now; a job explains a new snapshot."""
    files = {each.name: each.file_id for each in body.files}
    if len(files) < len(body.files):
        raise InvalidInput("snapshot.invalid", "a name twice", "each file once", "files")
    made = take_snapshot(
        request.caller, books_id=books_id, files=files, left_out=body.left_out, now=request.at
    )
    return _taken(made)


@router.post(
    "/books/{books_id}/snapshots/archive",
    response={201: SnapshotMade, 200: SnapshotMade},
    openapi_extra=FILE_BODY,
)
def take_archive(
    request: Request, books_id: BooksId, name: FileName = "books.zip"
) -> Status[SnapshotMade]:
    """Send all files in one archive (zip), which is received and taken as a snapshot."""
    made = take_sent(
        request.caller, books_id=books_id, source=source_of(request, name), now=request.at
    )
    return _taken(made)


@router.get("/books/{books_id}/explanations", response=PageOut[ExplainedOut])
def list_explanations(
    request: Request, books_id: BooksId, cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[ExplainedOut]:
    """Runs over the books, newest first. `POST /jobs` with `explain_books` asks for one."""
    page = closing_kept.explained_runs(
        request.caller, books_id=books_id, cursor=cursor, limit=limit
    )
    return PageOut(items=list(map(explained_out, page.rows)), next_cursor=page.next_cursor)


class DeltaOut(Out):
    """A ledger as a run found it, at the period it looked at, and what moved since."""

    run_id: ExplainedId
    at: Instant
    called: str
    difference: Money
    change: Money | None
    """Since the run before."""
    day_change: Money | None
    """Since the last run of an earlier day in UTC."""
    new_count: int
    """Cases that stand and did not in the run before."""
    new: Money
    gone_count: int
    gone: Money
    open_count: int


class DeltaList(Out):
    """The newest runs first, a row a ledger."""

    items: list[DeltaOut]


@router.get("/books/{books_id}/deltas", response=DeltaList)
def list_deltas(
    request: Request, books_id: BooksId, runs: Annotated[int, Field(ge=1, le=RUNS_MAX)] = 10
) -> DeltaList:
    """Run by run, how every ledger's difference moved since the run and since the day before."""
    found = books_deltas(request.caller, books_id=books_id, zone=UTC, limit=runs)
    return DeltaList(items=list(map(_delta, found)))


def _delta(each: Delta) -> DeltaOut:
    def told(minor: int) -> Money:
        return money(minor, each.currency, each.exponent)

    return DeltaOut(
        run_id=each.run_id,
        at=instant(each.at),
        called=each.called,
        difference=told(each.difference_minor),
        change=None if each.change_minor is None else told(each.change_minor),
        day_change=None if each.day_change_minor is None else told(each.day_change_minor),
        new_count=each.new_count,
        new=told(each.new_minor),
        gone_count=each.gone_count,
        gone=told(each.gone_minor),
        open_count=each.open_count,
    )


def _taken(made: SnapshotTaken) -> Status[SnapshotMade]:
    told = SnapshotMade(
        id=made.snapshot_id,
        snapshot=made.content_hash,
        file_count=made.file_count,
        is_new=made.is_new,
    )
    return Status(201 if made.is_new else 200, told)


def _told(each: closing.BooksView) -> BooksOut:
    run = each.run
    return BooksOut(
        id=each.books_id,
        name=each.name,
        ended_at=each.ended_at and instant(each.ended_at),
        waits=each.waits,
        run=explained_out(run) if run else None,
        ledgers=[ledger_out(one, run) for one in each.ledgers] if run else [],
    )
