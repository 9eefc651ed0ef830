"""CODA, the coded statement of account of Belgian banks (Febelfin), versions 1 and 2."""

import re
from collections.abc import Mapping

from tieout.core.reading import Reading
from tieout.formats.common.source import Source

_HEADER = re.compile(rb"\s*0[0-9 ]{4}[0-9 ]{6}[0-9 ]{3}05[D ]")
_OLD_BALANCE = re.compile(rb"(?:^|[\r\n])1[0-3][0-9 ]{3}.{37}[01]\d{15}\d{6}")
_MOVEMENT = re.compile(rb"(?:^|[\r\n])21\d{8}.{21}[01]\d{15}\d{6}\d{8}[01]")


class Coda:
    """The reader; see `formats.common.contract.Format`."""

    name = "coda"
    title = "CODA"
    side = "bank"
    standard = "Febelfin, Coded statement of account (CODA), version 2.6; records of 128 characters"
    suffixes = (".cod", ".coda", ".bc2", ".bcc")

    def recognises(self, source: Source) -> int:
        """The header with its application code, an old balance, or a movement in its columns."""
        if _HEADER.match(source.head):
            return 92
        if _OLD_BALANCE.search(source.head) or _MOVEMENT.search(source.head):
            return 75
        return 20 if source.name.lower().endswith(self.suffixes) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:  # noqa: ARG002  no choice
        """Every global movement is a line or is held; its details are its parts."""
        from tieout.formats.coda.reader import read_text  # noqa: PLC0415  only who reads it loads it

        return read_text(source, source.text())


FORMAT = Coda()
