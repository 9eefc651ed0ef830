"""The chain's two doors: append an event to an organisation's chain, read it from its beginning."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Subquery

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
    for event in _of(organisation_id).iterator(chunk_size=BLOCK):
        yield event.to_core()


def whole(organisation_id: UUID) -> tuple[Head | None, Iterator[ChainedEvent]]:
    """Where the chain ends and all its events, both by one statement and so as of one instant."""
    ends = Tail.objects.filter(organisation_id=organisation_id)
    kept = _of(organisation_id).annotate(
        tail_sequence=Subquery(ends.values("sequence")), tail_hash=Subquery(ends.values("hash"))
    )
    rows = kept.iterator(chunk_size=BLOCK)
    first = next(rows, None)
    if first is None:
        return tail_of(organisation_id), iter(())
    tail = (
        Head(ChainId(str(organisation_id)), first.tail_sequence, bytes(first.tail_hash), first.at)
        if first.tail_sequence
        else None
    )
    return tail, (each.to_core() for each in chain((first,), rows))


def _of(organisation_id: UUID) -> QuerySet[Event]:
    return Event.objects.filter(organisation_id=organisation_id).order_by("sequence", "id")


def tail_of(organisation_id: UUID) -> Head | None:
    """Where the chain ends by the trigger's own account; None before its first event."""
    tail = Tail.objects.filter(organisation_id=organisation_id).first()
    last = Event.objects.filter(organisation_id=organisation_id).order_by("-sequence").first()
    if tail is None or tail.sequence == 0:
        return None
    at = last.at if last else tail.organisation.created_at
    return Head(ChainId(str(organisation_id)), tail.sequence, bytes(tail.hash), at)


def chain_names() -> list[UUID]:
    """Every organisation that has a chain, which is every organisation."""
    with connection.cursor() as cursor:
        cursor.execute("select * from audit_chains()")
        return [name for (name,) in cursor.fetchall()]


def heads(organisation_id: UUID) -> list[SignedHead]:
    """The signed heads, oldest first."""
    return list(SignedHead.objects.filter(organisation_id=organisation_id).order_by("sequence"))
