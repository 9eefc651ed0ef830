"""What-ifs and corrections: tried on a copy, drafted as a posting file, proved once posted."""

from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.routes.jobs import JobMade
from tieout.api.words import (
    BooksId,
    FileId,
    In,
    Instant,
    Money,
    Name,
    Out,
    SnapshotId,
    instant,
    money,
)
from tieout.core.explain.corrections import Into
from tieout.workflows.ask_tries import ask_tries, kept_preview
from tieout.workflows.draft_corrections import draft_corrections, prove_corrections
from tieout.workflows.views.investigation import NAMES_MAX, Preview, Tries, drafts, preview

router = Router(tags=["corrections"])

Names = Annotated[str, Field(max_length=20_000, json_schema_extra={"pattern": r"^[^\x00]*$"})]
NameList = Annotated[list[Name], Field(max_length=NAMES_MAX)]


class TriesIn(In):
    """What is tried, with commas between names."""

    what_if: Names = ""
    """`open-periods`, `update-waiting`, `move-deferred`, `add-control=ACCOUNT`, in order."""
    accept: Names = ""
    """`all`, or causes, cases and ids, each with `=WAY` for another way than the first."""
    into: Into = Into.ORIGINAL
    snapshot_id: SnapshotId | None = None
    """Else the newest."""


class DraftIn(In):
    """What is accepted; of the newest snapshot."""

    what_if: NameList = Field(default_factory=list)
    accept: NameList
    into: Into = Into.ORIGINAL
    form: Literal["csv", "iif", "beancount", "json"] = "csv"


class AskedIn(In):
    """What a worker is to try on the newest snapshot."""

    what_if: NameList = Field(default_factory=list)
    accept: NameList = Field(default_factory=list)
    into: Into = Into.ORIGINAL
    form: Literal["csv", "iif", "beancount", "json"] | None = None
    """Of the posting file; without one nothing is drafted."""


class MovedOut(Out):
    """A ledger's difference at the end of a period, before and after."""

    ledger: str
    period: int
    called: str
    before: Money
    after: Money


class OfferedOut(Out):
    """A correction that was taken, and the other ways there are."""

    name: str
    """What it is accepted by."""
    ledger: str
    cause: str
    amount: Money
    way: str
    sentence: str
    warnings: list[str]
    other_ways: list[str]
    is_journal: bool
    """Whether a posting file carries it."""


class PreviewOut(Out):
    """What came of it on the copy; the books are as they were."""

    snapshot_id: SnapshotId
    snapshot: str
    sentences: list[str]
    warnings: list[str]
    corrections: list[OfferedOut]
    differences: list[MovedOut]
    """Periods with a difference before or after."""


class DraftMade(Out):
    """A posting file; `GET /files/{file_id}/content` has its bytes."""

    file_id: FileId
    name: str
    sha256: str
    snapshot_id: SnapshotId
    journal_count: int
    case_count: int
    other_count: int
    """What was accepted and no journal can do."""


class DraftOut(Out):
    """A posting file that was drafted."""

    file_id: FileId
    name: str
    sha256: str
    note: str
    member: str
    drafted_at: Instant


class DraftsOut(Out):
    """All of them, newest first."""

    items: list[DraftOut]


class ProvedOut(Out):
    """What the newest snapshot says of a posting file."""

    snapshot_id: SnapshotId
    snapshot: str
    holds: bool
    """Whether nothing departs."""
    is_posted: bool
    """Whether the books hold the corrections already; else they were posted to a copy."""
    agreeing: int
    """Lines that stand as they were accepted."""
    departures: list[str]


@router.get("/books/{books_id}/preview", response=PreviewOut)
def preview_corrections(request: Request, books_id: BooksId, asked: Query[TriesIn]) -> PreviewOut:
    """Try what-ifs, then accept corrections, on a copy: every difference before and after.

    Of large books: what a worker found of the same (`POST /books/{books_id}/tries`).
    """
    tries = Tries(_listed(asked.what_if), _listed(asked.accept), asked.into)
    made = None
    if asked.snapshot_id is None:
        made = kept_preview(request.caller, books_id=books_id, tries=tries)
    if made is None:
        made = preview(
            request.caller, books_id=books_id, tries=tries, snapshot_id=asked.snapshot_id
        )
    return _told(made)


@router.post("/books/{books_id}/tries", response={202: JobMade})
def try_corrections(request: Request, books_id: BooksId, body: AskedIn) -> JobMade:
    """Have a worker try it, of books of any size; with a form it drafts the posting file too.

    Follow the job; then `GET /books/{books_id}/preview` or `/corrections` has what came of it.
    """
    made = ask_tries(
        request.caller,
        books_id=books_id,
        tries=Tries(tuple(body.what_if), tuple(body.accept), body.into),
        form=body.form or "",
        now=request.at,
    )
    return JobMade(id=made)


@router.get("/books/{books_id}/corrections", response=DraftsOut)
def list_drafts(request: Request, books_id: BooksId) -> DraftsOut:
    """Posting files drafted of these books."""
    return DraftsOut(
        items=[
            DraftOut(
                file_id=each.file_id,
                name=each.name,
                sha256=each.sha256,
                note=each.note,
                member=each.member,
                drafted_at=instant(each.drafted_at),
            )
            for each in drafts(request.caller, books_id=books_id)
        ]
    )


@router.post("/books/{books_id}/corrections", response={201: DraftMade})
def draft(request: Request, books_id: BooksId, body: DraftIn) -> DraftMade:
    """Draft the accepted corrections as a posting file and keep it; nothing is posted."""
    made = draft_corrections(
        request.caller,
        books_id=books_id,
        tries=Tries(tuple(body.what_if), tuple(body.accept), body.into),
        form=body.form,
        now=request.at,
    )
    return DraftMade(
        file_id=made.file_id,
        name=made.name,
        sha256=made.sha256,
        snapshot_id=made.snapshot_id,
        journal_count=made.journal_count,
        case_count=made.case_count,
        other_count=made.other_count,
    )


@router.post("/books/{books_id}/corrections/{file_id}/prove", response=ProvedOut)
def prove(request: Request, books_id: BooksId, file_id: FileId) -> ProvedOut:
    """Compare the newest snapshot with a posting file: was posted what was accepted?"""
    made = prove_corrections(request.caller, books_id=books_id, file_id=file_id, now=request.at)
    return ProvedOut(
        snapshot_id=made.snapshot_id,
        snapshot=made.snapshot,
        holds=made.holds,
        is_posted=made.is_posted,
        agreeing=made.agreeing,
        departures=list(made.departures),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _told(made: Preview) -> PreviewOut:
    def amount(minor: int) -> Money:
        return money(minor, made.currency, made.exponent)

    return PreviewOut(
        snapshot_id=made.snapshot_id,
        snapshot=made.snapshot,
        sentences=list(made.sentences),
        warnings=list(made.warnings),
        corrections=[
            OfferedOut(
                name=each.name,
                ledger=each.ledger,
                cause=each.cause,
                amount=amount(each.amount_minor),
                way=each.way,
                sentence=each.sentence,
                warnings=list(each.warnings),
                other_ways=list(each.others),
                is_journal=each.is_journal,
            )
            for each in made.corrections
        ],
        differences=[
            MovedOut(
                ledger=each.ledger,
                period=each.period,
                called=each.called,
                before=amount(each.before_minor),
                after=amount(each.after_minor),
            )
            for each in made.moved
        ],
    )
