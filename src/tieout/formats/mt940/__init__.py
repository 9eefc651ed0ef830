"""SWIFT MT940 and MT942, the customer statement and the interim report, in every bank's dialect."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source

_FIELD = re.compile(
    rb"(?:^|[\r\n]|@@|\{4:)[ \t]{0,3}:(20|25P?|28C?|60[FM]|61|62[FM]|64|86|34F|90[CD]|NS):"
)


class Mt940:
    """The reader; see `formats.common.contract.Format`."""

    name = "mt940"
    title = "SWIFT MT940 / MT942"
    side = "bank"
    standard = "SWIFT Standards MT, category 9, MT940 and MT942; DFÜ-Abkommen annex 3, section 8"
    suffixes = (".sta", ".mt940", ".940", ".942", ".mt942", ".mta", ".swi", ".swift")

    def recognises(self, source: Source) -> int:
        """Two different fields are a signature; one alone is a fragment."""
        head = source.head.replace(b"\0", b"")
        tags = set(_FIELD.findall(head))
        strong = tags - {b"20", b"25"}
        if strong and len(tags) >= 2:
            return 95
        if strong:
            return 70
        return 20 if source.name.lower().endswith(self.suffixes) and tags else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Every :61: is a line or is held; texts outside of messages are named."""
        from tieout.formats.mt940.reader import read_text  # noqa: PLC0415  only who reads it loads it

        return read_text(source, source.text())


FORMAT = Mt940()
