"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, every sheet looked at, numbers taken exactly."""

from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.heads import ZIPPED
from tieout.formats.common.source import WORKBOOKS, Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"xl/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


class Sheet:
    """The format object."""

    name = "sheet"
    title = "Workbook (XLSX, XLS, ODS)"
    side = "table"
    standard = "ISO/IEC 29500 (OOXML), ISO/IEC 26300 (ODF), MS-XLS"
    suffixes = WORKBOOKS

    def recognises(self, source: Source) -> int:
        """By the archive's or the compound file's signature."""
        head, known = source.head, source.name.lower().endswith(self.suffixes)
        if head.startswith(ZIPPED):
            return 95 if any(mark in head for mark in _MARKS) else 60 * known
        if head.startswith(_OLE):
            return 90 if known else 55
        return 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read the sheets that hold a ledger; name the others."""
        from tieout.formats.sheet.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source, options)


FORMAT = Sheet()
