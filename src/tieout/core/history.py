"""Field by field: what an audit event changed of each record that it concerns, from what to what.

An event concerns what it is about, every record that it added or changed, and the accounts,
pairings and books that those name: a statement is news of its bank account, a decision of both
accounts of its pairing. Postings and the like are told as counts and totals.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tieout.core.kept import LEADS_TO, MANY, PARTS, RECORDS, SUMS, Fields, Said, added, part

HOLDERS = ("bank_account", "ledger_account", "reconciliation", "books")
"""Kinds of record whose history also has what happened to the records that name them."""
APART = frozenset({"alert", "comment", "comment_resolution"})
"""Kinds that change nothing of what they name."""
FEW = 3
"""More new records of a kind than these are told as one row."""

_ORDER = "pdc"
"""Postings, debits, credits, by their first letter."""

SHOWN: Mapping[str, tuple[str, ...]] = {
    "alert_channel": ("name", "kinds", "roles"),
    "alert_rule": ("kind", "allowed"),
    "bank_account": ("number", "currency"),
    "bank_statement": ("begins_on", "ends_on", "opening_minor", "closing_minor", "line_count"),
    "certification": ("ledger", "period", "step", "control_minor", "unexplained_minor"),
    "closing_policy": ("ledger", "risk", "due_days", "automatic", "unexplained_minor"),
    "decision": ("verdict", "group", "undoes"),
    "evidence": ("file", "note"),
    "explained": ("snapshot", "period"),
    "match_run": ("left_count", "right_count", "left_minor", "right_minor"),
    "reconciliation": ("name", "bank_account", "account"),
    "schedule": ("task", "every", "cron", "zone"),
    "sign_off": ("step", "cut_off_on", "left_minor", "right_minor"),
    "snapshot": ("content_hash",),
    "suspension": ("sign_off", "cause", "detail"),
}
"""What is told of a new record in the history of another."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a record from one value to another; what was not there before is None."""

    field: str
    before: object
    after: object
    of: str
    """The record: itself or one that names it. A kind alone where several are told as one."""
    fields: Fields | None = None
    """All that the event says of that record: what an amount is counted in stands there."""


def changes(said: Said) -> Mapping[str, list[Change]]:
    """By the name of each record that the event concerns: what it changed of it."""
    found: dict[str, list[Change]] = defaultdict(list)
    before = part(said, "before", RECORDS)
    earlier = before if isinstance(before, Mapping) else {}
    new: dict[tuple[str, str], list[tuple[str, Fields]]] = defaultdict(list)
    for name, fields in added({"after": {RECORDS: part(said, "after", RECORDS)}}):
        was = earlier.get(name)
        found[name] += _own(name, fields, was if isinstance(was, Mapping) else {})
        for holder in _holders(said, name, fields):
            if was is None:
                new[holder, _kind(name)].append((name, fields))
            else:
                found[holder] += _told_of(name, fields, was)
    for (holder, kind), several in new.items():
        found[holder] += _new(kind, several)
    _add_many(said, found)
    for name, counts in _pairs(part(said, "after", SUMS)):
        if _kind(name) in HOLDERS:
            found[name].append(Change("entries", None, dict(_in_order(counts)), name))
    about = str(said.get("subject"))
    if about not in found:
        found[about] = list(_plain(said, about))
    return {
        name: sorted(several, key=lambda each: each.of != name)
        for name, several in found.items()
        if several
    }


def _own(name: str, fields: Fields, was: Fields) -> list[Change]:
    """A record's own fields; of a new one those that say something."""
    return [
        Change(field, was.get(field), value, name, fields)
        for field, value in fields.items()
        if field in was or value not in (None, "", [], {})
    ]


def _told_of(name: str, fields: Fields, was: Fields) -> Iterator[Change]:
    for field, value in fields.items():
        yield Change(f"{_kind(name)}.{field}", was.get(field), value, name, fields)


def _new(kind: str, several: list[tuple[str, Fields]]) -> Iterator[Change]:
    if len(several) > FEW:
        yield Change(kind, None, {"added": len(several)}, kind)
        return
    for name, fields in several:
        yield Change(kind, None, _shown(kind, fields), name, fields)


def _shown(kind: str, fields: Fields) -> Fields:
    """What is told of a new record; all of it where nothing is chosen."""
    chosen = SHOWN.get(kind, tuple(fields))
    return {each: fields[each] for each in chosen if fields.get(each) not in (None, "", [])}


def _add_many(said: Said, found: dict[str, list[Change]]) -> None:
    several = part(said, "after", MANY)
    for one in several if isinstance(several, list) else ():
        match one:
            case {"kind": str(kind), "ids": list(ids), "fields": dict(fields)}:
                told = {"added": len(ids), **_shown(kind, fields)}
                for holder in _holders(said, kind, fields):
                    found[holder].append(Change(kind, None, told, kind, fields))


def _holders(said: Said, name: str, fields: Fields) -> Iterator[str]:
    """The accounts, pairings and books that a record names, itself left out, each once."""
    if _kind(name) in APART:
        return
    leads = part(said, "after", LEADS_TO)
    known = leads if isinstance(leads, Mapping) else {}
    named = dict.fromkeys(_named(fields.values()))
    for each in tuple(named):
        named |= dict.fromkeys(_named([known.get(each)]))
    yield from (each for each in named if each != name and _kind(each) in HOLDERS)


def names_in(values: Iterable[object]) -> Iterator[str]:
    """Every record that these values name, those in lists as well."""
    yield from _named(values)


def _named(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            kind, _, number = value.partition(":")
            if number.isdecimal() and kind.replace("_", "").isalpha():
                yield value
        elif isinstance(value, list | tuple):
            yield from _named(value)


def _plain(said: Said, about: str) -> Iterator[Change]:
    """An event in its verb's own words: what an event said before records were in it."""
    before, after = dict(_pairs(said.get("before"))), dict(_pairs(said.get("after")))
    for field in dict.fromkeys([*before, *after]):
        if field not in PARTS and before.get(field) != after.get(field):
            yield Change(field, before.get(field), after.get(field), about)


def _in_order(counts: object) -> Iterator[tuple[str, object]]:
    """How many postings, then debits, then credits."""
    yield from sorted(_pairs(counts), key=lambda each: (_ORDER.find(each[0][0]), each[0]))


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _pairs(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from value.items()
