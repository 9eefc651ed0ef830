"""Delimited text: CSV, TSV and their kin, with whatever stands above and below the table."""

from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.heads import ZIPPED
from tieout.formats.common.source import Source
from tieout.formats.delimited import reader
from tieout.formats.delimited.text import delimiter_of, head_text

_OTHERS = (
    b"<?xml",
    b"<",
    b"{",
    b"[",
    b"%PDF",
    b"PK",
    b"OFXHEADER",
    b"{1:",
    b"\xd0\xcf\x11\xe0",
    b"PAR1",
)


class Delimited:
    """The format object."""

    name = "delimited"
    title = "CSV and other delimited text"
    side = "table"
    standard = "RFC 4180, and what programs write in its stead"
    suffixes = (".csv", ".tsv", ".tab", ".txt", ".psv", ".csv.gz")

    def recognises(self, source: Source) -> int:
        """By the look of its rows; the name alone counts little."""
        head = source.head
        if head.lstrip().startswith(_OTHERS) and not source.name.lower().endswith((".csv", ".tsv")):
            return 0
        if head[:4] in {ZIPPED, b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1"}:
            return 0
        text = head_text(source)
        odd = sum(not c.isprintable() and c not in "\r\n\t\f" for c in text[:4096])
        if odd > 0.1 * len(text[:4096]) or not text.strip():
            return 0
        _, vote = delimiter_of(text)
        if source.name.lower().endswith((".csv", ".tsv", ".tab", ".psv", ".csv.gz")):
            return max(40, vote)
        if vote < 55 and reader.is_key_value(text):
            return 52
        return vote if vote > 30 else 20 * source.name.lower().endswith(".txt")

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read the table as `options`, or what it shows, say."""
        return reader.read(source, options)


FORMAT = Delimited()
