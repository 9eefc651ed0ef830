"""QuickBooks interchange files (IIF)."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source, decode


class Iif:
    """The reader."""

    name = "iif"
    title = "QuickBooks IIF"
    side = "books"
    standard = "Intuit Interchange Format (IIF) import kit"
    suffixes = (".iif",)

    def recognises(self, source: Source) -> int:
        """By a header line such as `!TRNS` followed by a tab."""
        text = decode(source.head).text
        if re.search(r'(?m)^"?!(?:TRNS|SPL|ACCNT|CUST|VEND|HDR|INVITEM|CLASS|EMP)"?\t', text):
            return 96
        return 30 if source.name.lower().endswith(self.suffixes) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """All transactions and accounts. Options: `currency`, `date` (`mdy`, `dmy`), `decimal`."""
        from tieout.formats.iif.reader import read  # noqa: PLC0415  only who reads it loads it

        return read(source, options)


FORMAT = Iif()
