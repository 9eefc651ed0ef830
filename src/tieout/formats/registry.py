"""Which reader reads which file: the list of formats and the choice among them."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.reading import Reading
from tieout.formats.common.contract import Format
from tieout.formats.common.quiet import collector_at_rest
from tieout.formats.common.source import Source

FORMATS: tuple[str, ...] = (
    "ofx",
    "camt",
    "mt940",
    "bai2",
    "coda",
    "cfonb120",
    "norma43",
    "qif",
    "saft",
    "gnucash",
    "beancount",
    "ledger",
    "iif",
    "parquet",
    "sheet",
    "delimited",
)
"""Module names below `tieout.formats`, each with an object `FORMAT`; order breaks equal votes."""


@cache
def format_named(name: str) -> Format:
    """The reader of that name."""
    if name not in FORMATS:
        raise InvalidInput(
            "file.unknown-format", f"the format name {name!r}", f"one of {', '.join(FORMATS)}"
        )
    return cast("Format", import_module(f"tieout.formats.{name}").FORMAT)


def detect(source: Source) -> list[tuple[int, str]]:
    """The formats that recognise the source as (votes, name), surest first."""
    votes = [(format_named(name).recognises(source), name) for name in FORMATS]
    return sorted((vote for vote in votes if vote[0] > 0), key=lambda vote: -vote[0])


def read_source(
    source: Source, name: str = "", options: Mapping[str, str] | None = None
) -> Reading:
    """Read with the named format, or with the one that recognises the source best.

    If the surest reader cannot read it, the next one that is at least half sure is tried; when
    none can, the error of the surest is raised.
    """
    if source.size == 0:
        raise InvalidInput("file.empty", "0 bytes", "at least one record", source.name)
    with collector_at_rest():
        if name:
            return format_named(name).read(source, options or {})
        return _read_by_votes(source, options or {})


def _read_by_votes(source: Source, options: Mapping[str, str]) -> Reading:
    votes = detect(source)
    if not votes:
        raise _unknown(source)
    first_error: TieoutError | None = None
    for vote, candidate in votes:
        if first_error is not None and vote < 50:
            break
        try:
            return format_named(candidate).read(source, options)
        except TieoutError as error:
            first_error = first_error or error
    raise first_error or _unknown(source)


def _unknown(source: Source) -> InvalidInput:
    head = source.head
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head[:4096])
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"MZ", b"\x7fELF")) or odd > 40:
        return InvalidInput("file.binary", _kind_of(head), "text or a workbook", source.name)
    start = head[:40].decode("latin-1").strip()
    return InvalidInput("file.unknown-format", f"a file that begins {start!r}", "", source.name)


def _kind_of(head: bytes) -> str:
    known = {b"%PDF": "a PDF", b"\x89PNG": "a PNG image", b"\xff\xd8": "a JPEG image"}
    return next((name for mark, name in known.items() if head.startswith(mark)), "binary data")
