"""What an audit event says of the records that its act left behind; what all events say of them.

Beside what a verb tells in its own words, an event carries in `after` under `records` every record
that the act added or changed: `{"member:3": {"role": "auditor"}}`, all fields of a new one, the
changed fields of another, whose earlier values stand in `before`. Ten thousand records that differ
in one field stand under `many`, and what is counted rather than kept one by one under `sums`.
`replayed` folds the events of a chain into the state that they describe.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tieout.core.audit import Value, canonical_bytes, parsed

RECORDS = "records"
"""In `before` and `after`: fields by the name of a record."""
MANY = "many"
"""In `after`: new records of one kind, `ids` and `fields` that all share, `each` by field."""
SUMS = "sums"
"""In `after`: what is added to the counts and totals of a record, by its name."""
LEADS_TO = "leads_to"
"""In `after`: for a record that is named, the accounts that it is about."""
PARTS = (RECORDS, MANY, SUMS, LEADS_TO)

Fields = Mapping[str, object]
Said = Mapping[str, object]
"""An event as its bytes say it."""


@dataclass(frozen=True, slots=True)
class Many:
    """New records of one kind that share most of what they say."""

    kind: str
    ids: Sequence[int]
    fields: Mapping[str, Value]
    each: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """Where they differ: a value for each, in the order of the ids."""

    def as_value(self) -> dict[str, Value]:
        """As an event carries it."""
        return {
            "kind": self.kind,
            "ids": list(self.ids),
            "fields": dict(self.fields),
            "each": {name: list(values) for name, values in self.each.items()},
        }


@dataclass(slots=True)
class State:
    """What events say there is: the fields of every record, and every count and total."""

    records: dict[str, dict[str, object]] = field(default_factory=dict)
    sums: dict[str, dict[str, int]] = field(default_factory=dict)

    def take(self, said: Said) -> None:
        """One more event."""
        for name, fields in added(said):
            self.records.setdefault(name, {}).update(fields)
        for name, counts in _mapping(part(said, "after", SUMS)):
            known = self.sums.setdefault(name, {})
            for what, count in _mapping(counts):
                if isinstance(count, int):
                    known[what] = known.get(what, 0) + count


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the log and the tables do not say the same; a side that has nothing says None."""

    name: str
    """The record: `member:3`."""
    field: str
    """Empty where one of them does not know the record at all."""
    log: object
    table: object
    is_sum: bool = False

    def __str__(self) -> str:
        if not self.field:
            known = "the table does not have" if self.table is None else "the log does not know"
            return f"{self.name}: {known} it"
        return f"{self.name}, {self.field}: the log says {self.log!r}, the table {self.table!r}"


def part(said: Said, side: str, name: str) -> object:
    """That part of an event's `before` or `after`; nothing where the event has none."""
    values = said.get(side)
    return values.get(name) if isinstance(values, Mapping) else None


def in_words(values: Mapping[str, object]) -> dict[str, object]:
    """An event's `before` or `after` without these parts: what its verb says itself."""
    return {name: value for name, value in values.items() if name not in PARTS}


def added(said: Said) -> Iterator[tuple[str, Fields]]:
    """Every record that an event tells of, with the fields that it says of it."""
    for name, fields in _mapping(part(said, "after", RECORDS)):
        yield name, dict(_mapping(fields))
    several = part(said, "after", MANY)
    for one in several if isinstance(several, Sequence) else ():
        yield from _each_of(one)


def _each_of(one: object) -> Iterator[tuple[str, Fields]]:
    match one:
        case {"kind": str(kind), "ids": list(ids), "fields": dict(fields), "each": dict(each)}:
            for place, number in enumerate(ids):
                own = {name: values[place] for name, values in each.items()}
                yield f"{kind}:{number}", {**fields, **own}


def replayed(events: Iterable[Said]) -> State:
    """The state that the events describe, taken in their order."""
    state = State()
    for said in events:
        state.take(said)
    return state


def departures(
    log: State, records: Iterable[tuple[str, Fields]], sums: Mapping[str, Mapping[str, int]]
) -> Iterator[Departure]:
    """Everything in which the tables are not what the log says. The log's records are used up."""
    for name, fields in records:
        known = log.records.pop(name, None)
        if known is None:
            yield Departure(name, "", None, fields)
            continue
        for what in sorted(known.keys() | fields.keys()):
            if known.get(what) != fields.get(what):
                yield Departure(name, what, known.get(what), fields.get(what))
    for name, said in log.records.items():
        yield Departure(name, "", said, None)
    for name in sorted(log.sums.keys() | sums.keys()):
        told, counted = log.sums.get(name, {}), sums.get(name, {})
        for what in sorted(told.keys() | counted.keys()):
            if told.get(what, 0) != counted.get(what, 0):
                yield Departure(name, what, told.get(what, 0), counted.get(what, 0), is_sum=True)


def as_said(fields: Mapping[str, Value]) -> Fields:
    """The fields as they come back from an event's bytes."""
    return parsed(canonical_bytes(fields))


def _mapping(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from value.items()
