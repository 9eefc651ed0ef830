"""`receive_file`: a file is kept byte for byte with its hash; the same bytes are recognised."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.formats.common.source import Source
from tieout.store.banking.models import ReceivedFile
from tieout.store.banking.parts import add_parts
from tieout.workflows.acting import Act, Caller, acting

PART_BYTES = 1 << 20
FILE_BYTES_MAX = 1 << 30
"""The largest file that is taken, by whatever door."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file as kept."""

    file_id: int
    sha256: str
    size: int
    is_new: bool
    """Off when these bytes were received before, under whatever name."""


def receive_file(
    caller: Caller, *, source: Source, import_after: bool = False, now: datetime
) -> Received:
    """Keep the file. What it holds is not looked at here.

    `import_after`: a job imports it as soon as it is kept.
    """
    with acting(caller, Action.RECEIVE_FILE, "receive_file", now) as act:
        if source.size == 0:
            raise InvalidInput("file.empty", "0 bytes", "at least one record", source.name)
        act.alone("files")
        kept, is_new = keep_file(act, source)
        act.record(
            f"received_file:{kept.pk}",
            after={
                "name": source.name,
                "sha256": source.sha256,
                "size": source.size,
                "is_new": is_new,
            },
        )
        if is_new or import_after:
            act.follow_up("file_received", file_id=kept.pk, import_after=import_after)
    return Received(kept.pk, source.sha256, kept.size, is_new)


def keep_file(act: Act, source: Source) -> tuple[ReceivedFile, bool]:
    """The file with those bytes, and whether it is new; part of a verb that holds that lock."""
    check_size(source.size, source.name)
    digest = bytes.fromhex(source.sha256)
    known = ReceivedFile.objects.filter(sha256=digest).first()
    return (known, False) if known else (_kept(act, source, digest), True)


def _kept(act: Act, source: Source, digest: bytes) -> ReceivedFile:
    file = ReceivedFile.objects.create(
        organisation_id=act.caller.organisation_id,
        name=source.name,
        sha256=digest,
        size=source.size,
        received_at=act.at,
        received_by_id=act.caller.member_id,
    )
    act.keeps(file)
    with source.open() as stream:
        add_parts(file, iter(partial(stream.read, PART_BYTES), b""))
    return file


def check_size(size: int, name: str = "") -> None:
    """Refuse a file that is too large; a door may ask before it reads one."""
    if size > FILE_BYTES_MAX:
        raise InvalidInput("file.too-large", f"{size:,} bytes", f"at most {FILE_BYTES_MAX:,}", name)
