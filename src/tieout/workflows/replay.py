"""`replay`: the log read from its beginning, and compared with what the tables hold.

The audit chain proves that no event was changed; this proves that the events tell everything:
folded in their order they give exactly the members, accounts, settings, files, runs, decisions,
sign-offs and so on that there are, and the totals of every account.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from tieout.core.access import Action
from tieout.core.audit import ChainedEvent, Value, parsed
from tieout.core.history import changes
from tieout.core.kept import Departure, Fields, Said, State, as_said, departures, replayed
from tieout.store.audit.chain import events
from tieout.store.audit.models import Concern
from tieout.store.ledger.balances import all_added_up, all_entries
from tieout.store.tenancy.models import Organisation, TenantModel
from tieout.workflows.acting import Act, Caller, acting, looking
from tieout.workflows.kept_records import KEPT, fields_of, name_of

BLOCK = 2000
TOLD = 20
"""Departures that an alert carries."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the log gave, and where the tables say something else."""

    event_count: int
    record_count: int
    """Records that the log knows, one by one."""
    departures: tuple[str, ...]
    noted_count: int = 0
    """Of a log that is older than the records in it: how many records it begins to know now."""

    @property
    def is_sound(self) -> bool:
        """Whether the log reproduces what there is."""
        return not self.departures


def replay(caller: Caller, *, now: datetime) -> Replayed:
    """Replay the log as of one instant; what departs is named, never mended.

    A log that began before events carried records is given what there is, once, as an event.

    An event whose bytes cannot be read says nothing, and is itself a departure.

    Raises:
        AccessDenied: The caller may not see the trail.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:  # else whoever began has chosen
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read")
        with looking(caller, Action.VIEW_AUDIT):
            state, count = _state_of(caller.organisation_id)
            begins = f"organisation:{caller.organisation_id}" in state.records
            known = len(state.records)
            found = [
                *(_departures(caller.organisation_id, state) if begins else ()),
                *_hidden(caller.organisation_id),
            ]
            done = Replayed(count, known, tuple(map(str, found)))
    with acting(caller, Action.VIEW_AUDIT, "replay", now) as act:
        if not begins:
            note_state(act)
            done = replace(done, noted_count=len(act.left.others))
            act.record(f"organisation:{caller.organisation_id}", after={"noted": done.noted_count})
        elif done.is_sound:
            after = {"events": done.event_count, "records": done.record_count, "departures": 0}
            act.record(f"organisation:{caller.organisation_id}", after=after)
        else:
            act.follow_up("log_not_whole", findings=list(done.departures[:TOLD]))
    return done


def note_state(act: Act) -> None:
    """Within a verb: its event also says what the log did not know yet, or knew otherwise.

    A copy of an organisation so begins with what was copied, and the log of one that is older than
    its records with what there was. What the log had said before stays in it.
    """
    organisation_id = act.caller.organisation_id
    state, _ = _state_of(organisation_id)
    for each in _departures(organisation_id, state):
        if each.table is None:
            continue  # nothing says of a record that it is gone: that stays a departure
        if not each.field and isinstance(each.table, Mapping):
            act.left.others[each.name] = cast("dict[str, Value]", each.table)
        elif each.is_sum and isinstance(each.table, int) and isinstance(each.log, int):
            act.adds(each.name, **{each.field: each.table - each.log})
        else:
            table, log = cast("tuple[Value, Value]", (each.table, each.log))
            act.left.others.setdefault(each.name, {})[each.field] = table
            act.left.before.setdefault(each.name, {})[each.field] = log


def _state_of(organisation_id: UUID) -> tuple[State, int]:
    """What the events give, and how many they are."""
    count = 0

    def said() -> Iterator[Said]:
        nonlocal count
        for each in events(organisation_id):
            count += 1
            yield _read(each)

    return replayed(said()), count


def _read(event: ChainedEvent) -> Said:
    """What its bytes say; nothing where somebody was at them."""
    try:
        return parsed(event.body)
    except ValueError:
        return {}


def _departures(organisation_id: UUID, state: State) -> Iterator[Departure]:
    yield from departures(state, _records(organisation_id), _sums(organisation_id))


def _hidden(organisation_id: UUID) -> Iterator[Departure]:
    """Events that cannot be read, or that no record leads to: its history would lack them."""
    rows = Concern.objects.order_by("sequence").values_list("sequence", "subject")
    ways = groupby(rows.iterator(chunk_size=BLOCK), key=itemgetter(0))
    at, known = next(ways, (0, iter(())))
    for each in events(organisation_id):
        while at and at < each.sequence:
            at, known = next(ways, (0, iter(())))
        led = {subject for _, subject in known} if at == each.sequence else set()
        said = _read(each)
        if not said:
            yield Departure(f"event {each.sequence}", "bytes", "an event", "none that can be read")
        elif lost := changes(said).keys() - led:
            told = ", ".join(sorted(lost))
            yield Departure(f"event {each.sequence}", "found from", told, "")


def _records(organisation_id: UUID) -> Iterator[tuple[str, Fields]]:
    """Every record that the log should know, as the tables have it."""
    mine = Organisation.objects.get(id=organisation_id)
    said: dict[str, Value] = {"name": mine.name, "created_at": mine.created_at}
    yield f"organisation:{organisation_id}", as_said(said)
    for model in KEPT:
        rows: QuerySet[TenantModel] = QuerySet(model).order_by("id")
        for row in rows.iterator(chunk_size=BLOCK):
            yield name_of(row), as_said(fields_of(row))


def _sums(organisation_id: UUID) -> dict[str, dict[str, int]]:
    """What is counted and added up, as the tables have it."""
    accounts = all_added_up(organisation_id)
    sources = all_entries(organisation_id)
    return {f"ledger_account:{key}": each for key, each in accounts.items()} | {
        f"journal:{source}": each for source, each in sources.items()
    }
