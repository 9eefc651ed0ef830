"""Journals of hledger and of Ledger, in one tolerant reader."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source, decode

DATE = r"\d+[-/.]\d{1,2}(?:[-/.]\d{1,2})?"
"""How a day is written, also without its year."""


class LedgerJournal:
    """The reader."""

    name = "ledger"
    title = "hledger or Ledger journal"
    side = "books"
    standard = "hledger journal format 1.x; Ledger 3 manual, chapter Journal Format"
    suffixes = (".journal", ".ledger", ".hledger", ".dat", ".j", ".lgr")

    def recognises(self, source: Source) -> int:
        """By a dated line followed by an indented one; directives count with a fitting name."""
        text = decode(source.head).text
        named = source.name.lower().endswith(self.suffixes)
        dated = re.search(
            rf"(?m)^{DATE}(?:={DATE})?(?:[ \t].*)?\r?\n(?:[ \t]+[;#].*\r?\n)*"
            r"[ \t]+[^\s;#\d]",
            text,
        )
        if dated:
            return 80 if named else 70
        says = re.search(
            r"(?m)^(?:account|commodity|include|alias|apply account|P \d|[~=] |D |Y ?\d{4}"
            r"|[iIoO] \d{4}[-/])",
            text,
        )
        if says and named:
            return 60
        if re.search(r"(?m)^[iI] \d{4}[-/]\d{2}[-/]\d{2} \d{2}:\d{2}", text):
            return 50
        return 20 if named and re.search(r"(?m)^(?:;|#|\d{4})", text) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """All transactions in the order of the file; the option `year` dates `12/31`."""
        from tieout.formats.ledger.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source, options)


FORMAT = LedgerJournal()
