"""QIF, the Quicken Interchange Format: a letter a field, no currency, no declared date order."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source

_SIGNATURE = re.compile(
    rb"^[ \t\xef\xbb\xbf]*!\s*(?:type|account|option|clear)\b", re.IGNORECASE | re.MULTILINE
)
_RECORD = re.compile(rb"^D[^\r\n]{4,20}[\r\n]+(?:[A-Z$][^\r\n]*[\r\n]+){1,30}?\^", re.MULTILINE)


class Qif:
    """The reader of QIF files."""

    name = "qif"
    title = "QIF (Quicken Interchange Format)"
    side = "bank"
    standard = "Quicken Interchange Format, as Quicken 2006 describes it"
    suffixes = (".qif",)

    def recognises(self, source: Source) -> int:
        head = source.head.replace(b"\0", b"")
        found = _SIGNATURE.search(head)
        if found:
            return 95 if not head[: found.start()].strip() else 70
        is_named = source.name.lower().endswith(self.suffixes)
        if _RECORD.search(head[:4096]):
            return 80 if is_named else 55
        return 20 if is_named else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read the whole file. Options: `date_order` (mdy, dmy, ymd) and `currency`."""
        from tieout.formats.qif.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source, options)


FORMAT = Qif()
