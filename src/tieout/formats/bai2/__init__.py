"""BAI2 and BTR3, the cash management report of North American banks (and many others)."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source

_FILE_HEADER = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*01,[^,/\r\n]*,[^,/\r\n]*,\d{6,8},")
_RECORD = re.compile(rb"(?:^|[\r\n/])[ \t]*(02|03|16|49|98|99),")


class Bai2:
    """The reader; see `formats.common.contract.Format`."""

    name = "bai2"
    title = "BAI2 / BTR3"
    side = "bank"
    standard = "BAI Cash Management Balance Reporting, version 2; ANSI X9.121 (BTR3)"
    suffixes = (".bai", ".bai2", ".btr", ".btr3")

    def recognises(self, source: Source) -> int:
        """A file header and one other record are unmistakable."""
        codes = set(_RECORD.findall(source.head))
        if _FILE_HEADER.match(source.head):
            return 95 if codes else 60
        if len(codes) >= 3 and b"03" in codes:
            return 70
        return 20 if source.name.lower().endswith(self.suffixes) and codes else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Every 16 record is a line or is held; totals and counts are checked."""
        from tieout.formats.bai2.reader import read_text  # noqa: PLC0415  only who reads it loads it

        return read_text(source, source.text())


FORMAT = Bai2()
