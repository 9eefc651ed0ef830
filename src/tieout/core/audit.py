"""The audit chain: one canonical byte form, the link between events, and the proof of a sequence.

Byte form, version 1: the event as a JSON object by RFC 8785 (keys in order of their UTF-16 code
units, no blanks, shortest string escapes, UTF-8), with two differences that money demands:
integers are written in full whatever their size, and there are no other numbers. An event's hash
is the SHA-256 of the 32 bytes of the hash before it, followed by its own bytes; before the first
event stand 32 zero bytes. `docs/reference/audit-chain.md` publishes vectors; nothing else in
Tieout, the database included, makes these bytes.
"""

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NewType

from tieout.core.money import Currency, Money

VERSION = 1
HASH_BYTES = 32
GENESIS = bytes(HASH_BYTES)
"""What stands before the first event."""

Value = (
    None | bool | int | str | date | datetime | Money | Sequence["Value"] | Mapping[str, "Value"]
)
"""What an event may carry. Floats are refused: money is minor units with its currency."""
ChainId = NewType("ChainId", str)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One recorded act: who did what to which record, when, from where and why."""

    chain: ChainId
    """The organisation whose chain it is in."""
    sequence: int
    """Counted from 1, without holes."""
    at: datetime
    actor: str
    """Who: `member:17`, `integration:3`, `system`."""
    origin: str
    """From where: `cli`, `web 203.0.113.7`, `job 12`."""
    verb: str
    """The workflow that acted: `import_statement`."""
    subject: str
    """What it acted on: `received_file:9`."""
    reason: str = ""
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an event that could not be verified later."""
        if self.sequence < 1:
            raise ValueError(f"events are counted from 1: {self.sequence}")
        if self.at.utcoffset() is None:
            raise ValueError(f"an instant names its time zone: {self.at.isoformat()}")
        if not (self.chain and self.actor and self.verb and self.subject):
            raise ValueError("an event names its chain, actor, verb and subject")


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event as it is kept: its number, its bytes, and the two hashes that hold it in place."""

    sequence: int
    previous: bytes
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stood at a moment: the number and the hash of its last event."""

    chain: ChainId
    sequence: int
    hash: bytes
    at: datetime

    def to_bytes(self) -> bytes:
        """What is signed."""
        return canonical_bytes(
            {
                "at": self.at,
                "chain": self.chain,
                "hash": self.hash.hex(),
                "kind": "audit-head",
                "sequence": self.sequence,
                "version": VERSION,
            }
        )

    @classmethod
    def of(cls, body: bytes) -> "Head":
        """From what is signed; raises ValueError if these are not the bytes of a head."""
        values = parsed(body)
        match values:
            case {
                "at": str(at),
                "chain": str(chain),
                "hash": str(digest),
                "kind": "audit-head",
                "sequence": int(sequence),
                "version": 1,
            } if len(values) == 6:
                moment = datetime.fromisoformat(at)
                head = cls(ChainId(chain), sequence, bytes.fromhex(digest), moment)
                if head.to_bytes() == body:
                    return head
        raise ValueError("the bytes are not those of a head")


def event_bytes(event: AuditEvent) -> bytes:
    """The canonical bytes of an event, version 1."""
    return canonical_bytes(
        {
            "actor": event.actor,
            "after": event.after,
            "at": event.at,
            "before": event.before,
            "chain": event.chain,
            "origin": event.origin,
            "reason": event.reason,
            "sequence": event.sequence,
            "subject": event.subject,
            "verb": event.verb,
            "version": VERSION,
        }
    )


def canonical_bytes(value: Value) -> bytes:
    """Any value in the canonical form; raises ValueError for what has none."""
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("text with half a surrogate pair has no bytes") from error


def _written(value: object) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(int(value))
        case date():
            return _written_day(value)
        case Money(amount_minor, Currency(code, exponent)):
            return _written({"amount_minor": amount_minor, "currency": code, "exponent": exponent})
        case Mapping():
            return _written_mapping(value)
        case Sequence() if not isinstance(value, bytes | bytearray):
            return f"[{','.join(map(_written, value))}]"
    raise ValueError(f"a {type(value).__name__} has no canonical bytes: {value!r}")


def _written_day(value: date) -> str:
    """A day, or an instant in UTC with its microseconds."""
    if not isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    if value.utcoffset() is None:
        raise ValueError(f"an instant names its time zone: {value.isoformat()}")
    return f'"{value.astimezone(UTC).replace(tzinfo=None).isoformat("T", "microseconds")}Z"'


def _written_mapping(value: Mapping[object, object]) -> str:
    parts = []
    for key in value:
        if not isinstance(key, str):
            raise ValueError(f"a name is text: {key!r}")  # noqa: TRY004  the caller's one error
        parts.append((key.encode("utf-16-be"), f"{_written(key)}:{_written(value[key])}"))
    return f"{{{','.join(text for _, text in sorted(parts))}}}"


def chained(event: AuditEvent, previous: bytes) -> ChainedEvent:
    """The event, linked to the hash before it."""
    body = event_bytes(event)
    return ChainedEvent(event.sequence, previous, body, hash_of(previous, body))


def hash_of(previous: bytes, body: bytes) -> bytes:
    """SHA-256 over the hash before and the event's own bytes."""
    if len(previous) != HASH_BYTES:
        raise ValueError(f"a hash has {HASH_BYTES} bytes: {len(previous)}")
    return hashlib.sha256(previous + body).digest()


def parsed(body: bytes) -> dict[str, object]:
    """The names and values of canonical bytes; raises ValueError if they are not canonical."""
    try:
        values = _DECODER.decode(body.decode("utf-8"))
        is_canonical = isinstance(values, dict) and _rewritten(values, body) == body
    except RecursionError as error:
        raise ValueError("the bytes are nested too deeply") from error
    if not is_canonical:
        raise ValueError("the bytes are not in canonical form")
    found: dict[str, object] = values
    return found


_FOUR_BYTES = 0xF0
"""Characters from here on (in UTF-8) are pairs in UTF-16: only they sort differently there."""


def _rewritten(values: dict[str, Value], body: bytes) -> bytes:
    """The canonical bytes of what was read; the library writes them where its order is the same."""
    if max(body) >= _FOUR_BYTES:
        return canonical_bytes(values)
    return _ENCODER.encode(values).encode("utf-8", "surrogatepass")


def _refused(text: str) -> object:
    raise ValueError(f"{text} is no integer")


_DECODER = json.JSONDecoder(parse_float=_refused, parse_constant=_refused)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Tampering(StrEnum):
    """What was done to a chain."""

    ALTERED = "altered"
    """The event's bytes no longer have their hash."""
    REWRITTEN = "rewritten"
    """Bytes and hash were both made anew; a successor or a signed head remembers another one."""
    MISSING = "missing"
    INSERTED = "inserted"
    """An event stands there that the chain does not know."""
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a chain, and where: the place counts from 1 as kept."""

    kind: Tampering
    sequence: int
    detail: str
    place: int | None = None

    def __str__(self) -> str:
        where = f"event {self.sequence}" + (f", at place {self.place}" if self.place else "")
        return f"{where}: {self.kind} ({self.detail})"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found, of a chain in the database or in a file."""

    event_count: int
    head_count: int
    """Signed heads that were proved with a trusted key."""
    findings: tuple[Finding, ...]
    unproved_heads: tuple[int, ...] = ()
    """Numbers of the events whose signed heads no trusted key has signed, or not like this."""
    lost_heads: tuple[int, ...] = ()
    """Numbers of the events whose heads were signed, as the chain says, and are not there."""
    odd_lines: tuple[int, ...] = ()
    """Lines of a file that are none of the lines an export has."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.findings or self.unproved_heads or self.lost_heads or self.odd_lines)


def verify(
    events: Iterable[ChainedEvent],
    chain: ChainId,
    heads: Iterable[Head] = (),
    tail: Head | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong with a whole chain, in order; nothing when it is sound.

    Args:
        events: All events in the order they are kept in.
        chain: The organisation they must belong to.
        heads: Where the chain is known to have stood (signed, and the signatures checked).
        tail: Where it must end, if that is known.
    """
    return _Examination(chain, (*heads, *([tail] if tail else []))).of(events, tail)


def is_sound(
    events: Iterable[ChainedEvent],
    chain: ChainId,
    heads: Iterable[Head] = (),
    tail: Head | None = None,
) -> bool:
    """Whether nothing at all is wrong: one pass that keeps nothing, for chains of any length.

    It says yes exactly where `verify` finds nothing; what is wrong only `verify` can name.
    """
    remembered: dict[int, bytes] = {}
    for head in (*heads, *([tail] if tail else [])):
        if remembered.setdefault(head.sequence, head.hash) != head.hash:
            return False
    number, before = 0, GENESIS
    for each in events:
        number += 1
        if each.sequence != number or each.previous != before or _fault(each, chain):
            return False
        before = each.hash
        if remembered.pop(number, before) != before:
            return False
    return not remembered and (tail is None or tail.sequence == number)


def _fault(each: ChainedEvent, chain: ChainId) -> str:
    """Why an event cannot stand under the number of its row; empty if it can."""
    fault, number = _said(each, chain)
    return fault or ("" if number == each.sequence else "its bytes have another number")


def _said(each: ChainedEvent, chain: ChainId) -> tuple[str, int]:
    """What is wrong with an event by itself, and its number by bytes that can be trusted."""
    if len(each.previous) != HASH_BYTES or hash_of(each.previous, each.body) != each.hash:
        return "its bytes do not have the hash kept with them", each.sequence
    try:
        values = parsed(each.body)
    except ValueError as error:
        return str(error), each.sequence
    number = values.get("sequence")
    if not isinstance(number, int) or values.get("version") != VERSION:
        return f"its bytes are not of version {VERSION}", each.sequence
    if values.get("chain") != chain:
        return f"its bytes belong to the chain {values.get('chain')!r}", each.sequence
    return "", number


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an event still says of itself."""

    place: int
    number: int
    """Its own number by its bytes; by its row where the bytes cannot be trusted."""
    event: ChainedEvent
    fault: str
    """Why its bytes cannot be trusted; empty when they have their hash."""


class _Examination:
    """One pass over a chain; only hashes and numbers are kept, not the events' bytes."""

    def __init__(self, chain: ChainId, heads: tuple[Head, ...]) -> None:
        self.chain = chain
        self.heads = heads
        self.findings: list[Finding] = []

    def of(self, events: Iterable[ChainedEvent], tail: Head | None) -> tuple[Finding, ...]:
        kept = list(self._kept(events))
        for each in kept:
            if tail and each.number > tail.sequence:
                self._say(Tampering.INSERTED, each, f"the chain ends with event {tail.sequence}")
        within = [each for each in kept if not tail or each.number <= tail.sequence]
        true = self._without_inserted(within)
        self._order(true)
        by_number = {each.number: each for each in true}
        last = max([*by_number, *(head.sequence for head in self.heads)], default=0)
        self._missing(by_number, last)
        self._links(by_number, last)
        self._heads(by_number)
        return tuple(sorted(self.findings, key=lambda each: (each.sequence, each.kind)))

    def _kept(self, events: Iterable[ChainedEvent]) -> Iterator[_Kept]:
        """Each event without its bytes; a hash is kept once where the next event names it."""
        before = GENESIS
        for place, each in enumerate(events, 1):
            fault, number = _said(each, self.chain)
            previous = before if each.previous == before else each.previous
            before = each.hash
            bare = ChainedEvent(each.sequence, previous, b"", each.hash)
            yield _Kept(place, number, bare, fault)

    def _without_inserted(self, kept: Sequence[_Kept]) -> list[_Kept]:
        """One event a number: the one that others and signed heads remember."""
        claimed = defaultdict(list)
        for each in kept:
            claimed[each.number].append(each)
        remembered = Counter(each.event.previous for each in kept if not each.fault)
        remembered.update(head.hash for head in self.heads)
        true = []
        for several in claimed.values():
            ranked = sorted(
                several,
                key=lambda each: (bool(each.fault), -remembered[each.event.hash], each.place),
            )
            true.append(ranked[0])
            for each in ranked[1:]:
                detail = each.fault or "another event has this number and is the one remembered"
                self._say(Tampering.INSERTED, each, detail)
        for each in true:
            if each.fault:
                self._say(Tampering.ALTERED, each, each.fault)
        return sorted(true, key=lambda each: each.place)

    def _order(self, true: Sequence[_Kept]) -> None:
        """Whoever is not in the longest run of growing numbers has been moved."""
        numbers = [each.number for each in true]
        in_order = _longest_growing(numbers)
        moved = [each for at, each in enumerate(true) if at not in in_order]
        for each in moved:
            self._say(Tampering.REORDERED, each, f"it stands at place {each.place}")
        shifted = [each for each in true if each.number != each.event.sequence]
        if shifted and not moved and len(true) == max(numbers, default=0) and not self.findings:
            for each in shifted:
                detail = f"it is kept under the number {each.event.sequence}"
                self._say(Tampering.REORDERED, each, detail)

    def _missing(self, by_number: Mapping[int, _Kept], last: int) -> None:
        for number in range(1, last + 1):
            if number not in by_number:
                known = [head for head in self.heads if head.sequence >= number]
                detail = (
                    "a head of the chain stands behind it" if known else "later events are there"
                )
                self.findings.append(Finding(Tampering.MISSING, number, detail))

    def _links(self, by_number: Mapping[int, _Kept], last: int) -> None:
        for number in range(1, last + 1):
            each, before = by_number.get(number), by_number.get(number - 1)
            if each is None or each.fault:
                continue
            if number == 1 and each.event.previous != GENESIS:
                self._say(Tampering.REWRITTEN, each, "it is not linked to the beginning")
            if before and not before.fault and each.event.previous != before.event.hash:
                detail = "its hash is not the one that its successor remembers"
                self._say(Tampering.REWRITTEN, before, detail)

    def _heads(self, by_number: Mapping[int, _Kept]) -> None:
        named = {(each.kind, each.sequence) for each in self.findings}
        for head in self.heads:
            each = by_number.get(head.sequence)
            if each is None or each.event.hash == head.hash:
                continue
            if (Tampering.REWRITTEN, head.sequence) not in named:
                detail = f"the head of {head.at.date().isoformat()} remembers another hash"
                self._say(Tampering.REWRITTEN, each, detail)
                named.add((Tampering.REWRITTEN, head.sequence))

    def _say(self, kind: Tampering, each: _Kept, detail: str) -> None:
        self.findings.append(Finding(kind, each.number, detail, each.place))


def _longest_growing(numbers: Sequence[int]) -> frozenset[int]:
    """Indices of one longest strictly growing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        size = bisect_left(tails, number)
        before.append(ends[size - 1] if size else None)
        if size == len(tails):
            tails.append(number)
            ends.append(at)
        else:
            tails[size], ends[size] = number, at
    chosen = set()
    here = ends[-1] if ends else None
    while here is not None:
        chosen.add(here)
        here = before[here]
    return frozenset(chosen)
