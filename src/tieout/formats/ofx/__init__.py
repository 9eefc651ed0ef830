"""OFX of every form: 1.x SGML, 2.x XML, QFX, QBO, with or without header, well formed or not."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source

_SIGNATURE = re.compile(rb"OFXHEADER\s*[:=]|<\?OFX\b", re.IGNORECASE)
_ROOT = re.compile(rb"<\s*(?:\w+:)?OFX\s*>", re.IGNORECASE)
_PARTS = re.compile(rb"<(?:CC|INV)?STMT(?:TRN)?RS>|<BANKTRANLIST>|<STMTTRN>", re.IGNORECASE)
MARKS = ((97, _SIGNATURE), (92, _ROOT), (70, _PARTS))
"""How sure each mark makes that a file is OFX; a file without any is none."""


class Ofx:
    """The reader of OFX, QFX and QBO files."""

    name = "ofx"
    title = "OFX, QFX and QBO"
    side = "bank"
    standard = "Open Financial Exchange 1.0.2 to 2.3"
    suffixes = (".ofx", ".qfx", ".qbo", ".ofc")

    def recognises(self, source: Source) -> int:
        head = source.head.replace(b"\0", b"")
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2] in {b"/*", b"//"}:
            return 0
        for vote, mark in MARKS:
            if mark.search(head):
                return vote
        return 20 if b"<" in head and source.name.lower().endswith(self.suffixes) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Read the whole file; there are no options."""
        from tieout.formats.ofx.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source)


FORMAT = Ofx()
