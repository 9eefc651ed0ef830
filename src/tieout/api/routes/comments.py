"""What people say of a record, and the files that prove it: added, never edited."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.routes.files import FILE_BODY, FileName, source_of
from tieout.api.words import (
    CommentId,
    EvidenceId,
    FileId,
    In,
    Instant,
    LongText,
    MemberId,
    Out,
    SubjectId,
    Text,
    instant,
    subject_in,
    subject_out,
)
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.comment import comment, resolve_comment
from tieout.workflows.views import trail

router = Router(tags=["comments and evidence"])


class CommentIn(In):
    """Members named as `@address` or `@name` are told."""

    subject: SubjectId
    text: LongText


class CommentMade(Out):
    """The comment."""

    id: CommentId


class ResolveIn(In):
    """How it was settled."""

    reason: Text = ""


class CommentOut(Out):
    """A comment, and whether it is settled."""

    id: CommentId
    subject: str
    text: str
    member_id: MemberId
    member: str
    written_at: Instant
    mentions: list[MemberId]
    resolved_at: Instant | None


class CommentsOut(Out):
    """All comments of a subject, oldest first."""

    items: list[CommentOut]


class EvidenceMade(Out):
    """The piece of evidence."""

    id: EvidenceId
    file_id: FileId
    sha256: str
    supersedes: EvidenceId | None


class EvidenceOut(Out):
    """A file attached to a subject."""

    id: EvidenceId
    subject: str
    file_id: FileId
    name: str
    sha256: str
    size: int
    note: str
    member: str
    attached_at: Instant
    supersedes: EvidenceId | None
    superseded_by: EvidenceId | None


class EvidenceList(Out):
    """All versions, newest first."""

    items: list[EvidenceOut]


@router.post("/comments", response={201: CommentMade})
def make_comment(request: Request, body: CommentIn) -> CommentMade:
    """Say something of a record."""
    made = comment(request.caller, subject=subject_in(body.subject), text=body.text, now=request.at)
    return CommentMade(id=made)


@router.get("/comments", response=CommentsOut)
def list_comments(request: Request, subject: SubjectId) -> CommentsOut:
    """What was said of a record."""
    found = trail.comments(request.caller, subject=subject_in(subject))
    return CommentsOut(
        items=[
            CommentOut(
                id=each.comment_id,
                subject=subject_out(each.subject),
                text=each.text,
                member_id=each.member_id,
                member=each.member,
                written_at=instant(each.written_at),
                mentions=list(each.mentions),
                resolved_at=instant(each.resolved_at) if each.resolved_at else None,
            )
            for each in found
        ]
    )


@router.post("/comments/{comment_id}/resolve", response={204: None})
def resolve(request: Request, comment_id: CommentId, body: ResolveIn) -> None:
    """A comment is settled; it stays where it is."""
    resolve_comment(request.caller, comment_id=comment_id, reason=body.reason, now=request.at)


@router.post("/evidence", response={201: EvidenceMade}, openapi_extra=FILE_BODY)
def attach(
    request: Request,
    subject: SubjectId,
    name: FileName = "file",
    note: Text = "",
    supersedes: EvidenceId | None = None,
) -> EvidenceMade:
    """Attach a file to a record; one of the same name becomes its next version."""
    made = attach_evidence(
        request.caller,
        subject=subject_in(subject),
        source=source_of(request, name),
        note=note,
        supersedes=supersedes,
        now=request.at,
    )
    return EvidenceMade(
        id=made.evidence_id,
        file_id=made.file_id,
        sha256=made.sha256,
        supersedes=made.supersedes,
    )


@router.get("/evidence", response=EvidenceList)
def list_evidence(request: Request, subject: SubjectId) -> EvidenceList:
    """What is attached to a record."""
    found = trail.evidence(request.caller, subject=subject_in(subject))
    return EvidenceList(
        items=[
            EvidenceOut(
                id=each.evidence_id,
                subject=subject_out(each.subject),
                file_id=each.file_id,
                name=each.name,
                sha256=each.sha256,
                size=each.size,
                note=each.note,
                member=each.member,
                attached_at=instant(each.attached_at),
                supersedes=each.supersedes,
                superseded_by=each.superseded_by,
            )
            for each in found
        ]
    )
