"""The steps that all verbs share: who acts and may they, one audit event, follow-up work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from tieout.core.access import SYSTEM_ID, Action, Actor, Role, require, require_any
from tieout.core.audit import Value
from tieout.core.errors import NotFound
from tieout.store.audit.chain import append
from tieout.store.operations.models import OutboxMessage
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Member


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as a door knows it: a member of an organisation, and from where."""

    organisation_id: UUID
    member_id: int
    origin: str
    scopes: frozenset[Action] | None = None
    """For a program's token: the actions it may ask for; None for a person."""
    caused_by_id: int | None = None
    """For the system: the member whose act it follows from."""

    @classmethod
    def system(
        cls, organisation_id: UUID, origin: str, caused_by_id: int | None = None
    ) -> "Caller":
        """Nobody's member: what the program does by itself, or its operator at the machine.

        No door makes one from what it was sent. The origin of a job is `job 12`.
        """
        return cls(organisation_id, SYSTEM_ID, origin, caused_by_id=caused_by_id)

    @property
    def asked_by_id(self) -> int | None:
        """The member whose act it is, or whose act caused it; nobody for a schedule's."""
        return self.caused_by_id if self.member_id == SYSTEM_ID else self.member_id


@dataclass(frozen=True, slots=True)
class Act:
    """A verb at work: its actor, and the instant that all it records carries."""

    caller: Caller
    actor: Actor
    verb: str
    at: datetime

    def record(
        self,
        subject: str,
        *,
        reason: str = "",
        before: Mapping[str, Value] | None = None,
        after: Mapping[str, Value] | None = None,
    ) -> int:
        """The one audit event of the verb; its number."""
        event = append(
            self.caller.organisation_id,
            at=self.at,
            actor=str(self.actor),
            origin=self.caller.origin,
            verb=self.verb,
            subject=subject,
            reason=reason,
            before=before,
            after=after,
        )
        return event.sequence

    def follow_up(self, kind: str, **payload: object) -> None:
        """Work for later, kept only if the act is."""
        OutboxMessage.objects.create(
            organisation_id=self.caller.organisation_id,
            kind=kind,
            payload=payload,
            caused_by_id=self.caller.asked_by_id,
            created_at=self.at,
        )

    def alone(self, what: str) -> None:
        """Wait for whoever does the same in this organisation, until the transaction ends."""
        alone(self.caller.organisation_id, what)


def alone(organisation_id: UUID, what: str) -> None:
    """Within a transaction: wait for whoever does the same in this organisation, until it ends."""
    key = f"{what} {organisation_id}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


@contextmanager
def acting(caller: Caller, action: Action, verb: str, at: datetime) -> Iterator[Act]:
    """A transaction in the caller's organisation, once its role is known to allow the action."""
    with tenant(caller.organisation_id):
        actor = access_actor(caller)
        require(actor, action)
        yield Act(caller, actor, verb, at)


@contextmanager
def looking(caller: Caller, *actions: Action) -> Iterator[Actor]:
    """As `acting`, for reading alone: one of the actions is enough, and nothing is noted."""
    with tenant(caller.organisation_id):
        actor = access_actor(caller)
        require_any(actor, *actions)
        yield actor


@contextmanager
def acting_as_system(organisation_id: UUID, origin: str, verb: str, at: datetime) -> Iterator[Act]:
    """A transaction in an organisation for what nobody asks for by hand; no door calls this."""
    caller = Caller.system(organisation_id, origin)
    with tenant(organisation_id):
        yield Act(caller, access_actor(caller), verb, at)


def access_actor(caller: Caller) -> Actor:
    """The member as it is now: a role taken away a moment ago no longer helps."""
    if caller.member_id == SYSTEM_ID:
        return Actor(SYSTEM_ID, Role.INTEGRATION, caller.origin)
    member = Member.objects.filter(
        organisation_id=caller.organisation_id, id=caller.member_id
    ).first()
    if member is None:
        raise NotFound("store.not-found", f"member:{caller.member_id}", "a member of yours")
    is_active = member.left_at is None
    return Actor(member.pk, Role(member.role), caller.origin, is_active, caller.scopes)
