"""The audit chain: its events as they were recorded, its proof, and who uses what."""

from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    BankAccountId,
    BooksId,
    CursorText,
    Day,
    Instant,
    Limit,
    MemberId,
    Out,
    PageOut,
    Search,
    instant,
)
from tieout.core.access import Action, Role
from tieout.workflows.export_evidence_pack import PackScope, evidence_pack_file
from tieout.workflows.least_privilege import least_privilege
from tieout.workflows.replay import replay
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.verify_stored import verify_stored
from tieout.workflows.views import trail

router = Router(tags=["audit"])


class EventOut(Out):
    """One recorded act; ids in it are those of the chain."""

    sequence: int
    at: Instant
    actor: str
    origin: str
    verb: str
    subject: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    hash: str


class VerifiedOut(Out):
    """What a verification found."""

    is_sound: bool
    event_count: int
    head_count: int
    """Signed heads that were proved."""
    findings: list[str]
    unproved_heads: list[int]
    """Numbers of events whose signed heads no known key has signed."""


class StoredOut(Out):
    """What proving again all that is kept found."""

    is_sound: bool
    rule_count: int
    """Proofs, links and checks that every row was held against."""
    file_count: int
    """Received files whose bytes were hashed again."""
    faults: list[str]


class ReplayedOut(Out):
    """What replaying the log gave."""

    is_sound: bool
    event_count: int
    record_count: int
    """Records that the log knows, one by one."""
    noted_count: int
    """Of a log that began before events carried records: how many it knows from now on."""
    departures: list[str]
    """Where the tables say something else than the log."""


class PrivilegesOut(Out):
    """What a member's role allows, and what of it was used."""

    member_id: MemberId
    email: str
    name: str
    role: Role
    used: dict[str, int]
    """How often, by action."""
    unused: list[Action]
    narrowest: Role
    """The role with the fewest actions that allows all that was used."""


class PrivilegesList(Out):
    """Every active member."""

    items: list[PrivilegesOut]


@router.get("/audit/events", response=PageOut[EventOut])
def list_events(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    actor: Search = "",
    verb: Search = "",
    subject: Search = "",
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[EventOut]:
    """Events of the chain, newest first; filters are exact."""
    page = trail.audit_events(
        request.caller, actor=actor, verb=verb, subject=subject, cursor=cursor, limit=limit
    )
    items = [
        EventOut(
            sequence=each.sequence,
            at=instant(each.at),
            actor=each.actor,
            origin=each.origin,
            verb=each.verb,
            subject=each.subject,
            reason=each.reason,
            before=dict(each.before),
            after=dict(each.after),
            hash=each.hash,
        )
        for each in page.rows
    ]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.post("/audit/verify", response=VerifiedOut)
def verify(request: Request) -> VerifiedOut:
    """Prove the whole chain, event by event. The proof itself is recorded."""
    keys = settings.TRUSTED_KEYS()
    found = verify_audit(request.caller, keys=keys, now=request.at)
    return VerifiedOut(
        is_sound=found.is_sound,
        event_count=found.event_count,
        head_count=found.head_count,
        findings=list(map(str, found.findings)),
        unproved_heads=list(found.unproved_heads),
    )


@router.post("/audit/stored", response=StoredOut)
def prove_stored(request: Request) -> StoredOut:
    """Prove again all that is kept: balances, links, hashes. That it holds is recorded."""
    done = verify_stored(request.caller, now=request.at)
    return StoredOut(
        is_sound=done.is_sound,
        rule_count=done.rule_count,
        file_count=done.file_count,
        faults=list(done.faults),
    )


@router.post("/audit/replay", response=ReplayedOut)
def replay_log(request: Request) -> ReplayedOut:
    """Read the log from its beginning and compare what it gives with what is kept."""
    done = replay(request.caller, now=request.at)
    return ReplayedOut(
        is_sound=done.is_sound,
        event_count=done.event_count,
        record_count=done.record_count,
        noted_count=done.noted_count,
        departures=list(done.departures),
    )


PACK = "application/zip"
PACK_OUT = {
    "responses": {
        200: {
            "description": "The pack.",
            "content": {PACK: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get("/audit/pack", response=None, openapi_extra=PACK_OUT)
def show_pack(  # noqa: PLR0913, PLR0917  what a pack is of
    request: Request,
    first_on: Day,
    last_on: Day,
    bank_account_id: BankAccountId | None = None,
    books_id: BooksId | None = None,
    reason: Search = "",
) -> StreamingHttpResponse:
    """An evidence pack of those days as a ZIP; that it was made is recorded."""
    made, blocks = evidence_pack_file(
        request.caller,
        scope=PackScope(first_on, last_on, bank_account_id, books_id),
        keys=settings.TRUSTED_KEYS(),
        key=settings.KEYS.signing(request.at) if settings.KEYS.can_sign else None,
        reason=reason,
        now=request.at,
    )
    named = content_disposition_header(as_attachment=True, filename=made.name)
    headers = {"Content-Disposition": named or "attachment", "Content-Length": str(made.size)}
    return StreamingHttpResponse(blocks, content_type=PACK, headers=headers)


@router.get("/audit/privileges", response=PrivilegesList)
def list_privileges(request: Request) -> PrivilegesList:
    """Every member's actions, and which of them it has used in the last 90 days."""
    return PrivilegesList(
        items=[
            PrivilegesOut(
                member_id=each.member_id,
                email=each.email,
                name=each.name,
                role=each.role,
                used={str(use.action): use.times for use in each.uses if use.times},
                unused=list(each.unused),
                narrowest=each.narrowest,
            )
            for each in least_privilege(request.caller, now=request.at)
        ]
    )
