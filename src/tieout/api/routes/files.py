"""Received files: sent byte for byte, then imported as what they are."""

from typing import Annotated, Any, Literal

from django.http import StreamingHttpResponse
from ninja import Router, Status
from pydantic import Field

from tieout.api.description import MULTIPART, RAW
from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    BankAccountId,
    CursorText,
    Day,
    FileId,
    In,
    Instant,
    Limit,
    MemberId,
    Out,
    PageOut,
    ReadingId,
    Search,
    Text,
    instant,
)
from tieout.core.errors import InvalidInput, Problem, Severity
from tieout.formats.common.source import Source
from tieout.workflows.import_changes import Effect
from tieout.workflows.import_file import import_file
from tieout.workflows.receive_file import receive_file
from tieout.workflows.try_import import try_import
from tieout.workflows.views import files as views

router = Router(tags=["files"])

_BINARY = {"type": "string", "contentMediaType": RAW}
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes as they are, or a form with one file. Up to 1 GiB.",
        "content": {
            RAW: {"schema": {"type": "string", "format": "binary", "minLength": 1}},
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {"file": _BINARY | {"format": "binary"}},
                }
            },
        },
    }
}
FILE_OUT: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The bytes.",
            "content": {RAW: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
FileName = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^[^\x00-\x1f/\\]+$",
        description="What a raw body is called; a form names its file itself.",
    ),
]


class ReceivedOut(Out):
    """A file as kept."""

    id: FileId
    sha256: str
    size: int
    is_new: bool
    """Off when these bytes were received before, under whatever name."""


class ImportIn(In):
    """What the file does not say itself."""

    kind: Literal["statements", "books"] | None = None
    account: Text = ""
    """The account of a file that names none."""
    books: Text = ""
    """Which books it is an export of."""
    format: Text = ""


class ImportExactlyIn(ImportIn):
    """The same, and what a trial has proved."""

    as_tried: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    """The `proof` of a trial: the import then does exactly what the trial listed, or nothing."""


class ChangeOut(Out):
    """One thing that an import would do."""

    effect: Effect
    what: str
    """`statement`, `line`, `entry`, `account` …, or the code of a problem."""
    where: str
    """The account or the books."""
    on: Day | None
    amount: str
    text: str


class TriedOut(Out):
    """What an import would do, in plain words, in counts, and one by one."""

    file_id: FileId
    kind: Literal["statements", "books"]
    sentences: list[str]
    is_new: bool
    """Off when the file has been imported: then nothing would be done."""
    counts: dict[str, int]
    """By effect and kind, as `add line`; of all, also of what is not listed."""
    changes: list[ChangeOut]
    """The first hundred of each kind."""
    proof: str
    """Sent with the import it does exactly this, or nothing."""


class ProblemOut(Out):
    """Something found while reading; a held record comes with its raw text."""

    code: str
    severity: Severity
    found: str
    expected: str
    line: int | None
    record: int | None
    field: str | None
    next_step: str
    raw: str = ""


class ImportedOut(Out):
    """What came in, in counts and in plain words."""

    file_id: FileId
    reading_id: ReadingId
    kind: Literal["statements", "books"]
    format: str
    statement_count: int
    line_count: int
    entry_count: int
    repeated_count: int
    """Lines and entries that had come in before."""
    held_count: int
    bank_account_ids: list[BankAccountId]
    books: str
    sentences: list[str]
    problems: list[ProblemOut]
    is_new: bool


class ReadingOut(Out):
    """What was understood of a file."""

    id: ReadingId
    format: str
    read_at: Instant
    line_count: int
    entry_count: int
    known_count: int
    held_count: int
    books: str


class FileOut(Out):
    """A file as received; `reading` is null until it is imported."""

    id: FileId
    name: str
    sha256: str
    size: int
    received_at: Instant
    received_by: MemberId
    reading: ReadingOut | None


class FileDetail(FileOut):
    """With a sentence for every statement in it."""

    sentences: list[str]


@router.post("/files", response={201: ReceivedOut, 200: ReceivedOut}, openapi_extra=FILE_BODY)
def send_file(request: Request, name: FileName = "file") -> Status[ReceivedOut]:
    """Send a file. The same bytes are kept once: sent again they answer 200."""
    received = receive_file(request.caller, source=source_of(request, name), now=request.at)
    told = ReceivedOut(
        id=received.file_id,
        sha256=received.sha256,
        size=received.size,
        is_new=received.is_new,
    )
    return Status(201 if received.is_new else 200, told)


@router.get("/files", response=PageOut[FileOut])
def list_files(
    request: Request, text: Search = "", cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[FileOut]:
    """Received files, newest first; a client sees those it sent. `text`: in the name."""
    page = views.received_files(request.caller, text=text, cursor=cursor, limit=limit)
    return PageOut(
        items=[FileOut(**_file(each)) for each in page.rows], next_cursor=page.next_cursor
    )


@router.get("/files/{file_id}", response=FileDetail)
def show_file(request: Request, file_id: FileId) -> FileDetail:
    """One file, and what was read in it."""
    found, sentences = views.received_file(request.caller, file_id=file_id)
    return FileDetail(**_file(found), sentences=list(sentences))


@router.get("/files/{file_id}/content", response=None, openapi_extra=FILE_OUT)
def show_content(request: Request, file_id: FileId) -> StreamingHttpResponse:
    """The file byte for byte as it was received."""
    _, size, parts = views.received_bytes(request.caller, file_id=file_id)
    return StreamingHttpResponse(parts, content_type=RAW, headers={"Content-Length": str(size)})


@router.get("/files/{file_id}/problems", response=PageOut[ProblemOut])
def list_problems(
    request: Request,
    file_id: FileId,
    severity: Severity | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[ProblemOut]:
    """What was found in a file, in order; `severity=held`: the records that wait."""
    page = views.problems(
        request.caller, file_id=file_id, severity=severity or "", cursor=cursor, limit=limit
    )
    return PageOut(
        items=[problem_out(each.problem, each.raw) for each in page.rows],
        next_cursor=page.next_cursor,
    )


@router.post("/files/{file_id}/try", response=TriedOut)
def try_received(request: Request, file_id: FileId, body: ImportIn) -> TriedOut:
    """What importing a file would change; nothing is recorded. A job `try_import` does large ones.

    The list of a job is kept with the file, as a piece of evidence.
    """
    tried = try_import(
        request.caller,
        file_id=file_id,
        kind=body.kind,
        account=body.account,
        books=body.books,
        file_format=body.format,
        now=request.at,
    )
    return TriedOut(
        file_id=tried.file_id,
        kind=tried.kind,
        sentences=list(tried.sentences),
        is_new=tried.is_new,
        counts=dict(tried.counts),
        changes=[
            ChangeOut(
                effect=each.effect,
                what=each.what,
                where=each.where,
                on=each.on,
                amount=each.amount,
                text=each.text,
            )
            for each in tried.listed
        ],
        proof=tried.proof,
    )


@router.post("/files/{file_id}/import", response=ImportedOut)
def import_received(request: Request, file_id: FileId, body: ImportExactlyIn) -> ImportedOut:
    """Have a received file read, wholly or not at all; a second time changes nothing."""
    done = import_file(
        request.caller,
        file_id=file_id,
        kind=body.kind,
        account=body.account,
        books=body.books,
        file_format=body.format,
        as_tried=body.as_tried,
        now=request.at,
    )
    return ImportedOut(
        file_id=done.file_id,
        reading_id=done.reading_id,
        kind=done.kind,
        format=done.format,
        statement_count=done.statement_count,
        line_count=done.line_count,
        entry_count=done.entry_count,
        repeated_count=done.repeated_count,
        held_count=done.held_count,
        bank_account_ids=list(done.account_ids),
        books=done.books,
        sentences=list(done.sentences),
        problems=[problem_out(each) for each in done.problems],
        is_new=done.is_new,
    )


def source_of(request: Request, name: str) -> Source:
    """The file that came with the request; a raw body has the name given in the address."""
    given = request.source
    if given is None:
        raise InvalidInput("file.empty", "no file", "a file", "body")
    return given if given.name else Source(name, path=given.path)


def _file(each: views.FileView) -> dict[str, Any]:
    read = each.reading
    return {
        "id": each.file_id,
        "name": each.name,
        "sha256": each.sha256,
        "size": each.size,
        "received_at": instant(each.received_at),
        "received_by": each.received_by,
        "reading": read
        and ReadingOut(
            id=read.reading_id,
            format=read.format,
            read_at=instant(read.read_at),
            line_count=read.line_count,
            entry_count=read.entry_count,
            known_count=read.known_count,
            held_count=read.held_count,
            books=read.books,
        ),
    }


def problem_out(problem: Problem, raw: str = "") -> ProblemOut:
    """As it goes out."""
    place = problem.place
    return ProblemOut(
        code=problem.code,
        severity=problem.severity,
        found=problem.found,
        expected=problem.expected,
        line=place.line,
        record=place.record,
        field=place.field,
        next_step=problem.next_step,
        raw=raw,
    )
