"""SAF-T: the OECD's Standard Audit File, as Portugal, Norway, Lithuania, Romania and others ask.

Only the general ledger is read; what a file has besides, or instead, is counted and named.
"""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.heads import root_name
from tieout.formats.common.source import Source

_SIGNATURE = re.compile(
    rb"StandardAuditFile|urn:OECD:|<(?:\w+:)?AuditFile[\s>]|SAF-?T", re.IGNORECASE
)


class SafT:
    """The reader of SAF-T files."""

    name = "saft"
    title = "SAF-T (Standard Audit File for Tax)"
    side = "books"
    standard = "OECD SAF-T 1.0 and 2.0 and their national layouts (AT, LT, LU, NO, PT, RO)"
    suffixes = (".xml",)

    def recognises(self, source: Source) -> int:
        """By the root `AuditFile` or the namespace."""
        name = root_name(source.head)
        if name == "AuditFile":
            return 95
        return 60 if name and _SIGNATURE.search(source.head.replace(b"\0", b"")) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """The general ledger's entries, the chart of accounts, and what else there is."""
        from tieout.formats.saft.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source)


FORMAT = SafT()
