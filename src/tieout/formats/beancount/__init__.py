"""Beancount ledgers, as versions 2 and 3 write them."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source, decode

DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
"""How a day is written."""


class Beancount:
    """The reader."""

    name = "beancount"
    title = "Beancount ledger"
    side = "books"
    standard = "Beancount Language Syntax (beancount v2 and v3)"
    suffixes = (".beancount", ".bean")

    def recognises(self, source: Source) -> int:
        """By dated directives and options; the suffix alone is a weak sign."""
        text = decode(source.head).text
        named = source.name.lower().endswith(self.suffixes)
        sure = re.search(
            rf"(?m)^(?:{DATE}[ \t]+(?:open|close|balance|pad|commodity|price|note|event|custom)"
            rf'[ \t]+[A-Z"]|{DATE}[ \t]+(?:txn|[*!])[ \t]+"|option[ \t]+"[a-z_]+"[ \t]+"'
            rf"|plugin[ \t]+\")",
            text,
        )
        if sure:
            return 97 if named else 90
        if named:
            return 60 if re.search(rf"(?m)^(?:;|\*|{DATE}\s|include )", text) else 20
        return 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """All transactions in the order of the file, included files where they are met."""
        from tieout.formats.beancount.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source)


FORMAT = Beancount()
