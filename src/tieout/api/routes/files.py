"""Received files: sent byte for byte, then imported as what they are."""

from typing import Annotated, Any

from ninja import Router, Status
from pydantic import Field

from tieout.api.description import MULTIPART, RAW
from tieout.api.door import Request
from tieout.api.words import BankAccountId, FileId, In, Out, ReadingId, Text
from tieout.core.errors import InvalidInput, Problem
from tieout.formats.common.source import Source
from tieout.workflows.import_statement import import_statement
from tieout.workflows.receive_file import receive_file

router = Router(tags=["files"])

_BINARY = {"type": "string", "contentMediaType": RAW}
_FILE_BODY: dict[str, Any] = {
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

    account: Text = ""
    format: Text = ""


class ProblemOut(Out):
    """Something found while reading."""

    code: str
    severity: str
    found: str
    expected: str
    line: int | None
    record: int | None
    field: str | None
    next_step: str


class ImportedOut(Out):
    """What came in: lines = lines counted for the first time + repeated; held ones beside."""

    reading_id: ReadingId
    bank_account_ids: list[BankAccountId]
    statement_count: int
    line_count: int
    repeated_count: int
    held_count: int
    problems: list[ProblemOut]
    is_new: bool


@router.post("/files", response={201: ReceivedOut, 200: ReceivedOut}, openapi_extra=_FILE_BODY)
def send_file(
    request: Request, name: FileName = "file"
) -> Status[ReceivedOut]:
    """Send a file. The same bytes are kept once: sent again they answer 200."""
    given = request.source
    if given is None:
        raise InvalidInput("file.empty", "no file", "a file", "body")
    source = Source(name, path=given.path) if given.path and not given.name else given
    received = receive_file(request.caller, source=source, now=request.at)
    told = ReceivedOut(
        id=received.file_id,
        sha256=received.sha256,
        size=received.size,
        is_new=received.is_new,
    )
    return Status(201 if received.is_new else 200, told)


@router.post("/files/{file_id}/import", response=ImportedOut)
def import_received(request: Request, file_id: FileId, body: ImportIn) -> ImportedOut:
    """Have a received file read, wholly or not at all; a second time changes nothing."""
    done = import_statement(
        request.caller,
        file_id=file_id,
        account=body.account,
        file_format=body.format,
        now=request.at,
    )
    return ImportedOut(
        reading_id=done.reading_id,
        bank_account_ids=list(done.account_ids),
        statement_count=done.statement_count,
        line_count=done.line_count,
        repeated_count=done.repeated_count,
        held_count=done.held_count,
        problems=[problem_out(each) for each in done.problems],
        is_new=done.is_new,
    )


def problem_out(problem: Problem) -> ProblemOut:
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
    )
