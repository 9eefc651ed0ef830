"""The chain's two doors: append an event to an organisation's chain, read it from its beginning."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from tieout.core.audit import GENESIS, AuditEvent, ChainedEvent, ChainId, Head, Value, chained
from tieout.store.audit.models import Event, SignedHead, Tail

BLOCK = 2000


def append(  # noqa: PLR0913  an event has these parts
    organisation_id: UUID,
    *,
    at: datetime,
    actor: str,
    origin: str,
    verb: str,
    subject: str,
    reason: str = "",
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
) -> ChainedEvent:
    """The act, linked to the end of the chain. Others who append wait until this one commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit {organisation_id}"]
        )
    tail = Tail.objects.filter(organisation_id=organisation_id).first()
    event = AuditEvent(
        ChainId(str(organisation_id)),
        tail.sequence + 1 if tail else 1,
        at,
        actor,
        origin,
        verb,
        subject,
        reason,
        before or {},
        after or {},
    )
    made = chained(event, bytes(tail.hash) if tail else GENESIS)
    Event.objects.create(
        organisation_id=organisation_id,
        sequence=made.sequence,
        previous=made.previous,
        body=made.body,
        hash=made.hash,
        at=at,
        actor=actor,
        verb=verb,
        subject=subject,
    )
    return made


def events(organisation_id: UUID) -> Iterator[ChainedEvent]:
    """The whole chain as kept, in order of its numbers, a block at a time."""
    kept = Event.objects.filter(organisation_id=organisation_id).order_by("sequence", "id")
    for event in kept.iterator(chunk_size=BLOCK):
        yield event.to_core()


def tail_of(organisation_id: UUID) -> Head | None:
    """Where the chain ends by the trigger's own account; None before its first event."""
    tail = Tail.objects.filter(organisation_id=organisation_id).first()
    last = Event.objects.filter(organisation_id=organisation_id).order_by("-sequence").first()
    if tail is None or tail.sequence == 0:
        return None
    at = last.at if last else tail.organisation.created_at
    return Head(ChainId(str(organisation_id)), tail.sequence, bytes(tail.hash), at)


def heads(organisation_id: UUID) -> list[SignedHead]:
    """The signed heads, oldest first."""
    return list(SignedHead.objects.filter(organisation_id=organisation_id).order_by("sequence"))
