"""An exported audit chain, proved from its file alone: no database, no trust in the server."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tieout.core.audit import Finding, Head, Tampering, Verified, is_sound, parsed, verify
from tieout.core.audit_file import ExportReader, Opening, end_of
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.kept import State
from tieout.signatures import HeadsSaid, proved_heads

LAST_LINE_BYTES = 4096


def verify_export(path: Path, trusted: Mapping[str, bytes]) -> tuple[Opening, Verified]:
    """What the file says it is, and everything that is wrong with its chain.

    A sound chain is proved in one pass that keeps nothing of an event; only where something is
    wrong a second pass names it, and keeps numbers and hashes.

    Args:
        path: The export.
        trusted: Public keys by their ids, known from elsewhere. Without any, those that came
            with the file are taken, which proves nothing against whoever made the file.
    """
    try:
        opening, found = _passed(path, trusted, names_faults=False)
        if found is None:
            opening, found = _passed(path, trusted, names_faults=True)
    except FileNotFoundError as error:
        raise NotFound("file.not-found", str(path), "an exported chain") from error
    except OSError as error:
        raise InvalidInput("file.not-readable", str(error.strerror), "a file", str(path)) from error
    assert found is not None
    return opening, found


def replayed_export(path: Path) -> tuple[Opening, State, Verified]:
    """What the events of a file give, read from the first one, and whether its chain is sound.

    An event whose bytes cannot be trusted says nothing here; the verification names it.
    """
    opening, found = verify_export(path, {})
    state = State()
    for each in ExportReader(_lines(path)).events():
        try:
            state.take(parsed(each.body))
        except ValueError:
            continue
    return opening, state, found


def _passed(
    path: Path, trusted: Mapping[str, bytes], *, names_faults: bool
) -> tuple[Opening, Verified | None]:
    """One pass; None from the one that names nothing, if the chain is not sound."""
    try:
        reader = ExportReader(_lines(path))
    except ValueError as error:
        raise InvalidInput(
            "audit.not-export", str(error), "a file that `tieout audit export` wrote", str(path)
        ) from error
    opening = reader.opening
    own = [each for each in opening.heads if each.head.chain == opening.chain]
    heads, unproved = proved_heads(own, trusted or opening.keys)
    foreign = tuple(each.head.sequence for each in opening.heads if each not in own)
    end = end_of(_last_line(path))
    tail = Head(opening.chain, end.sequence, end.hash, opening.exported_at) if end else None
    if end and end.sequence == 0:
        tail = None
    said = HeadsSaid()
    events = said.watching(reader.events())
    findings: tuple[Finding, ...] = ()
    if names_faults:
        findings = verify(events, opening.chain, heads, tail)
    elif not is_sound(events, opening.chain, heads, tail):
        return opening, None
    if end is None:
        cut = "the file is cut off: its last line is not there"
        findings = (*findings, Finding(Tampering.MISSING, said.event_count + 1, cut))
    elif tail is None and said.event_count:
        detail = "the chain has no events by its last line"
        findings = (*findings, Finding(Tampering.INSERTED, 1, detail))
    verified = Verified(said.event_count, len(heads), findings)
    return opening, replace(
        verified,
        unproved_heads=(*unproved, *foreign),
        lost_heads=said.lost(own),
        odd_lines=tuple(reader.odd),
    )


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _last_line(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LAST_LINE_BYTES))
        return file.read().rstrip(b"\n").rpartition(b"\n")[2]
