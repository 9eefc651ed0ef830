"""An exported chain: one JSON object a line, so that whoever holds the file can prove it alone.

The order is fixed: what it is, public keys, signed heads, every event, and the end. A line of an
event holds the event's canonical bytes as they are kept; nothing is made anew, and a line that was
damaged is an event that cannot be trusted, not a file that cannot be read.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tieout.core.audit import ChainedEvent, ChainId, Head, canonical_bytes

KIND = "tieout-audit-export"
VERSION = 1


@dataclass(frozen=True, slots=True)
class HeadSignature:
    """A head with the signature that was kept with it."""

    head: Head
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the events."""

    chain: ChainId
    exported_at: datetime
    program: str
    keys: dict[str, bytes] = field(default_factory=dict)
    """Public keys by their ids, as the file has them: whether to trust them is another matter."""
    heads: list[HeadSignature] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class End:
    """What stands after the events."""

    sequence: int
    """The number of the last event by the database's own account; 0 before the first."""
    hash: bytes


def written(  # noqa: PLR0913  the parts of the file, by name
    *,
    chain: ChainId,
    exported_at: datetime,
    program: str,
    keys: dict[str, bytes],
    heads: Iterable[HeadSignature],
    events: Iterable[ChainedEvent],
    end: End,
) -> Iterator[bytes]:
    """The lines of the file, each with its line end, as they are needed."""
    yield _line(
        {
            "chain": chain,
            "exported_at": exported_at.isoformat(),
            "kind": KIND,
            "program": program,
            "version": VERSION,
        }
    )
    for name, public in sorted(keys.items()):
        yield _line({"id": name, "kind": "key", "public": public.hex()})
    for each in heads:
        yield _line(
            {
                "body": each.head.to_bytes().decode(),
                "key": each.key_id,
                "kind": "head",
                "signature": each.signature.hex(),
            }
        )
    for event in events:
        yield _event_line(event)
    yield _line({"hash": end.hash.hex(), "kind": "end", "sequence": end.sequence})


def _line(values: dict[str, str | int]) -> bytes:
    return canonical_bytes(values) + b"\n"


def _event_line(event: ChainedEvent) -> bytes:
    """The event as it is kept; bytes that are no text (somebody was at them) in hexadecimal."""
    values: dict[str, str | int] = {
        "hash": event.hash.hex(),
        "kind": "event",
        "previous": event.previous.hex(),
        "sequence": event.sequence,
    }
    try:
        values["body"] = event.body.decode()
    except UnicodeDecodeError:
        values["body_hex"] = event.body.hex()
    return _line(values)


class ExportReader:
    """The lines of an export, read once from the beginning."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Read what stands before the events; raises ValueError if this is no export."""
        self._lines = enumerate(lines, 1)
        self._waiting: tuple[int, dict[str, object]] | None = None
        self._is_over = False
        self.odd: list[int] = []
        """Lines that are none of the lines an export has."""
        first = next((_values(line) for _, line in self._lines), {})
        if first.get("kind") != KIND or not isinstance(first.get("chain"), str):
            raise ValueError(f"the first line does not say {KIND}")
        if first.get("version") != VERSION:
            raise ValueError(f"it is of version {first.get('version')!r}, not {VERSION}")
        at = datetime.fromisoformat(str(first.get("exported_at")))
        self.opening = Opening(ChainId(str(first["chain"])), at, str(first.get("program")))
        self._read_opening()

    def _read_opening(self) -> None:
        for number, line in self._lines:
            values = _values(line)
            try:
                if values.get("kind") == "key":
                    name, public = str(values["id"]), bytes.fromhex(str(values["public"]))
                    self.opening.keys[name] = public
                elif values.get("kind") == "head":
                    self.opening.heads.append(_signed_head(values))
                else:
                    self._waiting = number, values
                    return
            except (KeyError, ValueError):
                self.odd.append(number)

    def events(self) -> Iterator[ChainedEvent]:
        """The events as the file has them; a line that is not understood is a broken event."""
        place = 0
        for number, values in self._rest():
            if self._is_over:
                self.odd.append(number)
            elif values.get("kind") == "end":
                self._is_over = True
            else:
                place += 1
                yield _event(values) or ChainedEvent(place, b"", b"", b"")

    def _rest(self) -> Iterator[tuple[int, dict[str, object]]]:
        if self._waiting is not None:
            yield self._waiting
        for number, line in self._lines:
            yield number, _values(line)


def _values(line: bytes) -> dict[str, object]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _signed_head(values: dict[str, object]) -> HeadSignature:
    head = Head.of(str(values["body"]).encode())
    return HeadSignature(head, str(values["key"]), bytes.fromhex(str(values["signature"])))


def end_of(line: bytes) -> End | None:
    """What the last line of a file says; None if it is not the last line of an export."""
    values = _values(line)
    if values.get("kind") != "end":
        return None
    sequence = values.get("sequence")
    try:
        digest = bytes.fromhex(str(values.get("hash")))
    except ValueError:
        return None
    return End(sequence, digest) if isinstance(sequence, int) else None


def _event(values: dict[str, object]) -> ChainedEvent | None:
    match values:
        case {"kind": "event", "sequence": int(sequence), "previous": before, "hash": digest}:
            try:
                body = (
                    str(values["body"]).encode()
                    if "body" in values
                    else _bytes_of(values["body_hex"])
                )
                return ChainedEvent(sequence, _bytes_of(before), body, _bytes_of(digest))
            except (KeyError, ValueError):
                return None
    return None


def _bytes_of(text: object) -> bytes:
    """What hexadecimal digits say, in the one way that an export writes them."""
    data = bytes.fromhex(str(text))
    if data.hex() != text:
        raise ValueError("hexadecimal digits are written small")
    return data
