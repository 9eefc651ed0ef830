"""Fixed-width records: lines of a known width, and fields by their printed columns."""

import re
from dataclasses import dataclass

from tieout.core.errors import Place


@dataclass(frozen=True, slots=True)
class FixedRecord:
    """One record, padded with blanks to its width; columns count from 1, as standards print."""

    text: str
    line: int

    def at(self, first: int, last: int) -> str:
        """Columns first to last, inclusive, as they stand."""
        return self.text[first - 1 : last]

    def place(self, field: str | None = None) -> Place:
        """Where the record stands."""
        return Place(line=self.line, field=field)


def fixed_records(text: str, width: int) -> list[FixedRecord]:
    """All records that are not blank; files without line ends are cut at the width."""
    records: list[FixedRecord] = []
    for number, line in enumerate(re.split(r"\r*\n|\r", text.replace("\x1a", "")), 1):
        if not line.strip("\ufeff \t"):
            continue
        body = line.lstrip("\ufeff")
        if len(body) >= 2 * width:
            pieces = [body[at : at + width].ljust(width) for at in range(0, len(body), width)]
            records += [FixedRecord(piece, number) for piece in pieces if piece.strip()]
        else:
            records.append(FixedRecord(body.ljust(width), number))
    return records
