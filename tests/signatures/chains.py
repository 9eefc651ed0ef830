"""Chains and their exports for tests, and every way to tamper with a file."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tieout.core.audit import GENESIS, AuditEvent, ChainedEvent, ChainId, Head, chained
from tieout.core.audit_file import End, HeadSignature, written
from tieout.signatures import key_id, public_key_of, signed

CHAIN = ChainId("5b0f8f5e-26f0-4bb5-9a39-6d4b1a4c1d10")
BEGUN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
KEY = bytes(range(32))
PUBLIC = public_key_of(KEY)
KEYS = {key_id(PUBLIC): PUBLIC}
SIGNED_EVERY = 4


def chain_of(count: int, text: str = "") -> list[ChainedEvent]:
    """A chain whose every fourth event is the signing of the head before it."""
    kept: list[ChainedEvent] = []
    for number in range(1, count + 1):
        at = BEGUN + timedelta(minutes=number)
        before = kept[-1] if kept else None
        if before and number % SIGNED_EVERY == 0:
            after = {"hash": before.hash.hex(), "key": key_id(PUBLIC)}
            event = AuditEvent(
                CHAIN, number, at, "system", "job 1", "sign_head",
                f"audit_event:{before.sequence}", after=after,
            )  # fmt: skip
        else:
            event = AuditEvent(
                CHAIN, number, at, "member:1", "cli", "decide", f"match_group:{number}",
                after={"t": text},
            )  # fmt: skip
        kept.append(chained(event, before.hash if before else GENESIS))
    return kept


def heads_of(events: Sequence[ChainedEvent], key: bytes = KEY) -> list[HeadSignature]:
    """The signed heads that such a chain speaks of."""
    made = []
    for number in range(SIGNED_EVERY, len(events) + 1, SIGNED_EVERY):
        before = events[number - 2]
        head = Head(CHAIN, before.sequence, before.hash, BEGUN + timedelta(minutes=number))
        made.append(HeadSignature(head, key_id(public_key_of(key)), signed(key, head)))
    return made


def export_of(
    events: Sequence[ChainedEvent],
    heads: Sequence[HeadSignature],
    keys: dict[str, bytes] | None = None,
) -> bytes:
    """The bytes of an export."""
    end = End(events[-1].sequence, events[-1].hash) if events else End(0, GENESIS)
    return b"".join(
        written(
            chain=CHAIN,
            exported_at=BEGUN + timedelta(days=1),
            program="tieout test",
            keys=KEYS if keys is None else keys,
            heads=heads,
            events=events,
            end=end,
        )
    )


def with_event(data: bytes, number: int, change: Callable[[dict[str, object]], None]) -> bytes:
    """The export with one event's line changed."""
    lines = data.splitlines(keepends=True)
    at = event_lines(data)[number - 1]
    values = json.loads(lines[at])
    change(values)
    lines[at] = json.dumps(values, ensure_ascii=False).encode() + b"\n"
    return b"".join(lines)


def event_lines(data: bytes) -> list[int]:
    """Where the events stand, counted from 0."""
    return [at for at, line in enumerate(data.splitlines()) if json.loads(line)["kind"] == "event"]


def saved(folder: Path, data: bytes) -> Path:
    """The export as a file."""
    path = folder / "chain.jsonl"
    path.write_bytes(data)
    return path
