"""Settings as text: exported, compared, imported, rolled back; their versions and approvals."""

from typing import Annotated, Any

from ninja import Router
from pydantic import AfterValidator, Field

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    CursorText,
    In,
    Instant,
    Limit,
    LongText,
    MemberId,
    Out,
    PageOut,
    ProposalId,
    VersionId,
    instant,
    whole_letters,
)
from tieout.core.settings import Change
from tieout.workflows.propose_settings import (
    Proposed,
    approve_settings,
    import_settings,
    roll_back_settings,
)
from tieout.workflows.views import settings

router = Router(tags=["settings"])

DOCUMENT_MAX = 1_000_000
Document = Annotated[
    str,
    Field(max_length=DOCUMENT_MAX, json_schema_extra={"pattern": r"^[^\x00]*$"}),
    AfterValidator(whole_letters),
]


class DocumentIn(In):
    """Settings as a TOML document; GET /api/v1/settings gives one."""

    document: Document


class ImportIn(DocumentIn):
    """And why they are to hold."""

    reason: LongText


class RollBackIn(In):
    """Why an earlier version is to hold again."""

    reason: LongText


class DocumentOut(Out):
    """The settings; no secret is in them."""

    document: str


class ChangeOut(Out):
    """An entry that is added (`before` is empty), changed (the fields that differ), or removed."""

    section: str
    key: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangesOut(Out):
    """All of them, in the order of the document."""

    items: list[ChangeOut]


class ProposedOut(Out):
    """What became of it: in force as a version, or waiting for another person."""

    changes: list[ChangeOut]
    proposal_id: ProposalId | None
    """Null when the document says what stands already."""
    version_id: VersionId | None
    """Null while it waits for its approval."""
    channels_off: list[str]
    """Channels that send nothing until somebody gives their address."""


class VersionOut(Out):
    """A version of the settings; the newest one stands."""

    id: VersionId
    follows: VersionId | None
    verb: str
    reason: str
    author: str
    approver: str
    made_at: Instant


class ProposalOut(Out):
    """What waits for the approval of another person."""

    id: ProposalId
    verb: str
    reason: str
    author_id: MemberId
    author: str
    proposed_at: Instant
    changes: list[ChangeOut]


class ProposalsOut(Out):
    """All that can still be approved, newest first."""

    items: list[ProposalOut]


@router.get("/settings", response=DocumentOut)
def show_settings(request: Request) -> DocumentOut:
    """The settings as they stand, as one TOML document."""
    return DocumentOut(document=settings.export_settings(request.caller))


@router.post("/settings/diff", response=ChangesOut)
def compare_settings(request: Request, body: DocumentIn) -> ChangesOut:
    """What importing the document would add, change and remove; nothing is changed."""
    found = settings.diff_settings(request.caller, document=body.document)
    return ChangesOut(items=changes_out(found))


@router.post("/settings/import", response={201: ProposedOut})
def import_document(request: Request, body: ImportIn) -> ProposedOut:
    """Have the document say what the settings are, wholly or not at all."""
    done = import_settings(
        request.caller, document=body.document, reason=body.reason, now=request.at
    )
    return proposed_out(done)


@router.get("/settings/versions", response=PageOut[VersionOut])
def list_versions(
    request: Request, cursor: CursorText | None = None, limit: Limit = LIMIT
) -> PageOut[VersionOut]:
    """Who changed the settings when and why, newest first."""
    page = settings.settings_history(request.caller, cursor=cursor, limit=limit)
    return PageOut(items=[_version(each) for each in page.rows], next_cursor=page.next_cursor)


@router.get("/settings/versions/{version_id}", response=DocumentOut)
def show_version(request: Request, version_id: VersionId) -> DocumentOut:
    """The settings as they stood from that version on."""
    said = settings.export_settings(request.caller, version_id=version_id)
    return DocumentOut(document=said)


@router.post("/settings/versions/{version_id}/rollback", response={201: ProposedOut})
def roll_back(request: Request, version_id: VersionId, body: RollBackIn) -> ProposedOut:
    """Have the settings say what they said then; approved as an import is."""
    done = roll_back_settings(
        request.caller, version_id=version_id, reason=body.reason, now=request.at
    )
    return proposed_out(done)


@router.get("/settings/proposals", response=ProposalsOut)
def list_proposals(request: Request) -> ProposalsOut:
    """What waits for the approval of another person, and what each would change."""
    return ProposalsOut(
        items=[
            ProposalOut(
                id=each.proposal_id,
                verb=each.verb,
                reason=each.reason,
                author_id=each.author_id,
                author=each.author,
                proposed_at=instant(each.proposed_at),
                changes=changes_out(each.changes),
            )
            for each in settings.waiting_proposals(request.caller)
        ]
    )


@router.post("/settings/proposals/{proposal_id}/approve", response={201: ProposedOut})
def approve(request: Request, proposal_id: ProposalId) -> ProposedOut:
    """Put in force what another person has proposed, unless the settings have changed since."""
    return proposed_out(approve_settings(request.caller, proposal_id=proposal_id, now=request.at))


def changes_out(found: tuple[Change, ...]) -> list[ChangeOut]:
    """Changes as they go out."""
    return [
        ChangeOut(
            section=each.section,
            key=each.key.strip(),
            before=dict(each.before),
            after=dict(each.after),
        )
        for each in found
    ]


def proposed_out(done: Proposed) -> ProposedOut:
    """What became of a document as it goes out."""
    return ProposedOut(
        changes=changes_out(done.changes),
        proposal_id=done.proposal_id,
        version_id=done.version_id,
        channels_off=list(done.channels_off),
    )


def _version(each: settings.VersionView) -> VersionOut:
    return VersionOut(
        id=each.version_id,
        follows=each.follows_id,
        verb=each.verb,
        reason=each.reason,
        author=each.author,
        approver=each.approver,
        made_at=instant(each.made_at),
    )
