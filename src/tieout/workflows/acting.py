"""The steps that all verbs share: who acts and may they, one audit event, follow-up work."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from tieout.core.access import SYSTEM_ID, Action, Actor, Role, require, require_any
from tieout.core.audit import Value, parsed
from tieout.core.errors import NotFound
from tieout.core.history import changes, names_in
from tieout.core.kept import LEADS_TO, MANY, RECORDS, SUMS, Many
from tieout.store.audit.chain import append
from tieout.store.audit.models import Concern
from tieout.store.operations.models import OutboxMessage
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Member, TenantModel
from tieout.workflows.kept_records import fields_of, leads_to, name_of

BLOCK = 1000


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


@dataclass(slots=True)
class Left:
    """What an act has added or changed so far, for its event."""

    rows: dict[str, TenantModel] = field(default_factory=dict)
    before: dict[str, dict[str, Value]] = field(default_factory=dict)
    """The rows that were changed, as they were."""
    others: dict[str, dict[str, Value]] = field(default_factory=dict)
    """Fields of what is no row of the organisation's: the organisation itself."""
    many: list[Many] = field(default_factory=list)
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    last: list[Callable[[], object]] = field(default_factory=list)
    """What is still to be done before the event is written."""

    def keeps(self, *rows: TenantModel) -> None:
        """New rows."""
        self.rows |= {name_of(each): each for each in rows}

    def changes(self, *rows: TenantModel) -> None:
        """Rows that are about to be changed."""
        for each in rows:
            name = name_of(each)
            if name not in self.rows:
                self.before.setdefault(name, fields_of(each))
            self.rows[name] = each

    def told(self) -> tuple[dict[str, Value], dict[str, Value]]:
        """What the event carries of it in `before` and in `after`; nothing is left behind."""
        after = dict(self.others)
        before = {name: self.before[name] for name in self.others if name in self.before}
        for name, row in self.rows.items():
            now, was = fields_of(row), self.before.get(name)
            if was is not None:
                now = {each: value for each, value in now.items() if was[each] != value}
                before[name] = {each: was[each] for each in now}
            if now:
                after[name] = now
        named = names_in(value for each in after.values() for value in each.values())
        shared = names_in(value for each in self.many for value in each.fields.values())
        parts: dict[str, Value] = {
            RECORDS: after,
            MANY: [each.as_value() for each in self.many],
            SUMS: self.sums,
            LEADS_TO: leads_to({*named, *shared, *after}),
        }
        earlier: dict[str, Value] = {RECORDS: {name: was for name, was in before.items() if was}}
        self.rows, self.before, self.others, self.many, self.sums = {}, {}, {}, [], {}
        return (
            {name: said for name, said in earlier.items() if said},
            {name: said for name, said in parts.items() if said},
        )


@dataclass(frozen=True, slots=True)
class Act:
    """A verb at work: its actor, and the instant that all it records carries."""

    caller: Caller
    actor: Actor
    verb: str
    at: datetime
    left: Left = field(default_factory=Left)

    def keeps(self, *rows: TenantModel) -> None:
        """New rows: the event carries them."""
        self.left.keeps(*rows)

    def changes(self, *rows: TenantModel) -> None:
        """Before rows are changed: the event carries what changes of them, before and after."""
        self.left.changes(*rows)

    def adds(self, name: str, **counts: int) -> None:
        """To the counts and totals of what is not kept one by one."""
        known = self.left.sums.setdefault(name, {})
        for what, count in counts.items():
            known[what] = known.get(what, 0) + count

    def record(
        self,
        subject: str,
        *,
        reason: str = "",
        before: Mapping[str, Value] | None = None,
        after: Mapping[str, Value] | None = None,
    ) -> int:
        """The one audit event of the verb, with all that it has left behind; its number."""
        while self.left.last:
            self.left.last.pop()()
        was, left = self.left.told()
        event = append(
            self.caller.organisation_id,
            at=self.at,
            actor=str(self.actor),
            origin=self.caller.origin,
            verb=self.verb,
            subject=subject,
            reason=reason,
            before={**(before or {}), **was},
            after={**(after or {}), **left},
        )
        self._concern(event.sequence, event.body)
        return event.sequence

    def _concern(self, sequence: int, body: bytes) -> None:
        """Lead from every record that the event concerns to the event."""
        rows = (
            Concern(
                organisation_id=self.caller.organisation_id,
                subject=name,
                sequence=sequence,
                at=self.at,
                actor=str(self.actor),
                fields=sorted({each.field for each in found}),
            )
            for name, found in changes(parsed(body)).items()
        )
        Concern.objects.bulk_create(rows, batch_size=BLOCK)

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
