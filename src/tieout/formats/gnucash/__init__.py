"""GnuCash books: XML, plain or compressed, and SQLite."""

import re
import zlib
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.heads import SQLITE
from tieout.formats.common.source import Source

_SIGNATURE = re.compile(
    rb"<gnc(?:-v2|-account-example)?[\s>]|gnucash\.org/XML|<gnc:(?:book|transaction)\b"
)


class GnuCash:
    """The reader of GnuCash files."""

    name = "gnucash"
    title = "GnuCash book"
    side = "books"
    standard = "GnuCash XML versions 1 and 2, and its SQLite schema (GnuCash 2.4 to 5)"
    suffixes = (".gnucash", ".gml2", ".xac", ".gnc", ".sqlite", ".sqlite3")

    def recognises(self, source: Source) -> int:
        """By the root of the XML, or by the tables of the database."""
        head = source.head
        if head.startswith(SQLITE):
            if b"gnclock" in head or (b"reconcile_state" in head and b"splits" in head):
                return 95
            return 60 if source.name.lower().endswith(".gnucash") else 30
        if head.startswith(b"\x1f\x8b"):
            try:
                head = zlib.decompressobj(wbits=31).decompress(head, 65_536)
            except zlib.error:
                return 0
        return 95 if _SIGNATURE.search(head[:65_536].replace(b"\0", b"")) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """All transactions and accounts of the book."""
        from tieout.formats.gnucash.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source)


FORMAT = GnuCash()
