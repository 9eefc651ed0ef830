"""camt.052, camt.053 and camt.054: what banks report in ISO 20022, in every version.

Namespaces and wrappers are taken as hints only: whatever holds entries is a statement.
"""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.heads import root_name
from tieout.formats.common.source import Source

_SIGNATURE = re.compile(
    rb"BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)|<(?:\w+:)?Document[^>]*camt\.05[234]"
)
_PLAUSIBLE = re.compile(rb"camt[.\s]?05[234]|<(?:\w+:)?Ntry[\s>]|<(?:\w+:)?CdtDbtInd>")


class Camt:
    """The reader of ISO 20022 account reports, statements and notifications."""

    name = "camt"
    title = "ISO 20022 camt.052 / camt.053 / camt.054"
    side = "bank"
    standard = "ISO 20022 Bank-to-Customer Cash Management, versions 001.01 to 001.13"
    suffixes = (".xml", ".camt", ".c53", ".c52", ".c54")

    def recognises(self, source: Source) -> int:
        """By the message's name or its wrapper; entries in a foreign wrapper are plausible."""
        head = source.head.replace(b"\0", b"")
        if _SIGNATURE.search(head):
            return 95
        return 60 if root_name(head) and _PLAUSIBLE.search(head) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """All statements of all documents in the file."""
        from tieout.formats.camt.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source)


FORMAT = Camt()
